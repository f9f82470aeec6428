"""What the codes room knows: states of a code, what one page says, arrivals and reports."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

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

    SOMEONE_ELSE = "someone_else"
    ASKED_MONEY = "asked_money"
    NO_CODE = "no_code"
    WRONG_ENTERPRISE = "wrong_enterprise"
    OTHER = "other"


class AlarmKind(StrEnum):
    """What the registry itself noticed."""

    STOLEN_KEY = "stolen_key"
    UNREGISTERED_CODE = "unregistered_code"
    WRONG_ENTERPRISE = "wrong_enterprise"
    OVERDUE_BACKFILL = "overdue_backfill"


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


class VerdictRow(msgspec.Struct, frozen=True, kw_only=True):
    """The one row a scan reads."""

    code: CodeId
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
