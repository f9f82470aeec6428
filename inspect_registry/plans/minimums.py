"""Statutory minimum against cap: reported, never resolved silently (国办发〔2024〕54号).

A grade or an activity can demand more inspections than the cap allows, and a task can promise fewer than are still due.
Neither is decided here: both are told, with the rule and its basis, to whoever plans. What demands how much is dated
data (`frequency.minimum.*`): food by risk grade and full coverage, medical devices by level and key products, drugs by
what is traded. A rule asks only of matters of its own field (`frequency.minimum.fields`).
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

import msgspec

from inspect_registry import rules
from inspect_registry.catalogue.model import Matter
from inspect_registry.enterprises.model import CandidateKind, DeviceLevel, EnterpriseId, FoodRiskGrade
from inspect_registry.plans.cells.values import TIMES_A_YEAR, Frequency
from inspect_registry.plans.draw import Method
from inspect_registry.rules.errors import ParameterNotInForce


class Finding(StrEnum):
    """What is wrong between what is demanded, what is allowed and what is planned."""

    MINIMUM_ABOVE_CAP = "minimum-above-cap"
    """The rule demands more in the year than the cap allows."""
    MINIMUM_NOT_PLANNED = "minimum-not-planned"
    """The task does not guarantee as many inspections as are still due."""


class Minimum(msgspec.Struct, frozen=True, kw_only=True):
    """One demand: so many inspections in so many years."""

    rule: str
    """Name of the parameter."""
    times: int
    years: int
    basis: str
    sample: bool
    """The number was not verified."""


class MinimumLine(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of conflict, for the enterprises that have it."""

    finding: Finding
    rule: str
    minimum: int
    """Inspections that are demanded in `years`."""
    years: int
    basis: str
    sample: bool
    cap: int
    planned: float
    """Inspections a year that the task guarantees to each enterprise."""
    enterprises: list[str]
    """uids; the grade itself is internal and not told."""


class Minimums(msgspec.Struct, frozen=True, kw_only=True):
    """The parameters in force on a day; a rule that was not in force then demands nothing."""

    food_risk: dict[str, Minimum] = {}
    food_all: Minimum | None = None
    device_level: dict[str, Minimum] = {}
    device: dict[str, Minimum] = {}
    """By activity."""
    drug: dict[str, tuple[Minimum, ...]] = {}
    """By activity."""
    fields: dict[str, str] = {}
    """Field of a matter, by an activity of it or a prefix of its code."""

    def fields_of(self, matters: Iterable[Matter]) -> frozenset[str]:
        """Return whose rules ask for these matters: food, device, drug."""
        return frozenset(
            field
            for matter in matters
            for key, field in self.fields.items()
            if key in matter.tags or matter.code.startswith(key)
        )

    def demands(
        self,
        fields: Collection[str],
        tags: Collection[str],
        grade: FoodRiskGrade | None,
        levels: Iterable[DeviceLevel],
    ) -> list[Minimum]:
        """Return what is demanded of an enterprise with these activities and grades in matters of some fields."""
        found: list[Minimum | None] = []
        if "food" in fields:
            found += [self.food_risk.get(grade.value) if grade else None, self.food_all]
        if "device" in fields:
            found += [self.device_level.get(str(level.value)) for level in levels]
            found += [self.device.get(tag) for tag in tags]
        if "drug" in fields:
            found += [one for tag in tags for one in self.drug.get(tag, ())]
        return [one for one in found if one is not None]


def minimums_in_force(on: dt.date) -> Minimums:
    """Read the parameters in force on a day."""
    device_key = _table("frequency.minimum.device_key", on)
    activity, years = _table("frequency.minimum.drug_activity", on), _table("frequency.minimum.drug_years", on)
    drug: dict[str, tuple[Minimum, ...]] = {}
    for name, table, in_years in (
        ("frequency.minimum.drug_activity", activity, False),
        ("frequency.minimum.drug_years", years, True),
    ):
        for tag, number in table.items():
            demand = _minimum(name, on, 1, int(number)) if in_years else _often(name, on, number)
            drug[tag] = (*drug.get(tag, ()), demand)
    full = _number("frequency.minimum.food_full_check_years", on)
    return Minimums(
        food_risk=_by_key("frequency.minimum.food_risk", on),
        food_all=_minimum("frequency.minimum.food_full_check_years", on, 1, full) if full else None,
        device_level=_by_key("frequency.minimum.device_level", on),
        device={tag: _often("frequency.minimum.device_key", on, number) for tag, number in device_key.items()},
        drug=drug,
        fields=_words("frequency.minimum.fields", on),
    )


