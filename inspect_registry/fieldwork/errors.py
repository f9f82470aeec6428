"""What can be refused at the door and after it; every class is a leaf of the tree in `inspect_registry.errors`."""

from inspect_registry.errors import Conflict, Expired, Invalid, NotAllowed, NotFound, TooLarge, Unavailable


class InspectionNotFound(NotFound):
    """There is no such inspection record, or it is another department's."""

    code = "inspection-not-found"
    title = "未找到该检查记录"


class InspectionClosed(Conflict):
    """A closed record never changes; a correction is a new version."""

    code = "inspection-closed"
    title = "检查记录已办结，不能再改"
    constraint = "inspection_closed_frozen"
    refusal = True


class InspectionNotClosed(Conflict):
    """Only a closed record can be corrected, told or followed up."""

    code = "inspection-not-closed"
    title = "检查记录尚未办结"
    refusal = True


class TooFewInspectorsPresent(Conflict):
    """Fewer than two certified inspectors were present; assistants and third parties never count."""

    code = "too-few-inspectors-present"
    title = "到场的持证执法人员少于两名"
    constraint = "inspection_two_present"
    refusal = True


class CertificateNotValid(Conflict):
    """A present inspector's certificate is expired or suspended today."""

    code = "certificate-not-valid"
    title = "到场执法人员的执法证件当日无效"
    refusal = True


class InspectorNotNamed(Conflict):
    """Somebody inspects whom the code does not name; a substitute needs a new code."""

    code = "inspector-not-named"
    title = "到场执法人员不是检查码载明的人员"
    refusal = True


class OutsideScope(Conflict):
    """A criterion or finding lies outside the matters of the code (scope lock)."""

    code = "outside-scope"
    title = "超出检查码载明的检查事项"
    constraint = "inspection_scope_lock"
    refusal = True


class CriterionNotInForce(Conflict):
    """An answer names a version of a criterion that was not in force on the day of the check."""

    code = "criterion-not-in-force"
    title = "检查要点的版本在检查当日不适用"
    refusal = True


class CriteriaUnanswered(Conflict):
    """Every criterion of every matter needs an answer before the record can be closed."""

    code = "criteria-unanswered"
    title = "还有检查要点没有结论"
    refusal = True


class AnswerIncomplete(Invalid):
    """“Not checked” and “not applicable” need a reason; nothing is answered twice."""

    code = "answer-incomplete"
    title = "检查要点的结论不完整"
    refusal = True


class FindingIncomplete(Invalid):
    """A finding needs its criterion, the facts in words and the legal clause; a failed criterion needs a finding."""

    code = "finding-incomplete"
    title = "发现问题的记录不完整"
    refusal = True


class DispositionNotAllowed(Conflict):
    """The disposition does not fit the findings, or its conditions are not met."""

    code = "disposition-not-allowed"
    title = "处理方式与检查结果不符"
    refusal = True


class LeniencyNotApplicable(Conflict):
    """The cited leniency item is not in force on the day, of another kind, or its conditions are not all met."""

    code = "leniency-not-applicable"
    title = "不符合所引用清单的适用条件"
    refusal = True


class ArrivalNotConfirmed(Conflict):
    """Nobody confirmed the arrival, and no late path with a reason was recorded."""

    code = "arrival-not-confirmed"
    title = "尚未现场核验"
    refusal = True


class LatePathExpired(Expired):
    """A visit recorded after the fact was handed in later than the rule allows."""

    code = "late-path-expired"
    title = "超过补录期限"
    refusal = True


class TimeNotPossible(Invalid):
    """A time in the future, or an end before its beginning."""

    code = "time-not-possible"
    title = "时间不可能"
    refusal = True


class SignatureMissing(Conflict):
    """Neither the enterprise's signature nor a refusal with its reason and a witness (or recording) is there."""

    code = "signature-missing"
    title = "缺少当事人签名或者拒签说明"
    constraint = "inspection_closed_signed"
    refusal = True


class SignatureNotDrawn(Invalid):
    """What was sent is no handwriting: too little, too much, or nothing but a typed name."""

    code = "signature-not-drawn"
    title = "这不是手写签名"


class SignatureOutdated(Conflict):
    """The record is another one than the signer was shown."""

    code = "signature-outdated"
    title = "记录已有修改，请重新阅读后签名"


class SignerNotFitting(Conflict):
    """The signer cannot sign on this side: not present, or a witness who belongs to the inspectors."""

    code = "signer-not-fitting"
    title = "此人不能在这一栏签名"


class CorrectionNotAllowed(Conflict):
    """A correction needs a reason and a second person who is not the one who proposes it."""

    code = "correction-not-allowed"
    title = "更正须写明理由并由另一人复核"
    refusal = True


class SecondPersonNeeded(NotAllowed):
    """Whoever proposed a correction cannot confirm it."""

    code = "second-person-needed"
    title = "须由提出人以外的人复核"
    refusal = True


class RectificationNotFound(NotFound):
    """There is no such order to rectify, or it is not yours."""

    code = "rectification-not-found"
    title = "未找到该责令改正"


class RectificationStepNotAllowed(Conflict):
    """The order to rectify is not in a state from which this step is possible."""

    code = "rectification-step-not-allowed"
    title = "责令改正当前的状态不能进行这一步"
    refusal = True


class RectificationDueDateNotAllowed(Invalid):
    """The due date lies in the past or further off than the rule allows."""

    code = "rectification-due-date-not-allowed"
    title = "改正期限不符合规定"
    refusal = True


class EvidenceTypeNotAllowed(Invalid):
    """The file's content is not of an accepted type, or differs from what its name claims."""

    code = "evidence-type-not-allowed"
    title = "证据文件的类型不被接受"
    refusal = True


class EvidenceTooLarge(TooLarge):
    """The file is larger than the documented limit; nothing of it was kept."""

    code = "evidence-too-large"
    title = "证据文件超过大小上限"
    refusal = True


class EvidenceNotFound(NotFound):
    """There is no such evidence, or it is another department's."""

    code = "evidence-not-found"
    title = "未找到该证据"


class EvidenceDamaged(Conflict):
    """The stored bytes no longer have the hash under which they were taken in."""

    code = "evidence-damaged"
    title = "证据文件与登记的校验值不符"


class EvidenceStoreUnavailable(Unavailable):
    """The object store does not answer, or did not keep the whole file."""

    code = "evidence-store-unavailable"
    title = "证据存储暂时无法访问，文件未保存，请稍后重试"


class ObjectionNotAllowed(Conflict):
    """There is no published result to object to, or an objection is already open."""

    code = "objection-not-allowed"
    title = "当前不能提出异议"
    constraint = "objection_one_open"
    refusal = True


class WordsNotPrintable(Invalid):
    """An emoji, a picture or a hidden character stands in words that a paper will carry."""

    code = "words-not-printable"
    title = "有表情、图标或者看不见的字符，文书里印不出来"


class ObjectionNotFound(NotFound):
    """There is no such objection, or it is another department's."""

    code = "objection-not-found"
    title = "未找到该异议"


class OffsiteNotFound(NotFound):
    """There is no such off-site check, place or matter for this department."""

    code = "offsite-not-found"
    title = "未找到该非现场检查，或者其对象、事项"


class OffsiteStepNotAllowed(Conflict):
    """The loop is found, reviewed, acted; and the matter must allow an off-site check."""

    code = "offsite-step-not-allowed"
    title = "非现场检查当前不能进行这一步"
    refusal = True
