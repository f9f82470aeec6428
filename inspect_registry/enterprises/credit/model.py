"""Words of credit: what a result feeds into which grade, the record it leaves, and what becomes of an application.

Pure values. Which rule judges an application is in `terms.py`.
"""

import datetime as dt
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NewType

import msgspec

from inspect_registry.enterprises.model import EnterpriseId

RecordId = NewType("RecordId", int)
RepairId = NewType("RepairId", int)


class Scale(StrEnum):
    """Which of the four scales an input is for; a name, never a value of a scale."""

    CREDIT_RISK = "credit_risk"
    FOOD_RISK = "food_risk"
    CATERING = "catering"
    DEVICE = "device"


class Input(StrEnum):
    """What kind of fact a result is, for whoever grades."""

    CONFORMS = "conforms"
    GUIDED = "guided"
    LENIENT = "lenient"
    CORRECTED = "corrected"
    ORDERED = "ordered"
    CASE = "case"


class Field(StrEnum):
    """The field that decides the period under the regime before 2026-04-01, strictest first."""

    FOOD = "food"
    DRUG = "drug"
    SPECIAL_EQUIPMENT = "special_equipment"
    WORK_SAFETY = "work_safety"
    FIRE = "fire"
    GENERAL = "general"


class Measure(StrEnum):
    """What was decided about the enterprise, from the lightest to the heaviest.

    pending: handed over for a case that is not decided yet.
    """

    ORDER = "order"
    PENDING = "pending"
    WARNING = "warning"
    CRITICISM = "criticism"
    SMALL_FINE = "small_fine"
    FINE = "fine"
    CONFISCATION = "confiscation"
    SUSPENSION = "suspension"
    RESTRICTION = "restriction"
    REVOCATION = "revocation"
    HUGE_FINE = "huge_fine"


MEASURE_TEXT: Final = MappingProxyType(
    {
        Measure.ORDER: "责令改正",
        Measure.PENDING: "移送立案，尚未作出决定",
        Measure.WARNING: "警告",
        Measure.CRITICISM: "通报批评",
        Measure.SMALL_FINE: "较低数额罚款",
        Measure.FINE: "较大数额罚款",
        Measure.CONFISCATION: "没收违法所得、没收非法财物",
        Measure.SUSPENSION: "责令停产停业",
        Measure.RESTRICTION: "限制从业、限制开展生产经营活动",
        Measure.REVOCATION: "吊销许可证件",
        Measure.HUGE_FINE: "巨额罚款",
    }
)


class Ended(StrEnum):
    """Why a record, or an input, is over."""

    CORRECTED = "corrected"
    REVOKED = "revoked"
    REPAIRED = "repaired"


class Condition(StrEnum):
    """What a regime asks before it repairs."""

    DUTIES_DONE = "duties_done"
    HARM_REMOVED = "harm_removed"
    NO_REPEAT = "no_repeat"
    NOT_LISTED = "not_listed"
    COMMITMENT = "commitment"


CONDITION_TEXT: Final = MappingProxyType(
    {
        Condition.DUTIES_DONE: "已经改正并全部履行相关义务",
        Condition.HARM_REMOVED: "已经主动消除危害后果和不良影响",
        Condition.NO_REPEAT: "公示期间未再因同类行为受到处罚",
        Condition.NOT_LISTED: "未被列入经营异常名录或者严重违法失信名单",
        Condition.COMMITMENT: "已经公开作出信用承诺",
    }
)
LOOKED_UP: Final = frozenset({Condition.DUTIES_DONE, Condition.NO_REPEAT, Condition.COMMITMENT})
"""Conditions that the registry can see for itself; whoever decides must confirm the others."""


class PaperKind(StrEnum):
    """A paper of an application."""

    APPLICATION = "application"
    PERFORMANCE = "performance"
    COMMITMENT = "commitment"


PAPER_TEXT: Final = MappingProxyType(
    {
        PaperKind.APPLICATION: "信用修复申请书",
        PaperKind.PERFORMANCE: "义务履行完毕的证明材料",
        PaperKind.COMMITMENT: "信用承诺书",
    }
)


class RepairState(StrEnum):
    """applied → granted or refused, by another person; the applicant may take an open application back."""

    APPLIED = "applied"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


REPAIR_STATE_TEXT: Final = MappingProxyType(
    {
        RepairState.APPLIED: "办理中",
        RepairState.GRANTED: "准予修复",
        RepairState.REFUSED: "不予修复",
        RepairState.WITHDRAWN: "已撤回",
    }
)


class Paper(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One paper of an application: its kind, and where it is (number of the paper, or uid of uploaded evidence)."""

    kind: PaperKind
    reference: str


class NewInput(msgspec.Struct, frozen=True, kw_only=True):
    """One fact for one scale, with the version of the rule that made it one."""

    scale: Scale
    kind: Input
    feeds_from: dt.date
    """First day of the first month whose class or grade may take it in."""
    counts_to: dt.date
    """Last day on which it may."""
    rule: str
    rule_from: dt.date
    """First day in force of the version of the rule."""
    basis: str


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What fieldwork tells of one closed record."""

    part: int
    """The share of the visit: corrections of its record are about the same outcome."""
    inspection: str
    """uid of the version in force."""
    version: int
    enterprise: EnterpriseId
    department: int
    department_domain: str
    day: dt.date
    disposition: str
    """The heaviest disposition of the record."""
    tags: frozenset[str]
    """Activities of all its matters."""
    failed_tags: frozenset[str]
    """Activities of the matters in which something was found."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a record when a regime is asked about it."""

    field: Field
    measure: Measure
    simplified: bool
    """Decided by 简易程序."""
    published_on: dt.date | None
    performed_on: dt.date | None
    repeated: bool
    """Another penalty in the same field since this record."""
    commitment: bool


class GradeInput(NewInput, frozen=True, kw_only=True):
    """One input as it stands in the register."""

    enterprise: EnterpriseId
    enterprise_uid: str
    inspection: str
    ended_on: dt.date | None
    ended_why: Ended | None


PUBLICATION: Final = "publication"
USE: Final = "use"


def left_out(one: GradeInput, month: dt.date, repair_stops: frozenset[str]) -> str:
    """Say why an input does not count for the grades of a month (its first day); empty where it counts.

    `repair_stops` is the parameter repair.effect of that month: only where it names `use` does a repaired record stop
    counting (信用修复管理办法; before 2026-04-01 a repair ended publication alone).
    """
    if one.feeds_from > month:
        return "not-yet"
    if one.counts_to < month:
        return "expired"
    if one.ended_why is not None and one.ended_why is not Ended.REPAIRED:
        return one.ended_why.value
    if one.ended_why is Ended.REPAIRED and USE in repair_stops:
        return Ended.REPAIRED.value
    return ""
