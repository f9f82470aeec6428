"""House rules that no linter knows, each with a fault that it would catch."""

import ast
import re
from collections import Counter
from collections.abc import Container, Iterable
from pathlib import PurePath

from tests.repository.source import PACKAGE, ROOT, dotted, modules, tracked, tree

LONGEST = 500
TEXT = {".py", ".sql", ".md", ".toml", ".html", ".css", ".js", ".txt", ".in", ".lock", ".yml", ".sh", ""}


def test_files_have_one_reason_to_change() -> None:
    long = [
        f"{path.relative_to(ROOT)}: {lines}"
        for path in modules()
        if (lines := len(path.read_text().splitlines())) > LONGEST
    ]
    assert not long, long


def test_there_are_no_attics() -> None:
    attics = [str(path) for path in modules() if path.stem in {"utils", "helpers", "common", "misc", "util"}]
    assert not attics


def asks_the_time(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"now", "utcnow", "today"}
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date"}
    )


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    found = [
        f"{dotted(path)}:{node.lineno}"
        for path in modules()
        if path.name != "clock.py"
        for node in ast.walk(tree(path))
        if asks_the_time(node)
    ]
    assert not found, found
    assert any(asks_the_time(node) for node in ast.walk(ast.parse("datetime.now(UTC)")))


def test_templates_hold_no_inline_style_or_script() -> None:
    """The content security policy forbids them (the scan page has its own, by hash)."""
    inline = re.compile(r"\sstyle=|\son[a-z]+=\"|<script(?![^>]*\bsrc=)(?![^>]*application/(ld\+)?json)[^>]*>")
    found = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix == ".html" and "scan" not in path.parts and inline.search(path.read_text(encoding="utf-8"))
    ]
    assert not found, found
    assert inline.search('<p style="x">')
    assert inline.search("<script>alert(1)</script>")


def test_no_machine_path_and_no_package_host_is_named() -> None:
    hosts = "|".join(("py" + r"pi\.org", "python" + r"hosted\.org", r"registry\.npm" + r"js\.org", r"deb\." + "debian"))
    machine = re.compile(r"(^|[^A-Za-z0-9_.])/(work|farm|root|home/\w+)/|--(extra-)?index-" + "url|" + hosts)
    found = []
    for path in tracked():
        if path.suffix not in TEXT or path.stat().st_size > 2_000_000:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="ignore").splitlines(), 1):
            if machine.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert not found, found


def test_unfinished_places_have_no_place() -> None:
    mark = re.compile(r"\b(TODO|FIXME|XXX)\b|raise NotImplementedError|pytest\.mark\.(skip|xfail)\b")
    own = ROOT / "tests" / "repository" / "test_house_rules.py"
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix in {".py", ".html", ".sql"} and path != own
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if mark.search(line)
    ]
    assert not found, found


def test_silenced_types_say_why() -> None:
    bare = [
        f"{dotted(path)}:{number}"
        for path in modules()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"type: ignore(?!\[)", line) or re.search(r"type: ignore\[[^\]]+\]\s*$", line)
    ]
    assert not bare, f"`type: ignore[code]  # reason`, please: {bare}"


def test_public_modules_say_what_they_are_responsible_for() -> None:
    silent = [dotted(path) for path in modules() if path.read_text().strip() and not ast.get_docstring(tree(path))]
    assert not silent, silent
    assert PACKAGE.is_dir()


def asks_the_programs_calendar(module: ast.Module) -> list[int]:
    """Lines that count by the notices that come with the program alone, whatever the package of rules is called there."""
    named, lines = set(), []
    for node in ast.walk(module):
        if isinstance(node, ast.ImportFrom) and node.module == "inspect_registry":
            named |= {one.asname or one.name for one in node.names if one.name == "rules"}
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("inspect_registry.rules"):
            lines += [node.lineno for one in node.names if one.name == "calendar"]
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and node.attr == "calendar":
            asked = ast.unparse(node.value)
            lines += [node.lineno] if asked in named | {"inspect_registry.rules"} else []
    return sorted(lines)


def test_working_days_are_counted_by_the_notices_signed_off_here() -> None:
    """`rules.calendar()` does not see a notice that was signed off; only the demo, which makes up a past, may ask it."""
    found = [
        f"{name}:{line}: await holidays.calendar(tx), please"
        for path in modules()
        if (name := dotted(path)) not in {"inspect_registry.catalogue.holidays", "inspect_registry.cli.demo"}
        and not name.startswith(("inspect_registry.demo.", "inspect_registry.rules"))
        for line in asks_the_programs_calendar(tree(path))
    ]
    assert not found, found


def test_a_question_to_the_programs_calendar_is_found_under_any_name() -> None:
    for fault in (
        "from inspect_registry import rules as parameters\nasync def act(tx): parameters.calendar().add(tx.today, 3)",
        "from inspect_registry import rules\nask = rules.calendar",
        "from inspect_registry.rules import calendar\ncalendar()",
        "import inspect_registry.rules\ninspect_registry.rules.calendar()",
    ):
        assert asks_the_programs_calendar(ast.parse(fault)), fault
    for right in (
        "from inspect_registry.catalogue import holidays\nasync def act(tx): await holidays.calendar(tx)",
        "from inspect_registry import rules\nfrom x import notice\nnotice.calendar()",
    ):
        assert not asks_the_programs_calendar(ast.parse(right)), right


def same_name(paths: Iterable[PurePath], packages: Container[PurePath]) -> list[str]:
    """Return names of test files that pytest would import under one name: those outside packages, met twice."""
    met = Counter(path.name for path in paths if path.parent not in packages)
    return sorted(name for name, times in met.items() if times > 1)


def test_every_test_file_is_collected_under_a_name_of_its_own() -> None:
    paths = [path for path in tracked() if path.name.startswith("test_") and path.suffix == ".py"]
    packages = {path.parent for path in tracked() if path.name == "__init__.py"}
    assert len(paths) > 200
    assert same_name(paths, packages) == []


def test_a_name_used_twice_is_found() -> None:
    twice = [PurePath("a/test_x.py"), PurePath("b/test_x.py"), PurePath("c/test_x.py"), PurePath("b/test_y.py")]
    assert same_name(twice, {PurePath("c")}) == ["test_x.py"]
    assert same_name(twice, {PurePath("b"), PurePath("c")}) == []
