"""The what-if form: days and numbers that are none are refused by their place, everything possible is read."""

import pytest

from inspect_registry.routes.pages.merges import WhatIfForm, _scenario
from inspect_registry.visits.errors import ScenarioUnsound
from inspect_registry.visits.scenario import MoreInspectors


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ({"quiet": "0"}, ["0"]),
        ({"quiet": "32、3"}, ["32"]),
        ({"quiet": "三、15"}, ["三"]),
        ({"quiet": "1-5"}, ["1-5"]),
        ({"department": "seven", "count": "0"}, []),
        ({"department": "seven", "count": "51"}, []),
        ({"department": "seven", "count": "-1"}, []),
        ({"department": "seven", "count": "两"}, []),
    ],
)
def test_days_and_numbers_that_are_none_are_refused(typed: dict[str, str], places: list[str]) -> None:
    with pytest.raises(ScenarioUnsound) as caught:
        _scenario(WhatIfForm(**typed))
    assert caught.value.rule == "scenario-form"
    assert [place.text for place in caught.value.places] == places


@pytest.mark.parametrize(
    ("typed", "days"),
    [("", None), ("无", ()), (" 1 ", (1,)), ("31", (31,)), ("1、15，30", (1, 15, 30)), ("1; 2；3", (1, 2, 3))],
)
def test_possible_days_are_read(typed: str, days: tuple[int, ...] | None) -> None:
    assert _scenario(WhatIfForm(quiet=typed)).quiet_days == days


@pytest.mark.parametrize("count", [1, 50])
def test_possible_numbers_are_read_up_to_both_ends(count: int) -> None:
    read = _scenario(WhatIfForm(merging="no", department="seven", count=str(count)))
    assert read.more_inspectors == (MoreInspectors(department="seven", count=count),)
    assert not read.merging


def test_without_a_department_its_number_is_not_read() -> None:
    assert _scenario(WhatIfForm(count="many")).more_inspectors == ()
