"""Who is inspected: enterprises and their premises, and the four scales on which they are graded.

The four scales use the same letters for opposite rules, so they are four unrelated enums: members of two scales are
never equal, never ordered against each other, and nothing converts one into another.
"""

import datetime as dt
from enum import Enum, StrEnum
from typing import NewType

import msgspec

EnterpriseId = NewType("EnterpriseId", int)
PremisesId = NewType("PremisesId", int)


class EnterpriseKind(StrEnum):
    """Legal form, as far as supervision cares."""

    COMPANY = "company"
    INDIVIDUAL = "individual"
    COOPERATIVE = "cooperative"
    INSTITUTION = "institution"
    OTHER = "other"


class EnterpriseState(StrEnum):
    """Whether it is still in business."""

    OPEN = "open"
    CLOSED = "closed"


class CreditRiskClass(Enum):
    """企业信用风险分类, A lowest risk. An internal reference, never public (国市监信发〔2022〕6号)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class FoodRiskGrade(Enum):
    """食品生产经营风险等级, A lowest risk (食品生产经营监督检查管理办法第二十一条). Internal."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class CateringGrade(Enum):
    """餐饮服务食品安全量化分级, A best. Public: it must be posted on site (上海市食品安全条例第八十条)."""

    A = "A"
    B = "B"
    C = "C"


class DeviceLevel(Enum):
    """医疗器械监管级别, four the strictest. Internal."""

    ONE = 1
    TWO = 2
    THREE = 3
    FOUR = 4


class DeviceSide(StrEnum):
    """Producers and distributors of medical devices have levels of their own."""

    PRODUCTION = "production"
    DISTRIBUTION = "distribution"


class Enterprise(msgspec.Struct, frozen=True, kw_only=True):
    """One 经营主体."""

    id: EnterpriseId
    uid: str
    name: str
    sort_key: str
    initials: str
    uscc: str | None
    reg_no: str | None
    kind: EnterpriseKind
    natural_name: bool
    industry: str
    tags: list[str]
    contact: str
    state: EnterpriseState


class Premises(msgspec.Struct, frozen=True, kw_only=True):
    """One address where an enterprise works."""

    id: PremisesId
    uid: str
    enterprise: EnterpriseId
    position: int
    name: str
    address: str
    site: str
    town: str
    open_mask: int


class EnterpriseHit(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a search's answer."""

    uid: str
    name: str
    uscc: str | None
    reg_no: str | None
    industry: str
    address: str
    town: str
    state: EnterpriseState


class Candidate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One enterprise that a set of matters may be checked at, with its main premises: a ball of a draw."""

    enterprise: EnterpriseId
    uid: str
    premises: PremisesId


class CandidateKind(msgspec.Struct, frozen=True, kw_only=True):
    """The candidates of one line of business with the same activities: three lists in one order."""

    industry: str
    tags: list[str]
    enterprises: list[EnterpriseId]
    uids: list[str]
    premises: list[PremisesId]

    def candidates(self) -> list[Candidate]:
        """Return them one by one."""
        rows = zip(self.enterprises, self.uids, self.premises, strict=True)
        return [Candidate(enterprise=one, uid=uid, premises=door) for one, uid, door in rows]


class CreditRiskRow(msgspec.Struct, frozen=True, kw_only=True):
    """The class of one enterprise in force in a month."""

    enterprise: EnterpriseId
    credit_class: CreditRiskClass


class FoodRiskRow(msgspec.Struct, frozen=True, kw_only=True):
    """The food risk grade of one enterprise in force on a day."""

    enterprise: EnterpriseId
    grade: FoodRiskGrade


class CateringRow(msgspec.Struct, frozen=True, kw_only=True):
    """The catering grade of one premises in force on a day, and since when."""

    premises: PremisesId
    grade: CateringGrade
    since: dt.date


class DeviceRow(msgspec.Struct, frozen=True, kw_only=True):
    """The level of one enterprise on one side in force on a day."""

    enterprise: EnterpriseId
    side: DeviceSide
    level: DeviceLevel


class NewPremises(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address to be entered with its enterprise; the first is the main one."""

    address: str
    town: str
    name: str = ""
    open_mask: int = 127


class NewEnterprise(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An enterprise to be entered."""

    name: str
    uscc: str | None = None
    reg_no: str | None = None
    kind: EnterpriseKind
    natural_name: bool = False
    industry: str
    tags: tuple[str, ...] = ()
    contact: str = ""
    premises: tuple[NewPremises, ...]


class NewCreditClass(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a month's import of classes."""

    enterprise: EnterpriseId
    credit_class: CreditRiskClass


class Grades(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Grades of the three other scales to be entered together, each list apart."""

    since: dt.date
    food: tuple[tuple[EnterpriseId, FoodRiskGrade], ...] = ()
    catering: tuple[tuple[PremisesId, CateringGrade], ...] = ()
    devices: tuple[tuple[EnterpriseId, DeviceSide, DeviceLevel], ...] = ()
