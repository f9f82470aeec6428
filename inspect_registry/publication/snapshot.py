"""Snapshot: everything the public may see at one moment, and nothing else. All renderers read only this.

What is left out is left out on purpose: credit classes, risk grades, contacts, inspectors' names, accounts, and every
planned visit that may not be named. Codes refer to other parts of the same snapshot.
"""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from inspect_registry.publication.listed import PublicListing
from inspect_registry.publication.proving import (
    Check,
    CheckLine,
    DrawMonth,
    LogFigures,
    PublicCrewDraw,
    PublicDraw,
)


class ReleaseKind(StrEnum):
    """What a release brings."""

    MONTH = "month"
    """A month's plan, first or corrected; the living pages too."""
    REFRESH = "refresh"
    """The living pages alone."""


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Who publishes, and where."""

    region: str
    """Six digits of GB/T 2260."""
    district: str
    """Such as 上海市嘉定区."""
    publisher: str
    """The office that publishes."""
    public_url: str
    hotline: str = "12345"
    demo: bool = False
    """The data is made up; every page, paper and file says so."""


class PublicTown(msgspec.Struct, frozen=True, kw_only=True):
    """One town or sub-district, in the district's own order."""

    code: str
    name: str


class PublicDepartment(msgspec.Struct, frozen=True, kw_only=True):
    """One listed authority."""

    code: str
    name: str
    short_name: str
    kind: str
    """行政机关, 授权组织, or 受委托组织 with its 委托书."""


class PublicCriterion(msgspec.Struct, frozen=True, kw_only=True):
    """One checklist point."""

    text: str
    basis: str
    key: bool


class PublicMatter(msgspec.Struct, frozen=True, kw_only=True):
    """One published matter with its law."""

    code: str
    name: str
    department: str
    basis: tuple[str, ...]
    criteria: tuple[PublicCriterion, ...]
    objects: str
    method: str
    prepare: str
    """What the enterprise should have at hand."""
    sample: bool
    """The basis has not been verified by an administrator."""


class PublicEnterprise(msgspec.Struct, frozen=True, kw_only=True):
    """One enterprise at one place, masked as far as the law on personal information asks."""

    name: str
    number: str
    """统一社会信用代码; masked for 个体工商户."""
    town: str
    address: str
    """Empty for 个体工商户: it is often a home."""
    initials: str
    """First letters of the shown name's readings, upper case."""
    sort_key: str


class PlannedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One visit that is named in advance, with those of its matters that may be named."""

    uid: str
    day: date
    enterprise: PublicEnterprise
    departments: tuple[str, ...]
    """Department codes, the lead first."""
    matters: tuple[str, ...]

    @property
    def joint(self) -> bool:
        """Say whether two or more departments come together (综合一次查)."""
        return len(self.departments) > 1


class UnnamedVisits(msgspec.Struct, frozen=True, kw_only=True):
    """How many visits one department plans on one matter without naming whom."""

    department: str
    matter: str
    visits: int


class UnnamedChange(msgspec.Struct, frozen=True, kw_only=True):
    """How a number differs from the revision before."""

    department: str
    matter: str
    before: int
    after: int


class VisitChange(msgspec.Struct, frozen=True, kw_only=True):
    """How one visit differs from the revision before: new (no before), gone (no after) or changed."""

    before: PlannedVisit | None = None
    after: PlannedVisit | None = None


class MonthPlan(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of one month's plan, as published."""

    month: date
    """Its first day."""
    revision: int
    reason: str
    """Why it replaces the revision before; empty for the first."""
    published_at: datetime
    visits: tuple[PlannedVisit, ...]
    """By day, town and enterprise."""
    unnamed: tuple[UnnamedVisits, ...]
    provisional: bool
    """The year's holidays are not announced yet: days may move."""
    avoided: int | None = None
    """By the stored merge: what departments going alone would need more under the same rules; None = never merged."""
    changes: tuple[VisitChange, ...] = ()
    """Against the revision before; empty for the first."""
    unnamed_changes: tuple[UnnamedChange, ...] = ()
    release: str = ""
    """uid of the release that brought it: the subject of its ledger entry, named at the foot of the announcement."""


class MonthEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One published revision of a month in the list of months."""

    month: date
    revision: int
    reason: str
    published_at: datetime
    visits: int
    joint: int
    avoided: int
    enterprises: int
    departments: dict[str, int]
    """Named visits by department code."""
    release: str = ""
    """The release that published it, by its random identity: what the ledger's entry is about."""
    checked: tuple[CheckLine, ...] = ()
    """What database and ledger said when it was published."""
    logged: bool = True
    """The ledger has the entry of this release."""


