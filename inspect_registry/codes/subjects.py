"""Gather what codes for visits would bind: four readings, whatever the number of visits."""

from collections import defaultdict
from collections.abc import Sequence

from inspect_registry.codes import store
from inspect_registry.codes.issuing import Subject, SubjectInspector, SubjectMatter, SubjectPart
from inspect_registry.db import Tx


async def subjects_of(tx: Tx, visits: Sequence[int]) -> list[Subject]:
    """Return the subjects of those visits that this actor may see, in the order of their ids."""
    found = await store.subjects_of_visits(tx, visits)
    parts: dict[int, list[SubjectPart]] = defaultdict(list)
    for part in await store.parts_of_visits(tx, visits):
        parts[part.visit].append(part)
    part_ids = [part.part for shares in parts.values() for part in shares]
    matters: dict[int, list[SubjectMatter]] = defaultdict(list)
    for matter in await store.matters_of_parts(tx, part_ids):
        matters[matter.part].append(matter)
    inspectors: dict[int, list[SubjectInspector]] = defaultdict(list)
    for inspector in await store.inspectors_of_parts(tx, part_ids):
        inspectors[inspector.part].append(inspector)
    return [
        Subject(
            visit=visit,
            parts=tuple(parts[visit.visit]),
            matters={part.part: tuple(matters[part.part]) for part in parts[visit.visit]},
            inspectors={part.part: tuple(inspectors[part.part]) for part in parts[visit.visit]},
        )
        for visit in found
    ]
