"""What keeps an annual plan from being submitted: once where the rule bites, once where it must not."""

from datetime import date
from decimal import Decimal

import pytest

from inspect_registry.plans.cells.values import Bounds, Frequency
from inspect_registry.plans.draw import Method
from inspect_registry.plans.elements import faults
from inspect_registry.plans.model import Parsed, Task, TaskKind, TaskMode
from tests.unit.plans.test_exclusions import a_matter

RATIO = Bounds(min=Decimal(5), max=Decimal(5))


def a_task(**changes: object) -> Task:
    values = {
        "id": 1, "uid": "t1", "plan": 1, "position": 1, "name": "日常检查", "kind": TaskKind.ROUTINE, "matters": [1],
        "joint_departments": [], "objects": "餐饮单位", "mode": TaskMode.ONSITE, "selection": Method.RANDOM,
        "starts": date(2026, 3, 1), "ends": date(2026, 5, 31), "basis": "《…》第一条", "cells": {},
        "parsed": Parsed(ratio=RATIO), "problems": [], "source_sheet": "表", "source_row": 3,
    }  # fmt: skip
    return Task(**(values | changes))


def rules_of(task: Task, *, cap: int = 2, **matter: object) -> list[str]:
    return [fault.rule for fault in faults([task], 2026, {1: a_matter(1, **matter)}, cap)]


def test_a_sound_task_has_no_fault() -> None:
    assert rules_of(a_task()) == []


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"name": ""}, "plan-elements"),
        ({"objects": ""}, "plan-elements"),
        ({"matters": []}, "plan-elements"),
        ({"basis": ""}, "plan-elements"),
        ({"parsed": Parsed()}, "plan-elements"),
        ({"starts": None}, "plan-period"),
        ({"starts": date(2026, 6, 1)}, "plan-period"),
        ({"starts": date(2025, 12, 31)}, "plan-period"),
        ({"ends": date(2027, 3, 31)}, "plan-period"),
        ({"matters": [2]}, "matter-published"),
        ({"parsed": Parsed(ratio=RATIO, frequency=Frequency(min=Decimal(3), per="year"))}, "frequency-within-cap"),
        ({"parsed": Parsed(ratio=RATIO, frequency=Frequency(min=Decimal(1), per="quarter"))}, "frequency-within-cap"),
    ],
)
def test_each_fault_is_told_with_its_rule_and_place(changes: dict[str, object], rule: str) -> None:
    found = faults([a_task(**changes)], 2026, {1: a_matter(1)}, 2)
    assert [fault.rule for fault in found] == [rule]
    assert found[0].basis.startswith("《")
    assert (found[0].place.sheet, found[0].place.row) == ("表", 3)


def test_the_same_things_do_no_harm_where_they_are_allowed() -> None:
    assert rules_of(a_task(parsed=Parsed(count=Bounds(min=Decimal(20))))) == []
    assert rules_of(a_task(parsed=Parsed(), selection=Method.FULL)) == []
    twice = Frequency(min=Decimal(2), per="year")
    assert rules_of(a_task(parsed=Parsed(ratio=RATIO, frequency=twice))) == []
    thrice = Frequency(min=Decimal(3), per="year")
    assert rules_of(a_task(parsed=Parsed(ratio=RATIO, frequency=thrice, cap=3))) == []
    rarely = Frequency(min=Decimal(1), per="two_years")
    assert rules_of(a_task(parsed=Parsed(ratio=RATIO, frequency=rarely)), cap=1) == []


def test_a_matter_counts_by_the_days_on_which_it_is_published() -> None:
    assert rules_of(a_task(), published_on=date(2026, 6, 1)) == ["matter-published"]
    assert rules_of(a_task(), published_on=date(2026, 5, 1)) == []
    assert rules_of(a_task(), withdrawn_on=date(2026, 2, 1)) == ["matter-published"]
    assert rules_of(a_task(), withdrawn_on=date(2026, 4, 1)) == []


def test_an_empty_plan_is_told() -> None:
    assert [fault.rule for fault in faults([], 2026, {}, 2)] == ["plan-elements"]
