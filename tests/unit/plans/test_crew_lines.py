"""Who is kept from an enterprise when inspectors are drawn, each rule where it bites and where it must not."""

import datetime as dt

import msgspec
import pytest

from inspect_registry import rules
from inspect_registry.inspectors.model import Inspector, InspectorState
from inspect_registry.plans import crew_lines
from inspect_registry.plans.crew_lines import Known
from inspect_registry.plans.crew_store import CrewCheck
from inspect_registry.plans.draw import Exclusion

FIRST, LAST = dt.date(2026, 11, 2), dt.date(2026, 11, 30)


def an_inspector(number: int, **changes) -> Inspector:
    values = {
        "id": number,
        "uid": f"i{number}",
        "department": 1,
        "name": f"执法员{number}",
        "sort_key": "",
        "certificate": f"{number}",
        "valid_from": dt.date(2020, 1, 1),
        "valid_to": dt.date(2030, 12, 31),
        "state": InspectorState.ACTIVE,
    }
    return Inspector(**(values | changes))


def a_check(number: int = 1, enterprise: int = 1, matters: tuple[int, ...] = (1,), **changes) -> CrewCheck:
    values = {
        "id": number,
        "check": f"c{number}",
        "enterprise": enterprise,
        "uid": f"e{enterprise}",
        "starts": FIRST,
        "ends": LAST,
        "matters": list(matters),
        "codes": [f"M-{matter}" for matter in matters],
        "wanted": 2,
    }
    return CrewCheck(**(values | changes))


def known(*people: Inspector, **changes) -> Known:
    values = {
        "inspectors": people,
        "certified": {one.id: {1, 2} for one in people},
        "leave": {},
        "recused": {},
        "last_there": {},
        "calendar": rules.calendar(),
        "least": 2,
    }
    return Known(**(values | changes))


FOUR = [an_inspector(number) for number in range(1, 5)]


def test_somebody_without_an_obstacle_is_kept_out_nowhere() -> None:
    facts = known(*FOUR)
    (line,) = crew_lines.lines(facts, [a_check()])
    assert (line.enterprise, line.matters, line.wanted, line.excluded) == ("e1", ("M-1",), 2, ())
    assert crew_lines.away(facts, [a_check()]) == []


@pytest.mark.parametrize(
    ("changes", "kept_out"),
    [
        ({"valid_to": LAST - dt.timedelta(days=1)}, True),
        ({"valid_to": LAST}, False),
        ({"valid_from": FIRST + dt.timedelta(days=1)}, True),
        ({"valid_from": FIRST}, False),
        ({"state": InspectorState.SUSPENDED}, True),
        ({"state": InspectorState.LEFT}, True),
    ],
)
def test_a_certificate_must_hold_on_every_day_of_the_window(changes: dict[str, object], kept_out: bool) -> None:
    facts = known(an_inspector(9, **changes), *FOUR)
    expected = [Exclusion(uid="i9", reason="certificate-invalid")] if kept_out else []
    assert crew_lines.away(facts, [a_check()]) == expected


@pytest.mark.parametrize(
    ("spans", "kept_out"),
    [
        ([(FIRST, LAST)], True),
        ([(FIRST, dt.date(2026, 11, 16)), (dt.date(2026, 11, 17), LAST)], True),
        # The weekend of 14 and 15 November needs no leave to be off.
        ([(FIRST, dt.date(2026, 11, 13)), (dt.date(2026, 11, 16), LAST)], True),
        ([(FIRST, dt.date(2026, 11, 27))], False),
        ([], False),
    ],
)
def test_leave_keeps_out_only_where_no_working_day_is_left(
    spans: list[tuple[dt.date, dt.date]], kept_out: bool
) -> None:
    facts = known(*FOUR, leave={1: spans})
    assert bool(crew_lines.away(facts, [a_check()])) is kept_out


def test_leave_through_one_window_leaves_the_other_open() -> None:
    early = a_check(1, 1, ends=dt.date(2026, 11, 6))
    late = a_check(2, 2, starts=dt.date(2026, 11, 9))
    facts = known(*FOUR, leave={1: [(FIRST, dt.date(2026, 11, 6))]})
    assert crew_lines.away(facts, [early, late]) == []
    lines = {line.enterprise: line.excluded for line in crew_lines.lines(facts, [early, late])}
    assert lines == {"e1": (Exclusion(uid="i1", reason="on-leave"),), "e2": ()}


@pytest.mark.parametrize(("field", "reason"), [("recused", "recused"), ("last_there", "last-time")])
def test_a_recusal_and_the_last_visit_keep_out_at_that_enterprise_only(field: str, reason: str) -> None:
    facts = known(*FOUR, **{field: {1: {2}}})
    lines = {line.enterprise: line.excluded for line in crew_lines.lines(facts, [a_check(), a_check(2, 2)])}
    assert lines == {"e1": (Exclusion(uid="i2", reason=reason),), "e2": ()}


def test_a_recusal_is_told_before_the_last_visit() -> None:
    facts = known(*FOUR, recused={1: {2}}, last_there={1: {2}})
    (line,) = crew_lines.lines(facts, [a_check()])
    assert [exclusion.reason for exclusion in line.excluded] == ["recused"]


def test_checks_of_one_enterprise_share_a_crew_where_enough_are_certified_for_all() -> None:
    checks = [a_check(1, 1, (1,)), a_check(2, 1, (2,), wanted=3)]
    (line,) = crew_lines.lines(known(*FOUR), checks)
    assert (line.matters, line.wanted) == (("M-1", "M-2"), 3)
    apart = known(*FOUR, certified={1: {1}, 2: {1}, 3: {2}, 4: {2}})
    assert [line.matters for line in crew_lines.lines(apart, checks)] == [("M-1",), ("M-2",)]


def test_exclusions_decide_whether_a_crew_can_be_shared() -> None:
    checks = [a_check(1, 1, (1,)), a_check(2, 1, (2,))]
    facts = known(*FOUR, certified={1: {1, 2}, 2: {1, 2}, 3: {1}, 4: {2}})
    assert len(crew_lines.lines(facts, checks)) == 1
    assert len(crew_lines.lines(msgspec.structs.replace(facts, recused={1: {1}}), checks)) == 2


def test_a_check_finds_its_line_by_its_own_matters_first() -> None:
    offered = {"e1": [("M-1", "M-2"), ("M-2",)], "e2": [("M-1",)]}
    assert crew_lines.line_of(a_check(1, 1, (2,)), offered) == ("M-2",)
    assert crew_lines.line_of(a_check(1, 1, (1,)), offered) == ("M-1", "M-2")
    assert crew_lines.line_of(a_check(1, 2, (1, 2)), offered) is None
    assert crew_lines.line_of(a_check(1, 3), offered) is None


def test_the_least_of_any_inspection_holds_whatever_a_matter_says() -> None:
    (line,) = crew_lines.lines(known(*FOUR, least=3), [a_check(wanted=2)])
    assert line.wanted == 3


def test_the_fair_share_is_the_average_and_a_quarter() -> None:
    lines = crew_lines.lines(known(*FOUR), [a_check(number, number) for number in range(1, 11)])
    assert crew_lines.fair_share(lines, 4, 1.25) == 7
    assert crew_lines.fair_share([], 4, 1.25) == 1
    assert crew_lines.fair_share(lines, 0, 1.25) == 25
