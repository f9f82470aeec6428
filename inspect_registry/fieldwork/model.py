"""Words of the room: who was there, what was answered, found and decided, and what must be put right.

Pure values; the rules they must keep are in `rules.py`, the order to put right in `lifecycle.py`.
"""

from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, NewType

import msgspec

InspectionId = NewType("InspectionId", int)
FindingId = NewType("FindingId", int)
EvidenceId = NewType("EvidenceId", int)
RectificationId = NewType("RectificationId", int)


class InspectionState(StrEnum):
    """open → closed; a closed version becomes `corrected` when a second person confirms the next one."""

    OPEN = "open"
    CLOSED = "closed"
    CORRECTED = "corrected"


class AnswerValue(StrEnum):
    """What was seen at one criterion."""

    CONFORMS = "conforms"
    FAILS = "fails"
    NOT_APPLICABLE = "not_applicable"
    NOT_CHECKED = "not_checked"


ANSWER_TEXT: Final = MappingProxyType(
    {
        AnswerValue.CONFORMS: "符合",
        AnswerValue.FAILS: "不符合",
        AnswerValue.NOT_APPLICABLE: "不适用",
        AnswerValue.NOT_CHECKED: "未检查",
    }
)
NEEDS_REASON: Final = frozenset({AnswerValue.NOT_APPLICABLE, AnswerValue.NOT_CHECKED})


class DispositionKind(StrEnum):
    """How a finding is dealt with, from the lightest to the heaviest; `no_problem` is a record without findings."""

    NO_PROBLEM = "no_problem"
    GUIDANCE = "guidance"
    NO_PENALTY = "no_penalty"
    NO_COERCION = "no_coercion"
    RECTIFY_ON_SPOT = "rectify_on_spot"
    RECTIFY_BY_DATE = "rectify_by_date"
    TRANSFER = "transfer"


DISPOSITION_TEXT: Final = MappingProxyType(
    {
        DispositionKind.NO_PROBLEM: "未发现问题",
        DispositionKind.GUIDANCE: "行政指导",
        DispositionKind.NO_PENALTY: "依法不予行政处罚",
        DispositionKind.NO_COERCION: "依法不予实施行政强制措施",
        DispositionKind.RECTIFY_ON_SPOT: "责令当场改正",
        DispositionKind.RECTIFY_BY_DATE: "责令限期改正",
        DispositionKind.TRANSFER: "移送立案处理",
    }
)
LENIENT: Final = frozenset({DispositionKind.NO_PENALTY, DispositionKind.NO_COERCION})


class PresentRole(StrEnum):
    """In what role somebody came along; only inspectors count."""

    INSPECTOR = "inspector"
    ASSISTANT = "assistant"
    THIRD_PARTY = "third_party"


class Present(msgspec.Struct, frozen=True, kw_only=True):
    """One person on the side of the department who was at the check."""

    name: str
    role: PresentRole
    inspector: int | None = None
    """`inspector.id`, exactly for role inspector."""
    certificate_from: date | None = None
    certificate_to: date | None = None
    """Last valid day."""
    active: bool = True
    """False: suspended, or no longer in service."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was seen at one criterion (of the version of the matter in force that day)."""

    criterion: int
    value: AnswerValue
    reason: str = ""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion that the record must answer: its matter stands in the code, its version was in force that day."""

    criterion: int
    uid: str
    matter: int
    matter_code: str
    matter_name: str
    matter_version: int
    position: int
    text: str
    basis: str
    important: bool = False


class Leniency(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a lenient disposition is justified: the list's item and version, what is met, the education given."""

    list: str
    version: str
    item: str
    conditions_met: tuple[str, ...]
    """Codes of the item's conditions that the facts meet."""
    education: str
    """What the enterprise was told (说服教育), in words."""
    justification: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One problem found, its legal clause and how it is dealt with."""

    criterion: int
    facts: str
    clause: str
    """《…》第X条."""
    disposition: DispositionKind
    demand: str = ""
    """What has to be put right, for the two orders to rectify."""
    due: date | None = None
    """Exactly for `rectify_by_date`."""
    leniency: Leniency | None = None
    """Exactly for `no_penalty` and `no_coercion`."""
    third_party_opinion: bool = False
    """The facts rest on an opinion of a third party."""
    own_observation: str = ""
    """What the inspectors themselves saw; needed beside a third party's opinion."""
    leniency_declined: str = ""
    """Why a case is opened although the facts call up a no-penalty item."""


class Signature(StrEnum):
    """How the enterprise's side ended the record."""

    SIGNED = "signed"
    REFUSED = "refused"


class SignatureSide(StrEnum):
    """Who signs a record."""

    INSPECTOR = "inspector"
    ENTERPRISE = "enterprise"
    WITNESS = "witness"
    """Where the enterprise's side refuses to sign."""


class SignatureMeans(StrEnum):
    """How somebody signed; a typed name is neither."""

    DRAWN = "drawn"
    """By hand on the officer's phone."""
    PAPER = "paper"
    """By hand, or with a fingerprint, on the printed record, whose picture is in the evidence."""


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """One signature as the rules judge it."""

    side: SignatureSide
    inspector: int | None
    current: bool
    """It stands under the record as it is now."""


class Closing(msgspec.Struct, frozen=True, kw_only=True):
    """How a record ends."""

    started_at: datetime
    ended_at: datetime
    signature: Signature
    signature_note: str = ""
    """Who signed; or why not, and who witnessed (or which recording shows it)."""
    notes: str = ""
    """现场情况, in words."""


class RectificationState(StrEnum):
    """ordered → evidence given → rechecked → closed; overdue is seen, not stored."""

    ORDERED = "ordered"
    EVIDENCE_GIVEN = "evidence_given"
    RECHECKED = "rechecked"
    CLOSED = "closed"


class RectificationStep(StrEnum):
    """What can happen to an order to rectify."""

    GIVE_EVIDENCE = "give_evidence"
    RECHECK_PASSED = "recheck_passed"
    RECHECK_FAILED = "recheck_failed"
    CLOSE = "close"


class EvidenceKind(StrEnum):
    """What a piece of evidence is; told by its content, not by its name."""

    PHOTO = "photo"
    SOUND = "sound"
    VIDEO = "video"
    FILE = "file"


class DraftSection(StrEnum):
    """The part of a record that somebody is typing."""

    ANSWERS = "answers"
    FINDINGS = "findings"
    DOOR = "door"


class ObjectionState(StrEnum):
    """raised → marked at the record → upheld or rejected, each within its working days."""

    RAISED = "raised"
    MARKED = "marked"
    UPHELD = "upheld"
    REJECTED = "rejected"


class OffsiteState(StrEnum):
    """The closed loop of an off-site check: found → reviewed by another person → acted on."""

    FOUND = "found"
    REVIEWED = "reviewed"
    ACTED = "acted"


class OffsiteMeans(StrEnum):
    """How somebody looked without going there."""

    DOCUMENT = "document"
    VIDEO = "video"
    SENSOR = "sensor"
    DATA = "data"
