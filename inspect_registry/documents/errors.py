"""What can go wrong when a paper is made."""

from inspect_registry.errors import Conflict, Invalid, NotFound


class GlyphMissing(Invalid):
    """No font in the repository has a glyph for a character: it would be printed as a blank."""

    code = "glyph-missing"
    title = "文书中有字库里没有的字，无法排印"


class DocumentNumberMalformed(Invalid):
    """A document number is not in the form of GB/T 9704."""

    code = "document-number-malformed"
    title = "发文字号格式有误"


class DocumentUnknown(NotFound):
    """There is no such paper, or it is not this person's."""

    code = "document-unknown"
    title = "未找到这份文书"


class NoticeNeedsCode(Conflict):
    """A notice prints the visit's code, and there is none that lives."""

    code = "notice-needs-code"
    title = "这次检查还没有有效的检查码，不能出具通知书"


class RecordNotClosed(Conflict):
    """The paper of a record is drawn up when the record is closed: it must not change afterwards."""

    code = "record-not-closed"
    title = "检查记录尚未办结，不能出具笔录"
