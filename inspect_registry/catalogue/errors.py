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


class BundleUnknown(NotFound):
    """No 一业一查 bundle has this code."""

    code = "bundle-unknown"
    title = "没有这个一业一查组合"


class BundleThere(Conflict):
    """This bundle is there already; a change is a new version."""

    code = "bundle-there"
    title = "该一业一查组合已存在"
    constraint: ClassVar[str] = "bundle_code_version_unique"


class VersionUnsound(Invalid):
    """A new version has no reason, begins too early, or changes what must stay."""

    code = "version-unsound"
    title = "变更内容有误"
    refusal = True


class ListingUnknown(NotFound):
    """No such entry of this list."""

    code = "listing-unknown"
    title = "清单中没有这个条目"


class ListingUnsound(Invalid):
    """An entry lacks what every entry must have, or contradicts the catalogue."""

    code = "listing-unsound"
    title = "清单条目填写有误"
    refusal = True


class ListingThere(Conflict):
    """The entry is on its list already; a change is a new version."""

    code = "listing-there"
    title = "该条目已在清单中"
    refusal = True
    constraint: ClassVar[str] = "listing_versions_no_overlap"


class ListingEnded(Conflict):
    """The entry has ended already."""

    code = "listing-ended"
    title = "该条目已经终止"
    refusal = True


class NoticeUnknown(NotFound):
    """No notice of holidays has this identity."""

    code = "holiday-notice-unknown"
    title = "没有这份节假日安排通知"


class NoticeUnsound(Invalid):
    """The notice says what no notice can say; `places` name each fault."""

    code = "holiday-notice-unsound"
    title = "节假日安排通知有误"


class NoticeDecided(Conflict):
    """The notice was signed off, rejected or replaced before."""

    code = "holiday-notice-decided"
    title = "该节假日安排通知已处理"


class NoticeNotSeconded(Conflict):
    """A notice is signed off by somebody else than who entered it."""

    code = "holiday-notice-not-seconded"
    title = "节假日安排须由另一人签发"
    refusal = True
