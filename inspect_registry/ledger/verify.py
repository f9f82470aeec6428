"""The audit that anybody can run: download the whole log, recompute everything, compare with what was seen before.

Needs no database and no trust in whoever serves the files; it trusts the keys of the policy and its own state file.
It proves that what was registered has not been erased, changed or reordered, and counts what was entered after the time
that it states, as far as earlier trees show it (waypoints.py). It cannot show a visit that was never registered: for
that there are the figures of completeness and everybody's reports.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec

from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.completeness import Completeness, Figures
from inspect_registry.ledger.leaf import decode_leaf
from inspect_registry.ledger.merkle import ProofError, leaf_hash, prove_inclusion, verify_inclusion
from inspect_registry.ledger.note import NoteError
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.publication import CHECKPOINT, cut
from inspect_registry.ledger.source import LogRejectedError, Source
from inspect_registry.ledger.stamps import published_stamps
from inspect_registry.ledger.tiles import (
    WIDTH,
    LogDamagedError,
    TileName,
    Tree,
    bundles_of,
    node_reader,
    split_hashes,
    tiles_of,
    unpack_entries,
)
from inspect_registry.ledger.waypoints import Late, Lateness, Roots, Seen, waypoints

AHEAD: Final = 16
"""Bundles fetched before they are needed."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What a complete audit found."""

    checkpoint: Checkpoint
    note: str
    actions: dict[str, int]
    departments: dict[str, dict[str, int]]
    """Department code (empty for none) → action → number of leaves."""
    first_at: str
    last_at: str
    figures: Figures
    """The silences, counted from the leaves."""
    late: Late
    """Acts entered after the fact, as far as earlier trees show it."""
    compared_with: int | None
    """Size of the earlier tree that this one was found to extend."""
    stamps: dict[str, int]
    """Day → size of its time-stamped checkpoint, each of which this log was found to extend."""


Progress = Callable[[int, int], None]


def audit(
    source: Source, policy: Policy, seen: Seen | None = None, progress: Progress = lambda _done, _all: None
) -> Report:
    """Check a whole log; raises `LogRejectedError` at the first thing that is wrong."""
    try:
        note = source.get(CHECKPOINT).decode()
        checkpoint = policy.accept(note)
        stamps = published_stamps(source, policy)
        earlier = waypoints(checkpoint, seen, stamps, policy)
        roots, counts = Roots(earlier), _Counts(Lateness(earlier))
        tree = Tree()
        reader = _Reader(source, checkpoint.size)
        for name, entries in reader.bundles():
            _check_bundle(reader, tree, name, entries, roots)
            counts.add(entries, name)
            progress(tree.size, checkpoint.size)
        _check_edge(reader, tree)
    except NoteError as error:
        raise LogRejectedError(f"the checkpoint: {error}") from error
    except (LogDamagedError, FileNotFoundError, UnicodeDecodeError) as error:
        raise LogRejectedError(str(error)) from error
    if tree.root != checkpoint.root:
        raise LogRejectedError(f"the {checkpoint.size} published leaves do not have the root that the checkpoint signs")
    return Report(
        checkpoint=checkpoint,
        note=note,
        actions=dict(counts.actions),
        departments={code: dict(actions) for code, actions in counts.departments.items()},
        first_at=counts.first_at,
        last_at=counts.last_at,
        figures=counts.completeness.figures(),
        late=counts.lateness.found(),
        compared_with=None if seen is None else seen.size,
        stamps={str(stamp.day): stamp.checkpoint.size for stamp in stamps},
    )


def leaves(source: Source, size: int) -> Iterator[tuple[int, bytes]]:
    """Go through the first `size` published leaves with their numbers, unproved: `audit` is what proves them.

    Raises `LogRejectedError`.
    """
    number = 0
    try:
        for _, entries in _Reader(source, size).bundles():
            for entry in entries:
                yield number, entry
                number += 1
    except (LogDamagedError, FileNotFoundError) as error:
        raise LogRejectedError(str(error)) from error


