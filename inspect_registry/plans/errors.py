"""What can go wrong with plans, draws and checks."""

from inspect_registry.errors import Conflict, Expired, Invalid, NotAllowed, NotFound


class PlanUnknown(NotFound):
    """No such plan, or it is another department's."""

    code = "plan-unknown"
    title = "未找到该计划"


class TaskUnknown(NotFound):
    """No such task, or it is another department's."""

    code = "task-unknown"
    title = "未找到该检查任务"


class DrawUnknown(NotFound):
    """No such draw, or it is another department's."""

    code = "draw-unknown"
    title = "未找到该次抽取"


class CrewDrawUnknown(NotFound):
    """No such draw of inspectors, or it is another department's."""

    code = "crew-draw-unknown"
    title = "未找到该次执法人员抽取"


class CrewNotDrawn(Conflict):
    """Inspectors of checks that were drawn by lot must be drawn too before the month is handed in."""

    code = "crew-not-drawn"
    title = "执法检查人员尚未随机选派"
    refusal = True


class CrewNotDrawable(Conflict):
    """There is nothing to draw inspectors for, or a draw of inspectors still waits for its seed."""

    code = "crew-not-drawable"
    title = "现在不能随机选派执法检查人员"
    refusal = True


class CheckUnknown(NotFound):
    """No such check, or it is another department's."""

    code = "check-unknown"
    title = "未找到该待查项"


class PlanStepForbidden(Conflict):
    """The plan is in another state than the step needs."""

    code = "plan-step-forbidden"
    title = "计划当前状态下不能进行此操作"
    refusal = True


class PlanAlreadyPublished(Conflict):
    """A published plan is frozen; a change is a new revision."""

    code = "plan-already-published"
    title = "该计划已公布，不能再改"
    refusal = True
    constraint = "task_published_frozen"


class PlanAlreadyOpen(Conflict):
    """The department already works on a plan of that year."""

    code = "plan-already-open"
    title = "该年度已有正在办理的计划"
    constraint = "annual_plan_one_open"


class PlanAlreadyThere(Conflict):
    """There is a plan of that year and revision; a change is a revision of it."""

    code = "plan-already-there"
    title = "该年度计划已存在"
    constraint = "annual_plan_revision_unique"


class MonthAlreadyPlanned(Conflict):
    """The department already has a plan of that month."""

    code = "month-already-planned"
    title = "该月计划已存在"
    constraint = "monthly_plan_month_unique"


class PlanUnsettled(Conflict):
    """Cells of the upload, or missing elements, must be settled before the plan can be submitted."""

    code = "plan-unsettled"
    title = "计划中还有待处理的内容，不能提交"
    refusal = True


class PlanElementMissing(Conflict):
    """A statutory element is missing or wrong."""

    code = "plan-element-missing"
    title = "计划缺少法定要素"
    refusal = True


class PlanUploadUnreadable(Invalid):
    """Nothing in the upload is a task."""

    code = "plan-upload-unreadable"
    title = "上传的表格中没有读到检查任务"


class PlanReasonMissing(Invalid):
    """The step needs a reason or an opinion."""

    code = "plan-reason-missing"
    title = "请说明理由"


class TaskUnsound(Invalid):
    """A task's fields contradict each other or a rule of form."""

    code = "task-unsound"
    title = "检查任务填写有误"


class TaskAgainstRule(TaskUnsound):
    """A task names a matter that is not published or a department that is not listed, or its days are inverted."""

    code = "task-against-rule"
    title = "任务不符合计划规则"
    refusal = True


class DepartmentNotListed(NotAllowed):
    """The department is not, not yet or no longer on the list of those that may inspect."""

    code = "department-not-listed"
    title = "不是已公告的检查主体"
    refusal = True


class ObjectBarred(Conflict):
    """An enterprise named for a targeted check is kept out by a rule."""

    code = "object-barred"
    title = "列明的检查对象不能安排计划检查"
    refusal = True


class TaskOutsidePlan(Conflict):
    """The task is in no published plan, or the month is outside its period."""

    code = "task-outside-plan"
    title = "该任务不在已公布计划的时间之内"
    refusal = True


class DrawAlreadyDrawn(Conflict):
    """The draw has its seed and result; drawing again is a new attempt with a reason."""

    code = "draw-already-drawn"
    title = "本次抽取已完成"
    refusal = True


class DrawNotDrawn(Conflict):
    """The draw is committed but not drawn yet."""

    code = "draw-not-drawn"
    title = "还有抽取尚未完成"
    refusal = True


class DrawReasonMissing(Invalid):
    """Drawing again, or naming enterprises one by one, needs a reason."""

    code = "draw-reason-missing"
    title = "请说明理由"


class MonthOver(Expired):
    """A plan for a month that is over cannot be made."""

    code = "month-over"
    title = "该月已经结束"
