"""docs/rules.md is the whole list of the rules that plans and the catalogue refuse by; each row's function, parameter and test exist."""

import importlib
import re
from pathlib import Path

from inspect_registry import rules

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/rules.md").read_text(encoding="utf-8").partition("## Rules of plans")[2].splitlines()
    if line.startswith("| ") and "`" in line
]


def used() -> set[str]:
    """Every rule identifier that a refusal of plans/ or catalogue/ carries."""
    rooms = [ROOT / "inspect_registry/plans", ROOT / "inspect_registry/catalogue"]
    text = "".join(path.read_text(encoding="utf-8") for room in rooms for path in room.rglob("*.py"))
    named = set(re.findall(r'rule="([a-z-]+)"', text))
    # elements.py hands the identifier on as a value, and exclusions.py as a reason.
    named |= set(re.findall(r'_fault\(\s*(?:task|None),\s*"[a-z_]+",\s*"([a-z-]+)"', text))
    return named | set(re.findall(r'^[A-Z_]+ = "([a-z]+-[a-z-]+)"$', _exclusions(), re.MULTILINE))


def _exclusions() -> str:
    return (ROOT / "inspect_registry/plans/exclusions.py").read_text(encoding="utf-8")


def test_every_rule_that_refuses_is_listed() -> None:
    listed = {row[1].strip("`") for row in ROWS}
    assert len(used()) >= 15
    assert used() - listed == set()


def test_every_row_names_a_source_a_function_a_parameter_and_a_test_that_exist() -> None:
    assert len(ROWS) >= 20
    for rule, identifier, source, _, function, parameter, test in ROWS:
        assert rule, identifier
        assert source, identifier
        module, _, name = function.strip("`").rpartition(".")
        assert hasattr(importlib.import_module(module), name), function
        if parameter != "—":
            assert parameter.strip("`") in rules.parameter_names(), parameter
        assert (ROOT / test.strip("`")).is_file(), test
