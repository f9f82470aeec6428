"""What can be wrong with a planning problem, told to the person who made it."""

from inspect_registry.errors import Conflict, Invalid


class PlanningProblemFlawed(Invalid):
    """The problem contradicts itself or names unknown things; `places` says file, row and reason."""

    code = "planning-problem-flawed"
    title = "排程输入有误，未生成方案"


class LockedChecksDoNotFit(Conflict):
    """The locked checks alone already break a hard rule; `places` lists those that could not be kept."""

    code = "planning-locked-checks-do-not-fit"
    title = "已锁定的检查无法同时满足硬性规则，未生成方案"
