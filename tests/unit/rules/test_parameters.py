"""Dated parameters: the right value on each side of a change, and files that cannot lie about themselves."""

import datetime as dt
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec
import pytest

from inspect_registry import rules
from inspect_registry.rules import document
from inspect_registry.rules.model import Parameter, by_name

d = dt.date
DOCS = Path(__file__).parents[3] / "docs" / "rules.md"


def a_parameter(**changes):
    values = {
        "name": "a.b",
        "title": "甲",
        "unit": "次",
        "value": 1,
        "basis": "《某法》第一条",
        "source": "L-01",
        "effective_from": d(2025, 1, 1),
    }
    return Parameter(**(values | changes))


def test_credit_repair_changes_its_regime_on_the_first_of_april_2026():
    before, after = d(2026, 3, 31), d(2026, 4, 1)
    assert rules.text("repair.regime", on=before) == "domain"
    assert rules.text("repair.regime", on=after) == "severity"
    assert rules.value("repair.minimum_months", dict[str, int], on=before)["food"] == 12
    assert rules.value("repair.minimum_months", dict[str, int], on=after) == {"light": 0, "moderate": 3, "serious": 12}


def test_a_period_that_began_later_does_not_bind_earlier_days():
    assert rules.whole("publication.special_plan.months", on=d(2026, 1, 1)) == 1
    with pytest.raises(rules.ParameterNotInForce) as caught:
        rules.whole("publication.special_plan.months", on=d(2025, 12, 31))
    assert caught.value.rule == "publication.special_plan.months"
    assert "2026-01-01" in caught.value.remedy


def test_numbers_of_the_law_stand_as_domain_md_says():
    on = d(2026, 11, 22)
    assert rules.whole("publication.result.working_days", on=on) == 20
    assert rules.whole("publication.withdrawal.working_days", on=on) == 3
    assert rules.whole("frequency.superior.repeat_months", on=on) == 3
    assert rules.value("frequency.minimum.food_risk", dict[str, int], on=on)["D"] == 3
    assert rules.whole("inspection.inspectors_min", on=on) == 2


def test_a_class_a_enterprise_is_drawn_less_and_never_exempt():
    for name in ("credit.draw.weight.general", "credit.draw.weight.key"):
        weights = rules.value(name, dict[str, float], on=d(2026, 11, 22))
        assert 0 < weights["A"] < weights["B"] < weights["C"] < weights["D"]


def unread(names: Iterable[str], source: str) -> list[str]:
    """Parameters that no code asks for, by their whole name or by a name put together before the last dot."""
    found = set(re.findall(r'"([a-z_]+(?:\.[a-z_]+)+)"', source))
    families = set(re.findall(r'f"([a-z_]+(?:\.[a-z_]+)*)\.\{', source))
    return [name for name in names if name not in found and name.rpartition(".")[0] not in families]


def test_every_parameter_of_plans_draws_and_credit_is_asked_for_by_code():
    package = Path(__file__).parents[3] / "inspect_registry"
    source = "\n".join(path.read_text(encoding="utf-8") for path in sorted(package.rglob("*.py")))
    rooms = {"catalogue", "credit", "draw", "frequency", "inspection", "planner", "rectification", "repair", "visit"}
    ours = [name for name in rules.parameter_names() if name.partition(".")[0] in rooms]
    assert len(ours) > 40
    assert unread(ours, source) == []
    assert unread([*ours, "credit.forgotten"], source) == ["credit.forgotten"]


def test_an_unknown_name_is_a_programming_error():
    with pytest.raises(KeyError):
        rules.whole("frequency.no.such", on=d(2026, 1, 1))


def test_a_value_of_another_type_is_refused():
    with pytest.raises(msgspec.ValidationError):
        rules.whole("repair.regime", on=d(2026, 1, 1))


def test_every_unverified_value_says_so():
    for name in rules.parameter_names():
        for version in rules.versions(name):
            assert version.basis
            assert version.sample or re.fullmatch(r"[LSD]-\d\d", version.source), name
    with pytest.raises(ValueError, match="sample"):
        a_parameter(source="K")


def test_two_values_on_one_day_are_refused():
    with pytest.raises(ValueError, match="overlap"):
        by_name([a_parameter(), a_parameter(effective_from=d(2026, 1, 1))])
    with pytest.raises(ValueError, match="overlap"):
        by_name([a_parameter(effective_to=d(2026, 1, 1)), a_parameter(effective_from=d(2026, 1, 1))])
    kept = by_name([a_parameter(effective_from=d(2026, 1, 1)), a_parameter(effective_to=d(2025, 12, 31))])
    assert [p.effective_from.year for p in kept["a.b"]] == [2025, 2026]


def test_an_inverted_period_is_refused():
    with pytest.raises(ValueError, match="before it begins"):
        a_parameter(effective_to=d(2024, 12, 31))


def test_the_document_shows_every_parameter_as_it_is():
    written = DOCS.read_text("utf-8")
    assert document.refreshed(written) == written, "run: python -m inspect_registry.rules.document docs/rules.md"
    assert all(f"| `{name}` |" in written for name in rules.parameter_names())


def test_an_outdated_document_is_noticed_and_one_without_marks_refused():
    written = DOCS.read_text("utf-8")
    outdated = written.replace("| 20 工作日 |", "| 30 工作日 |")
    assert outdated != written
    assert document.refreshed(outdated) == written
    with pytest.raises(ValueError, match="no place"):
        document.refreshed("# Rules")
