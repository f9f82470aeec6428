"""What may follow what: the answers of the departments, and the states of the visit that they share.

A share:  proposed ─confirm→ confirmed ─approve→ confirmed and approved by that department's head
              └────────────────┴─decline→ declined       (its checks go back to the pool and are planned anew)
              └────────────────┴─withdraw→ withdrawn     (the visit is cancelled or planned anew)

The visit:  proposed → confirmed → approved   derived from the shares: the least advanced one that still takes part
            approved ─start→ under way ─record→ recorded ─close→ closed
            proposed, confirmed, approved ─cancel→ cancelled

An emergency visit starts before it is approved (late path); its approval is back-filled and changes no state.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from inspect_registry.visits.errors import VisitStepNotAllowed
from inspect_registry.visits.model import PartState, PartStep, Share, VisitState, VisitStep

_P = PartState
_V = VisitState

LIVE: Final = frozenset({_P.PROPOSED, _P.CONFIRMED})
"""States of a share that still takes part in its visit."""

PLANNED: Final = frozenset({_V.PROPOSED, _V.CONFIRMED, _V.APPROVED})
"""States of a visit that has not begun: only these can be cancelled or planned anew."""

TRANSITIONS: Final[Mapping[VisitStep, Mapping[VisitState, VisitState]]] = MappingProxyType(
    {
        VisitStep.START: {_V.APPROVED: _V.UNDER_WAY},
        VisitStep.RECORD: {_V.UNDER_WAY: _V.RECORDED},
        VisitStep.CLOSE: {_V.RECORDED: _V.CLOSED},
        VisitStep.CANCEL: dict.fromkeys((_V.PROPOSED, _V.CONFIRMED, _V.APPROVED), _V.CANCELLED),
    }
)
_EMERGENCY_START: Final = dict.fromkeys((_V.PROPOSED, _V.CONFIRMED, _V.APPROVED), _V.UNDER_WAY)

VISIT_TEXT: Final[Mapping[VisitState, str]] = MappingProxyType(
    {
        _V.PROPOSED: "待确认",
        _V.CONFIRMED: "已确认",
        _V.APPROVED: "已批准",
        _V.UNDER_WAY: "检查中",
        _V.RECORDED: "已记录",
        _V.CLOSED: "已办结",
        _V.CANCELLED: "已取消",
    }
)
PART_TEXT: Final[Mapping[PartState, str]] = MappingProxyType(
    {_P.PROPOSED: "待确认", _P.CONFIRMED: "已确认", _P.DECLINED: "已谢绝", _P.WITHDRAWN: "已撤回"}
)
_STEP_TEXT: Final[Mapping[str, str]] = MappingProxyType(
    {
        PartStep.CONFIRM: "确认",
        PartStep.DECLINE: "谢绝",
        PartStep.APPROVE: "批准",
        PartStep.WITHDRAW: "撤回",
        VisitStep.START: "开始检查",
        VisitStep.RECORD: "完成记录",
        VisitStep.CLOSE: "办结",
        VisitStep.CANCEL: "取消",
    }
)


def share_after(share: Share, step: PartStep) -> Share:
    """Take one department's step; raises VisitStepNotAllowed where the machine has no such arrow."""
    match step, share.state, share.approved:
        case PartStep.CONFIRM, PartState.PROPOSED, False:
            return Share(state=_P.CONFIRMED)
        case PartStep.APPROVE, PartState.CONFIRMED, False:
            return Share(state=_P.CONFIRMED, approved=True)
        case PartStep.DECLINE, PartState.PROPOSED | PartState.CONFIRMED, False:
            return Share(state=_P.DECLINED)
        case PartStep.WITHDRAW, PartState.PROPOSED | PartState.CONFIRMED, _:
            return Share(state=_P.WITHDRAWN)
    now = "已批准" if share.approved and share.state in LIVE else PART_TEXT[share.state]
    raise VisitStepNotAllowed(
        f"本部门的份额当前为“{now}”，不能“{_STEP_TEXT[step]}”。",
        rule="visit-lifecycle",
        remedy="请刷新后查看当前状态；已批准的检查只能取消。",
    )


def still_open(state: VisitState, step: PartStep) -> None:
    """Insist that a visit has not begun; raises VisitStepNotAllowed. Who has come cannot have stayed away."""
    if state not in PLANNED:
        raise VisitStepNotAllowed(
            f"检查当前为“{VISIT_TEXT[state]}”，不能“{_STEP_TEXT[step]}”。",
            rule="visit-lifecycle",
            remedy="检查已经开始的，请据实完成记录；紧急检查请补办批准。",
        )


def visit_state(shares: Collection[Share]) -> VisitState:
    """Derive the state of a visit that has not begun; cancelled when no department takes part any more."""
    live = [share for share in shares if share.state in LIVE]
    if not live:
        return VisitState.CANCELLED
    if any(share.state is PartState.PROPOSED for share in live):
        return VisitState.PROPOSED
    return VisitState.APPROVED if all(share.approved for share in live) else VisitState.CONFIRMED


def visit_after(state: VisitState, step: VisitStep, *, emergency: bool = False) -> VisitState:
    """Return the state after the step; raises VisitStepNotAllowed where the machine has no such arrow."""
    arrows = _EMERGENCY_START if emergency and step is VisitStep.START else TRANSITIONS[step]
    after = arrows.get(state)
    if after is None:
        needed = "、".join(f"“{VISIT_TEXT[before]}”" for before in arrows)
        raise VisitStepNotAllowed(
            f"检查当前为“{VISIT_TEXT[state]}”，不能“{_STEP_TEXT[step]}”。",
            rule="visit-lifecycle",
            remedy=f"只有状态为{needed}时才能“{_STEP_TEXT[step]}”。",
        )
    return after
