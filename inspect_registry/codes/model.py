"""What the codes room knows: states of a code, what one page says, arrivals and reports."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, NewType

import msgspec

from inspect_registry.identifiers import mask_address, mask_code, mask_name

CodeId = NewType("CodeId", int)
"""`code.id`; outside, a code is its uid."""


class CodeState(StrEnum):
    """Stored state of a code; active and expired are seen from its window."""

    ISSUED = "issued"
    """→ presented, closed, revoked."""
    PRESENTED = "presented"
    """The enterprise confirmed the arrival. → closed, revoked."""
    CLOSED = "closed"
    """The visit is over."""
    REVOKED = "revoked"
    """Taken back, or replaced by another code."""


LIVE_STATES = frozenset({CodeState.ISSUED, CodeState.PRESENTED})


class CodePath(StrEnum):
    """How a code came to be (design: late paths are rules, not exceptions)."""

    NORMAL = "normal"
    EMERGENCY = "emergency"
    """Inspected first: presented before leaving, approval back-filled."""
    NETWORK_FAILURE = "network_failure"
    """Presented late for want of a network: back-filled with a reason."""


class ArrivalMethod(StrEnum):
    """How the enterprise confirmed that the inspectors came."""

    ACCOUNT = "account"
    """Signed in as the enterprise."""
    WORD = "word"
    """Typed the one-time word from the inspector's phone."""
    ENTERPRISE_CODE = "enterprise_code"
    """The inspector scanned the enterprise's own code or licence."""
    LATE = "late"
    """Back-filled after an emergency or a network failure."""


class ReportKind(StrEnum):
    """What somebody at the door reports."""

    OTHER_PERSON = "other_person"
    """来的不是码上的人."""
    MONEY = "money"
    """索要钱物."""
    NO_CODE = "no_code"
    """没有出示检查码."""
    WRONG_ENTERPRISE = "wrong_enterprise"
    """码不是本店的."""
    OTHER = "other"


class AlarmKind(StrEnum):
    """What the registry itself noticed."""

    STOLEN_KEY = "stolen_key"
    UNREGISTERED_CODE = "unregistered_code"
    WRONG_ENTERPRISE = "wrong_enterprise"
    OVERDUE_BACKFILL = "overdue_backfill"


Scan = tuple[int, datetime, str, int]
"""One answered scan: code id, time, verdict, slot."""
Alarm = tuple[AlarmKind, str, int]
"""Kind, code uid, enterprise of the scanner (0 = nobody knows)."""


class PageMatter(msgspec.Struct, frozen=True, kw_only=True):
    """One matter as the person at the door reads it."""

    code: str
    name: str
    legal_basis: tuple[str, ...]
    criteria: tuple[str, ...]


class PageInspector(msgspec.Struct, frozen=True, kw_only=True):
    """One inspector as the person at the door compares him with the certificate shown."""

    name: str
    certificate_no: str


class PageDepartment(msgspec.Struct, frozen=True, kw_only=True):
    """One department's share of the visit."""

    name: str
    lead: bool
    times: int
    """This visit is the department's n-th counted one at this enterprise this year."""
    cap: int
    """Of at most this many; 0 where no cap applies."""
    matters: tuple[PageMatter, ...]
    inspectors: tuple[PageInspector, ...]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a scan may be told about one visit."""

    enterprise: str
    natural_name: bool
    """The name shows a natural person's own name."""
    identifier: str
    """统一社会信用代码 or registration number."""
    address: str
    starts: datetime
    ends: datetime
    plan: str
    """Plan number (备案号), or words for the trigger."""
    planned: bool
    path: CodePath
    departments: tuple[PageDepartment, ...]


class CodeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One stored code."""

    id: CodeId
    uid: str
    visit: int
    visit_uid: str
    enterprise: int
    opens_at: datetime
    ends_at: datetime
    enterprise_commitment: bytes
    premises_commitment: bytes
    bound: bytes
    state: CodeState
    path: CodePath
    path_reason: str
    backfill_due: date | None
    word_tries: int
    issued_at: datetime
    opened_at: datetime | None
    presented_at: datetime | None
    ended_at: datetime | None
    end_reason: str


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to tell, through an independent channel, that inspectors are showing a code (threat T4)."""

    enterprise: int
    contact: str
    name: str
    address: str
    departments: tuple[str, ...]


class LateArrival(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An arrival told afterwards: when it was and why it could not be confirmed at the door."""

    occurred_at: datetime
    reason: Annotated[str, msgspec.Meta(min_length=5, max_length=500)]


class CodeView(msgspec.Struct, frozen=True, kw_only=True):
    """One code as its department sees it."""

    uid: str
    visit: str
    """uid of the visit."""
    state: CodeState
    path: CodePath
    opens_at: datetime
    ends_at: datetime
    backfill_due: date | None = None
    presented_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str = ""


class NewCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is asked for when a code is issued."""

    visit: Annotated[str, msgspec.Meta(min_length=26, max_length=26)]
    """uid of the visit."""
    path: CodePath = CodePath.NORMAL
    reason: Annotated[str, msgspec.Meta(max_length=500)] = ""


class Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a code is taken back or replaced; a revoked code shows these words to scanners."""

    reason: Annotated[str, msgspec.Meta(min_length=5, max_length=200)]


class InspectorCode(msgspec.Struct, frozen=True, kw_only=True):
    """One code on an inspector's list of the day."""

    uid: str
    state: CodeState
    visit_uid: str
    enterprise: str
    address: str
    opens_at: datetime
    ends_at: datetime


class ArrivalView(msgspec.Struct, frozen=True, kw_only=True):
    """One confirmed arrival."""

    uid: str
    method: ArrivalMethod
    occurred_at: datetime
    logged_at: datetime
    reason: str = ""


class WordOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a typed word led to: an arrival, or one try less."""

    arrival: ArrivalView | None
    left: int


class NewReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report from a door; everything but its kind may be left out."""

    kind: ReportKind
    text: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    token: Annotated[str, msgspec.Meta(max_length=400)] = ""
    """The scanned token or its address, where one was shown."""
    place: Annotated[str, msgspec.Meta(max_length=200)] = ""
    """Name and address of the shop, where no code was shown."""


class ReportLine(msgspec.Struct, frozen=True, kw_only=True):
    """One report as supervisors read it."""

    uid: str
    code_uid: str
    enterprise: str
    kind: ReportKind
    text: str
    place: str
    filed_at: datetime


class AlarmLine(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm as supervisors read it."""

    uid: str
    kind: AlarmKind
    code_uid: str
    scanner: str
    """Name of the enterprise that scanned, where one was signed in."""
    raised_at: datetime


class VerdictRow(msgspec.Struct, frozen=True, kw_only=True):
    """The one row a scan reads."""

    uid: str
    code: CodeId
    enterprise: int
    state: CodeState
    arrived_at: datetime | None
    ended_at: datetime | None
    reason: str
    certificates_valid: bool
    """Every inspector's certificate is valid today."""
    page: str
    """JSON of the Page, in full."""
    masked: str
    """JSON of the Page as strangers see it before and after."""


def masked_page(page: Page) -> Page:
    """Return the page as strangers see it (domain requirement 35, threat T11)."""
    departments = tuple(
        msgspec.structs.replace(
            department,
            inspectors=tuple(
                PageInspector(
                    name=mask_name(one.name, natural=True),
                    certificate_no="*" * (len(one.certificate_no) - 4) + one.certificate_no[-4:],
                )
                for one in department.inspectors
            ),
        )
        for department in page.departments
    )
    return msgspec.structs.replace(
        page,
        enterprise=mask_name(page.enterprise, natural=page.natural_name),
        identifier=mask_code(page.identifier),
        address=mask_address(page.address),
        departments=departments,
    )
