"""Statutory minimum against cap: reported, never resolved silently (国办发〔2024〕54号; 食品生产经营风险分级管理办法).

A grade can demand more inspections a year than the cap allows, and a task can promise fewer than the grade demands.
Neither is decided here: both are told, with the rule, to whoever plans.
"""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

import msgspec

from inspect_registry.enterprises.model import Candidate, EnterpriseId, FoodRiskGrade
from inspect_registry.plans.cells.values import TIMES_A_YEAR, Frequency
from inspect_registry.plans.draw import Method


class Finding(StrEnum):
    """What is wrong between what is demanded, what is allowed and what is planned."""

    MINIMUM_ABOVE_CAP = "minimum-above-cap"
    """The grade demands more than the cap allows."""
    MINIMUM_NOT_PLANNED = "minimum-not-planned"
    """The task does not guarantee as many inspections as the grade demands."""


class MinimumLine(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of conflict, for the enterprises that have it."""

    finding: Finding
    minimum: float
    """Inspections a year that the grade demands."""
    cap: int
    planned: float
    """Inspections a year that the task guarantees to each enterprise."""
    enterprises: list[str]
    """uids; the grade itself is internal and not told."""


def guaranteed(selection: Method, frequency: Frequency | None) -> Decimal:
    """Return how many inspections a year a task guarantees to every enterprise of its pool: none, where lots decide."""
    if selection is not Method.FULL:
        return Decimal(0)
    if frequency is None:
        return Decimal(1)
    stated = frequency.min if frequency.min is not None else Decimal(0)
    return stated * TIMES_A_YEAR[frequency.per or "year"]


def conflicts(
    candidates: list[Candidate],
    grades: Mapping[EnterpriseId, FoodRiskGrade],
    demanded: Mapping[str, float],
    *,
    cap: int,
    planned: Decimal,
) -> list[MinimumLine]:
    """Compare what grades demand with cap and plan; enterprises without a grade demand nothing."""
    lines: dict[tuple[Finding, float], list[str]] = {}
    for candidate in candidates:
        grade = grades.get(candidate.enterprise)
        if grade is None:
            continue
        minimum = float(demanded.get(grade.value, 0))
        if minimum > cap:
            lines.setdefault((Finding.MINIMUM_ABOVE_CAP, minimum), []).append(candidate.uid)
        if planned < Decimal(str(minimum)):
            lines.setdefault((Finding.MINIMUM_NOT_PLANNED, minimum), []).append(candidate.uid)
    return [
        MinimumLine(finding=finding, minimum=minimum, cap=cap, planned=float(planned), enterprises=sorted(uids))
        for (finding, minimum), uids in sorted(lines.items())
    ]
