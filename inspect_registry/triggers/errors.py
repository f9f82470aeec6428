"""What can be refused when a reason for an unplanned check is handed in."""

from inspect_registry.errors import Conflict, Invalid, NotFound


class TriggerNotFound(NotFound):
    """There is no such trigger, or it is another department's."""

    code = "trigger-not-found"
    title = "未找到该触发事由"


class TriggerWithoutSource(Invalid):
    """An unplanned check needs a reason in words and the number of its source document."""

    code = "trigger-without-source"
    title = "触发式检查须写明事由和来源编号"
    refusal = True


class TriggerStepNotAllowed(Conflict):
    """The trigger has already been settled, or is not yet assessed."""

    code = "trigger-step-not-allowed"
    title = "该触发事由当前的状态不能进行这一步"
    refusal = True


class RecheckNotLinked(Invalid):
    """A re-check belongs to an order to rectify; any other trigger belongs to none."""

    code = "recheck-not-linked"
    title = "复查须关联责令改正，其他事由不得关联"
    refusal = True


class TriggerInTheFuture(Invalid):
    """The clue cannot have been received after now."""

    code = "trigger-in-the-future"
    title = "线索的收到时间不能晚于现在"
    refusal = True


class NotAnEmergency(Conflict):
    """Only an accident, a complaint or a superior's order can open the emergency path."""

    code = "not-an-emergency"
    title = "该事由不能走紧急检查路径"
    refusal = True


class TriggerObjectUnknown(Invalid):
    """The place is unknown or closed, or a matter is not this department's or not in force."""

    code = "trigger-object-unknown"
    title = "检查对象或者检查事项不存在"
    refusal = True


class TriggerReasonMissing(Invalid):
    """Rejecting a trigger needs a reason in words."""

    code = "trigger-reason-missing"
    title = "不予立项须写明理由"
    refusal = True
