"""A witness: another office's process that cosigns checkpoints, so that two people cannot be shown two histories.

It believes nothing but the log's signature and the consistency proof, and remembers the last tree of each log. With
witnesses of other organisations even a signer that colludes with the database's administrator cannot fork the log.
"""

import threading
from pathlib import Path
from typing import Final

from inspect_registry.clock import Clock
from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.keeper import Answer, KeeperError, Memory, parse_request, refusal
from inspect_registry.ledger.keys import load_key, new_key
from inspect_registry.ledger.note import COSIGNATURE_V1, NoteError, VerifierKey, parse_note

LOGS_FILE: Final = "logs.txt"


def init(folder: Path, name: str, logs: list[VerifierKey]) -> VerifierKey:
    """Make a witness's key, the list of logs it watches, and an empty memory: by an explicit command only."""
    verifier = new_key(folder, name, COSIGNATURE_V1)
    (folder / LOGS_FILE).write_text("".join(f"{log}\n" for log in logs))
    Memory.create(folder, [log.name for log in logs])
    return verifier


class Witness:
    """Answers requests one at a time."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._key = load_key(folder)
        self._logs = _load_logs(folder)
        self._memory = Memory(folder)
        self._clock = clock
        self._lock = threading.Lock()

    @property
    def verifier(self) -> VerifierKey:
        return self._key.verifier

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        """Answer one HTTP request."""
        match method, path:
            case "POST", "/add-checkpoint":
                return self._add_checkpoint(body)
            case "GET", "/health":
                return Answer(200, "ok\n")
        return Answer(404, "not found\n")

    def close(self) -> None:
        """Let the memory go."""
        self._memory.close()

    def _add_checkpoint(self, body: bytes) -> Answer:
        try:
            request = parse_request(body)
            keys = [log for log in self._logs if log.name == request.checkpoint.origin]
            if not keys:
                return Answer(404, f"this witness does not watch {request.checkpoint.origin}\n")
            if not _signed_by(request.note, keys):
                return Answer(403, "no key of this log signed the checkpoint\n")
        except NoteError as error:
            return Answer(400, f"{error}\n")
        with self._lock, self._memory.locked():
            refused = refusal(request, self._head(request.checkpoint.origin))
            if refused is not None:
                return refused
            self._memory.advance(request.checkpoint)
        # On disk from here on; see the same place in signer.py.
        now = int(self._clock.now().timestamp())
        return Answer(200, self._key.sign(request.checkpoint.text, now))

    def _head(self, origin: str) -> Checkpoint:
        head = self._memory.head(origin)
        if head is None:
            raise KeeperError(f"the memory has lost {origin}")
        return head


def _signed_by(note: str, keys: list[VerifierKey]) -> bool:
    parsed = parse_note(note)
    try:
        return bool(parsed.opened_by(keys))
    except NoteError:
        return False


def _load_logs(folder: Path) -> list[VerifierKey]:
    try:
        lines = (folder / LOGS_FILE).read_text().split("\n")
        return [VerifierKey.parse(line) for line in lines if line.strip()]
    except (OSError, NoteError) as error:
        raise KeeperError(f"{folder / LOGS_FILE} cannot be read: {error}") from error
