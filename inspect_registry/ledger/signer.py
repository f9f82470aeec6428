"""The signer: the only holder of the log's key, in a process of its own with a memory of its own.

It signs a checkpoint only when a consistency proof shows that the tree extends the last one it signed, and a promise
for a leaf that is to be in the log soon. It never looks into the database: whoever rewrites that cannot make it agree.
It is trusted for one thing: not to sign two histories. Witnesses watch it for that.
"""

import threading
from pathlib import Path

from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.keeper import Answer, KeeperError, Memory, parse_request, refusal
from inspect_registry.ledger.keys import load_key, new_key
from inspect_registry.ledger.note import ED25519, NoteError, SigningKey, VerifierKey
from inspect_registry.ledger.promise import parse_promise_text


def init(folder: Path, origin: str) -> VerifierKey:
    """Make the log's key and an empty memory: once in the life of a log, by an explicit command only."""
    verifier = new_key(folder, origin, ED25519)
    Memory.create(folder, [origin])
    return verifier


class Signer:
    """Answers requests one at a time."""

    def __init__(self, folder: Path) -> None:
        self._key: SigningKey = load_key(folder)
        self._memory = Memory(folder)
        self._lock = threading.Lock()
        if self._memory.head(self.origin) is None:
            raise KeeperError(f"the memory in {folder} does not know {self.origin}")

    @property
    def origin(self) -> str:
        return self._key.verifier.name

    def answer(self, method: str, path: str, body: bytes) -> Answer:
        """Answer one HTTP request."""
        match method, path:
            case "POST", "/add-checkpoint":
                return self._add_checkpoint(body)
            case "POST", "/promise":
                return self._promise(body)
            case "GET", "/checkpoint":
                with self._lock:
                    head = self._head()
                return Answer(200, self._signed(head))
            case "GET", "/health":
                return Answer(200, "ok\n")
        return Answer(404, "not found\n")

    def close(self) -> None:
        """Let the memory go."""
        self._memory.close()

    def _add_checkpoint(self, body: bytes) -> Answer:
        try:
            request = parse_request(body)
        except NoteError as error:
            return Answer(400, f"{error}\n")
        if request.checkpoint.origin != self.origin:
            return Answer(404, f"this signer signs for {self.origin} only\n")
        with self._lock, self._memory.locked():
            refused = refusal(request, self._head())
            if refused is not None:
                return refused
            self._memory.advance(request.checkpoint)
        # The memory is on disk from here on. A crash before the answer is harmless: the same tree may be asked for
        # again, and Ed25519 gives the same signature.
        return Answer(200, self._key.sign(request.checkpoint.text))

    def _promise(self, body: bytes) -> Answer:
        try:
            promise = parse_promise_text(body.decode())
        except (NoteError, UnicodeDecodeError) as error:
            return Answer(400, f"{error}\n")
        if promise.origin != self.origin:
            return Answer(404, f"this signer promises for {self.origin} only\n")
        return Answer(200, self._key.sign(promise.text))

    def _head(self) -> Checkpoint:
        head = self._memory.head(self.origin)
        if head is None:
            raise KeeperError(f"the memory has lost {self.origin}")
        return head

    def _signed(self, head: Checkpoint) -> str:
        return f"{head.text}\n{self._key.sign(head.text)}"
