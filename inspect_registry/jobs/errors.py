"""What can be refused about background work."""

from inspect_registry.errors import Conflict


class JobEnded(Conflict):
    """The job is done or failed: there is nothing to stop."""

    code = "job-ended"
    title = "该任务已经结束"