def _by_key(name: str, on: dt.date) -> dict[str, Minimum]:
    return {key: _often(name, on, number) for key, number in _table(name, on).items()}


def _often(name: str, on: dt.date, a_year: float) -> Minimum:
    """Return so many a year; a quarter a year is one in four years."""
    if a_year >= 1:
        return _minimum(name, on, round(a_year), 1)
    return _minimum(name, on, 1, round(1 / a_year))


def _minimum(name: str, on: dt.date, times: int, years: int) -> Minimum:
    known = rules.parameter(name, on=on)
    return Minimum(rule=name, times=times, years=years, basis=known.basis, sample=known.sample)


def _table(name: str, on: dt.date) -> dict[str, float]:
    try:
        return rules.value(name, dict[str, float], on=on)
    except ParameterNotInForce:
        return {}


def _words(name: str, on: dt.date) -> dict[str, str]:
    try:
        return rules.value(name, dict[str, str], on=on)
    except ParameterNotInForce:
        return {}


def _number(name: str, on: dt.date) -> int:
    try:
        return rules.whole(name, on=on)
    except ParameterNotInForce:
        return 0


def guaranteed(selection: Method, frequency: Frequency | None) -> Decimal:
    """Return how many inspections a year a task guarantees to every enterprise of its pool: none, where lots decide."""
    if selection is not Method.FULL:
        return Decimal(0)
    if frequency is None:
        return Decimal(1)
    stated = frequency.min if frequency.min is not None else Decimal(0)
    return stated * TIMES_A_YEAR[frequency.per or "year"]


def longest(known: Minimums) -> int:
    """Return how many years back an inspection may still count."""
    of_drugs = [one for several in known.drug.values() for one in several]
    whole = [*known.food_risk.values(), *known.device_level.values(), *known.device.values(), *of_drugs]
    return max([one.years for one in [*whole, *([known.food_all] if known.food_all else [])]], default=1)


def conflicts(
    kinds: Sequence[CandidateKind],
    matters: Sequence[Matter],
    known: Minimums,
    *,
    year: int,
    grades: Mapping[EnterpriseId, FoodRiskGrade],
    levels: Mapping[EnterpriseId, Collection[DeviceLevel]],
    done: Mapping[EnterpriseId, Collection[dt.date]],
    cap: int,
    planned: Decimal,
) -> list[MinimumLine]:
    """Compare what is demanded with cap and plan; `done` are the days on which these matters were inspected.

    A demand of several years is due only in the year in which it would be missed otherwise: one that was met in the
    year before asks for nothing now.
    """
    fields = known.fields_of(matters)
    lines: dict[tuple[Finding, Minimum], list[str]] = {}
    for kind in kinds:
        for candidate in kind.candidates():
            enterprise = candidate.enterprise
            for demand in known.demands(fields, kind.tags, grades.get(enterprise), levels.get(enterprise, ())):
                first = dt.date(year - demand.years + 1, 1, 1)
                met = len({day for day in done.get(enterprise, ()) if first <= day <= dt.date(year, 12, 31)})
                due = max(0, demand.times - met)
                if (demand.times if demand.years == 1 else due) > cap:
                    lines.setdefault((Finding.MINIMUM_ABOVE_CAP, demand), []).append(candidate.uid)
                if planned < due:
                    lines.setdefault((Finding.MINIMUM_NOT_PLANNED, demand), []).append(candidate.uid)
    ordered = sorted(lines.items(), key=lambda one: (one[0][0], one[0][1].rule, one[0][1].times, one[0][1].years))
    return [
        MinimumLine(
            finding=finding,
            rule=demand.rule,
            minimum=demand.times,
            years=demand.years,
            basis=demand.basis,
            sample=demand.sample,
            cap=cap,
            planned=float(planned),
            enterprises=sorted(set(uids)),
        )
        for (finding, demand), uids in ordered
    ]
