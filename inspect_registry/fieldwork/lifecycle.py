"""What may follow what for an order to put right (责令改正).

    ordered ─give evidence→ evidence given ─pass re-check→ rechecked ─close→ closed
       │                        │   ▲──────── more evidence may be given until the re-check
       └──── pass re-check ─────┘ (an inspector may come without waiting for evidence)
    a failed re-check leads back to ordered, with a new due date

Overdue is computed from the due date and never stored.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from inspect_registry.fieldwork.errors import RectificationStepNotAllowed
from inspect_registry.fieldwork.model import RectificationState, RectificationStep

_S = RectificationState
_T = RectificationStep

TRANSITIONS: Final[Mapping[RectificationStep, Mapping[RectificationState, RectificationState]]] = MappingProxyType(
    {
        _T.GIVE_EVIDENCE: {_S.ORDERED: _S.EVIDENCE_GIVEN, _S.EVIDENCE_GIVEN: _S.EVIDENCE_GIVEN},
        _T.RECHECK_PASSED: {_S.ORDERED: _S.RECHECKED, _S.EVIDENCE_GIVEN: _S.RECHECKED},
        _T.RECHECK_FAILED: {_S.ORDERED: _S.ORDERED, _S.EVIDENCE_GIVEN: _S.ORDERED},
        _T.CLOSE: {_S.RECHECKED: _S.CLOSED},
    }
)
STATE_TEXT: Final[Mapping[RectificationState, str]] = MappingProxyType(
    {_S.ORDERED: "已责令", _S.EVIDENCE_GIVEN: "已提交改正材料", _S.RECHECKED: "复查合格", _S.CLOSED: "已办结"}
)
STEP_TEXT: Final[Mapping[RectificationStep, str]] = MappingProxyType(
    {
        _T.GIVE_EVIDENCE: "提交改正材料",
        _T.RECHECK_PASSED: "复查合格",
        _T.RECHECK_FAILED: "复查不合格",
        _T.CLOSE: "办结",
    }
)


def rectification_after(state: RectificationState, step: RectificationStep) -> RectificationState:
    """Return the state after the step; raises RectificationStepNotAllowed where the machine has no such arrow."""
    after = TRANSITIONS[step].get(state)
    if after is None:
        needed = "、".join(f"“{STATE_TEXT[before]}”" for before in TRANSITIONS[step])
        raise RectificationStepNotAllowed(
            f"责令改正当前为“{STATE_TEXT[state]}”，不能“{STEP_TEXT[step]}”。",
            rule="rectification-lifecycle",
            remedy=f"只有状态为{needed}时才能“{STEP_TEXT[step]}”。",
        )
    return after


def is_overdue(state: RectificationState, due: date, today: date) -> bool:
    """Say whether nothing satisfactory has come by the due date (the due date itself is still in time)."""
    return state in {_S.ORDERED, _S.EVIDENCE_GIVEN} and today > due
