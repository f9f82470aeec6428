"""What a revision changes, for the public: tasks added, removed, changed, field by field."""

import hashlib
from collections.abc import Sequence

import msgspec

from inspect_registry.plans.model import Task

_COMPARED = (
    "name", "kind", "matters", "joint_departments", "objects", "mode", "selection", "starts", "ends", "basis", "parsed",
)  # fmt: skip


class TaskDifference(msgspec.Struct, frozen=True, kw_only=True):
    """One task that a revision adds, removes or changes."""

    change: str
    """`added`, `removed` or `changed`."""
    task: str
    """The task's name."""
    fields: tuple[str, ...] = ()
    """Which fields differ, for a changed one."""


def differences(before: Sequence[Task], after: Sequence[Task]) -> list[TaskDifference]:
    """Compare two revisions; tasks are the same where position and name, or failing that the name alone, agree."""
    left = {(task.position, task.name): task for task in before}
    by_name = {task.name: task for task in before}
    seen: set[str] = set()
    found: list[TaskDifference] = []
    for task in after:
        earlier = left.get((task.position, task.name)) or by_name.get(task.name)
        if earlier is None or earlier.uid in seen:
            found.append(TaskDifference(change="added", task=task.name))
            continue
        seen.add(earlier.uid)
        fields = tuple(field for field in _COMPARED if getattr(earlier, field) != getattr(task, field))
        if fields:
            found.append(TaskDifference(change="changed", task=task.name, fields=fields))
    found += [TaskDifference(change="removed", task=task.name) for task in before if task.uid not in seen]
    return found


def digest(tasks: Sequence[Task]) -> str:
    """Return the SHA-256 of what tasks say, for the ledger: whoever has the published plan can compare."""
    stated = [
        {"uid": task.uid, **{field: msgspec.to_builtins(getattr(task, field)) for field in _COMPARED}} for task in tasks
    ]
    return hashlib.sha256(msgspec.json.encode(stated)).hexdigest()
