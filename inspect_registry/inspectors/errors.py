"""What can go wrong with inspectors."""

from typing import ClassVar

from inspect_registry.errors import Conflict, Invalid, NotFound


class InspectorUnknown(NotFound):
    """No officer has this identity."""

    code = "inspector-unknown"
    title = "没有这名执法人员"


class CertificateTaken(Conflict):
    """Another officer has this certificate number."""

    code = "certificate-taken"
    title = "该执法证号已登记"
    constraint: ClassVar[str] = "inspector_certificate_unique"


class LeaveOverlaps(Conflict):
    """The officer is away already on some of these days."""

    code = "leave-overlaps"
    title = "该时段已登记离岗"
    constraint: ClassVar[str] = "inspector_leave_no_overlap"


class RecusalAlreadyRecorded(Conflict):
    """This officer is recused from this enterprise already."""

    code = "recusal-already-recorded"
    title = "该回避已登记"
    constraint: ClassVar[str] = "recusal_pkey"


class InspectorUnsound(Invalid):
    """An officer's entry has a wrong certificate number, an inverted validity, or matters of another department."""

    code = "inspector-unsound"
    title = "执法人员信息有误"
    refusal = True
