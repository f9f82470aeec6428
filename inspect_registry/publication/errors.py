"""What can go wrong when the public site is released."""

from inspect_registry.errors import Conflict, Unavailable


class NothingToPublish(Conflict):
    """The month has no filed plan, or no visit that its departments have settled."""

    code = "nothing-to-publish"
    title = "这个月还没有可以公布的检查计划"


class RevisionNeedsReason(Conflict):
    """A published month is published again without saying why."""

    code = "revision-needs-reason"
    title = "更正已公布的计划，请写明原因"


class MonthUnchanged(Conflict):
    """A revision would say exactly what the published one says."""

    code = "month-unchanged"
    title = "与已公布的计划相比没有变化"


class PublishedFileChanged(Conflict):
    """A file that was published for ever would get other bytes."""

    code = "published-file-changed"
    title = "已公布的文件不能改动，请发布新的版本"


class ExportDiffers(Conflict):
    """The files of a staged release, the database and the ledger do not say the same."""

    code = "export-differs"
    title = "要公布的文件与数据库、台账不一致，发布已停止"


class ReleaseNotWritten(Unavailable):
    """The release could not be written; the one before stays as it was."""

    code = "release-not-written"
    title = "发布没有完成，原来的公示不受影响"
