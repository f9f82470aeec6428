"""Makes the demo's officers from a seed: certificates, what they are certified for, leave and recusals. Pure."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from inspect_registry.catalogue.model import DepartmentId, MatterId
from inspect_registry.demo.enterprises import person_name
from inspect_registry.demo.reference import department_data, matters_of
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.inspectors.model import InspectorId, InspectorState, Leave, NewInspector

RECUSALS: Final = 60
_REASONS: Final = ("近亲属在该单位任职", "本人曾在该单位任职", "与负责人有亲属关系", "持有该单位股权")
_SURE: Final = 4
"""The first officers of a department hold every matter, validly, and are present: the story's accounts are theirs."""
_EXPIRED: Final = 0.04
_SUSPENDED: Final = 0.015
_ON_LEAVE: Final = 0.06


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    """Identities that the catalogue's services have given."""

    departments: dict[str, DepartmentId]
    matters: dict[str, MatterId]


def officers(seed: int, start_day: dt.date, reference: Reference) -> list[NewInspector]:
    """The 300 officers, department by department; certificate numbers are 11 digits and begin with 09 (Shanghai)."""
    dice = random.Random(f"officers {seed}")  # noqa: S311 - a demo must be repeatable, not unpredictable
    found = []
    for place, department in enumerate(department_data(), start=1):
        own = matters_of(department.code, list(reference.matters))
        for number in range(department.inspectors):
            sure = number < _SURE
            valid_from, valid_to = _validity(dice, start_day, sure=sure)
            some = own if sure else dice.sample(own, max(1, round(len(own) * dice.uniform(0.5, 1.0))))
            suspended = not sure and dice.random() < _SUSPENDED
            found.append(
                NewInspector(
                    department=reference.departments[department.code],
                    name=person_name(dice),
                    certificate=f"09114{place:02d}{number + 1:04d}",
                    valid_from=valid_from,
                    valid_to=valid_to,
                    state=InspectorState.SUSPENDED if suspended else InspectorState.ACTIVE,
                    matters=tuple(reference.matters[code] for code in some),
                )
            )
    return found


def _validity(dice: random.Random, start_day: dt.date, *, sure: bool) -> tuple[dt.date, dt.date]:
    if not sure and dice.random() < _EXPIRED:
        valid_to = start_day - dt.timedelta(days=dice.randint(1, 200))
    else:
        valid_to = start_day + dt.timedelta(days=dice.randint(90, 1500))
    return dt.date(valid_to.year - 5, valid_to.month, 1), valid_to


def leaves(
    seed: int, start_day: dt.date, ids: Sequence[InspectorId], certificates: Mapping[InspectorId, str]
) -> list[Leave]:
    """Absences around the start day of some officers who are not the story's."""
    dice = random.Random(f"leave {seed}")  # noqa: S311 - repeatable
    found = []
    for inspector in ids:
        if int(certificates[inspector][-4:]) <= _SURE or dice.random() >= _ON_LEAVE:
            continue
        first = start_day + dt.timedelta(days=dice.randint(-20, 30))
        found.append(Leave(inspector=inspector, first=first, last=first + dt.timedelta(days=dice.randint(1, 20))))
    return found


def recusals(
    seed: int, ids: Sequence[InspectorId], enterprises: Sequence[EnterpriseId]
) -> list[tuple[InspectorId, EnterpriseId, str]]:
    """Some officers who must not inspect some enterprises, each pair once."""
    dice = random.Random(f"recusals {seed}")  # noqa: S311 - repeatable
    pairs: dict[tuple[InspectorId, EnterpriseId], str] = {}
    while len(pairs) < min(RECUSALS, len(ids) * len(enterprises)):
        pairs[dice.choice(ids), dice.choice(enterprises)] = dice.choice(_REASONS)
    return [(inspector, enterprise, reason) for (inspector, enterprise), reason in pairs.items()]