def find_leaf(source: Source, policy: Policy, leaf: bytes) -> int | None:
    """Find a leaf hash in the signed log; the number is proved, not believed. Raises `LogRejectedError`."""
    try:
        note = source.get(CHECKPOINT).decode()
        checkpoint = policy.accept(note)
        reader = _Reader(source, checkpoint.size)
        for name in tiles_of(checkpoint.size):
            if name.level == 0 and leaf in (hashes := split_hashes(reader.get(name), name)):
                number = name.number * WIDTH + hashes.index(leaf)
                proof = prove_inclusion(node_reader(checkpoint.size, reader.get), number, checkpoint.size)
                verify_inclusion(leaf, number, checkpoint.size, proof, checkpoint.root)
                return number
    except (NoteError, LogDamagedError, ProofError, FileNotFoundError, UnicodeDecodeError) as error:
        raise LogRejectedError(str(error)) from error
    return None


def _check_bundle(reader: "_Reader", tree: Tree, name: TileName, entries: list[bytes], roots: Roots) -> None:
    hashes = [leaf_hash(entry) for entry in entries]
    published = split_hashes(reader.get(TileName(0, name.number, name.width)), TileName(0, name.number, name.width))
    for position, (computed, shown) in enumerate(zip(hashes, published, strict=True)):
        if computed != shown:
            raise LogRejectedError(f"leaf {tree.size + position} does not have the hash that its tile shows")
    for part in roots.cut(hashes, tree.size):
        for tile, values in tree.extend(part):
            if tile.level and reader.get(tile) != b"".join(values):
                raise LogRejectedError(f"{tile.path} does not hold the hashes of the tiles below it")
        roots.compare(tree)


def _check_edge(reader: "_Reader", tree: Tree) -> None:
    for name, hashes in tree.partial_tiles():
        if name.level and reader.get(name) != b"".join(hashes):
            raise LogRejectedError(f"{name.path} does not hold the hashes of the tiles below it")


class _Reader:
    """Reads one log, bundles ahead of their use."""

    def __init__(self, source: Source, size: int) -> None:
        self._source = source
        self._size = size

    def get(self, name: TileName) -> bytes:
        try:
            return self._source.get(name.path)
        except FileNotFoundError as error:
            if name.width == WIDTH:
                raise LogDamagedError(f"{name.path} is missing") from error
            return cut(self.get(TileName(name.level, name.number)), name)

    def bundles(self) -> Iterator[tuple[TileName, list[bytes]]]:
        waiting: deque[tuple[TileName, Future[bytes]]] = deque()
        with ThreadPoolExecutor(max_workers=4) as pool:
            for name in bundles_of(self._size):
                waiting.append((name, pool.submit(self.get, name)))
                if len(waiting) > AHEAD:
                    yield self._unpacked(*waiting.popleft())
            while waiting:
                yield self._unpacked(*waiting.popleft())

    def _unpacked(self, name: TileName, data: Future[bytes]) -> tuple[TileName, list[bytes]]:
        return name, unpack_entries(data.result(), name)


class _Counts:
    def __init__(self, lateness: Lateness) -> None:
        self.lateness = lateness
        self.actions: Counter[str] = Counter()
        self.departments: dict[str, Counter[str]] = {}
        self.completeness = Completeness()
        self.first_at = ""
        self.last_at = ""

    def add(self, entries: list[bytes], name: TileName) -> None:
        for number, entry in enumerate(entries, name.number * WIDTH):
            try:
                leaf = decode_leaf(entry)
            except (ValueError, msgspec.MsgspecError) as error:
                raise LogRejectedError(f"leaf {number} is not a leaf of this format: {error}") from error
            self.actions[leaf.action] += 1
            self.completeness.add(leaf)
            self.lateness.add(number, leaf.at)
            self.departments.setdefault(leaf.department, Counter())[leaf.action] += 1
            self.first_at = min(self.first_at or leaf.at, leaf.at)
            self.last_at = max(self.last_at, leaf.at)


def load_seen(path: Path) -> Seen | None:
    """Read the state file; None when there is none yet. A damaged one is an error, never a fresh start."""
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Seen)
    except msgspec.MsgspecError as error:
        raise LogRejectedError(f"the state file {path} is damaged: {error}") from error


def save_seen(path: Path, report: Report, policy: str) -> None:
    """Remember this audit, whole or not at all."""
    seen = Seen(
        origin=report.checkpoint.origin,
        size=report.checkpoint.size,
        root=report.checkpoint.root,
        note=report.note,
        policy=policy,
    )
    temporary = path.with_name(path.name + ".new")
    temporary.write_bytes(msgspec.json.format(msgspec.json.encode(seen)))
    temporary.replace(path)
