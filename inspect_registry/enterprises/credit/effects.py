"""What a closed record feeds into the next grades (检查结果的信用影响), and what stops feeding them.

A result never changes a class or grade: it becomes an input with the version of the rule that made it one, and whoever
grades takes the inputs of a month in. A record that ends (corrected, revoked, repaired) takes its inputs with it.
"""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import msgspec

from inspect_registry import ledger
from inspect_registry import rules as parameters
from inspect_registry.access import Permission, reads
from inspect_registry.db import Tx
from inspect_registry.enterprises.credit import store
from inspect_registry.enterprises.credit.model import (
    USE,
    Ended,
    Field,
    GradeInput,
    Input,
    Measure,
    NewInput,
    Outcome,
    Scale,
    left_out,
)
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.identifiers import new_uid
from inspect_registry.workdays import months_later

LARGEST_PAGE = 5000
_INPUT_RULE = "credit.effect.input"
_SCALE_RULE = "credit.effect.scale"


class InputPage(msgspec.Struct, frozen=True, kw_only=True):
    """Inputs of a month, and where the next page begins."""

    month: dt.date
    counted: list[GradeInput]
    left_out: dict[str, int]
    """How many of this page do not count, by reason."""
    next: int
    """Hand this in to go on; 0 at the end."""


def inputs_of(outcome: Outcome, today: dt.date) -> tuple[NewInput, ...]:
    """Say what a closed record feeds into which scale, from the next month on, by the rules of the day of closing."""
    kinds = parameters.value(_INPUT_RULE, dict[str, Input], on=today)
    rule = parameters.parameter(_INPUT_RULE, on=today)
    years = parameters.whole("credit.effect.years", on=today)
    by_tag = parameters.value(_SCALE_RULE, dict[str, str], on=today)
    scales = {Scale(name) for tag in outcome.tags for name in by_tag.get(tag, "").split()} | {Scale.CREDIT_RISK}
    scale_rule = parameters.parameter(_SCALE_RULE, on=today)
    return tuple(
        NewInput(
            scale=scale,
            kind=kinds[outcome.disposition],
            feeds_from=months_later(today.replace(day=1), 1),
            counts_to=months_later(outcome.day, 12 * years),
            rule=rule.name if scale is Scale.CREDIT_RISK else scale_rule.name,
            rule_from=rule.effective_from if scale is Scale.CREDIT_RISK else scale_rule.effective_from,
            basis=rule.basis if scale is Scale.CREDIT_RISK else scale_rule.basis,
        )
        for scale in Scale
        if scale in scales
    )


def field_of(outcome: Outcome, today: dt.date) -> Field:
    """Return the strictest field that the failed matters or the department belong to."""
    by_tag = parameters.value("credit.field.tag", dict[str, Field], on=today)
    by_department = parameters.value("credit.field.department", dict[str, Field], on=today)
    found = {by_tag[tag] for tag in outcome.failed_tags if tag in by_tag}
    if outcome.department_domain in by_department:
        found.add(by_department[outcome.department_domain])
    return next((field for field in Field if field in found), Field.GENERAL)


def leaves_record(outcome: Outcome, today: dt.date) -> bool:
    """Say whether a result leaves a negative record: guidance and lenient dispositions do not."""
    return outcome.disposition in parameters.value("credit.effect.record", list[str], on=today)


async def note_outcomes(tx: Tx, outcomes: Sequence[Outcome]) -> None:
    """Remember what closed records feed in and the negative records they leave; joins the closing act.

    A correction replaces what its share's earlier version said; what was repaired stays repaired.
    """
    if not outcomes:
        return
    new = [(outcome, one) for outcome in outcomes for one in inputs_of(outcome, tx.today)]
    await store.add_inputs(tx, new)
    negative = [
        store.NewRecord(
            uid=new_uid(tx.random),
            outcome=outcome,
            field=field_of(outcome, tx.today),
            measure=Measure.PENDING if outcome.disposition == "transfer" else Measure.ORDER,
            performed_on=outcome.day if outcome.disposition == "rectify_on_spot" else None,
        )
        for outcome in outcomes
        if leaves_record(outcome, tx.today)
    ]
    if negative:
        await store.keep_records(tx, negative)
    corrected = [outcome for outcome in outcomes if outcome.version > 1]
    if corrected:
        kept = {one.outcome.part for one in negative}
        gone = [one.part for one in corrected if one.part not in kept]
        await store.end_records(tx, gone, tx.today, Ended.CORRECTED)
        repaired = {one.part: one.ended_on for one in await store.repaired_parts(tx, [one.part for one in corrected])}
        for outcome in corrected:
            day = repaired.get(outcome.part)
            if day is not None:
                await store.end_inputs(tx, [outcome.inspection], day, Ended.REPAIRED)
    inputs: dict[str, list[NewInput]] = {}
    for outcome, one in new:
        inputs.setdefault(outcome.inspection, []).append(one)
    await ledger.append_many(tx, [_entry(outcome, inputs[outcome.inspection]) for outcome in outcomes])


async def end_outcome(tx: Tx, part: int, inspections: Collection[str], why: Ended) -> None:
    """A result is taken back, or a newer version replaces it: its inputs end; a revoked one ends its record too.

    The act that joins this appends the entry.
    """
    await store.end_inputs(tx, inspections, tx.today, why)
    if why is Ended.REVOKED:
        await store.end_records(tx, [part], tx.today, why)


async def duties_done(tx: Tx, part: int) -> None:
    """Every order of a share is put right, looked at and closed: from today its record may be repaired."""
    await store.performed(tx, part, tx.today)


async def lightened(tx: Tx, ids: Sequence[EnterpriseId], month: dt.date) -> set[EnterpriseId]:
    """Say whose class in force in a month rests on a record that was repaired or revoked since it was fixed.

    Such a class must not weigh more than having none until the next import (信用修复管理办法: 停止使用; before
    2026-04-01 a repair ended publication alone, so only a revoked record counts there).
    """
    stops = parameters.value("repair.effect", list[str], on=month)
    why = {Ended.REVOKED, Ended.REPAIRED} if USE in stops else {Ended.REVOKED}
    return set(await store.resting_on_ended(tx, ids, month.replace(day=1), why))


@reads(Permission.GRADE_INPUT_READ)
async def grade_inputs(
    tx: Tx,
    month: dt.date,
    *,
    scale: Scale | None = None,
    enterprise: EnterpriseId | None = None,
    after: int = 0,
    limit: int = 1000,
) -> InputPage:
    """Return what counts for the grades of a month, by the rule in force in it, a page at a time."""
    first = month.replace(day=1)
    stops = frozenset(parameters.value("repair.effect", list[str], on=first))
    limit = max(1, min(limit, LARGEST_PAGE))
    rows = await store.inputs_of_month(tx, first, scale, enterprise, limit, after)
    why = [(row, left_out(row, first, stops)) for row in rows]
    reasons: dict[str, int] = {}
    for _, reason in why:
        if reason:
            reasons[reason] = reasons.get(reason, 0) + 1
    return InputPage(
        month=first,
        counted=[row for row, reason in why if not reason],
        left_out=reasons,
        next=rows[-1].id if len(rows) == limit else 0,
    )


def _entry(outcome: Outcome, inputs: Sequence[NewInput]) -> ledger.Draft:
    private: Mapping[str, object] = {"part": outcome.part, "inputs": inputs}
    return ledger.Draft(
        action=ledger.Action.GRADE_INPUT_NOTED,
        subject=ledger.Subject("grade_input", outcome.inspection),
        department=outcome.department,
        private=private,
    )
