"""The rules at the door, one function each: it returns when the rule is kept and raises a named error when not.

Numbers are arguments: their values with basis and dates lie in `rules/parameters/`. Pure; no clock, no database.
What a finding's disposition needs is in `dispositions.py`.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from inspect_registry.errors import Place
from inspect_registry.fieldwork import signing
from inspect_registry.fieldwork.errors import (
    AnswerIncomplete,
    ArrivalNotConfirmed,
    CertificateNotValid,
    CorrectionNotAllowed,
    CriteriaUnanswered,
    CriterionNotInForce,
    InspectorNotNamed,
    LatePathExpired,
    OutsideScope,
    SecondPersonNeeded,
    SignatureMissing,
    SignatureNotDrawn,
    TimeNotPossible,
    TooFewInspectorsPresent,
)
from inspect_registry.fieldwork.model import (
    NEEDS_REASON,
    Answer,
    Closing,
    Point,
    Present,
    PresentRole,
    Signature,
    SignatureSide,
    Signed,
)
from inspect_registry.fieldwork.signing import Strokes

LONGEST_REASON: Final = 500  # characters
LONGEST_NOTES: Final = 5000  # characters
PENALTY_LAW: Final = "《中华人民共和国行政处罚法》"
OPINION_54: Final = "《国务院办公厅关于严格规范涉企行政检查的意见》(国办发〔2024〕54号)"


def enough_inspectors_present(present: Sequence[Present], minimum: int) -> None:
    """到场的持证执法人员不得少于规定人数；协助人员、第三方不计入，同一人不重复计入。

    《行政处罚法》第四十二条第一款；《上海市优化营商环境条例》第六十四条(第三方不得单独检查)。
    """
    people = {one.inspector for one in present if one.role is PresentRole.INSPECTOR and one.inspector is not None}
    if len(people) < minimum:
        raise TooFewInspectorsPresent(
            f"到场持证执法人员{len(people)}名，至少需要{minimum}名；协助人员和第三方不计入。",
            rule="two-inspectors-present",
            basis=f"{PENALTY_LAW}第四十二条第一款",
            remedy="请登记实际到场的两名以上持证执法人员；人员不足的，检查须改期。",
            places=(Place(field="closing.present", text=f"{len(people)}名"),),
        )


def certificates_are_valid(present: Sequence[Present], day: date) -> None:
    """到场执法人员的执法证件在检查当日应当有效。

    《行政处罚法》第四十二条第一款、第五十五条第一款(主动出示执法证件)。
    """
    for one in present:
        if one.role is not PresentRole.INSPECTOR:
            continue
        first, last = one.certificate_from, one.certificate_to
        if not one.active or first is None or last is None or not first <= day <= last:
            raise CertificateNotValid(
                f"{one.name}的执法证件在{day}无效。",
                rule="certificate-valid",
                basis=f"{PENALTY_LAW}第四十二条第一款、第五十五条第一款",
                remedy="请由证件有效的执法人员检查；换人须重新申领检查码。",
                places=(Place(field="closing.present", text=one.name),),
            )


def only_named_inspectors(present: Sequence[Present], named: Collection[int]) -> None:
    """到场执法人员应当是检查码载明的人员；换人须重新申领检查码。

    上海市检查码实施方案：检查码载明检查任务、检查事项和执法人员。
    """
    for one in present:
        if one.role is PresentRole.INSPECTOR and one.inspector not in named:
            raise InspectorNotNamed(
                f"{one.name}不在本次检查载明的执法人员之列。",
                rule="only-named-inspectors",
                basis="上海市检查码实施方案",
                remedy="请由检查码载明的人员检查，或者换人后重新申领检查码。",
                places=(Place(field="closing.present", text=one.name),),
            )


def arrival_is_confirmed(*, arrived: bool, late_reason: str) -> None:
    """检查须经现场核验；因紧急情况或者网络故障事后补录的，须写明理由。

    上海市检查码实施方案；参照深府规〔2025〕6号(网络故障补录)。
    """
    if not arrived and not late_reason.strip():
        raise ArrivalNotConfirmed(
            "企业尚未核验本次检查，也没有写明补录的理由。",
            rule="arrival-confirmed",
            basis="上海市检查码实施方案",
            remedy="请企业扫码核验；紧急情况或者网络故障的，请写明补录理由。",
        )


def late_path_is_in_time(*, occurred: date, today: date, longest_days: int) -> None:
    """事后补录不得超过规定的自然日数。

    参照深府规〔2025〕6号；本市期限以主管部门公布为准(sample)。
    """
    if today > occurred + timedelta(days=longest_days):
        raise LatePathExpired(
            f"检查于{occurred}实施，补录期限{longest_days}日已过。",
            rule="late-path-in-time",
            basis="参照深府规〔2025〕6号(sample)",
            remedy="请报监督机关处理，由其决定是否登记。",
        )


def answers_are_in_scope(answers: Sequence[Answer], points: Sequence[Point], known: Collection[int]) -> None:
    """只检查检查码载明的事项；要点须是检查当日适用的版本。

    `known` holds the criteria of all versions of these matters: one of them that is not in force is a version error.
    国办发〔2024〕54号：不得超出公布的检查事项；扩大范围的须另行立项。
    """
    in_force = {point.criterion for point in points}
    for position, answer in enumerate(answers):
        if answer.criterion in in_force:
            continue
        place = (Place(field=f"answers.{position}.criterion", text=str(answer.criterion)),)
        if answer.criterion in known:
            raise CriterionNotInForce(
                "该检查要点的版本在检查当日不适用。",
                rule="criterion-in-force",
                basis=OPINION_54,
                remedy="请刷新检查表，按当日适用的版本作答。",
                places=place,
            )
        raise OutsideScope(
            "该检查要点不属于检查码载明的检查事项。",
            rule="scope-lock",
            basis=OPINION_54,
            remedy="范围外发现的问题，请登记为新的触发事由。",
            places=place,
        )


def answers_are_complete_in_themselves(answers: Sequence[Answer]) -> None:
    """“不适用”“未检查”须写明理由；同一要点不得有两个结论。

    《行政处罚法》第四十七条(全过程记录)。
    """
    places = [
        Place(field=f"answers.{position}.reason", text=answer.reason[:40], message="须写明理由，不超过500字")
        for position, answer in enumerate(answers)
        if (answer.value in NEEDS_REASON and not answer.reason.strip()) or len(answer.reason) > LONGEST_REASON
    ]
    twice = {criterion for criterion, times in Counter(one.criterion for one in answers).items() if times > 1}
    places += [
        Place(field=f"answers.{position}.criterion", text=str(answer.criterion), message="同一要点有两个结论")
        for position, answer in enumerate(answers)
        if answer.criterion in twice
    ]
    if places:
        raise AnswerIncomplete(
            f"{len(places)}处结论不完整。",
            rule="answer-has-reason",
            basis=f"{PENALTY_LAW}第四十七条",
            remedy="请补充理由；每个要点只保留一个结论。",
            places=tuple(places),
        )


def every_point_is_answered(answers: Sequence[Answer], points: Sequence[Point]) -> None:
    """检查事项的每个要点都须有结论，不得只查一部分。

    《食品生产经营监督检查管理办法》(按检查要点表逐项检查)；区级检查记录规程(sample)。
    """
    answered = {answer.criterion for answer in answers}
    open_points = [point for point in points if point.criterion not in answered]
    if open_points:
        raise CriteriaUnanswered(
            f"共{len(points)}个检查要点，还有{len(open_points)}个没有结论。",
            rule="every-point-answered",
            basis="《食品生产经营监督检查管理办法》；区级检查记录规程(sample)",
            remedy="请逐项作答；未检查的，选“未检查”并写明理由。",
            places=tuple(
                Place(field=f"answers.{point.uid}", text=f"{point.matter_code} {point.position} {point.text}"[:120])
                for point in open_points[:100]
            ),
        )


def times_are_possible(closing: Closing, *, day: date, day_of_start: date, now: datetime) -> None:
    """检查时间不得晚于现在，结束不得早于开始，且应在检查码载明的日期。

    《行政处罚法》第四十七条(全过程记录)。
    """
    if closing.ended_at < closing.started_at:
        trouble, field = "结束时间早于开始时间", "ended_at"
    elif closing.ended_at > now:
        trouble, field = "结束时间晚于现在", "ended_at"
    elif day_of_start != day:
        trouble, field = f"开始时间不在检查日期{day}", "started_at"
    else:
        return
    raise TimeNotPossible(
        f"{trouble}。",
        rule="times-possible",
        basis=f"{PENALTY_LAW}第四十七条",
        remedy="请按实际时间填写。",
        places=(Place(field=f"closing.{field}", text=getattr(closing, field).isoformat()),),
    )


def record_is_signed(closing: Closing) -> None:
    """笔录须由当事人签名；拒绝签名的，注明理由并由见证人签名或者音像记录。

    《食品生产经营监督检查管理办法》第三十四条；司法部《行政检查文书基本格式文本(试行)》。
    """
    note = closing.signature_note.strip()
    missing = not note if closing.signature is Signature.SIGNED else len(note) < 4
    if missing or len(note) > LONGEST_REASON or len(closing.notes) > LONGEST_NOTES:
        raise SignatureMissing(
            "没有写明签名人。" if closing.signature is Signature.SIGNED else "拒签须写明理由和见证人(或者音像记录)。",
            rule="record-signed",
            basis="《食品生产经营监督检查管理办法》第三十四条",
            remedy="请补充签名人姓名；拒签的，写明理由、见证人或者录像编号。",
            places=(Place(field="closing.signature_note", text=note[:40]),),
        )


def signature_is_drawn(strokes: Strokes) -> None:
    """签名须由本人手写；一个点、一条线或者键入的姓名不是签名。

    《中华人民共和国电子签名法》第十三条；司法部《行政检查文书基本格式文本(试行)》(当事人逐页签名)。
    """
    if len(strokes.lines) > signing.MOST_LINES or strokes.points > signing.MOST_POINTS:
        trouble = f"笔画过多（{len(strokes.lines)}笔、{strokes.points}点）"
    elif any(len(line) % 2 or len(line) < signing.MIN_LINE for line in strokes.lines):
        trouble = "笔画坐标不成对"
    elif not strokes.lie_in_the_box:
        trouble = "笔画超出签名框"
    elif (
        strokes.points < signing.MIN_POINTS or strokes.length < signing.MIN_LENGTH or strokes.width < signing.MIN_WIDTH
    ):
        trouble = "笔画过短，不能辨认为签名"
    else:
        return
    raise SignatureNotDrawn(
        f"{trouble}。",
        rule="signature-drawn",
        basis="《中华人民共和国电子签名法》第十三条",
        remedy="请本人在签名框内手写姓名；不便手写的，在纸质笔录上签名或者按指印，拍照上传。",
        places=(Place(field="strokes"),),
    )


def record_has_all_signatures(
    signed: Sequence[Signed], present: Sequence[Present], *, refused: bool, recorded: bool
) -> None:
    """到场执法人员逐一签名，当事人签名；拒签的由见证人签名或者附音像记录；签名须在记录定稿之后。

    《食品生产经营监督检查管理办法》第三十四条；司法部《行政检查文书基本格式文本(试行)》。
    """
    now = {(one.side, one.inspector) for one in signed if one.current}
    before = {(one.side, one.inspector) for one in signed}
    wanted = [
        (SignatureSide.INSPECTOR, one.inspector, f"执法人员{one.name}")
        for one in present
        if one.role is PresentRole.INSPECTOR
    ]
    if not refused:
        wanted.append((SignatureSide.ENTERPRISE, None, "当事人"))
    elif not recorded:
        wanted.append((SignatureSide.WITNESS, None, "见证人"))
    missing = [(side, who, words) for side, who, words in wanted if (side, who) not in now]
    if missing:
        raise SignatureMissing(
            f"缺少{len(missing)}处签名。",
            rule="record-signatures",
            basis="《食品生产经营监督检查管理办法》第三十四条",
            remedy="请补签；签名后记录又有修改的，请重新阅读、签名。当事人拒签的，改为拒签并由见证人签名或者上传音像。",
            places=tuple(
                Place(
                    field=f"signatures.{side.value}",
                    text=words,
                    message="签名后记录又有修改" if (side, who) in before else "未签名",
                )
                for side, who, words in missing
            ),
        )


def correction_is_reasoned(reason: str) -> str:
    """更正须写明理由；返回去掉首尾空白的理由。

    《行政处罚法》第四十七条；原记录与更正并存，均可查阅。
    """
    text = reason.strip()
    if not 5 <= len(text) <= LONGEST_REASON:
        raise CorrectionNotAllowed(
            f"更正理由为5至{LONGEST_REASON}字。",
            rule="correction-reasoned",
            basis=f"{PENALTY_LAW}第四十七条",
            remedy="请写明哪里有误、依据什么更正。",
            places=(Place(field="reason", text=text[:40]),),
        )
    return text


def confirmed_by_a_second_person(*, proposed_by: int, confirmed_by: int) -> None:
    """更正须由提出人以外的人复核。

    区级检查记录规程(sample)；双人复核原则。
    """
    if proposed_by == confirmed_by:
        raise SecondPersonNeeded(
            "提出更正的人不能自己复核。",
            rule="second-person",
            basis="区级检查记录规程(sample)",
            remedy="请由本部门的另一人复核。",
        )


RULES: Final = (
    enough_inspectors_present,
    certificates_are_valid,
    only_named_inspectors,
    arrival_is_confirmed,
    late_path_is_in_time,
    answers_are_in_scope,
    answers_are_complete_in_themselves,
    every_point_is_answered,
    times_are_possible,
    record_is_signed,
    signature_is_drawn,
    record_has_all_signatures,
    correction_is_reasoned,
    confirmed_by_a_second_person,
)
"""All rules of this file; docs/rules.md and the tests read this list."""
