"""Each rule that keeps an enterprise out of a draw: once where it bites, once where it must not."""

from datetime import date

import pytest

from inspect_registry.catalogue.model import Disclosure, Level, Matter, Mode
from inspect_registry.enterprises.model import Candidate
from inspect_registry.history.model import Fact
from inspect_registry.plans.exclusions import (
    CAP_REACHED,
    DRAWN_EARLIER,
    OFF_SITE_SUFFICIENT,
    SUPERIOR_INSPECTED,
    Repeating,
    blocked_matters,
    months_before,
    parted,
    since,
    superiors,
)

DECEMBER = date(2026, 12, 1)


def a_matter(number: int = 1, **changes: object) -> Matter:
    values = {
        "id": number, "uid": f"m{number}", "code": f"M-{number}", "version": 1, "department": 1, "name": f"事项{number}",
        "sort_key": "", "object_class": "", "industries": [], "tags": [], "basis": ["《…》第一条"], "mode": Mode.ONSITE,
        "disclosure": Disclosure.NAMED, "disclosure_basis": "", "mergeable": True, "offsite_possible": True,
        "mandatory": False, "min_inspectors": 2, "minutes": 30, "key_risk": False, "sample": False, "prepare": "",
        "published_on": date(2020, 1, 1), "withdrawn_on": None,
    }  # fmt: skip
    return Matter(**(values | changes))


def a_fact(**changes: object) -> Fact:
    values = {"id": 1, "enterprise": 7, "department": 9, "matter_code": "M-1", "day": date(2026, 10, 15)}
    return Fact(**(values | changes))


def known(**changes: object) -> Repeating:
    values = {
        "starts": DECEMBER, "level": Level.DISTRICT, "onsite": True, "superior_months": 3, "off_site_days": 180,
        "overridden": False,
    }  # fmt: skip
    return Repeating(**(values | changes))


def reason(fact: Fact, **changes: object) -> str | None:
    matter_changes = {key: changes.pop(key) for key in list(changes) if key == "offsite_possible"}
    found = blocked_matters([a_matter(**matter_changes)], [fact], known(**changes))
    return found.get(7, {}).get(1)


def test_what_a_superior_inspected_within_three_months_is_not_repeated() -> None:
    assert reason(a_fact(level=Level.CITY, day=date(2026, 9, 2))) == SUPERIOR_INSPECTED


@pytest.mark.parametrize(
    "fact",
    [
        a_fact(level=Level.CITY, day=date(2026, 9, 1)),
        a_fact(level=Level.DISTRICT),
        a_fact(level=Level.TOWN),
        a_fact(level=Level.CITY, matter_code="M-2"),
        a_fact(level=Level.CITY, day=DECEMBER),
    ],
    ids=["three months ago", "same level", "lower level", "another matter", "not before the window"],
)
def test_other_inspections_do_not_bar_a_repetition(fact: Fact) -> None:
    assert reason(fact) is None


def test_a_fresh_sufficient_off_site_result_bars_coming_on_site() -> None:
    assert reason(a_fact(onsite=False)) == OFF_SITE_SUFFICIENT


def test_an_off_site_result_does_not_bar_where_it_is_no_answer() -> None:
    assert reason(a_fact(onsite=False, sufficient=False)) is None
    assert reason(a_fact(onsite=False, day=date(2026, 6, 4))) is None
    assert reason(a_fact(onsite=False), offsite_possible=False) is None
    assert reason(a_fact(onsite=False), onsite=False) is None
    assert reason(a_fact(onsite=False), overridden=True) is None
    # A reason to come on site does not lift the superior's three months.
    assert reason(a_fact(onsite=False, level=Level.CITY), overridden=True) == SUPERIOR_INSPECTED


def a_candidate(enterprise: int) -> Candidate:
    return Candidate(enterprise=enterprise, uid=f"e{enterprise}", premises=enterprise)


def test_everybody_is_kept_or_excluded_with_one_reason() -> None:
    kept, excluded = parted(
        [a_candidate(number) for number in range(1, 7)],
        [1, 2],
        earlier={1},
        planned={2: 2, 3: 1},
        cap=2,
        blocked={4: {1: SUPERIOR_INSPECTED}, 5: {1: SUPERIOR_INSPECTED, 2: OFF_SITE_SUFFICIENT}},
    )
    # One barred matter of two leaves the enterprise in the pool; only the other matter is checked there.
    assert [candidate.enterprise for candidate in kept] == [3, 4, 6]
    assert [(one.uid, one.reason) for one in excluded] == [
        ("e1", DRAWN_EARLIER),
        ("e2", CAP_REACHED),
        ("e5", SUPERIOR_INSPECTED),
    ]


def test_months_are_counted_back_to_a_day_that_exists() -> None:
    assert months_before(date(2026, 5, 31), 3) == date(2026, 2, 28)
    assert months_before(date(2026, 1, 15), 3) == date(2025, 10, 15)
    assert since(known()) == date(2026, 6, 4)
    assert superiors(Level.DISTRICT) == (Level.CITY,)
    assert superiors(Level.CITY) == ()
