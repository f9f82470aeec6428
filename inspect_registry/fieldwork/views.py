"""What the API takes and shows around records at the door."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from inspect_registry.fieldwork.model import (
    AnswerValue,
    DispositionKind,
    InspectionState,
    Leniency,
    PresentRole,
    RectificationState,
    Signature,
    SignatureMeans,
    SignatureSide,
)
from inspect_registry.fieldwork.signing import Strokes

Uid = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Words = Annotated[str, msgspec.Meta(max_length=5000)]


class AnswerInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer as the phone sends it."""

    criterion: Uid
    value: AnswerValue
    reason: Words = ""


class FindingInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One finding as the phone sends it."""

    criterion: Uid
    facts: Words
    clause: Words
    disposition: DispositionKind
    demand: Words = ""
    due: date | None = None
    """Left out for `rectify_by_date`: the default period in working days."""
    leniency: Leniency | None = None
    third_party_opinion: bool = False
    own_observation: Words = ""
    leniency_declined: Words = ""
    """Why a case is opened although a prompted no-penalty item exists."""


class Companion(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One assistant or third party who came along."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    role: PresentRole


class ClosingInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a record ends."""

    present: Annotated[list[Uid], msgspec.Meta(max_length=50)]
    companions: Annotated[list[Companion], msgspec.Meta(max_length=50)] = []
    started_at: datetime
    ended_at: datetime
    signature: Signature
    signature_note: Words = ""
    notes: Words = ""


class SignatureInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One signature as the phone sends it: strokes, or the evidence that shows the sheet signed on paper."""

    side: SignatureSide
    inspector: Annotated[str, msgspec.Meta(max_length=40)] = ""
    """Which inspector, exactly for his side."""
    name: Annotated[str, msgspec.Meta(max_length=60)] = ""
    """Who signs for the enterprise, or witnesses."""
    position: Annotated[str, msgspec.Meta(max_length=60)] = ""
    """Such as 店长; never an identity number."""
    content: Annotated[str, msgspec.Meta(max_length=64)]
    """Digest of what was shown, as the record's reading gives it."""
    strokes: Strokes | None = None
    evidence: Annotated[str, msgspec.Meta(max_length=40)] = ""


class RecheckInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a re-check found; on site it needs a re-check visit of its own, which is found by its trigger."""

    passed: bool
    note: Annotated[str, msgspec.Meta(min_length=2, max_length=2000)]
    new_due: date | None = None
    """After a failed re-check; left out = the default period."""


class CorrectionInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wrong in a closed record, and what it should say instead."""

    reason: Words
    answers: list[AnswerInput] = []
    """Only those that change."""
    findings: list[FindingInput] | None = None
    """All findings of the new version; None = as before."""
    notes: Words | None = None


class PointView(msgspec.Struct, frozen=True, kw_only=True):
    """One criterion with its answer so far."""

    criterion: str
    matter_code: str
    matter: str
    matter_version: int
    position: int
    text: str
    basis: str
    important: bool
    value: AnswerValue | None
    reason: str


class LeniencyPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """One leniency item that the facts of a finding call up; the officer chooses and justifies."""

    list_name: str = msgspec.field(name="list")
    version: str
    item: str
    kind: str
    violation: str
    conditions: list[dict[str, str]]
    basis: str
    sample: bool


class FindingView(msgspec.Struct, frozen=True, kw_only=True):
    """One finding."""

    uid: str
    criterion: str
    facts: str
    clause: str
    disposition: DispositionKind
    disposition_text: str
    demand: str
    due: date | None
    leniency: dict[str, Any] | None
    third_party_opinion: bool
    own_observation: str
    leniency_declined: str
    prompts: list[LeniencyPrompt]


class RectificationView(msgspec.Struct, frozen=True, kw_only=True):
    """One order to put right; overdue is computed for the day of the reading."""

    uid: str
    inspection: str
    visit: str
    state: RectificationState
    state_text: str
    facts: str
    clause: str
    demand: str
    due: date
    provisional: bool
    overdue: bool
    evidence: str
    recheck_note: str
    recheck_visit: str | None


class VersionView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a record."""

    uid: str
    version: int
    state: InspectionState
    correction_reason: str
    opened_at: datetime
    closed_at: datetime | None


class SignatureView(msgspec.Struct, frozen=True, kw_only=True):
    """One signature under a record."""

    uid: str
    side: SignatureSide
    means: SignatureMeans
    name: str
    position: str
    inspector: str
    """uid, or empty."""
    signed_at: datetime
    current: bool
    """False: the record has changed since; the signature stands under what it said before."""


class PresentView(msgspec.Struct, frozen=True, kw_only=True):
    """One inspector who was there."""

    uid: str
    name: str


class InspectionView(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one department's record."""

    uid: str
    visit: str
    department: str
    enterprise: str
    address: str
    day: date
    version: int
    versions: list[VersionView]
    state: InspectionState
    late_reason: str
    points: list[PointView]
    findings: list[FindingView]
    present: list[PresentView]
    companions: list[dict[str, Any]]
    started_at: datetime | None
    ended_at: datetime | None
    signature: Signature | None
    signature_note: str
    notes: str
    result: str
    result_text: str
    closed_at: datetime | None
    told_at: datetime | None
    publish_due: date | None
    publish_provisional: bool
    published_at: datetime | None
    revoked_at: datetime | None
    rectifications: list[RectificationView]
    content: str = ""
    """Digest of what inspectors and the enterprise sign; empty before the door is noted."""
    witness_content: str = ""
    """Digest of what a witness signs: the same with the reason of the refusal."""
    signatures: list[SignatureView] = []
