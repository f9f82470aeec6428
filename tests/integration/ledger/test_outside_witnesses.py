"""Three witnesses that are not ours cosign our log, two may be away, and none signs a fork (`make test-long`)."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from inspect_registry.db import Database
from inspect_registry.ledger import verify
from inspect_registry.ledger.checkpoint import Checkpoint, parse_checkpoint
from inspect_registry.ledger.client import KeeperClient, KeeperRefusedError, KeeperUnreachableError
from inspect_registry.ledger.installation import write_policy
from inspect_registry.ledger.keys import load_key
from inspect_registry.ledger.merkle import prove_consistency
from inspect_registry.ledger.note import ED25519, SigningKey, VerifierKey
from inspect_registry.ledger.source import LogRejectedError, open_site
from inspect_registry.ledger.tiles import node_reader
from tests.ledger_builders import Keepers, append_some, grow, sequence_all
from tests.oracles import install

pytestmark = pytest.mark.long


class OutsideWitness:
    """One aics-witness process with its own folder and port."""

    def __init__(self, folder: Path, number: int, log: VerifierKey) -> None:
        folder.mkdir()
        path = os.pathsep.join(str(install.FOLDER / name) for name in ("aics-tlog", "aics-witness"))
        self.env = {**os.environ, "PYTHONPATH": path, "AICS_WITNESS_CONFIG": str(folder / "witness.json")}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{probe.getsockname()[1]}"
        shown = self._run("init", "--name", f"outside.example/w{number}")
        self.key = VerifierKey.parse(next(word for word in shown.split() if word.count("+") >= 2))
        self._run("add-log", "--origin", log.name, "--vkey", str(log))
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "aics_witness", "serve", "--listen", self.address]
        self.process = subprocess.Popen(command, env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                KeeperClient(self.address).ask("GET", "/healthz")
            except KeeperUnreachableError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("aics-witness does not answer")

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "aics_witness", *arguments], env=self.env, capture_output=True, text=True, check=True
        )
        return done.stdout


@pytest.fixture
def outsiders(keepers: Keepers, tmp_path: Path) -> Iterator[list[OutsideWitness]]:
    assert (install.FOLDER / "aics-witness").is_dir(), "python -m tests.oracles.install"
    (log,) = keepers.policy.logs
    made = [OutsideWitness(tmp_path / f"outside-{number}", number, log) for number in (1, 2, 3)]
    keepers.policy = write_policy(keepers.places, log, [(one.key, f"http://{one.address}") for one in made], 2)
    yield made
    for one in made:
        one.stop()


async def test_two_may_be_away_and_a_fork_is_refused_by_all(
    database: Database, sequencing: Database, keepers: Keepers, outsiders: list[OutsideWitness]
) -> None:
    def audit() -> int:
        return verify.audit(open_site(str(keepers.folder.root)), keepers.policy).checkpoint.size

    await grow(database, keepers, sequencing, [300, 5])
    assert audit() == 305
    for one in outsiders[1:]:
        one.stop()
    await append_some(database, 10)
    sequencer = keepers.sequencer(sequencing)
    await sequence_all(sequencer)
    with pytest.raises(LogRejectedError, match="too few witnesses"):
        audit()
    began = time.monotonic()
    for one in outsiders[1:]:
        one.start()
    assert await sequencer.complete_quorum()
    assert time.monotonic() - began <= 30
    assert audit() == 315
    await _no_fork(keepers, outsiders)


async def _no_fork(keepers: Keepers, outsiders: list[OutsideWitness]) -> None:
    """The thief of the log's key asks for another tree and a smaller one; a stranger asks with a key of his own."""
    key = load_key(keepers.places.signer)
    checkpoint, _ = parse_checkpoint(keepers.folder.checkpoint() or "")
    proof = prove_consistency(node_reader(checkpoint.size, keepers.folder.read), 305, checkpoint.size)
    forged = Checkpoint(checkpoint.origin, checkpoint.size + 5, b"f" * 32)
    other = msgspec.structs.replace(checkpoint, root=b"g" * 32)
    smaller = Checkpoint(checkpoint.origin, 5, b"h" * 32)
    for one in outsiders:
        client = KeeperClient(one.address)
        for tree, old, path in ((forged, checkpoint.size, proof), (other, checkpoint.size, []), (smaller, 5, [])):
            with pytest.raises(KeeperRefusedError) as refused:
                await client.add_checkpoint(old, path, f"{tree.text}\n{key.sign(tree.text)}")
            assert refused.value.status in {409, 422}
        stranger = SigningKey(checkpoint.origin, b"t" * 32, ED25519)
        honest = Checkpoint(checkpoint.origin, checkpoint.size, checkpoint.root)
        with pytest.raises(KeeperRefusedError) as refused:
            await client.add_checkpoint(checkpoint.size, [], f"{honest.text}\n{stranger.sign(honest.text)}")
        assert refused.value.status == 403
