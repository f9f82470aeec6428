"""What can be refused while checks become visits; every class is a leaf of the tree in `inspect_registry.errors`."""

from inspect_registry.errors import Conflict, Invalid, NotFound


class VisitNotFound(NotFound):
    """There is no such visit, or this department takes no part in it."""

    code = "visit-not-found"
    title = "未找到该次检查"


class VisitStepNotAllowed(Conflict):
    """The visit, or this department's part of it, is not in a state from which this step is possible."""

    code = "visit-step-not-allowed"
    title = "该次检查当前的状态不能进行这一步"
    refusal = True


class VisitReasonMissing(Invalid):
    """Declining, cancelling and correcting need a reason in words."""

    code = "visit-reason-missing"
    title = "必须写明理由"
    refusal = True


class VisitOverlapsAnother(Conflict):
    """This department already has a live visit to these premises on this day (EXCLUDE visit_part_no_overlap)."""

    code = "visit-overlaps-another"
    title = "同一部门对同一场所在同一日期已有一次检查"
    constraint = "visit_part_no_overlap"
    refusal = True


class FrequencyCapReached(Conflict):
    """One more counted visit would exceed the yearly cap (CHECK on the quota row)."""

    code = "frequency-cap-reached"
    title = "超过对该企业的年度检查频次上限"
    constraint = "quota_within_cap"
    refusal = True


class TooFewInspectors(Conflict):
    """Fewer certified inspectors than the law or the matter asks for; assistants never count."""

    code = "too-few-inspectors"
    title = "持证执法人员少于规定人数"
    refusal = True


class InspectorNotEligible(Conflict):
    """An inspector is of another department, not certified that day, on leave, or recused."""

    code = "inspector-not-eligible"
    title = "执法人员不符合本次检查的条件"
    refusal = True


class VisitDayNotAllowed(Conflict):
    """The day lies outside a check's window, on a rest day, on a quiet day, or in the past."""

    code = "visit-day-not-allowed"
    title = "不能安排在这一天检查"
    refusal = True


class LeadNotTakingPart(Invalid):
    """The lead department of a joint visit must be one of its live participants."""

    code = "lead-not-taking-part"
    title = "牵头部门不是本次联合检查的参与部门"


class JointVisitNotAllowed(Conflict):
    """An unannounced check never joins an announced visit, nor may more departments come than the limit."""

    code = "joint-visit-not-allowed"
    title = "这些检查不能合并为一次"
    refusal = True


class ApprovalTooLate(Conflict):
    """Approval comes before the visit; afterwards only an emergency visit may be approved, in time."""

    code = "approval-too-late"
    title = "检查须在实施前经负责人批准"
    refusal = True


class MergeOvertaken(Conflict):
    """While the planner thought, one of the checks got a place otherwise: nothing was stored."""

    code = "merge-overtaken"
    title = "合并期间安排有变化，请重新合并"
    constraint = "visit_check_served_once"


class NothingToPlan(Invalid):
    """The month has no check that could become a visit."""

    code = "nothing-to-plan"
    title = "该月没有可安排的待查项"
