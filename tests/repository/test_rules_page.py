"""docs/rules.md lists every rule of every room; each row's source, function, parameter and two tests exist.

That the two tests show what the row claims is watched while they run (tests/rule_watch.py, tests/conftest.py).
"""

import ast
import asyncio
import re

import pytest

from inspect_registry import rules
from inspect_registry.errors import Conflict
from tests.repository.source import ROOT
from tests.rule_watch import PAGE, Rule, Seen, broken_claim, claims, code_of, resolved, rules_on, watching

RULES = rules_on(PAGE.read_text(encoding="utf-8"))
LEAST = 150
"""Rows there are already; a reader that finds none must not pass."""


def carried() -> dict[str, str]:
    """Every identifier that a refusal in the package carries, with a file that does."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "inspect_registry").rglob("*.py")):
        for identifier in re.findall(r'rule="([a-z0-9]+(?:-[a-z0-9]+)+)"', path.read_text(encoding="utf-8")):
            found.setdefault(identifier, str(path.relative_to(ROOT)))
    return found


def unlisted(listed: list[Rule]) -> dict[str, str]:
    """Identifiers that the page does not know."""
    known = {identifier for rule in listed for identifier in rule.identifiers}
    return {identifier: path for identifier, path in carried().items() if identifier not in known}


def faults(rule: Rule) -> list[str]:
    """What is wrong with one row."""
    found = []
    if not re.search(r"[\u4e00-\u9fff]", rule.sentence):
        found.append("no sentence in Chinese")
    if len(rule.source) < 2:
        found.append("no source")
    if not re.match(r"—$|每年$|\d{4}-\d{2}-\d{2} (—|变更)", rule.in_force):
        found.append(f"in force “{rule.in_force}” is no span of days")
    try:
        resolved(rule.function)
    except (AttributeError, ModuleNotFoundError):
        found.append(f"no function {rule.function}")
    for name in re.findall(r"`([a-z_]+\.[a-z_.]+)`", rule.parameter):
        if name not in rules.parameter_names():
            found.append(f"no parameter {name}")
    found += [f"no test {test}" for test in (rule.bites, rule.spares) if not exists(test)]
    return found


def exists(test: str) -> bool:
    """Whether a test is there, by file and name."""
    path, _, name = test.partition("::")
    if not (ROOT / path).is_file() or not name.startswith("test_"):
        return False
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name for node in ast.walk(tree)
    )


def test_every_rule_that_refuses_is_on_the_page() -> None:
    assert len(RULES) >= LEAST
    assert len(carried()) >= 100
    assert unlisted(RULES) == {}


def test_every_row_has_its_eight_cells() -> None:
    rows = [
        line
        for line in PAGE.read_text(encoding="utf-8").partition("\n## Rules of")[2].splitlines()
        if line.startswith("| ") and not line.startswith("| rule |")
    ]
    assert [row for row in rows if len(row.strip().strip("|").split("|")) != len(Rule._fields)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: "+".join(rule.identifiers) or rule.sentence[:12])
def test_every_row_stands_on_what_exists(rule: Rule) -> None:
    assert faults(rule) == []


def test_every_rule_names_a_test_where_it_bites_and_one_where_it_must_not() -> None:
    assert [rule.sentence for rule in RULES if not (exists(rule.bites) and exists(rule.spares))] == []


def test_a_row_that_is_gone_and_one_that_names_nothing_are_caught() -> None:
    gone = next(rule for rule in RULES if rule.identifiers == ("draw-once",))
    assert "draw-once" in unlisted([rule for rule in RULES if rule is not gone])
    wrong = gone._replace(
        sentence="x",
        source="",
        in_force="soon",
        function="inspect_registry.plans.nothing",
        spares="tests/none.py::test_x",
    )
    assert len(faults(wrong)) == 5


def test_a_claim_that_a_test_does_not_keep_is_caught() -> None:
    rule = next(rule for rule in RULES if rule.identifiers == ("plan-lifecycle",))
    from inspect_registry.plans.lifecycle import PlanState, PlanStep, after

    with watching(rule) as idle:
        pass
    assert broken_claim(rule, "bites", idle)
    assert broken_claim(rule, "spares", idle)
    with watching(rule) as passed:
        after(PlanState.DRAFT, PlanStep.SUBMIT)
    assert broken_claim(rule, "bites", passed)
    assert not broken_claim(rule, "spares", passed)
    with watching(rule) as bitten, pytest.raises(Conflict):
        after(PlanState.CLOSED, PlanStep.SUBMIT)
    assert not broken_claim(rule, "bites", bitten)


async def a_decision(refuse: bool, seen: list[str]) -> None:
    """A rule that has to wait before it decides."""
    await asyncio.sleep(0)
    seen.append("asked")
    await asyncio.sleep(0)
    if refuse:
        raise Conflict(rule="plan-lifecycle")


async def test_a_rule_that_waits_spares_only_when_it_has_returned() -> None:
    rule = next(rule for rule in RULES if rule.identifiers == ("plan-lifecycle",))
    rule = rule._replace(function=f"{__name__}.a_decision")
    with watching(rule) as never_awaited:
        a_decision(False, []).close()
    assert broken_claim(rule, "spares", never_awaited)
    with watching(rule) as abandoned, pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await a_decision(False, [])
    assert broken_claim(rule, "spares", abandoned)
    with watching(rule) as refused, pytest.raises(Conflict):
        await a_decision(True, [])
    assert broken_claim(rule, "spares", refused)
    assert not broken_claim(rule, "bites", refused)
    with watching(rule) as passed:
        await a_decision(False, [])
    assert not broken_claim(rule, "spares", passed)
    assert broken_claim(rule, "bites", passed)


def test_of_a_rule_without_identifier_the_test_must_at_least_ask_it() -> None:
    rule = next(rule for rule in RULES if rule.function.endswith(".leaves_record"))
    assert not rule.identifiers
    with watching(rule) as idle:
        pass
    assert broken_claim(rule, "bites", idle)
    with watching(rule) as asked, pytest.raises(AttributeError):
        resolved(rule.function)(None, None)
    assert not broken_claim(rule, "bites", asked)


def test_a_test_is_known_by_its_name_whatever_its_case() -> None:
    rule = next(rule for rule in RULES if rule.identifiers == ("plan-lifecycle",))
    assert (rule, "bites") in claims(f"{rule.bites}[第一例]", RULES)
    assert claims("tests/unit/test_nothing.py::test_nothing", RULES) == []
    assert code_of("inspect_registry.plans.lifecycle.after") is not None
    assert isinstance(Seen().bitten, bool)
