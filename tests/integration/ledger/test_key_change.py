"""A new key of the log, after a theft or by plan: it goes on where the old one stopped, and both stay what they were."""

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from inspect_registry.db import Database
from inspect_registry.ledger import signer
from inspect_registry.ledger.client import KeeperClient
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.sequencer import Sequencer
from inspect_registry.ledger.serving import make_server
from inspect_registry.ledger.source import LogRejectedError, open_site
from inspect_registry.ledger.verify import audit
from inspect_registry.ledger.waypoints import Seen
from tests.ledger_builders import ORIGIN, Keepers, append_some, grow, sequence_all


@pytest.fixture
def successor(tmp_path: Path, keepers: Keepers) -> Iterator[tuple[Policy, str]]:
    """A second signer for the same log: the policy that names both keys, and where it answers."""
    folder = tmp_path / "successor"
    key = signer.init(folder, ORIGIN)
    answering = signer.Signer(folder)
    address = f"unix:{tmp_path}/successor.sock"
    with make_server(answering.answer, address) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield msgspec.structs.replace(keepers.policy, logs=(keepers.policy.log, key)), address
        server.shutdown()
    answering.close()


async def test_the_new_key_extends_the_same_tree_and_only_who_names_it_believes_it(
    database: Database, sequencing: Database, keepers: Keepers, successor: tuple[Policy, str], tmp_path: Path
) -> None:
    policy, address = successor
    await grow(database, keepers, sequencing, [300])
    before = audit(open_site(str(keepers.folder.root)), keepers.policy)
    shutil.copytree(keepers.folder.root, tmp_path / "before")
    await append_some(database, 5)
    await sequence_all(Sequencer(sequencing, keepers.folder, KeeperClient(address), policy))
    seen = Seen(origin=ORIGIN, size=300, root=before.checkpoint.root, note=before.note, policy="")
    after = audit(open_site(str(keepers.folder.root)), policy, seen)
    assert (after.checkpoint.size, after.compared_with) == (305, 300)
    assert audit(open_site(str(tmp_path / "before")), policy).checkpoint.size == 300  # What the old key signed stays.
    with pytest.raises(LogRejectedError, match="no log of the policy signed"):
        audit(open_site(str(keepers.folder.root)), keepers.policy)
