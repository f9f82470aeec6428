"""What can go wrong in the catalogue."""

from typing import ClassVar

from inspect_registry.errors import Conflict, Invalid, NotFound


class DepartmentUnknown(NotFound):
    """No listed department has this identity, code or name."""

    code = "department-unknown"
    title = "没有这个检查主体"


class MatterUnknown(NotFound):
    """No published matter has this identity or code."""

    code = "matter-unknown"
    title = "没有这个检查事项"


class DepartmentAlreadyListed(Conflict):
    """A department with this code is listed already."""

    code = "department-already-listed"
    title = "该检查主体已在名录中"
    constraint: ClassVar[str] = "department_code_unique"


class DepartmentNumberTaken(Conflict):
    """Another department has this 统一社会信用代码."""

    code = "department-number-taken"
    title = "该统一社会信用代码已属于另一检查主体"
    constraint: ClassVar[str] = "department_uscc_unique"


class MatterAlreadyPublished(Conflict):
    """This matter is in force already; a change is a new version."""

    code = "matter-already-published"
    title = "该检查事项已公布"
    constraint: ClassVar[str] = "matter_code_version_unique"


class MatterUnsound(Invalid):
    """A matter lacks what every published matter must have, or contradicts itself."""

    code = "matter-unsound"
    title = "检查事项不完整或自相矛盾"
    refusal = True


class DepartmentUnsound(Invalid):
    """A department's entry has a number that cannot be right."""

    code = "department-unsound"
    title = "检查主体信息有误"
    refusal = True
