"""The states of a visit and of the departments' shares in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.visits.errors import VisitStepNotAllowed
from inspect_registry.visits.lifecycle import LIVE, PLANNED, TRANSITIONS, share_after, visit_after, visit_state
from inspect_registry.visits.model import PartState, PartStep, Share, VisitState, VisitStep

PROPOSED = Share(state=PartState.PROPOSED)
CONFIRMED = Share(state=PartState.CONFIRMED)
APPROVED = Share(state=PartState.CONFIRMED, approved=True)
DECLINED = Share(state=PartState.DECLINED)
WITHDRAWN = Share(state=PartState.WITHDRAWN)
shares = st.sampled_from([PROPOSED, CONFIRMED, APPROVED, DECLINED, WITHDRAWN])


@pytest.mark.parametrize(
    ("before", "step", "after"),
    [
        (PROPOSED, PartStep.CONFIRM, CONFIRMED),
        (CONFIRMED, PartStep.APPROVE, APPROVED),
        (PROPOSED, PartStep.DECLINE, DECLINED),
        (CONFIRMED, PartStep.DECLINE, DECLINED),
        (PROPOSED, PartStep.WITHDRAW, WITHDRAWN),
        (APPROVED, PartStep.WITHDRAW, WITHDRAWN),
    ],
)
def test_a_department_takes_the_allowed_steps(before: Share, step: PartStep, after: Share) -> None:
    assert share_after(before, step) == after


@pytest.mark.parametrize(
    ("before", "step"),
    [
        (PROPOSED, PartStep.APPROVE),
        (CONFIRMED, PartStep.CONFIRM),
        (APPROVED, PartStep.DECLINE),
        (APPROVED, PartStep.APPROVE),
        (DECLINED, PartStep.CONFIRM),
        (WITHDRAWN, PartStep.WITHDRAW),
    ],
)
def test_an_illegal_step_is_refused_by_name_and_says_the_present_state(before: Share, step: PartStep) -> None:
    with pytest.raises(VisitStepNotAllowed) as refused:
        share_after(before, step)
    assert refused.value.code == "visit-step-not-allowed"
    assert "当前" in refused.value.detail
    assert refused.value.remedy


@given(st.lists(shares, max_size=6), st.randoms())
def test_a_visit_is_never_ahead_of_any_department_that_takes_part(given_shares: list[Share], dice) -> None:
    state = visit_state(given_shares)
    live = [share for share in given_shares if share.state in LIVE]
    assert (state is VisitState.CANCELLED) == (not live)
    if state is VisitState.APPROVED:
        assert all(share.approved for share in live)
    if state is VisitState.CONFIRMED:
        assert all(share.state is PartState.CONFIRMED for share in live)
        assert any(not share.approved for share in live)
    mixed = list(given_shares)
    dice.shuffle(mixed)
    assert visit_state(mixed) is state


def test_declining_leaves_the_others_going_on() -> None:
    assert visit_state([CONFIRMED, share_after(PROPOSED, PartStep.DECLINE)]) is VisitState.CONFIRMED
    assert visit_state([DECLINED, DECLINED]) is VisitState.CANCELLED


def test_the_straight_way_ends_closed() -> None:
    state = VisitState.APPROVED
    for step in (VisitStep.START, VisitStep.RECORD, VisitStep.CLOSE):
        state = visit_after(state, step)
    assert state is VisitState.CLOSED


def test_only_an_emergency_begins_before_it_is_approved() -> None:
    assert visit_after(VisitState.PROPOSED, VisitStep.START, emergency=True) is VisitState.UNDER_WAY
    with pytest.raises(VisitStepNotAllowed, match="待确认"):
        visit_after(VisitState.PROPOSED, VisitStep.START)


@given(st.sampled_from(VisitState), st.sampled_from(VisitStep))
def test_every_pair_of_state_and_step_moves_by_the_table_or_is_refused(state: VisitState, step: VisitStep) -> None:
    if state in TRANSITIONS[step]:
        assert visit_after(state, step) is TRANSITIONS[step][state]
    else:
        with pytest.raises(VisitStepNotAllowed):
            visit_after(state, step)


def test_a_begun_visit_can_no_longer_be_cancelled() -> None:
    assert set(TRANSITIONS[VisitStep.CANCEL]) == PLANNED
    with pytest.raises(VisitStepNotAllowed):
        visit_after(VisitState.UNDER_WAY, VisitStep.CANCEL)
