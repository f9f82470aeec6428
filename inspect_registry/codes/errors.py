"""What can go wrong with a code, in words for the person at the door, the inspector and the operator."""

from inspect_registry.errors import Conflict, Invalid, NotFound, RegistryError, Unavailable


class TokenError(Invalid):
    """A token cannot be read; every cause is answered alike to a scanner, and told apart only to `code verify`."""

    code = "code-unreadable"
    title = "这不是检查码"


class TokenLengthWrong(TokenError):
    """A token has another number of characters than the format has."""

    code = "code-length-wrong"
    title = "检查码长度不对"


class TokenCharacterWrong(TokenError):
    """A token holds a character outside the base32 alphabet."""

    code = "code-character-wrong"
    title = "检查码含有不该出现的字符"


class TokenVersionUnknown(TokenError):
    """A token's first byte names a version this program does not know."""

    code = "code-version-unknown"
    title = "检查码的版本无法识别"


class TokenAlgorithmUnknown(TokenError):
    """A token names a signature algorithm this program does not know."""

    code = "code-algorithm-unknown"
    title = "检查码的签名算法无法识别"


class TokenWindowWrong(TokenError):
    """A token's window ends before it begins."""

    code = "code-window-wrong"
    title = "检查码的有效期前后颠倒"


class KeyUnknown(RegistryError):
    """No key with this id is known for this use."""

    code = "code-key-unknown"
    title = "检查码的密钥不在公布的密钥表中"
    status = 422


class KeyFileWrong(RegistryError):
    """A key file is missing, unreadable, or does not fit its name."""

    code = "code-key-file-wrong"
    title = "密钥文件有误"
    status = 503


class SigningUnavailable(Unavailable):
    """There is no key that may sign now; keys are made only by `inspect-registry keys new`."""

    code = "code-signing-unavailable"
    title = "签发密钥不可用，暂时不能出码"


class UrlTooLong(Invalid):
    """The official address is so long that the QR would exceed version 9-M."""

    code = "code-url-too-long"
    title = "网址过长，检查码印出来不易识别"


class PictureUnreadable(Invalid):
    """No QR code was found in a picture, or it holds no inspection code."""

    code = "code-picture-unreadable"
    title = "图片中没有找到检查码"


class CodeNotFound(NotFound):
    """No such code, or not this person's."""

    code = "code-not-found"
    title = "未找到该检查码"


class VisitNotApproved(Conflict):
    """A code was asked for a visit that its head has not approved."""

    code = "code-visit-not-approved"
    title = "检查未经负责人批准，不能出码"
    refusal = True


class CertificateInvalid(Conflict):
    """An inspector's certificate is expired, suspended or not yet valid in the code's window."""

    code = "code-certificate-invalid"
    title = "执法证件无效，不能出码"
    refusal = True


class TooFewInspectors(Conflict):
    """A department sends fewer than two certified inspectors."""

    code = "code-too-few-inspectors"
    title = "执法人员不足两人，不能出码"
    refusal = True


class MatterUnpublished(Conflict):
    """A matter is not on the published list, or not in force on the day."""

    code = "code-matter-unpublished"
    title = "检查事项未公布，不能出码"
    refusal = True


class CapExceeded(Conflict):
    """The year's cap of one department at one enterprise is used up."""

    code = "code-cap-exceeded"
    title = "已达到年度检查频次上限，不能出码"
    refusal = True


class QuietObject(Conflict):
    """The enterprise or a matter is on a quiet list, and no documented reason leads there."""

    code = "code-quiet-object"
    title = "在无事不扰清单内，不能出码"
    refusal = True


class CodeAlreadyLive(Conflict):
    """The visit has a live code already; a change of people or matters revokes it and issues another."""

    code = "code-already-live"
    title = "该次检查已有有效的检查码"
    refusal = True
    constraint = "code_one_live"


class CodeNotLive(Conflict):
    """The code is closed, revoked, or outside its window."""

    code = "code-not-live"
    title = "检查码不在有效状态"
    refusal = True


class ArrivalAlreadyConfirmed(Conflict):
    """The arrival for this code has been confirmed before; the answer carries the first confirmation's time."""

    code = "arrival-already-confirmed"
    title = "已经核验过到场"
    refusal = True
    constraint = "arrival_once"


class ArrivalNeedsLiveCode(Conflict):
    """A printed code, or a picture of an old one, cannot confirm an arrival."""

    code = "arrival-needs-live-code"
    title = "请扫执法人员手机上的动态码再确认到场"


class ArrivalWordWrong(Conflict):
    """The one-time word typed by the enterprise is not the one on the inspector's phone; the try was counted."""

    code = "arrival-word-wrong"
    title = "到场口令不对"


class ArrivalWordExhausted(Conflict):
    """Too many wrong words were typed for this code."""

    code = "arrival-word-exhausted"
    title = "口令错误次数过多，请用企业账号确认"


class BackfillOverdue(Conflict):
    """An arrival is back-filled later than the rules allow, or for a time outside the code's window."""

    code = "arrival-backfill-overdue"
    title = "不能补登这次到场"
    refusal = True


class WrongEnterprise(Conflict):
    """The code was issued for another enterprise than the one that scans it."""

    code = "code-wrong-enterprise"
    title = "此码不是签发给本店的"
    refusal = True


class VerdictUnavailable(Unavailable):
    """The register did not answer in time; nothing may be called valid."""

    code = "code-verdict-unavailable"
    title = "暂时无法核验，请稍后重扫"
