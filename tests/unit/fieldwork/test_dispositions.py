"""Findings, what is decided on them, and the leniency lists before and after they changed."""

from datetime import date, timedelta

import msgspec
import pytest

from inspect_registry.catalogue import leniency
from inspect_registry.fieldwork import dispositions, errors, rules
from inspect_registry.fieldwork.model import Answer, AnswerValue, DispositionKind, Finding, Leniency

DAY = date(2026, 11, 20)
KIND = DispositionKind
OLD = next(item for item in leniency.items() if item.effective_to == date(2023, 12, 24))
NEW = next(item for item in leniency.items() if item.effective_from == date(2023, 12, 25))


def a_finding(**facts) -> Finding:
    given = {
        "criterion": 1,
        "facts": "冷藏柜温度12度",
        "clause": "《食品安全法》第五十四条",
        "disposition": KIND.GUIDANCE,
    }
    return Finding(**given | facts)


def a_leniency(item: leniency.LeniencyItem, **facts) -> Leniency:
    given = {
        "list": item.list,
        "version": item.version,
        "item": item.item,
        "conditions_met": tuple(one.code for one in item.conditions),
        "education": "已当场告知规定并发放提示单",
        "justification": "首次发现，当场改正",
    }
    return Leniency(**given | facts)


def test_a_finding_outside_the_scope_is_pointed_to_the_triggers() -> None:
    dispositions.findings_are_in_scope([a_finding()], {1})
    with pytest.raises(errors.OutsideScope, match="不属于") as refused:
        dispositions.findings_are_in_scope([a_finding(criterion=2)], {1})
    assert "触发事由" in refused.value.remedy


@pytest.mark.parametrize(("fault", "field"), [({"facts": " "}, "facts"), ({"clause": "食品安全法"}, "clause")])
def test_a_finding_needs_facts_and_a_clause(fault: dict, field: str) -> None:
    dispositions.findings_are_complete([a_finding()])
    with pytest.raises(errors.FindingIncomplete) as refused:
        dispositions.findings_are_complete([a_finding(**fault)])
    assert refused.value.places[0].field == f"findings.0.{field}"


def test_failed_criteria_and_findings_go_together() -> None:
    failed = [Answer(criterion=1, value=AnswerValue.FAILS), Answer(criterion=2, value=AnswerValue.CONFORMS)]
    dispositions.findings_match_answers([a_finding(), a_finding(facts="另一处问题")], failed)
    for findings in ([], [a_finding(criterion=2)], [a_finding(), a_finding(criterion=2)]):
        with pytest.raises(errors.FindingIncomplete):
            dispositions.findings_match_answers(findings, failed)


def test_a_third_partys_opinion_needs_the_inspectors_own_eyes() -> None:
    dispositions.third_party_is_not_alone([a_finding(third_party_opinion=True, own_observation="现场看到标签缺失")])
    with pytest.raises(errors.FindingIncomplete, match="第三方"):
        dispositions.third_party_is_not_alone([a_finding(third_party_opinion=True)])


@pytest.mark.parametrize(
    "finding",
    [
        a_finding(),
        a_finding(disposition=KIND.RECTIFY_ON_SPOT, demand="立即调低温度"),
        a_finding(disposition=KIND.RECTIFY_BY_DATE, demand="更换冷藏柜", due=DAY),
        a_finding(disposition=KIND.NO_PENALTY, leniency=a_leniency(NEW)),
        a_finding(disposition=KIND.TRANSFER),
    ],
)
def test_fitting_dispositions_are_taken(finding: Finding) -> None:
    dispositions.disposition_fits(finding)


@pytest.mark.parametrize(
    "finding",
    [
        a_finding(disposition=KIND.NO_PROBLEM),
        a_finding(disposition=KIND.RECTIFY_BY_DATE, demand="更换冷藏柜"),
        a_finding(disposition=KIND.GUIDANCE, due=DAY),
        a_finding(disposition=KIND.RECTIFY_ON_SPOT),
        a_finding(disposition=KIND.NO_PENALTY),
        a_finding(disposition=KIND.TRANSFER, leniency=a_leniency(NEW)),
    ],
)
def test_dispositions_that_do_not_fit_are_refused(finding: Finding) -> None:
    with pytest.raises(errors.DispositionNotAllowed):
        dispositions.disposition_fits(finding)


