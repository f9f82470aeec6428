"""The audit that anybody can run: download the whole log, recompute everything, compare with what was seen before.

Needs no database and no trust in whoever serves the files; it trusts the keys of the policy and its own state file.
It proves that what was registered has not been erased, changed, reordered or back-dated. It cannot show a visit that
was never registered: for that there are the figures of completeness and everybody's reports.
"""

import urllib.error
import urllib.request
from collections import Counter, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, Protocol

import msgspec

from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.completeness import Completeness, Figures
from inspect_registry.ledger.leaf import decode_leaf
from inspect_registry.ledger.merkle import EMPTY_ROOT, ProofError, leaf_hash, prove_inclusion, verify_inclusion
from inspect_registry.ledger.note import NoteError
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.publication import CHECKPOINT, cut
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

AHEAD: Final = 16
"""Bundles fetched before they are needed."""
PATIENCE: Final = 20.0  # seconds for one file of a URL
MAX_FILE: Final = WIDTH * (2 + 65_535)


class LogRejectedError(Exception):
    """The log is not what it must be; the message says what was found and where."""


class Source(Protocol):
    """Where a published log is read from."""

    def get(self, path: str) -> bytes:
        """Return a file's bytes; raises `FileNotFoundError`."""
        ...


class FolderSource:
    """A log in a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, path: str) -> bytes:
        return (self._root / path).read_bytes()


class UrlSource:
    """A log behind a web address."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix.rstrip("/")

    def get(self, path: str) -> bytes:
        try:
            with urllib.request.urlopen(f"{self._prefix}/{path}", timeout=PATIENCE) as response:  # noqa: S310 - open_site let only http(s) pass.
                data: bytes = response.read(MAX_FILE + 1)
                return data
        except urllib.error.HTTPError as error:
            if error.code == 404:
                raise FileNotFoundError(path) from error
            raise OSError(f"{self._prefix}/{path} answers {error.code}") from error


def open_site(site: str) -> Source:
    """Find the log of a folder or URL: there itself, or below `log/` as on our public site."""
    source: Callable[[str], Source]
    if site.startswith(("http://", "https://")):
        source = UrlSource
    elif "://" in site:
        raise LogRejectedError(f"{site} is neither a folder nor an http(s) address")
    else:
        source = lambda prefix: FolderSource(Path(prefix))  # noqa: E731 - one of two ways to make the same thing.
    for prefix in (site.rstrip("/"), site.rstrip("/") + "/log"):
        try:
            source(prefix).get(CHECKPOINT)
        except OSError as error:
            problem = error
        else:
            return source(prefix)
    raise LogRejectedError(f"no checkpoint at {site} nor at {site.rstrip('/')}/log: {problem}")


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What an auditor remembers between two audits."""

    origin: str
    size: int
    root: bytes
    note: str
    policy: str


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
    compared_with: int | None
    """Size of the earlier tree that this one was found to extend."""


Progress = Callable[[int, int], None]


def audit(
    source: Source, policy: Policy, seen: Seen | None = None, progress: Progress = lambda _done, _all: None
) -> Report:
    """Check a whole log; raises `LogRejectedError` at the first thing that is wrong."""
    try:
        note = source.get(CHECKPOINT).decode()
        checkpoint = policy.accept(note)
        if seen is not None:
            _check_not_older(checkpoint, seen)
        counts = _Counts()
        tree = Tree()
        reader = _Reader(source, checkpoint.size)
        for name, entries in reader.bundles():
            _check_bundle(reader, tree, name, entries, seen)
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
        compared_with=None if seen is None else seen.size,
    )


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


def _check_not_older(checkpoint: Checkpoint, seen: Seen) -> None:
    if checkpoint.origin != seen.origin:
        raise LogRejectedError(f"the log calls itself {checkpoint.origin}; it was {seen.origin}")
    if checkpoint.size < seen.size:
        raise LogRejectedError(
            f"the log has shrunk: {seen.size} leaves were seen before, now it shows {checkpoint.size}"
        )
    if seen.size == 0 and seen.root != EMPTY_ROOT:
        raise LogRejectedError("the state file is damaged")


def _check_bundle(reader: "_Reader", tree: Tree, name: TileName, entries: list[bytes], seen: Seen | None) -> None:
    hashes = [leaf_hash(entry) for entry in entries]
    published = split_hashes(reader.get(TileName(0, name.number, name.width)), TileName(0, name.number, name.width))
    for position, (computed, shown) in enumerate(zip(hashes, published, strict=True)):
        if computed != shown:
            raise LogRejectedError(f"leaf {tree.size + position} does not have the hash that its tile shows")
    until = seen.size - tree.size if seen is not None and seen.root else -1
    for part in (hashes[:until], hashes[until:]) if 0 < until <= len(hashes) else (hashes,):
        for tile, values in tree.extend(part):
            if tile.level and reader.get(tile) != b"".join(values):
                raise LogRejectedError(f"{tile.path} does not hold the hashes of the tiles below it")
        if seen is not None and tree.size == seen.size and tree.root != seen.root:
            raise LogRejectedError(f"history was rewritten: the first {seen.size} leaves are not those seen before")


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
    def __init__(self) -> None:
        self.actions: Counter[str] = Counter()
        self.departments: dict[str, Counter[str]] = {}
        self.completeness = Completeness()
        self.first_at = ""
        self.last_at = ""

    def add(self, entries: list[bytes], name: TileName) -> None:
        for position, entry in enumerate(entries):
            try:
                leaf = decode_leaf(entry)
            except (ValueError, msgspec.MsgspecError) as error:
                index = name.number * WIDTH + position
                raise LogRejectedError(f"leaf {index} is not a leaf of this format: {error}") from error
            self.actions[leaf.action] += 1
            self.completeness.add(leaf)
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
