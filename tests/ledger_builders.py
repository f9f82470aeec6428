"""A whole log in a temporary folder: signer and witnesses answering from threads, a sequencer worked by hand."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM
from inspect_registry.clock import Clock
from inspect_registry.db import Database
from inspect_registry.ledger import Action, Draft, Subject
from inspect_registry.ledger.client import KeeperClient
from inspect_registry.ledger.installation import init_once, write_policy
from inspect_registry.ledger.keeper import Answer
from inspect_registry.ledger.places import Places
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.publication import LogFolder
from inspect_registry.ledger.sequencer import Sequencer
from inspect_registry.ledger.serving import make_server
from inspect_registry.ledger.signer import Signer
from inspect_registry.ledger.witness import Witness

ORIGIN = "registry.example/310114"


class Keepers:
    """Signer and witnesses of one log, each of which a test can stop, or make deaf."""

    def __init__(self, var: Path, clock: Clock, witnesses: int, threshold: int) -> None:
        self.places = Places(var)
        init_once(var, origin=ORIGIN, witnesses=witnesses)
        self.signer = Signer(self.places.signer)
        self.witnesses = [Witness(self.places.witness(number), clock) for number in range(1, witnesses + 1)]
        self.deaf: set[str] = set()
        self._servers = [make_server(self.signer.answer, self.places.signer_socket)]
        addresses = []
        for number, witness in enumerate(self.witnesses):
            server = make_server(self._maybe_deaf(f"w{number + 1}", witness), "127.0.0.1:0")
            self._servers.append(server)
            host, port = server.socket.getsockname()
            addresses.append((witness.verifier, f"http://{host}:{port}"))
        for server in self._servers:
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        (key,) = self.places.policy().logs
        self.policy: Policy = write_policy(self.places, key, addresses, threshold)

    @property
    def folder(self) -> LogFolder:
        return self.places.published

    def client(self) -> KeeperClient:
        return KeeperClient(self.places.signer_address)

    def sequencer(self, database: Database, batch: int = 4096) -> Sequencer:
        return Sequencer(database, self.folder, self.client(), self.policy, batch=batch)

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self.signer.close()
        for witness in self.witnesses:
            witness.close()

    def _maybe_deaf(self, name: str, witness: Witness):
        def answer(method: str, path: str, body: bytes) -> Answer:
            return Answer(503, "deaf\n") if name in self.deaf else witness.answer(method, path, body)

        return answer


@contextmanager
def keepers_in(var: Path, clock: Clock, witnesses: int = 0, threshold: int = 0) -> Iterator[Keepers]:
    """Found a log and answer for its signer and witnesses until the block ends."""
    keepers = Keepers(var, clock, witnesses, threshold)
    try:
        yield keepers
    finally:
        keepers.close()


async def append_some(database: Database, count: int, word: str = "c") -> list[ledger.EntryId]:
    """Append so many entries in one act."""
    drafts = [
        Draft(action=Action.CHECK_ADDED, subject=Subject("check", f"{word}{number}"), private={"number": number})
        for number in range(count)
    ]
    async with database.transaction(SYSTEM) as tx:
        return await ledger.append_many(tx, drafts)


async def sequence_all(sequencer: Sequencer) -> None:
    """Lead, and work until nothing is left to do."""
    async with AsyncExitStack() as stack:
        assert await sequencer.lead(stack)
        while await sequencer.step():
            pass


async def grow(database: Database, keepers: Keepers, sequencing: Database, counts: Sequence[int]) -> None:
    """Append in steps, each with a checkpoint of its own."""
    for number, count in enumerate(counts):
        await append_some(database, count, f"s{number}-")
        await sequence_all(keepers.sequencer(sequencing))
