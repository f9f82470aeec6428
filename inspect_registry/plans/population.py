"""Whom draws may be made from: read once for a month, used for one task or for a whole district.

A district has 300,000 enterprises and a hundred tasks; asking the database anew for each task would read most of them a
hundred times. Here candidates come by kind (line of business and activities), and classes and facts once for all.
"""

import datetime as dt
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain

from inspect_registry import rules
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue import versions
from inspect_registry.catalogue.model import Department, Matter, MatterId
from inspect_registry.db import Tx
from inspect_registry.enterprises import service as enterprises
from inspect_registry.enterprises.credit.effects import lightened as resting_on_ended
from inspect_registry.enterprises.model import Candidate, CandidateKind, CreditRiskClass, EnterpriseId
from inspect_registry.history import service as history
from inspect_registry.history.model import Fact
from inspect_registry.plans import month_store, quiet_store
from inspect_registry.plans.arrangement import UNCLASSED
from inspect_registry.plans.draw import Exclusion, Method
from inspect_registry.plans.exclusions import Repeating, blocked_matters, parted, since, superiors
from inspect_registry.plans.model import MonthlyPlan, Task, TaskMode
from inspect_registry.workdays import months_later


class Population:
    """Everybody some matters may be checked at, with what the rules of a draw ask about them, as of one moment."""

    def __init__(
        self,
        matters: Mapping[MatterId, Matter],
        kinds: Sequence[CandidateKind],
        classes: Mapping[EnterpriseId, CreditRiskClass],
        facts: Iterable[Fact],
        lightened: Collection[EnterpriseId] = (),
        current: Mapping[MatterId, MatterId] | None = None,
    ) -> None:
        self.matters = dict(matters)
        self._current = {one: one for one in matters} if current is None else current
        """The version in force in the month of each version that a plan keeps; without those withdrawn since."""
        self._kinds = [(kind, kind.candidates()) for kind in kinds]
        self._classes = classes
        self._lightened = frozenset(lightened)
        """Whose class rests on a record that was repaired or revoked since."""
        self._tickets: dict[tuple[dt.date, bool], tuple[dict[EnterpriseId, int], int]] = {}
        self._facts: dict[str, list[Fact]] = {}
        for fact in facts:
            self._facts.setdefault(fact.matter_code, []).append(fact)

    def __repr__(self) -> str:
        """Say nothing of the content, so that repeats of one order have one fingerprint."""
        return "population"

    def matters_of(self, task: Task) -> list[Matter]:
        """Return a task's matters in their versions in force in the month; withdrawn ones are left out."""
        return [self.matters[self._current[one]] for one in task.matters if one in self._current]

    def candidates_for(self, task: Task) -> list[Candidate]:
        """Return whom at least one of the task's matters may be checked at."""
        matters = self.matters_of(task)
        fitting = (
            members for kind, members in self._kinds if any(one.applies_to(kind.industry, kind.tags) for one in matters)
        )
        return list(chain.from_iterable(fitting))

    def blocked(
        self, plan: MonthlyPlan, task: Task, department: Department, *, overridden: bool
    ) -> dict[EnterpriseId, dict[MatterId, str]]:
        """Say which of a task's matters may not be checked where in a month, each with its reason."""
        matters = self.matters_of(task)
        known = repeating(plan.month, department, onsite=task.mode is TaskMode.ONSITE, overridden=overridden)
        facts = chain.from_iterable(self._facts.get(one.code, ()) for one in matters)
        return blocked_matters(matters, facts, known)

    def tickets(self, plan: MonthlyPlan, task: Task, kept: Sequence[Candidate]) -> list[int]:
        """Return whole tickets by 企业信用风险分类: the weights in force, in lowest terms.

        A class that rests on a record repaired since weighs no more than having none. In lowest terms, because a pool
        whose weights are all equal is published with its weight, and 20 for everybody would name their class.
        """
        if task.selection is not Method.RANDOM:
            return [1] * len(kept)
        key_risk = any(one.key_risk for one in self.matters_of(task))
        known, others = self._tickets_in(plan.month, key_risk=key_risk)
        tickets = [known.get(candidate.enterprise, others) for candidate in kept]
        common = math.gcd(*tickets)
        return [one // common for one in tickets] if common > 1 else tickets

    def _tickets_in(self, month: dt.date, *, key_risk: bool) -> tuple[dict[EnterpriseId, int], int]:
        """Return tickets by enterprise, and of those without a class; made once for each of the two tables."""
        table = (month, key_risk)
        if table not in self._tickets:
            by_class = _tickets_of_classes(month, key_risk=key_risk)
            others = by_class[UNCLASSED]
            by_enterprise = {enterprise: by_class[one] for enterprise, one in self._classes.items()}
            by_enterprise |= {one: min(by_enterprise.get(one, others), others) for one in self._lightened}
            self._tickets[table] = (by_enterprise, others)
        return self._tickets[table]


async def population(tx: Tx, month: dt.date, matters: Iterable[MatterId], for_whom: Sequence[Department]) -> Population:
    """Read whom these matters may be checked at, for these departments."""
    known, current = await _in_force(tx, month, matters)
    kinds = await enterprises.kinds_for(tx, sorted(known))
    ids = [one for kind in kinds for one in kind.enterprises]
    facts = await _facts(tx, month, known.values(), for_whom, ids)
    classes = await enterprises.credit_classes(tx, ids, month)
    return Population(known, kinds, classes, facts, await resting_on_ended(tx, ids, month), current)


async def drawn_population(
    tx: Tx, month: dt.date, matters: Iterable[MatterId], for_whom: Sequence[Department], drawn: Sequence[EnterpriseId]
) -> Population:
    """Read only what making checks of drawn enterprises asks for; nobody else can be drawn from it."""
    known, current = await _in_force(tx, month, matters)
    return Population(known, (), {}, await _facts(tx, month, known.values(), for_whom, drawn), current=current)


async def _in_force(
    tx: Tx, month: dt.date, matters: Iterable[MatterId]
) -> tuple[dict[MatterId, Matter], dict[MatterId, MatterId]]:
    """Return the versions in force when a month begins, and whose they are; the day is fixed, so a month repeats."""
    current = await versions.in_force(tx, sorted(set(matters)), month)
    return await catalogue.matters_by_id(tx, sorted(set(current.values()))), current


async def _facts(
    tx: Tx, month: dt.date, matters: Iterable[Matter], for_whom: Sequence[Department], ids: Sequence[EnterpriseId]
) -> list[Fact]:
    """Read what the rules against repeating look at: superiors' checks, and off-site results."""
    codes = sorted({matter.code for matter in matters})
    asked = [repeating(month, department, onsite=True, overridden=False) for department in for_whom]
    earliest = min((since(one) for one in asked), default=month)
    above = sorted({level for one in asked for level in superiors(one.level)})
    facts = await history.inspected_since(tx, ids, codes, earliest, above)
    return facts + await history.inspected_since(tx, ids, codes, earliest, onsite=False)


async def pool_and_excluded(
    tx: Tx, plan: MonthlyPlan, task: Task, candidates: Sequence[Candidate], who: Population, *, overridden: bool
) -> tuple[list[Candidate], list[Exclusion]]:
    """Part the candidates into the pool and those whom a rule keeps out."""
    earlier: set[EnterpriseId] = set()
    if task.selection is Method.RANDOM:
        earlier = set(await month_store.drawn_this_year(tx, task.id, plan.id))
    year = plan.month.year
    planned = await month_store.planned_this_year(tx, plan.department, dt.date(year, 1, 1), dt.date(year, 12, 31))
    by_rule = rules.whole("frequency.cap.department", on=plan.month)
    department = await catalogue.department(tx, plan.department)
    quiet, quiet_matters = await quiet_now(tx, plan, task, who)
    return parted(
        candidates,
        [matter.id for matter in who.matters_of(task)],
        quiet=quiet,
        quiet_matters=quiet_matters,
        earlier=earlier,
        planned=planned,
        cap=task.parsed.cap if task.parsed.cap is not None else by_rule,
        blocked=who.blocked(plan, task, department, overridden=overridden),
    )


async def quiet_now(tx: Tx, plan: MonthlyPlan, task: Task, who: Population) -> tuple[set[EnterpriseId], set[MatterId]]:
    """Return the enterprises and the task's matters that planned on-site checks leave alone in a month."""
    if task.mode is not TaskMode.ONSITE:
        return set(), set()
    last = months_later(plan.month, 1) - dt.timedelta(days=1)
    entries = await quiet_store.quiet_in_force(tx, plan.month, last)
    codes = {entry.matter_code for entry in entries}
    return (
        {entry.enterprise for entry in entries if entry.enterprise is not None},
        {matter.id for matter in who.matters_of(task) if matter.code in codes},
    )


def repeating(month: dt.date, department: Department, *, onsite: bool, overridden: bool) -> Repeating:
    """Gather what the rules against repeating ask about a month, with the parameters in force."""
    return Repeating(
        starts=month,
        level=department.level,
        onsite=onsite,
        superior_months=rules.whole("frequency.superior.repeat_months", on=month),
        off_site_days=rules.whole("frequency.offsite.fresh_days", on=month),
        overridden=overridden,
    )


def rule_versions(month: dt.date, *, key_risk: bool, weighted: bool) -> dict[str, int | str]:
    """Name the dated rules by which a draw of a month weighs and excludes, each with its first day in force."""
    named = {
        "cap_rule": "frequency.cap.department",
        "superior_rule": "frequency.superior.repeat_months",
        "offsite_rule": "frequency.offsite.fresh_days",
    }
    if weighted:
        named["weights_rule"] = "credit.draw.weight.key" if key_risk else "credit.draw.weight.general"
    return {key: f"{name}@{rules.parameter(name, on=month).effective_from}" for key, name in named.items()}


def _tickets_of_classes(month: dt.date, *, key_risk: bool) -> dict[CreditRiskClass, int]:
    table = rules.value("credit.draw.weight.key" if key_risk else "credit.draw.weight.general", dict, on=month)
    parts = {CreditRiskClass(key): Fraction(str(value)) for key, value in table.items()}
    scale = math.lcm(*(part.denominator for part in parts.values()))
    return {key: int(part * scale) for key, part in parts.items()}