class Coming(msgspec.Struct, frozen=True, kw_only=True):
    """A month that is not published yet, and the day on which it has to be."""

    month: date
    day: date


class Outcome(StrEnum):
    """How a check ended (fieldwork's heaviest disposition)."""

    NO_PROBLEM = "no_problem"
    GUIDANCE = "guidance"
    RECTIFY_ON_SPOT = "rectify_on_spot"
    RECTIFY_BY_DATE = "rectify_by_date"
    NO_PENALTY = "no_penalty"
    NO_COERCION = "no_coercion"
    TRANSFER = "transfer"


OUTCOME_WORDS = {
    Outcome.NO_PROBLEM: "未发现问题",
    Outcome.GUIDANCE: "指导提示",
    Outcome.RECTIFY_ON_SPOT: "当场改正",
    Outcome.RECTIFY_BY_DATE: "责令限期改正",
    Outcome.NO_PENALTY: "轻微违法不予处罚",
    Outcome.NO_COERCION: "不予实施行政强制措施",
    Outcome.TRANSFER: "移送处理",
}


class Rectified(StrEnum):
    """How far an order to put right has come."""

    NONE = "none"
    PENDING = "pending"
    OVERDUE = "overdue"
    DONE = "done"


RECTIFIED_WORDS = {
    Rectified.NONE: "无须整改",
    Rectified.PENDING: "整改中",
    Rectified.OVERDUE: "逾期未整改",
    Rectified.DONE: "已整改",
}


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One department's closed check of one visit."""

    uid: str
    visit: str
    day: date
    enterprise: PublicEnterprise
    department: str
    matters: tuple[str, ...]
    planned: bool
    """From a plan; False for a documented trigger (触发式)."""
    joint: bool
    outcome: Outcome
    problems: int
    rectified: Rectified
    corrected: bool
    """The record was corrected after it was first closed (更正)."""


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of a result that was shown and then taken back: that it was, when, and by whom."""

    uid: str
    department: str
    withdrawn_on: date
    ended: bool = False
    """Nothing was taken back: the publicity of the record has ended as the law provides."""


class MonthResults(msgspec.Struct, frozen=True, kw_only=True):
    """One month's results so far."""

    month: date
    results: tuple[Result, ...]
    visits: int
    """Visits of the month that have at least one closed record."""
    planned: int
    """Visits that were planned for the month and not cancelled, named or not, once the month is over; else 0."""
    withdrawn: tuple[Withdrawn, ...] = ()


class AnnualTask(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a department's annual plan, in the columns of 《上海市优化营商环境条例》第六十二条."""

    name: str
    matters: tuple[str, ...]
    objects: str
    method: str
    ratio: str
    frequency: str
    period: str
    joint_departments: tuple[str, ...]


class AnnualFiling(msgspec.Struct, frozen=True, kw_only=True):
    """How one department stands with its annual plan."""

    department: str
    published_on: date | None
    plan_number: str
    revision: int
    late_days: int
    """Days after the deadline, up to publication or to the snapshot; 0 when in time."""
    tasks: tuple[AnnualTask, ...]


class AnnualPlans(msgspec.Struct, frozen=True, kw_only=True):
    """All departments' plans of one year."""

    year: int
    deadline: date
    """Last day to publish (条例第六十二条: end of March)."""
    filings: tuple[AnnualFiling, ...]


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What one release is made from."""

    site: Site
    today: date
    """In Shanghai."""
    towns: tuple[PublicTown, ...]
    departments: tuple[PublicDepartment, ...]
    matters: tuple[PublicMatter, ...]
    annual: tuple[AnnualPlans, ...]
    months: tuple[MonthEntry, ...]
    """Every published revision, newest month first, newest revision first."""
    plans: tuple[MonthPlan, ...]
    """The revisions whose pages are to be made; pages of the others are taken over from the release before."""
    results: tuple[MonthResults, ...]
    """Newest month first."""
    lists: tuple[PublicListing, ...] = ()
    """Every version of every entry of the open lists."""
    coming: Coming | None = None
    draws: tuple[PublicDraw, ...] = ()
    """Of the months whose draws are made anew; proofs of the others are taken over."""
    crew_draws: tuple[PublicCrewDraw, ...] = ()
    """Of the same months."""
    draw_months: tuple[DrawMonth, ...] = ()
    """Newest first."""
    log: LogFigures | None = None
    entries: dict[str, int] = {}
    """Leaf numbers of shown records, as far as they have one; by the record's uid."""
    checks: tuple[Check, ...] = ()
    """What the files of this release have to agree with, newest month first."""
