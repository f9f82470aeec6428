"""What can go wrong when a paper is made, taken back or handed over."""

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


class ApprovalMissing(Conflict):
    """There is no approval form before the head has approved the visit."""

    code = "approval-missing"
    title = "负责人尚未批准这次检查，不能出具审批表"


class RecordNotClosed(Conflict):
    """The paper of a record is drawn up when the record is closed: it must not change afterwards."""

    code = "record-not-closed"
    title = "检查记录尚未办结，不能出具文书"


class NothingToRectify(Conflict):
    """An order to rectify needs a finding that is to be put right."""

    code = "nothing-to-rectify"
    title = "这份记录没有责令改正的问题"


class DocumentNotInForce(Conflict):
    """A paper that was taken back, or replaced, is neither taken back again nor handed over."""

    code = "document-not-in-force"
    title = "这份文书已经作废或者被替换"
    refusal = True


class VoidingNotReasoned(Invalid):
    """A paper is taken back with a reason only."""

    code = "voiding-not-reasoned"
    title = "作废文书须写明理由"


class DeliveryIncomplete(Conflict):
    """Neither a receiver's signature nor a refusal with a witness is there, or a paper is not to be handed over."""

    code = "delivery-incomplete"
    title = "送达手续不完整"
    refusal = True


class DocumentDelivered(Conflict):
    """A paper is handed over once."""

    code = "document-delivered"
    title = "这份文书已经送达"
    constraint = "document_delivery_pkey"
    refusal = True


class NothingToPrint(Invalid):
    """No paper of that kind belongs to those days, or the range is too wide."""

    code = "nothing-to-print"
    title = "没有可以批量出具的文书"


class TooManyForOneFile(Invalid):
    """One PDF holds so many papers only; a zip holds any number."""

    code = "too-many-for-one-file"
    title = "文书太多，不能合成一个PDF"


class PrintNotReady(NotFound):
    """The result is not there yet, or no longer."""

    code = "print-not-ready"
    title = "文件还没有准备好，或者已经清除"
