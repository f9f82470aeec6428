"""May a code be issued for this visit, and what does it bind and show: pure rules on the facts a store has read.

Each rule names itself and its legal source in the refusal; the refusal is committed to the ledger (access/acts.py).
"""

from datetime import date, datetime, timedelta

import msgspec

from inspect_registry.clock import day_of, start_of_day
from inspect_registry.codes.binding import Bound
from inspect_registry.codes.errors import (
    CapExceeded,
    CertificateInvalid,
    MatterUnpublished,
    QuietObject,
    TooFewInspectors,
    VisitNotApproved,
)
from inspect_registry.codes.model import CodePath, Page, PageDepartment, PageInspector, PageMatter
from inspect_registry.errors import Invalid

INSPECTORS_MIN = 2
"""Certified officers of each department (行政处罚法 第四十二条: 不得少于两人)."""
EMERGENCY_HOURS = 24
NETWORK_BACKFILL_DAYS = 10
"""深圳 深府规〔2025〕6号, natural days; the district may set its own (domain.md S-32)."""
_OVER = ("recorded", "closed", "cancelled")
"""States in which nobody comes any more."""
_TWO_OFFICERS = "《中华人民共和国行政处罚法》第四十二条"
_CERTIFICATE = "《中华人民共和国行政处罚法》第五十五条"
_APPROVAL = "国办发〔2024〕54号：实施行政检查前须经行政执法主体负责人批准"
_PUBLISHED = "国办发〔2024〕54号：行政检查事项未经公布的不得实施"
_QUIET = "国市监信发〔2022〕6号（无事不扰）；国办发〔2024〕54号"
_CAPS = "国办发〔2024〕54号：公布同一行政机关对同一企业的年度行政检查频次上限"


class SubjectMatter(msgspec.Struct, frozen=True, kw_only=True):
    """One matter of one part."""

    part: int
    code: str
    name: str
    basis: tuple[str, ...]
    published_on: date
    withdrawn_on: date | None
    criteria: tuple[str, ...]

    def in_force_on(self, day: date) -> bool:
        """Say whether the matter stands on the published list on this day."""
        return self.published_on <= day and (self.withdrawn_on is None or day < self.withdrawn_on)


class SubjectInspector(msgspec.Struct, frozen=True, kw_only=True):
    """One inspector of one part."""

    part: int
    inspector: int
    name: str
    certificate: str
    valid_from: date
    valid_to: date
    """Inclusive."""
    state: str

    def certified_on(self, day: date) -> bool:
        """Say whether the certificate is valid on this day."""
        return self.state == "active" and self.valid_from <= day <= self.valid_to


class SubjectPart(msgspec.Struct, frozen=True, kw_only=True):
    """One department's share."""

    visit: int
    part: int
    department: int
    department_code: str
    department_name: str
    counted: bool
    approved: bool
    used: int
    cap: int


