"""Approval by the heads, and the yearly caps that it uses up.

One way for one visit and for a department's whole month: judge every share, count what fits, approve what was counted.
A quota row is locked before it is read and held to its cap by CHECK, so that of fifty parallel approvals under a cap of
three exactly three pass.
"""

from collections.abc import Iterable, Sequence

import msgspec

from inspect_registry import rules as parameters
from inspect_registry.db import Tx
from inspect_registry.errors import RegistryError
from inspect_registry.visits import rules, store
from inspect_registry.visits.errors import FrequencyCapReached
from inspect_registry.visits.lifecycle import share_after
from inspect_registry.visits.model import Assignment, PartStep, Share
from inspect_registry.visits.rows import InspectorRow, PartRow, QuotaRow, QuotaUse
from inspect_registry.visits.views import VisitFacts

ALL_DEPARTMENTS = 0
"""The department of the quota row that counts an enterprise's visits once, whoever comes."""


class Candidate(msgspec.Struct, frozen=True):
    """One share that somebody wants to approve."""

    facts: VisitFacts
    part: PartRow


class Judged(msgspec.Struct, frozen=True):
    """What became of the candidates."""

    approved: tuple[Candidate, ...]
    refused: tuple[tuple[Candidate, RegistryError], ...]


def share_of(part: PartRow) -> Share:
    """Read the state of a share off its row."""
    return Share(state=part.state, approved=part.approved_at is not None)


async def approve(tx: Tx, candidates: Sequence[Candidate]) -> Judged:
    """Approve what rules and caps allow, in the order of the visits' days; the visits' own states follow elsewhere."""
    refused: list[tuple[Candidate, RegistryError]] = []
    sound: list[Candidate] = []
    for candidate in sorted(candidates, key=lambda one: (one.facts.head.day, one.part.id)):
        try:
            _judge(tx, candidate)
        except RegistryError as error:
            refused.append((candidate, error))
        else:
            sound.append(candidate)
    counted, over = await _count(tx, sound)
    if counted:
        await store.approve_parts(tx, [candidate.part.id for candidate in counted])
    return Judged(tuple(counted), tuple(refused + over))


async def give_back(tx: Tx, facts: VisitFacts, parts: Iterable[PartRow], *, whole_visit: bool) -> None:
    """Give back what approved shares had used up, when they are withdrawn before the visit began."""
    head = facts.head
    uses = [_use(facts, part, -1) for part in parts if part.approved_at is not None]
    if whole_visit and head.counted:
        uses.append(QuotaUse(enterprise=head.enterprise, department=ALL_DEPARTMENTS, year=head.day.year, used=-1))
        await store.mark_counted(tx, [head.id], counted=False)
    if uses:
        await store.lock_quotas(tx, uses)
        await store.use_quotas(tx, uses)


def _judge(tx: Tx, candidate: Candidate) -> None:
    head, part = candidate.facts.head, candidate.part
    share_after(share_of(part), PartStep.APPROVE)
    rules.approved_in_time(day=head.day, today=tx.today, emergency=head.emergency, backfill_due=head.approval_due)
    matters = candidate.facts.matters[part.id]
    people = [_assignment(row) for row in candidate.facts.inspectors[part.id]]
    minimum = parameters.whole("inspection.inspectors_min", on=head.day)
    rules.enough_inspectors(people, max((one.min_inspectors for one in matters), default=minimum), minimum)
    covered = frozenset(one.matter for one in matters)
    for person in people:
        rules.inspector_may_go(person, department=part.department, day=head.day, matters=covered)
        rules.inspector_was_drawn(person)
    rules.every_matter_has_its_inspectors(people, {one.matter: one.min_inspectors for one in matters}, minimum)


def _assignment(row: InspectorRow) -> Assignment:
    return Assignment(
        inspector=row.inspector,
        name=row.name,
        department=row.department,
        certificate_from=row.valid_from,
        certificate_to=row.valid_to,
        suspended=row.state != "active",
        on_leave=row.on_leave,
        recused=row.recused,
        matters=frozenset(row.matters),
        undrawn=row.undrawn,
    )


