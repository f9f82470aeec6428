"""docs/rules.md lists every rule that credit refuses by; each row's function, parameter and test exist."""

import importlib
import re
from operator import attrgetter

from inspect_registry import rules
from inspect_registry.enterprises.credit.model import Condition
from tests.repository.source import ROOT

PACKAGE = ROOT / "inspect_registry" / "enterprises"
SECTION = (ROOT / "docs/rules.md").read_text(encoding="utf-8").partition("## Rules of credit")[2].partition("\n## ")[0]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in SECTION.splitlines()
    if line.startswith("| ") and "`" in line
]


def used() -> set[str]:
    """Every rule identifier that a refusal of credit carries: named, handed on by an obstacle, or made of a condition."""
    files = [*(PACKAGE / "credit").glob("*.py"), PACKAGE / "class_import.py"]
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    named = set(re.findall(r'rule="([a-z-]+)"', text)) | set(re.findall(r'_obstacle\(\s*asked,\s*"([a-z-]+)"', text))
    return named | {f"repair-{one.value.replace('_', '-')}" for one in Condition}


def test_every_rule_that_refuses_is_listed_and_none_that_does_not() -> None:
    listed = {name for row in ROWS for name in re.findall(r"`([a-z-]+)`", row[1])}
    assert len(used()) >= 15
    assert used() == listed


def test_every_row_names_a_source_a_function_a_parameter_and_a_test_that_exist() -> None:
    assert len(ROWS) >= 20
    for _, _, source, _, function, parameter, _, _ in ROWS:
        assert source
        module, _, name = function.strip("`").rpartition(".")
        assert attrgetter(name)(importlib.import_module(module))
        if parameter != "—":
            assert parameter.strip("`") in rules.parameter_names(), parameter
