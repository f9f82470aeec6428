"""What signer and witness share: a memory of the last tree, and the refusal of any tree that does not extend it.

The request is that of C2SP tlog-witness (`add-checkpoint`): the size we are believed to know, a consistency proof, and
the new checkpoint. The memory is a SQLite file of its own, written with synchronous=FULL before anything is answered;
a missing memory is never replaced by an empty one, because a keeper that forgets can be made to sign a second history.
"""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from inspect_registry.db.sqlfile import SqlFile
from inspect_registry.ledger.checkpoint import Checkpoint, decode_hash, encode_hashes, parse_checkpoint_text
from inspect_registry.ledger.merkle import EMPTY_ROOT, ProofError, verify_consistency
from inspect_registry.ledger.note import NoteError

SQL: Final = SqlFile(__file__, "keeper.sql")
MEMORY_FILE: Final = "memory.sqlite"
MAX_PROOF: Final = 63
TEXT: Final = "text/plain; charset=utf-8"
SIZE: Final = "text/x.tlog.size"
_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,18})")


class KeeperError(Exception):
    """The keeper cannot work: its key or its memory is missing or damaged. It does not start."""


class Answer(NamedTuple):
    """What goes back over HTTP."""

    status: int
    body: str
    kind: str = TEXT


class Request(msgspec.Struct, frozen=True):
    """One add-checkpoint request, parsed and not yet believed."""

    old: int
    proof: list[bytes]
    checkpoint: Checkpoint
    note: str
    """The checkpoint as sent: signed for a witness, bare for the signer."""


def write_request(old: int, proof: list[bytes], note: str) -> bytes:
    """Write the body of an add-checkpoint request."""
    return f"old {old}\n{encode_hashes(proof)}\n{note}".encode()


def parse_request(body: bytes) -> Request:
    """Read the body of an add-checkpoint request; raises `NoteError`."""
    try:
        top, gap, note = body.decode().partition("\n\n")
    except UnicodeDecodeError as error:
        raise NoteError("the request is not UTF-8 text") from error
    lines = top.split("\n")
    found = _OLD.fullmatch(lines[0])
    if not gap or found is None or len(lines) - 1 > MAX_PROOF:
        raise NoteError("the request has an old size, at most 63 hashes, an empty line and a checkpoint")
    text, _, _ = note.partition("\n\n")
    checkpoint = parse_checkpoint_text(text if text.endswith("\n") else text + "\n")
    request = Request(int(found.group(1)), [decode_hash(line) for line in lines[1:]], checkpoint, note)
    if request.old > checkpoint.size:
        raise NoteError(f"old size {request.old} is larger than the checkpoint's {checkpoint.size}")
    return request


class Memory:
    """The last tree of each log, kept so that not even a power cut makes it forget what was answered."""

    def __init__(self, folder: Path) -> None:
        path = folder / MEMORY_FILE
        if not path.is_file():
            raise KeeperError(f"{path} is missing: without its memory this key must not sign (docs/trust.md)")
        self._db = _connect(path)

    @staticmethod
    def create(folder: Path, origins: list[str]) -> None:
        """Make a new memory that knows these logs at size 0; refuses to touch one that exists."""
        path = folder / MEMORY_FILE
        if path.exists():
            raise KeeperError(f"{path} exists already")
        db = _connect(path)
        db.execute("BEGIN")
        db.execute(SQL["make_memory"].sql)
        db.executemany(SQL["begin_log"].sql, [(origin, EMPTY_ROOT) for origin in origins])
        db.execute("COMMIT")
        db.close()

    def head(self, origin: str) -> Checkpoint | None:
        """Return the last tree of this log, or None when the log is not one of ours."""
        row = self._db.execute(SQL["last_tree"].sql, (origin,)).fetchone()
        return None if row is None else Checkpoint(origin, row[0], row[1])

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Check and advance as one step; what was advanced is on disk when the block has ended."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def advance(self, new: Checkpoint) -> None:
        """Remember this tree from now on."""
        self._db.execute(SQL["remember_tree"].sql, (new.size, new.root, new.origin))

    def close(self) -> None:
        """Let the file go."""
        self._db.close()


def refusal(request: Request, known: Checkpoint) -> Answer | None:
    """Say why this tree is not an extension of the known one, in the status codes of tlog-witness; None when it is."""
    if request.old != known.size:
        return Answer(409, f"{known.size}\n", SIZE)
    if request.old == request.checkpoint.size and request.checkpoint.root != known.root:
        return Answer(409, f"{known.size}\n", SIZE)
    try:
        verify_consistency(known.size, request.checkpoint.size, request.proof, known.root, request.checkpoint.root)
    except ProofError as error:
        return Answer(422, f"{error}\n")
    return None


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as error:
        raise KeeperError(f"{path} is damaged: {error}") from error
    return db