async def _count(
    tx: Tx, candidates: Sequence[Candidate]
) -> tuple[list[Candidate], list[tuple[Candidate, RegistryError]]]:
    """Use up the caps, first come by day; returns what fits and what does not."""
    asked = {
        (head.enterprise, department, head.day.year)
        for head, department in (
            (one.facts.head, department) for one in candidates for department in (one.part.department, ALL_DEPARTMENTS)
        )
    }
    if not asked:
        return [], []
    rows = await _quota_rows(tx, sorted(asked))
    left = {(row.enterprise, row.department, row.year): row.cap - row.used for row in rows}
    caps = {(row.enterprise, row.department, row.year): row.cap for row in rows}
    uses: dict[tuple[int, int, int], QuotaUse] = {}
    counted_visits: set[int] = set()
    fits: list[Candidate] = []
    over: list[tuple[Candidate, RegistryError]] = []
    for candidate in candidates:
        head, part = candidate.facts.head, candidate.part
        own = (head.enterprise, part.department, head.day.year)
        everyone = (head.enterprise, ALL_DEPARTMENTS, head.day.year)
        if part.counted:
            first = not head.counted and head.id not in counted_visits
            needed = [own, everyone] if first else [own]
            blocked = next((key for key in needed if left[key] < 1), None)
            if blocked is not None:
                over.append((candidate, _cap_reached(candidate, caps[blocked], whole=blocked == everyone)))
                continue
            for key in needed:
                left[key] -= 1
                _add(uses, key, used=1)
            if first:
                counted_visits.add(head.id)
        else:
            _add(uses, own, exempt=1)
        fits.append(candidate)
    if uses:
        await store.use_quotas(tx, list(uses.values()))
    if counted_visits:
        await store.mark_counted(tx, sorted(counted_visits), counted=True)  # type: ignore[arg-type]  # visit ids
    return fits, over


async def _quota_rows(tx: Tx, asked: Sequence[tuple[int, int, int]]) -> list[QuotaRow]:
    """Lock the rows, making those that are missing with the cap in force."""
    wanted = [
        QuotaUse(enterprise=enterprise, department=department, year=year) for enterprise, department, year in asked
    ]
    own_cap = parameters.parameter("frequency.cap.department", on=tx.today)
    all_cap = parameters.parameter("frequency.cap.enterprise", on=tx.today)
    caps = [all_cap if one.department == ALL_DEPARTMENTS else own_cap for one in wanted]
    await store.make_quota_rows(
        tx, wanted, [msgspec.convert(cap.value, int) for cap in caps], [cap.basis for cap in caps]
    )
    return await store.lock_quotas(tx, wanted)


def _add(uses: dict[tuple[int, int, int], QuotaUse], key: tuple[int, int, int], used: int = 0, exempt: int = 0) -> None:
    before = uses.get(key, QuotaUse(enterprise=key[0], department=key[1], year=key[2]))
    uses[key] = msgspec.structs.replace(before, used=before.used + used, exempt_used=before.exempt_used + exempt)


def _use(facts: VisitFacts, part: PartRow, sign: int) -> QuotaUse:
    return QuotaUse(
        enterprise=facts.head.enterprise,
        department=part.department,
        year=facts.head.day.year,
        used=sign if part.counted else 0,
        exempt_used=0 if part.counted else sign,
    )


def _cap_reached(candidate: Candidate, cap: int, *, whole: bool) -> FrequencyCapReached:
    who = "各部门合计" if whole else candidate.part.short_name
    return FrequencyCapReached(
        f"{who}{candidate.facts.head.day.year}年对该企业的检查已达上限{cap}次。",
        rule="frequency-cap",
        basis="国办发〔2024〕54号：公布并执行年度频次上限",
        remedy="请取消本次检查，或者改用非现场方式；投诉举报等触发式检查另行计数。",
    )
