"""What a finding and its disposition need: clause, due date, leniency; and which disposition weighs most.

Pure. The leniency lists are dated data (catalogue/leniency.py); numbers are arguments.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Final

from inspect_registry.catalogue.leniency import LeniencyItem
from inspect_registry.errors import Place
from inspect_registry.fieldwork.errors import (
    DispositionNotAllowed,
    FindingIncomplete,
    LeniencyNotApplicable,
    OutsideScope,
    RectificationDueDateNotAllowed,
)
from inspect_registry.fieldwork.model import LENIENT, Answer, AnswerValue, DispositionKind, Finding
from inspect_registry.fieldwork.rules import OPINION_54, PENALTY_LAW

_ORDER: Final = tuple(DispositionKind)
LONGEST_FACTS: Final = 2000  # characters


def findings_are_in_scope(findings: Sequence[Finding], criteria: Collection[int]) -> None:
    """发现的问题须属于检查码载明的事项；范围外的问题登记为新的触发事由，不得加项。

    国办发〔2024〕54号。
    """
    for position, finding in enumerate(findings):
        if finding.criterion not in criteria:
            raise OutsideScope(
                "发现的问题不属于检查码载明的检查事项。",
                rule="scope-lock",
                basis=OPINION_54,
                remedy="请登记为新的触发事由，由负责人批准后另行检查。",
                places=(Place(field=f"findings.{position}.criterion", text=str(finding.criterion)),),
            )


def findings_are_complete(findings: Sequence[Finding]) -> None:
    """发现的问题须写明事实和违反的条款。

    《行政处罚法》第四十条：违法事实不清、证据不足的，不得给予行政处罚。
    """
    places = []
    for position, finding in enumerate(findings):
        if not 2 <= len(finding.facts.strip()) <= LONGEST_FACTS:
            places.append(Place(field=f"findings.{position}.facts", text=finding.facts[:40], message="须写明事实"))
        if "《" not in finding.clause or "》" not in finding.clause:
            places.append(
                Place(field=f"findings.{position}.clause", text=finding.clause[:40], message="须写成《法规名》第X条")
            )
    if places:
        raise FindingIncomplete(
            "发现问题的记录缺少事实或者法律条款。",
            rule="finding-has-clause",
            basis=f"{PENALTY_LAW}第四十条",
            remedy="请写明事实和所违反的条款，例如《食品安全法》第四十五条。",
            places=tuple(places),
        )


def findings_match_answers(findings: Sequence[Finding], answers: Sequence[Answer]) -> None:
    """结论为“不符合”的要点须有问题记录；其他结论不得有。

    《行政处罚法》第四十七条(全过程记录)。
    """
    failed = {answer.criterion for answer in answers if answer.value is AnswerValue.FAILS}
    found = {finding.criterion for finding in findings}
    if failed != found:
        raise FindingIncomplete(
            f"“不符合”而没有问题记录的要点{len(failed - found)}个；"
            f"有问题记录而结论不是“不符合”的要点{len(found - failed)}个。",
            rule="findings-match-answers",
            basis=f"{PENALTY_LAW}第四十七条",
            remedy="请使结论与问题记录一致。",
            places=tuple(Place(field="findings", text=str(criterion)) for criterion in sorted(failed ^ found)[:100]),
        )


def third_party_is_not_alone(findings: Sequence[Finding]) -> None:
    """第三方意见不得作为认定问题的唯一依据，须有执法人员自己的检查情况。

    《上海市优化营商环境条例》第六十四条。
    """
    for position, finding in enumerate(findings):
        if finding.third_party_opinion and len(finding.own_observation.strip()) < 2:
            raise FindingIncomplete(
                "该问题只有第三方意见。",
                rule="third-party-not-alone",
                basis="《上海市优化营商环境条例》第六十四条",
                remedy="请写明执法人员自己看到的情况。",
                places=(Place(field=f"findings.{position}.own_observation"),),
            )


def disposition_fits(finding: Finding) -> None:
    """每个问题都须有处理方式；限期改正须有期限，不予处罚、不予强制须引用清单，其他不得有。

    《行政处罚法》第二十八条(责令改正)、第三十三条(不予处罚与教育)。
    """
    kind = finding.disposition
    orders = kind in {DispositionKind.RECTIFY_ON_SPOT, DispositionKind.RECTIFY_BY_DATE}
    if kind is DispositionKind.NO_PROBLEM:
        trouble = "发现了问题，不能按“未发现问题”处理"
    elif (kind is DispositionKind.RECTIFY_BY_DATE) != (finding.due is not None):
        trouble = "责令限期改正须写明期限，其他处理方式不得有期限"
    elif (kind in LENIENT) != (finding.leniency is not None):
        trouble = "不予处罚、不予强制须引用清单条目，其他处理方式不得引用"
    elif orders and len(finding.demand.strip()) < 2:
        trouble = "责令改正须写明改正要求"
    else:
        return
    raise DispositionNotAllowed(
        f"{trouble}。",
        rule="disposition-fits",
        basis=f"{PENALTY_LAW}第二十八条、第三十三条",
        remedy="请改选处理方式，或者补充期限、清单条目、改正要求。",
        places=(Place(field="findings.disposition", text=kind.value),),
    )


def due_date_is_reasonable(due: date, *, today: date, latest: date) -> None:
    """改正期限须在今日之后，且不超过规定的最长工作日数。

    《行政处罚法》第二十八条；最长期限为区级规程(sample)。
    """
    if not today < due <= latest:
        raise RectificationDueDateNotAllowed(
            f"改正期限{due}须晚于{today}，且不晚于{latest}。",
            rule="due-date-reasonable",
            basis=f"{PENALTY_LAW}第二十八条；最长期限为区级规程(sample)",
            remedy="请在范围内另定期限。",
            places=(Place(field="findings.due", text=due.isoformat()),),
        )


def leniency_applies(finding: Finding, item: LeniencyItem | None, day: date) -> None:
    """引用的清单条目须在检查当日有效、属于同一处理方式，全部条件均已满足，并已进行教育。

    《行政处罚法》第三十三条第三款(不予处罚的应当教育)；《上海市优化营商环境条例》第六十条、第七十一条。
    """
    cited = finding.leniency
    if cited is None:
        return
    if item is None or not item.in_force(day):
        trouble = f"{cited.list}{cited.version}第{cited.item}项在{day}无效"
    elif item.kind != finding.disposition.value:
        trouble = "该清单条目属于另一种处理方式"
    elif missing := [one.text for one in item.conditions if one.code not in cited.conditions_met]:
        trouble = f"未满足的条件：{'；'.join(missing)}"
    elif len(cited.education.strip()) < 4 or len(cited.justification.strip()) < 4:
        trouble = "没有写明教育的内容或者适用的理由"
    else:
        return
    raise LeniencyNotApplicable(
        f"{trouble}。",
        rule="leniency-applies",
        basis=item.basis if item else f"{PENALTY_LAW}第三十三条",
        remedy="请改选处理方式，或者引用当日有效的条目并写明条件、教育和理由。",
        places=(Place(field="findings.leniency.item", text=cited.item),),
    )


def prompt_is_answered(finding: Finding, prompted: Sequence[LeniencyItem]) -> None:
    """事实符合不予处罚清单条目而仍移送立案的，须写明不适用该条目的理由。

    《行政处罚法》第三十三条；《上海市优化营商环境条例》第六十条。
    """
    offered = [item for item in prompted if item.kind == DispositionKind.NO_PENALTY.value]
    if finding.disposition is DispositionKind.TRANSFER and offered and len(finding.leniency_declined.strip()) < 4:
        raise LeniencyNotApplicable(
            f"事实可能符合{offered[0].list}第{offered[0].item}项，移送立案须写明不适用的理由。",
            rule="prompt-answered",
            basis=offered[0].basis,
            remedy="请引用该条目不予处罚，或者写明为何不适用。",
            places=(Place(field="findings.leniency_declined"),),
        )


def heaviest(findings: Sequence[Finding]) -> DispositionKind:
    """Return the disposition that stands for the whole record; `no_problem` without findings."""
    return max((finding.disposition for finding in findings), key=_ORDER.index, default=DispositionKind.NO_PROBLEM)


RULES: Final = (
    findings_are_in_scope,
    findings_are_complete,
    findings_match_answers,
    third_party_is_not_alone,
    disposition_fits,
    due_date_is_reasonable,
    leniency_applies,
    prompt_is_answered,
)
"""All rules of this file."""
