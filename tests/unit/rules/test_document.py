"""docs/rules.md says where each rule lives and what tests it; both must exist."""

import importlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOCUMENT = (ROOT / "docs" / "rules.md").read_text("utf-8")


def named(document):
    """Every `inspect_registry.…` function and every test file that a row of the document names."""
    return (
        set(re.findall(r"`(inspect_registry\.[a-z_.]+\.[A-Za-z_.]+)`", document)),
        set(re.findall(r"`(tests/[a-z_/]+\.py)(?:::test_[a-z0-9_]+)?`", document)),
    )


def missing(functions, tests):
    gone = [path for path in sorted(tests) if not (ROOT / path).is_file()]
    for name in sorted(functions):
        parts = name.split(".")
        for cut in range(len(parts) - 1, 0, -1):
            try:
                found = importlib.import_module(".".join(parts[:cut]))
            except ModuleNotFoundError:
                continue
            for part in parts[cut:]:
                found = getattr(found, part, None)
            if found is None:
                gone.append(name)
            break
    return gone


def test_every_function_and_test_that_the_document_names_exists():
    functions, tests = named(DOCUMENT)
    assert len(functions) > 10
    assert len(tests) > 5
    assert missing(functions, tests) == []


def test_a_row_about_nothing_is_noticed():
    functions, tests = named("| x | `inspect_registry.workdays.Calendar.guess` | `tests/unit/test_nothing.py` |")
    assert missing(functions, tests) == ["tests/unit/test_nothing.py", "inspect_registry.workdays.Calendar.guess"]
