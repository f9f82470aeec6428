"""Statutory minimums by field: each demands where it must, nowhere else, and a conflict with the cap is told."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.catalogue.model import Matter
from inspect_registry.enterprises.model import CandidateKind, DeviceLevel, FoodRiskGrade
from inspect_registry.plans.cells.values import Frequency
from inspect_registry.plans.draw import Method
from inspect_registry.plans.minimums import Finding, conflicts, guaranteed, longest, minimums_in_force
from tests.unit.plans.test_exclusions import a_matter

DAY = date(2026, 3, 1)
KNOWN = minimums_in_force(DAY)


def a_kind(*tags: str, enterprises: int = 1) -> CandidateKind:
    numbers = list(range(1, enterprises + 1))
    return CandidateKind(
        industry="F5251", tags=list(tags), enterprises=numbers, uids=[f"e{n}" for n in numbers], premises=numbers
    )  # type: ignore[arg-type]  # plain numbers


def matter(*tags: str, code: str = "YPJG-001") -> Matter:
    return a_matter(code=code, tags=list(tags))


def lines(kind: CandidateKind, of: Matter, **changes):
    values = {
        "year": 2026, "grades": {}, "levels": {}, "done": {}, "cap": 2, "planned": Decimal(0),
    }  # fmt: skip
    found = conflicts([kind], [of], KNOWN, **(values | changes))
    return [(one.finding.value, one.rule.removeprefix("frequency.minimum."), one.minimum, one.years) for one in found]


NOT_PLANNED, ABOVE_CAP = Finding.MINIMUM_NOT_PLANNED.value, Finding.MINIMUM_ABOVE_CAP.value


@pytest.mark.parametrize(
    ("tags", "of", "expected"),
    [
        (("drug_retail",), ("drug_retail",), [(NOT_PLANNED, "drug_years", 1, 3)]),
        (
            ("drug_retail", "cold_chain_drugs"),
            ("drug_retail",),
            [(NOT_PLANNED, "drug_activity", 1, 1), (NOT_PLANNED, "drug_years", 1, 3)],
        ),
        (
            ("drug_wholesale", "narcotic_drugs"),
            ("drug_wholesale",),
            [(NOT_PLANNED, "drug_activity", 2, 1), (NOT_PLANNED, "drug_years", 1, 3)],
        ),
        (("device_production", "device_key_production"), ("device_production",), [(NOT_PLANNED, "device_key", 1, 1)]),
        (("catering",), ("catering",), [(NOT_PLANNED, "food_full_check_years", 1, 2)]),
        (("drug_retail",), ("signboard",), []),
        (("hotel",), ("drug_retail",), []),
        (("drug_retail", "narcotic_drugs"), ("catering",), [(NOT_PLANNED, "food_full_check_years", 1, 2)]),
    ],
)
def test_a_minimum_asks_of_matters_of_its_own_field_only(tags, of, expected) -> None:
    assert lines(a_kind(*tags), matter(*of, code="WSJK-001")) == expected


def test_a_clinic_is_asked_by_the_drug_matter_and_not_by_the_others_of_clinics() -> None:
    assert lines(a_kind("clinic"), matter("clinic", code="YPJG-005")) == [(NOT_PLANNED, "drug_years", 1, 3)]
    assert lines(a_kind("clinic"), matter("clinic", code="WSJK-002")) == []


@pytest.mark.parametrize(
    ("level", "times", "years"),
    [(DeviceLevel.ONE, 1, 4), (DeviceLevel.TWO, 1, 2), (DeviceLevel.THREE, 1, 1), (DeviceLevel.FOUR, 1, 1)],
)
def test_each_device_level_has_its_own_span(level, times, years) -> None:
    found = lines(a_kind("device_retail"), matter("device_retail"), levels={1: [level]})
    assert found == [(NOT_PLANNED, "device_level", times, years)]


def test_a_device_level_is_not_a_food_grade_and_the_other_way_round() -> None:
    grade, level = {1: FoodRiskGrade.D}, {1: [DeviceLevel.FOUR]}
    assert lines(a_kind("device_retail"), matter("device_retail"), grades=grade) == []
    food = lines(a_kind("catering"), matter("catering"), levels=level)
    assert [rule for _, rule, _, _ in food] == ["food_full_check_years"]


@pytest.mark.parametrize(
    ("last", "due"),
    [
        (date(2023, 12, 31), True),
        (date(2024, 1, 1), False),
        (date(2025, 6, 1), False),
        (date(2026, 2, 1), False),
    ],
)
def test_a_demand_of_three_years_is_due_when_it_would_be_missed(last, due) -> None:
    found = lines(a_kind("drug_retail"), matter("drug_retail"), done={1: [last]})
    assert found == ([(NOT_PLANNED, "drug_years", 1, 3)] if due else [])


def test_two_facts_of_one_day_are_one_inspection() -> None:
    kind, of = a_kind("drug_wholesale", "narcotic_drugs"), matter("drug_wholesale")
    once = lines(kind, of, done={1: [date(2026, 2, 1), date(2026, 2, 1)]}, planned=Decimal(0))
    assert once == [(NOT_PLANNED, "drug_activity", 2, 1)]
    assert lines(kind, of, done={1: [date(2026, 2, 1), date(2026, 2, 9)]}) == []


@pytest.mark.parametrize(("cap", "above"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_minimum_above_the_cap_is_told_for_drugs_and_devices_too(cap, above) -> None:
    """Even where the plan would meet it: which of the two gives way, people decide."""
    found = lines(a_kind("drug_wholesale", "narcotic_drugs"), matter("drug_wholesale"), cap=cap, planned=Decimal(4))
    assert ((ABOVE_CAP, "drug_activity", 2, 1) in found) is above
    key = a_kind("device_production", "device_key_production")
    found = lines(key, matter("device_production"), cap=cap, planned=Decimal(4))
    assert (found == [(ABOVE_CAP, "device_key", 1, 1)]) is (cap == 0)


def test_a_line_names_the_basis_and_says_where_it_was_not_verified() -> None:
    kind = a_kind("device_production", "device_key_production", "drug_retail", enterprises=3)
    of = [matter("device_production"), matter("drug_retail")]
    found = conflicts(
        [kind], of, KNOWN, year=2026, grades={}, levels={}, done={}, cap=2, planned=Decimal(0)
    )  # fmt: skip
    told = {one.rule: (one.basis, one.sample, one.enterprises) for one in found}
    assert told["frequency.minimum.device_key"] == (
        "《医疗器械生产监督管理办法》第四十九条", False, ["e1", "e2", "e3"],
    )  # fmt: skip
    assert told["frequency.minimum.drug_years"][1] is True


def test_rules_that_were_not_in_force_yet_demand_nothing() -> None:
    early = minimums_in_force(date(2016, 11, 30))
    assert (early.food_risk, early.food_all, early.device_level, early.drug, early.fields) == ({}, None, {}, {}, {})
    before, after = minimums_in_force(date(2023, 12, 31)), minimums_in_force(date(2024, 1, 1))
    assert before.drug == {}
    assert "narcotic_drugs" in after.drug
    assert longest(early) == 1
    assert longest(KNOWN) == 4


@given(
    st.integers(0, 6),
    st.lists(st.dates(date(2020, 1, 1), date(2026, 12, 31)), max_size=6),
    st.integers(0, 5),
    st.sampled_from(list(FoodRiskGrade)),
)
def test_nothing_is_told_exactly_where_cap_and_plan_meet_every_demand(cap, done, planned, grade) -> None:
    found = lines(
        a_kind("catering"), matter("catering"), grades={1: grade}, done={1: done}, cap=cap, planned=Decimal(planned)
    )
    this_year = len({day for day in done if day.year == 2026})
    two_years = len({day for day in done if day.year >= 2025})
    demanded = KNOWN.food_risk[grade.value].times
    expected = set()
    if demanded > cap:
        expected.add((ABOVE_CAP, "food_risk", demanded, 1))
    if planned < demanded - this_year:
        expected.add((NOT_PLANNED, "food_risk", demanded, 1))
    if two_years == 0 and cap == 0:
        expected.add((ABOVE_CAP, "food_full_check_years", 1, 2))
    if two_years == 0 and planned == 0:
        expected.add((NOT_PLANNED, "food_full_check_years", 1, 2))
    assert set(found) == expected


@pytest.mark.parametrize(
    ("selection", "frequency", "expected"),
    [
        (Method.RANDOM, Frequency(min=Decimal(4), per="year"), 0),
        (Method.TARGETED, None, 0),
        (Method.FULL, None, 1),
        (Method.FULL, Frequency(max=Decimal(2), per="year"), 0),
        (Method.FULL, Frequency(min=Decimal(1), per="quarter"), 4),
    ],
)
def test_only_a_full_selection_guarantees_anything(selection, frequency, expected) -> None:
    assert guaranteed(selection, frequency) == expected
