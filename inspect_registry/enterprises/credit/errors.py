"""What can go wrong with records and their repair."""

from typing import ClassVar

from inspect_registry.errors import Conflict, Invalid, NotFound


class CreditRecordNotFound(NotFound):
    """No such record, or it is another enterprise's or department's."""

    code = "credit-record-not-found"
    title = "没有这条记录"


class CreditRecordEnded(Conflict):
    """The record was corrected, revoked or repaired: nothing more is done to it."""

    code = "credit-record-ended"
    title = "该记录已经终止"


class MeasureUnsound(Invalid):
    """A decision on a case is noted with a day that cannot be, or for a record that is no case."""

    code = "credit-measure-unsound"
    title = "处理决定登记有误"
    refusal = True


class RepairNotPossible(Conflict):
    """A rule of the regime in force stands against this application."""

    code = "repair-not-possible"
    title = "暂不符合信用修复条件"
    refusal = True


class RepairNotFound(NotFound):
    """No such application, or it is another enterprise's or department's."""

    code = "repair-not-found"
    title = "没有这件信用修复申请"


class RepairUnderWay(Conflict):
    """The record has an open application already."""

    code = "repair-under-way"
    title = "该记录已有办理中的信用修复申请"
    constraint: ClassVar[str] = "credit_repair_one_open"


class RepairSettled(Conflict):
    """The application was decided or taken back already."""

    code = "repair-settled"
    title = "该申请已经办结"


class RepairNotYours(Conflict):
    """Whoever entered an application does not decide on it."""

    code = "repair-second-person"
    title = "登记人不能办理同一件申请"
    refusal = True


class RepairUnfounded(Invalid):
    """A refusal names no condition that is not met, or no reason."""

    code = "repair-unfounded"
    title = "不予修复须说明不符合的条件和理由"
