"""Only those drawn by lot go to a check whose inspectors were drawn."""

import datetime as dt

import pytest

from inspect_registry.visits.errors import InspectorNotDrawn
from inspect_registry.visits.model import Assignment
from inspect_registry.visits.rules import inspector_was_drawn


def an_assignment(**changes: object) -> Assignment:
    values = {
        "inspector": 1,
        "name": "执法员1",
        "department": 1,
        "certificate_from": dt.date(2020, 1, 1),
        "certificate_to": dt.date(2030, 1, 1),
        "matters": frozenset({1}),
    }
    return Assignment(**(values | changes))


def test_somebody_who_was_not_drawn_may_not_go() -> None:
    with pytest.raises(InspectorNotDrawn) as refused:
        inspector_was_drawn(an_assignment(undrawn=True))
    assert refused.value.rule == "inspector-was-drawn"


def test_somebody_who_was_drawn_or_for_whom_there_was_no_lot_may_go() -> None:
    inspector_was_drawn(an_assignment())
