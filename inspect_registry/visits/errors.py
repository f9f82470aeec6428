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


class VisitMovedSilently(Conflict):
    """A re-plan would change a published or answered visit without saying so: a fault of ours, nothing is stored."""

    code = "visit-moved-silently"
    title = "已公布或者已答复的检查不能悄悄变动"
    constraint = "visit_published_stays"


class MonthChangedMeanwhile(Conflict):
    """Somebody answered or published a visit while the planner was at work; the merge is run again."""

    code = "month-changed-meanwhile"
    title = "合并期间有部门作出了答复"


class InspectorNotDrawn(Conflict):
    """A check whose inspectors were drawn by lot is to be made by somebody else."""

    code = "inspector-not-drawn"
    title = "检查人员不在抽取的名单中"
    refusal = True


class RunNotFound(NotFound):
    """There is no such run of the planner, or it has no reason about this check."""

    code = "merge-run-not-found"
    title = "未找到这次合并安排"


class RunsNotComparable(Invalid):
    """Two runs of different months have nothing in common."""

    code = "merge-runs-not-comparable"
    title = "只能比较同一个月的两个方案"


class ScenarioUnsound(Invalid):
    """A what-if asks for something that the month does not have."""

    code = "scenario-unsound"
    title = "假设条件填写有误"


class RelaxationNotFound(NotFound):
    """There is no such proposed relaxation, or another department decides it."""

    code = "relaxation-not-found"
    title = "未找到该项放宽措施"


class RelaxationAlreadyOpen(Conflict):
    """The same change is already proposed for this check and waits for a decision."""

    code = "relaxation-already-open"
    title = "同样的措施已提出，正在等待决定"
    constraint = "relaxation_one_open"
    refusal = True


class RelaxationDecided(Conflict):
    """The proposal has been decided; a new one may be made after the next merge."""

    code = "relaxation-decided"
    title = "该项措施已有决定"
    refusal = True