class SubjectVisit(msgspec.Struct, frozen=True, kw_only=True):
    """The visit itself."""

    visit: int
    visit_uid: str
    state: str
    emergency: bool
    exempt: bool
    announced: bool
    """May be known beforehand; an unannounced visit must not be given away by a receipt."""
    day: date
    lead: int
    enterprise: int
    enterprise_uid: str
    enterprise_name: str
    natural_name: bool
    identifier: str
    premises: int
    premises_uid: str
    address: str
    trigger_uid: str
    trigger_kind: str
    plan_numbers: tuple[str, ...]
    quiet: tuple[str, ...]
    """What is on a quiet list that day: codes of matters, and an empty text for the enterprise itself."""


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a code would bind."""

    visit: SubjectVisit
    parts: tuple[SubjectPart, ...]
    matters: dict[int, tuple[SubjectMatter, ...]]
    """By part."""
    inspectors: dict[int, tuple[SubjectInspector, ...]]
    """By part."""

    @property
    def inspector_ids(self) -> list[int]:
        """Return each inspector once."""
        return sorted({one.inspector for part in self.inspectors.values() for one in part})


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """From the first instant inside to the first outside."""

    opens_at: datetime
    ends_at: datetime


def window_of(subject: Subject, path: CodePath, now: datetime) -> Window:
    """Return the code's window: the visit's whole day in Shanghai; for an emergency the next 24 hours.

    An emergency begins on the visit's day, so no code of it, nor any that replaces one, reaches past the day after.
    """
    day = subject.visit.day
    if path is CodePath.EMERGENCY:
        opens = now.replace(microsecond=0)
        ends = min(opens + timedelta(hours=EMERGENCY_HOURS), start_of_day(day + timedelta(days=2)))
        return Window(opens_at=opens, ends_at=ends)
    return Window(opens_at=start_of_day(day), ends_at=start_of_day(day + timedelta(days=1)))


def refuse_unless_issuable(subject: Subject, path: CodePath, reason: str, window: Window, now: datetime) -> None:
    """Apply every rule of issuing. Raises the refusal of the first rule that is broken."""
    _approved(subject, path)
    if path is not CodePath.NORMAL and len(reason.strip()) < 5:
        raise Invalid("紧急检查和网络故障补办须写明理由（至少 5 个字）。", rule="code-path-reason")
    _not_too_late(path, window, now)
    _not_quiet(subject.visit)
    first, last = day_of(window.opens_at), day_of(window.ends_at - timedelta(seconds=1))
    for part in subject.parts:
        _enough_certified_inspectors(part, subject.inspectors.get(part.part, ()), first, last)
        _matters_in_force(part, subject.matters.get(part.part, ()), first)
        _within_cap(part)


def _not_too_late(path: CodePath, window: Window, now: datetime) -> None:
    if window.ends_at > now:
        return
    if path is CodePath.NETWORK_FAILURE and now < window.ends_at + timedelta(days=NETWORK_BACKFILL_DAYS):
        return
    raise Invalid(
        "检查日期已过，不能再出码。",
        rule="code-window",
        remedy=f"请在检查当日或之前出码；因网络故障未能出码的，可在 {NETWORK_BACKFILL_DAYS} 日内按网络故障补办。",
    )


def _approved(subject: Subject, path: CodePath) -> None:
    visit = subject.visit
    if not subject.parts or visit.state in _OVER:
        raise VisitNotApproved(
            "没有部门确认参加这次检查，或者检查已经结束、取消。", rule="code-needs-approved-visit", basis=_APPROVAL
        )
    if path is CodePath.EMERGENCY and visit.emergency:
        return
    if visit.state not in ("approved", "under_way") or not all(part.approved for part in subject.parts):
        raise VisitNotApproved(
            f"检查当前状态为 {visit.state}。",
            rule="code-needs-approved-visit",
            basis=_APPROVAL,
            remedy="请先由各参加部门负责人批准；紧急情况请登记紧急触发事由。",
        )


def _not_quiet(visit: SubjectVisit) -> None:
    if visit.trigger_uid or not visit.quiet:  # A documented reason reaches quiet objects and matters too.
        return
    named = "、".join(code or visit.enterprise_name for code in visit.quiet)
    raise QuietObject(
        f"{named} 在“无感监管”对象或“无事不扰”事项清单内。",
        rule="code-needs-no-quiet-object",
        basis=_QUIET,
        remedy="计划检查不进企业；有投诉举报、转办等事由的，请登记触发式检查。",
    )


def _enough_certified_inspectors(
    part: SubjectPart, inspectors: tuple[SubjectInspector, ...], first: date, last: date
) -> None:
    for one in inspectors:
        if not (one.certified_on(first) and one.certified_on(last)):
            raise CertificateInvalid(
                f"{part.department_name} {one.name}（{one.certificate}）的执法证 {one.valid_from} 至 {one.valid_to}，"
                f"状态 {one.state}，不能覆盖 {first} 至 {last}。",
                rule="code-needs-valid-certificates",
                basis=_CERTIFICATE,
                remedy="请更换执法人员后重新出码。",
            )
    if len(inspectors) < INSPECTORS_MIN:
        raise TooFewInspectors(
            f"{part.department_name} 只安排了 {len(inspectors)} 名执法人员。",
            rule="code-needs-two-inspectors",
            basis=_TWO_OFFICERS,
            remedy=f"请安排至少 {INSPECTORS_MIN} 名持证人员。",
        )


def _matters_in_force(part: SubjectPart, matters: tuple[SubjectMatter, ...], day: date) -> None:
    missing = [f"{one.code} {one.name}" for one in matters if not one.in_force_on(day)]
    if missing or not matters:
        raise MatterUnpublished(
            f"{part.department_name}：" + ("、".join(missing) or "没有检查事项") + f" 在 {day} 不在公布的事项清单内。",
            rule="code-needs-published-matters",
            basis=_PUBLISHED,
            remedy="请只安排已公布且有效的检查事项。",
        )


def _within_cap(part: SubjectPart) -> None:
    if part.counted and not 1 <= part.used <= part.cap:
        raise CapExceeded(
            f"{part.department_name} 本年度对该企业已计 {part.used} 次，上限 {part.cap} 次，这次检查没有计入。",
            rule="code-needs-counted-visit",
            basis=_CAPS,
            remedy="请等待下一年度，或登记有据的触发事由。",
        )


def backfill_due(path: CodePath, now: datetime) -> date | None:
    """Return the last day to back-fill what the path left out; None on the normal path."""
    if path is CodePath.NORMAL:
        return None
    days = NETWORK_BACKFILL_DAYS if path is CodePath.NETWORK_FAILURE else 1
    return day_of(now) + timedelta(days=days)


def bound_of(subject: Subject) -> Bound:
    """Return the facts that the code's digest covers."""
    return Bound(
        departments=tuple(part.department_code for part in subject.parts),
        matters=tuple(matter.code for part in subject.parts for matter in subject.matters[part.part]),
        inspectors=tuple(one.certificate for part in subject.parts for one in subject.inspectors[part.part]),
        plan=plan_of(subject),
    )


def plan_of(subject: Subject) -> str:
    """Return the plan numbers, or the trigger, that the visit rests on."""
    visit = subject.visit
    return f"触发事由 {visit.trigger_uid}" if visit.trigger_uid else "；".join(visit.plan_numbers)


def page_of(subject: Subject, path: CodePath, window: Window) -> Page:
    """Return what a scan may be told about this visit."""
    visit = subject.visit
    return Page(
        enterprise=visit.enterprise_name,
        natural_name=visit.natural_name,
        identifier=visit.identifier,
        address=visit.address,
        starts=window.opens_at,
        ends=window.ends_at,
        plan=plan_of(subject),
        planned=not visit.trigger_uid,
        path=path,
        departments=tuple(
            PageDepartment(
                name=part.department_name,
                lead=part.department == visit.lead and len(subject.parts) > 1,
                times=part.used if part.counted else 0,
                cap=part.cap if part.counted else 0,
                matters=tuple(
                    PageMatter(code=one.code, name=one.name, legal_basis=one.basis, criteria=one.criteria)
                    for one in subject.matters[part.part]
                ),
                inspectors=tuple(
                    PageInspector(name=one.name, certificate_no=one.certificate)
                    for one in subject.inspectors[part.part]
                ),
            )
            for part in subject.parts
        ),
    )
