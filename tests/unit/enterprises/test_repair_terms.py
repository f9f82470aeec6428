"""What each regime of credit repair asks, with days around the change on 2026-04-01."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry import rules
from inspect_registry.enterprises.credit.model import Condition, Facts, Field, Measure, Paper, PaperKind
from inspect_registry.enterprises.credit.terms import (
    against_granting,
    decision_due,
    earliest,
    missing_papers,
    obstacles_to_applying,
    publicity_ends,
    severity,
    sharing_due,
    terms,
    unmet_conditions,
)

d = dt.date
LAST_OLD, FIRST_NEW = d(2026, 3, 31), d(2026, 4, 1)
PAPERS = [Paper(kind=kind, reference="2026-001") for kind in PaperKind]
ALL = frozenset(Condition)
CALENDAR = rules.calendar()


def facts(**changes) -> Facts:
    values = {
        "field": Field.GENERAL,
        "measure": Measure.FINE,
        "simplified": False,
        "published_on": d(2025, 12, 15),
        "performed_on": d(2025, 12, 20),
        "repeated": False,
        "commitment": True,
    }
    return Facts(**values | changes)


@pytest.mark.parametrize(
    ("field", "measure", "simplified", "old", "new"),
    [
        (Field.GENERAL, Measure.FINE, False, 3, 3),
        (Field.FOOD, Measure.FINE, False, 12, 3),
        (Field.DRUG, Measure.CONFISCATION, False, 12, 3),
        (Field.SPECIAL_EQUIPMENT, Measure.WARNING, False, 12, 0),
        (Field.WORK_SAFETY, Measure.HUGE_FINE, False, 12, 12),
        (Field.FIRE, Measure.SMALL_FINE, False, 12, 0),
        (Field.GENERAL, Measure.REVOCATION, False, 3, 12),
        (Field.GENERAL, Measure.CRITICISM, False, 3, 0),
        (Field.FOOD, Measure.FINE, True, 12, 0),
        (Field.FOOD, Measure.ORDER, False, 12, 0),
        (Field.GENERAL, Measure.ORDER, False, 3, 0),
    ],
)
def test_the_minimum_publicity_is_by_field_before_and_by_degree_after(field, measure, simplified, old, new):
    case = facts(field=field, measure=measure, simplified=simplified)
    assert terms(case, LAST_OLD).minimum_months == old
    assert terms(case, FIRST_NEW).minimum_months == new
    assert (terms(case, LAST_OLD).regime, terms(case, FIRST_NEW).regime) == ("domain", "severity")


@pytest.mark.parametrize(
    ("published", "field", "measure", "applied", "first"),
    [
        # The same record asked about on the two sides of the change gives different, right days.
        (d(2025, 12, 15), Field.FOOD, Measure.FINE, LAST_OLD, d(2026, 12, 16)),
        (d(2025, 12, 15), Field.FOOD, Measure.FINE, FIRST_NEW, d(2026, 3, 16)),
        (d(2025, 12, 15), Field.GENERAL, Measure.REVOCATION, LAST_OLD, d(2026, 3, 16)),
        (d(2025, 12, 15), Field.GENERAL, Measure.REVOCATION, FIRST_NEW, d(2026, 12, 16)),
        # No corresponding day: the month's last day ends the period.
        (d(2025, 11, 30), Field.GENERAL, Measure.FINE, LAST_OLD, d(2026, 3, 1)),
        (d(2026, 1, 31), Field.GENERAL, Measure.FINE, FIRST_NEW, d(2026, 5, 1)),
        (d(2024, 2, 29), Field.FOOD, Measure.FINE, LAST_OLD, d(2025, 3, 1)),
        # Light since the change: the day on which the duties were done.
        (d(2025, 12, 15), Field.FOOD, Measure.WARNING, FIRST_NEW, d(2025, 12, 20)),
        (None, Field.FOOD, Measure.WARNING, FIRST_NEW, d(2025, 12, 20)),
        (None, Field.FOOD, Measure.FINE, FIRST_NEW, None),
    ],
)
def test_the_first_day_for_an_application(published, field, measure, applied, first):
    case = facts(published_on=published, field=field, measure=measure)
    assert earliest(case, applied) == first


def test_an_application_is_refused_on_the_last_day_of_the_period_and_taken_on_the_next():
    case = facts(published_on=d(2026, 5, 11), performed_on=d(2026, 5, 20))
    assert [one.rule for one in obstacles_to_applying(case, PAPERS, d(2026, 8, 11))] == ["repair-minimum-publicity"]
    assert obstacles_to_applying(case, PAPERS, d(2026, 8, 12)) == []


def test_a_refusal_names_the_rule_its_basis_and_the_first_possible_day():
    case = facts(field=Field.FOOD)
    (found,) = obstacles_to_applying(case, PAPERS, LAST_OLD)
    assert found.rule == "repair-minimum-publicity"
    assert found.basis == "《上海市优化营商环境条例》第六十七条"
    assert "12 个月" in found.message
    assert "2026-12-16" in found.remedy
    (after,) = obstacles_to_applying(facts(published_on=d(2026, 3, 2)), PAPERS, FIRST_NEW)
    assert "信用修复管理办法" in after.basis
    assert "2026-06-03" in after.remedy


def test_found_before_and_applied_after_is_judged_by_the_new_regime():
    case = facts(field=Field.FOOD, published_on=d(2025, 12, 15))
    assert obstacles_to_applying(case, PAPERS, LAST_OLD) != []
    assert obstacles_to_applying(case, PAPERS, FIRST_NEW) == []


def test_no_early_end_for_suspension_revocation_and_restriction_before_the_change():
    for measure in (Measure.SUSPENSION, Measure.REVOCATION, Measure.RESTRICTION):
        case = facts(measure=measure, published_on=d(2024, 12, 1), performed_on=d(2025, 1, 1))
        (found,) = obstacles_to_applying(case, PAPERS, LAST_OLD)
        assert found.rule == "repair-measure-excluded"
        assert "2027-12-01" in found.remedy
        assert obstacles_to_applying(case, PAPERS, FIRST_NEW) == []
    assert obstacles_to_applying(facts(published_on=d(2025, 12, 15)), PAPERS, d(2026, 3, 16)) == []


def test_conditions_differ_between_the_regimes():
    asked = [Condition.DUTIES_DONE, Condition.HARM_REMOVED, Condition.NO_REPEAT, Condition.NOT_LISTED]
    assert list(terms(facts(), LAST_OLD).conditions) == asked
    assert list(terms(facts(), FIRST_NEW).conditions) == [Condition.DUTIES_DONE, Condition.COMMITMENT]
    repeated = facts(repeated=True)
    assert [one.rule for one in unmet_conditions(repeated, LAST_OLD, ALL)] == ["repair-no-repeat"]
    assert unmet_conditions(repeated, FIRST_NEW, ALL) == []
    silent = facts(commitment=False)
    assert unmet_conditions(silent, LAST_OLD, ALL) == []
    assert [one.rule for one in unmet_conditions(silent, FIRST_NEW, ALL)] == ["repair-commitment"]


def test_what_the_registry_cannot_see_must_be_confirmed_by_whoever_decides():
    found = unmet_conditions(facts(), LAST_OLD, frozenset())
    assert [one.rule for one in found] == ["repair-harm-removed", "repair-not-listed"]
    assert unmet_conditions(facts(), LAST_OLD, {Condition.HARM_REMOVED, Condition.NOT_LISTED}) == []


def test_duties_that_are_not_done_or_done_later_stand_against_it():
    for performed in (None, FIRST_NEW + dt.timedelta(days=1)):
        case = facts(performed_on=performed, measure=Measure.WARNING)
        assert "repair-duties-done" in [one.rule for one in obstacles_to_applying(case, PAPERS, FIRST_NEW)]


def test_each_regime_has_its_papers_and_a_paper_without_a_reference_is_none():
    assert terms(facts(), LAST_OLD).papers == (PaperKind.APPLICATION, PaperKind.PERFORMANCE)
    assert terms(facts(), FIRST_NEW).papers == (PaperKind.PERFORMANCE, PaperKind.COMMITMENT)
    blank = [Paper(kind=PaperKind.PERFORMANCE, reference="  "), Paper(kind=PaperKind.COMMITMENT, reference="C-1")]
    assert missing_papers(terms(facts(), FIRST_NEW), blank) == (PaperKind.PERFORMANCE,)
    (found,) = obstacles_to_applying(facts(), blank, FIRST_NEW)
    assert (found.rule, "义务履行完毕的证明材料" in found.message) == ("repair-papers", True)


def test_a_case_that_is_not_decided_cannot_be_repaired():
    case = facts(measure=Measure.PENDING)
    for day in (LAST_OLD, FIRST_NEW):
        assert "repair-decided-first" in [one.rule for one in obstacles_to_applying(case, PAPERS, day)]


@pytest.mark.parametrize(
    ("measure", "simplified", "old", "new"),
    [
        (Measure.CRITICISM, False, d(2026, 3, 15), d(2026, 3, 15)),
        (Measure.SMALL_FINE, False, d(2026, 3, 15), d(2026, 3, 15)),
        (Measure.FINE, False, d(2028, 12, 15), d(2026, 12, 15)),
        (Measure.FINE, True, d(2026, 3, 15), d(2026, 3, 15)),
        (Measure.REVOCATION, False, d(2028, 12, 15), d(2028, 12, 15)),
        (Measure.ORDER, False, None, None),
        (Measure.PENDING, False, None, None),
    ],
)
def test_the_longest_publicity_ends_by_itself(measure, simplified, old, new):
    case = facts(measure=measure, simplified=simplified)
    assert publicity_ends(case, LAST_OLD) == old
    assert publicity_ends(case, FIRST_NEW) == new


def test_an_application_that_the_change_overtook_is_granted_by_the_regime_that_grants_it():
    case = facts(repeated=True, field=Field.GENERAL, published_on=d(2025, 12, 1))
    applied = d(2026, 3, 27)
    judged, found = against_granting(case, PAPERS, ALL, applied=applied, decided=LAST_OLD)
    assert (judged, [one.rule for one in found]) == (applied, ["repair-no-repeat"])
    judged, found = against_granting(case, PAPERS, ALL, applied=applied, decided=d(2026, 4, 2))
    assert (judged, found) == (d(2026, 4, 2), [])
    clean = facts(published_on=d(2025, 12, 1))
    assert against_granting(clean, PAPERS, ALL, applied=applied, decided=d(2026, 4, 2)) == (applied, [])


def test_where_neither_regime_grants_the_day_of_application_says_why():
    case = facts(performed_on=None, repeated=True)
    judged, found = against_granting(case, PAPERS, ALL, applied=d(2026, 3, 27), decided=d(2026, 4, 2))
    assert judged == d(2026, 3, 27)
    assert {one.rule for one in found} == {"repair-duties-done", "repair-no-repeat"}


def test_deadlines_are_counted_in_working_days_over_holidays_and_make_up_days():
    # 清明 2026-04-04 to 06; ten working days from Thursday the second.
    assert (decision_due(d(2026, 4, 2), CALENDAR).day, decision_due(d(2026, 4, 2), CALENDAR).provisional) == (
        d(2026, 4, 17),
        False,
    )
    assert decision_due(d(2026, 3, 2), CALENDAR).day == d(2026, 3, 23)  # fifteen before the change
    # 国庆 2026: 10-01 to 07 rest, Saturday 10-10 works, so does Sunday 09-20.
    assert sharing_due(d(2026, 9, 30), CALENDAR).day == d(2026, 10, 10)
    assert sharing_due(d(2026, 4, 3), CALENDAR).day == d(2026, 4, 9)
    assert sharing_due(d(2026, 12, 30), CALENDAR).provisional


def test_before_any_regime_there_is_an_answer_in_words():
    with pytest.raises(rules.ParameterNotInForce) as caught:
        terms(facts(), d(2020, 1, 1))
    assert caught.value.rule == "repair.regime"


DAYS = st.dates(d(2024, 10, 1), d(2029, 12, 31))
CASES = st.builds(
    facts,
    field=st.sampled_from(Field),
    measure=st.sampled_from(sorted(set(Measure) - {Measure.PENDING})),
    simplified=st.booleans(),
    published_on=DAYS,
    performed_on=DAYS,
)


@given(CASES, DAYS, st.integers(0, 500))
def test_what_may_be_applied_for_may_be_applied_for_later_under_the_same_regime(case, day, later):
    after = day + dt.timedelta(days=later)
    if terms(case, day).in_force_from == terms(case, after).in_force_from and not obstacles_to_applying(
        case, PAPERS, day
    ):
        assert obstacles_to_applying(case, PAPERS, after) == []


@given(CASES, DAYS)
def test_nobody_applies_before_the_first_day_and_everybody_with_clean_hands_may_on_it(case, day):
    first = earliest(case, day)
    assert first is not None
    blocked = {one.rule for one in obstacles_to_applying(case, PAPERS, day)}
    asked = terms(case, day)
    if asked.minimum_months:
        assert ("repair-minimum-publicity" in blocked) == (day < first)
    if day >= first and day >= case.performed_on and not asked.excluded:
        assert blocked == set()


@given(CASES, DAYS)
def test_every_obstacle_says_rule_basis_and_what_to_do(case, day):
    for one in obstacles_to_applying(case, [], day):
        assert one.rule.startswith("repair-")
        assert one.message.endswith("。")
        assert one.basis
        assert one.remedy


def test_each_measure_has_a_degree():
    on = FIRST_NEW
    assert {severity(facts(measure=one), on) for one in Measure} == {"light", "moderate", "serious"}
    table = rules.value("repair.severity", dict[str, str], on=on)
    assert set(table) == {one.value for one in Measure} - {"pending"}
