"""What can go wrong with enterprises."""

from typing import ClassVar

from inspect_registry.errors import Conflict, Invalid, NotFound


class EnterpriseUnknown(NotFound):
    """No enterprise has this identity or number."""

    code = "enterprise-unknown"
    title = "没有这个经营主体"


class PremisesUnknown(NotFound):
    """No premises have this identity."""

    code = "premises-unknown"
    title = "没有这个经营场所"


class EnterpriseUnsound(Invalid):
    """An enterprise's entry has a wrong number, no premises, or a line of business that does not exist."""

    code = "enterprise-unsound"
    title = "经营主体信息有误"
    refusal = True


class EnterpriseAlreadyEntered(Conflict):
    """Another enterprise has this 统一社会信用代码."""

    code = "enterprise-already-entered"
    title = "该统一社会信用代码已登记"
    constraint: ClassVar[str] = "enterprise_uscc_unique"


class RegistrationNumberTaken(Conflict):
    """Another enterprise has this 注册号."""

    code = "registration-number-taken"
    title = "该注册号已登记"
    constraint: ClassVar[str] = "enterprise_reg_no_unique"


class CreditTableUnsound(Invalid):
    """A table of classes has a row that cannot be read, is not known, or is there already; nothing of it is stored."""

    code = "credit-table-unsound"
    title = "信用风险分类表有误"
    refusal = True


class CreditClassAlreadyImported(Conflict):
    """This month's class of one of these enterprises is entered already."""

    code = "credit-class-already-imported"
    title = "本月信用风险分类已导入"
    constraint: ClassVar[str] = "credit_risk_pkey"
