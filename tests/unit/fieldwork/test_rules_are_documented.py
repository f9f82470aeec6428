"""docs/rules.md lists every rule of visits, triggers and fieldwork with its function, source and test."""

from pathlib import Path

import pytest

from inspect_registry.fieldwork import dispositions
from inspect_registry.fieldwork import rules as door_rules
from inspect_registry.triggers import rules as trigger_rules
from inspect_registry.visits import rules as visit_rules

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
RULES = [(module, rule) for module in (visit_rules, trigger_rules, door_rules, dispositions) for rule in module.RULES]


@pytest.mark.parametrize(("module", "rule"), RULES, ids=[rule.__name__ for _, rule in RULES])
def test_a_rule_stands_on_the_page_with_its_sentence_and_a_test_that_exists(module, rule) -> None:
    name = f"`{module.__name__}.{rule.__name__}`"
    (line,) = [line for line in PAGE.splitlines() if name in line]
    sentence, _, source, _, _, _, test, _ = [cell.strip() for cell in line.strip().strip("|").split("|")]
    assert sentence == rule.__doc__.splitlines()[0].strip()
    assert source in rule.__doc__
    assert rule.__name__ in (ROOT / test.strip("`").partition("::")[0]).read_text(encoding="utf-8")


@pytest.mark.parametrize("module", [visit_rules, trigger_rules, door_rules, dispositions])
def test_every_public_function_that_raises_is_listed_as_a_rule(module) -> None:
    listed = {rule.__name__ for rule in module.RULES}
    own = {
        name
        for name, value in vars(module).items()
        if callable(value) and getattr(value, "__module__", "") == module.__name__ and not name.startswith("_")
    }
    assert own - listed <= {"choose_lead", "is_exempt", "heaviest"}
