"""The life of an annual and of a monthly plan: which step leads where, and what is refused.

    draft ─submit→ submitted ─review→ reviewed ─file→ filed ─publish→ published ─close→ closed
                      │  └──────return──────┘ (also from reviewed and filed) → returned ─submit→ submitted

A published plan never changes: a change is a new revision, which walks the same way and, once published, closes the
one before (上海市优化营商环境条例第六十二条: the plan is made public; what was public stays readable).
"""

from enum import StrEnum

from inspect_registry.plans.errors import PlanAlreadyPublished, PlanStepForbidden


class PlanState(StrEnum):
    """How far a plan has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    FILED = "filed"
    PUBLISHED = "published"
    CLOSED = "closed"


class PlanStep(StrEnum):
    """What can be done with a plan."""

    SUBMIT = "submit"
    RETURN = "return"
    REVIEW = "review"
    FILE = "file"
    PUBLISH = "publish"
    CLOSE = "close"


TRANSITIONS: dict[tuple[PlanState, PlanStep], PlanState] = {
    (PlanState.DRAFT, PlanStep.SUBMIT): PlanState.SUBMITTED,
    (PlanState.RETURNED, PlanStep.SUBMIT): PlanState.SUBMITTED,
    (PlanState.SUBMITTED, PlanStep.REVIEW): PlanState.REVIEWED,
    (PlanState.SUBMITTED, PlanStep.RETURN): PlanState.RETURNED,
    (PlanState.REVIEWED, PlanStep.FILE): PlanState.FILED,
    (PlanState.REVIEWED, PlanStep.RETURN): PlanState.RETURNED,
    (PlanState.FILED, PlanStep.PUBLISH): PlanState.PUBLISHED,
    (PlanState.FILED, PlanStep.RETURN): PlanState.RETURNED,
    (PlanState.PUBLISHED, PlanStep.CLOSE): PlanState.CLOSED,
}
OPEN_STATES = frozenset({PlanState.DRAFT, PlanState.RETURNED})
"""States in which the department may change the plan's content."""
_FROZEN = frozenset({PlanState.PUBLISHED, PlanState.CLOSED})
STATE_TEXT = {
    PlanState.DRAFT: "草稿",
    PlanState.SUBMITTED: "已提交",
    PlanState.RETURNED: "已退回",
    PlanState.REVIEWED: "已法制审核",
    PlanState.FILED: "已备案",
    PlanState.PUBLISHED: "已公布",
    PlanState.CLOSED: "已完成",
}
STEP_TEXT = {
    PlanStep.SUBMIT: "提交",
    PlanStep.RETURN: "退回",
    PlanStep.REVIEW: "法制审核",
    PlanStep.FILE: "备案",
    PlanStep.PUBLISH: "公布",
    PlanStep.CLOSE: "办结",
}
_BASIS = "《上海市优化营商环境条例》第六十二条"


def after(state: PlanState, step: PlanStep) -> PlanState:
    """Return the state a step leads to. Raises PlanStepForbidden."""
    following = TRANSITIONS.get((state, step))
    if following is None:
        possible = "、".join(STEP_TEXT[s] for (at, s) in TRANSITIONS if at is state) or "无"
        raise PlanStepForbidden(
            f"计划现为“{STATE_TEXT[state]}”，不能{STEP_TEXT[step]}",
            rule="plan-lifecycle",
            basis=_BASIS,
            remedy=f"此状态下可以：{possible}",
        )
    return following


def may_change(state: PlanState) -> None:
    """Pass where the plan's content may be changed. Raises PlanAlreadyPublished, PlanStepForbidden."""
    if state in _FROZEN:
        raise PlanAlreadyPublished(
            "已公布的计划不得改动", rule="plan-frozen", basis=_BASIS, remedy="请提交修订，说明原因"
        )
    if state not in OPEN_STATES:
        raise PlanStepForbidden(
            f"计划现为“{STATE_TEXT[state]}”，内容不能改动",
            rule="plan-lifecycle",
            basis=_BASIS,
            remedy="需要改动时请协调部门退回",
        )
