"""The silences: each figure has a case that counts and one that does not."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.ledger.actions import Action
from inspect_registry.ledger.completeness import Completeness
from inspect_registry.ledger.leaf import Leaf, Subject


def a_leaf(action: Action, subject: str = "s", **public: str) -> Leaf:
    return Leaf(
        action=action.value,
        at="2026-11-22T07:00:00Z",
        commitment=base64.b64encode(b"c" * 32).decode(),
        department="",
        public=dict(public),
        subject=Subject("visit", subject),
        v=1,
    )


HISTORY = [
    a_leaf(Action.CODE_ISSUED, visit="whole"),
    a_leaf(Action.CODE_PRESENTED, visit="whole"),
    a_leaf(Action.ARRIVAL_CONFIRMED, visit="whole"),
    a_leaf(Action.INSPECTION_CLOSED, visit="whole"),
    a_leaf(Action.CODE_ISSUED, visit="silent"),
    a_leaf(Action.CODE_ISSUED, visit="shown and gone"),
    a_leaf(Action.CODE_PRESENTED, visit="shown and gone"),
    a_leaf(Action.CODE_ISSUED, visit="revoked"),
    a_leaf(Action.CODE_REVOKED, visit="revoked"),
    a_leaf(Action.CODE_ISSUED, visit="no result"),
    a_leaf(Action.ARRIVAL_CONFIRMED, visit="no result"),
    a_leaf(Action.INSPECTION_CLOSED, visit="no arrival"),
    a_leaf(Action.REPORT_FILED, kind="no_code"),
    a_leaf(Action.REPORT_FILED, kind="money"),
    a_leaf(Action.VISIT_BACKFILLED),
    a_leaf(Action.REFUSED, code="cap"),
    a_leaf(Action.CHECK_ADDED),
]


@given(st.permutations(HISTORY))
def test_silences_are_counted_whatever_the_order(history: list[Leaf]) -> None:
    completeness = Completeness()
    for leaf in history:
        completeness.add(leaf)
    figures = completeness.figures()
    assert (figures.codes_issued, figures.codes_without_arrival, figures.codes_not_presented) == (4, 2, 1)
    assert (figures.arrivals_without_result, figures.results_without_arrival) == (1, 1)
    assert (figures.reports_without_code, figures.late_backfills, figures.acts_refused) == (1, 1, 1)


def test_an_act_that_names_no_visit_is_counted_under_its_subject() -> None:
    completeness = Completeness()
    completeness.add(a_leaf(Action.INSPECTION_CLOSED, "one"))
    completeness.add(a_leaf(Action.INSPECTION_CLOSED, "two"))
    assert completeness.figures().results_without_arrival == 2