def test_the_due_date_lies_after_today_and_not_too_far() -> None:
    latest = DAY + timedelta(days=120)
    dispositions.due_date_is_reasonable(latest, today=DAY, latest=latest)
    for due in (DAY, latest + timedelta(days=1)):
        with pytest.raises(errors.RectificationDueDateNotAllowed):
            dispositions.due_date_is_reasonable(due, today=DAY, latest=latest)


def test_the_list_in_force_on_the_day_decides_before_and_after_its_change() -> None:
    old_case = a_finding(disposition=KIND.NO_PENALTY, leniency=a_leniency(OLD))
    new_case = a_finding(disposition=KIND.NO_PENALTY, leniency=a_leniency(NEW))
    dispositions.leniency_applies(old_case, OLD, date(2023, 12, 24))
    dispositions.leniency_applies(new_case, NEW, date(2023, 12, 25))
    with pytest.raises(errors.LeniencyNotApplicable, match="无效"):
        dispositions.leniency_applies(old_case, OLD, date(2023, 12, 25))
    with pytest.raises(errors.LeniencyNotApplicable, match="无效"):
        dispositions.leniency_applies(new_case, NEW, date(2023, 12, 24))


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"conditions_met": ("first",)}, "危害后果轻微；及时改正"),
        ({"education": ""}, "教育"),
        ({"justification": ""}, "理由"),
    ],
)
def test_every_condition_the_education_and_the_reason_are_needed(fault: dict, words: str) -> None:
    finding = a_finding(disposition=KIND.NO_PENALTY, leniency=a_leniency(NEW, **fault))
    with pytest.raises(errors.LeniencyNotApplicable, match=words):
        dispositions.leniency_applies(finding, NEW, DAY)


def test_an_item_of_another_kind_or_of_no_list_is_refused() -> None:
    finding = a_finding(disposition=KIND.NO_COERCION, leniency=a_leniency(NEW))
    for item in (NEW, None):
        with pytest.raises(errors.LeniencyNotApplicable):
            dispositions.leniency_applies(finding, item, DAY)
    dispositions.leniency_applies(a_finding(), None, DAY)


def test_facts_that_match_an_item_prompt_it_only_while_it_is_in_force() -> None:
    facts = "营业执照未按规定公示"
    assert leniency.prompts(facts, "SCJG-001", DAY, leniency.items()) == (NEW,)
    assert leniency.prompts(facts, "SCJG-001", date(2020, 1, 1), leniency.items()) == (OLD,)
    assert leniency.prompts("冷藏柜温度12度", "SCJG-001", DAY, leniency.items()) == ()
    narrow = msgspec.structs.replace(NEW, matters=("YJ-",))
    assert leniency.prompts(facts, "SCJG-001", DAY, [narrow]) == ()


def test_two_versions_of_one_list_are_never_in_force_together_and_unverified_items_say_so() -> None:
    assert leniency.item_of(NEW.list, NEW.version, NEW.item, leniency.items(), DAY) is NEW
    assert leniency.item_of(NEW.list, "1999", NEW.item, leniency.items(), DAY) is None
    for item in leniency.items():
        assert item.conditions
        assert item.sample
        assert item.kind in {"no_penalty", "no_coercion"}


def test_a_case_opened_against_a_prompt_needs_its_reason() -> None:
    case = a_finding(disposition=KIND.TRANSFER)
    with pytest.raises(errors.LeniencyNotApplicable, match="不适用的理由"):
        dispositions.prompt_is_answered(case, [NEW])
    dispositions.prompt_is_answered(case, [])
    dispositions.prompt_is_answered(a_finding(), [NEW])
    dispositions.prompt_is_answered(msgspec.structs.replace(case, leniency_declined="系第二次违法，不属初次"), [NEW])


def test_the_heaviest_disposition_stands_for_the_record() -> None:
    assert dispositions.heaviest([]) is KIND.NO_PROBLEM
    light, heavy = a_finding(), a_finding(disposition=KIND.TRANSFER)
    assert dispositions.heaviest([heavy, light]) is dispositions.heaviest([light, heavy]) is KIND.TRANSFER


@pytest.mark.parametrize("rule", rules.RULES + dispositions.RULES, ids=lambda rule: rule.__name__)
def test_every_rule_says_its_chinese_sentence_and_its_source(rule) -> None:
    sentence, _, source = (rule.__doc__ or "").partition("\n")
    assert "。" in sentence
    assert any(mark in source for mark in ("《", "〔", "sample", "实施方案"))
