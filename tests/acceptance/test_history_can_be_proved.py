"""Story: an auditor with nothing but the published files proves the history whole, and each tampering is noticed."""

import asyncio
import http.server
import json
import shutil
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from inspect_registry.actor import SYSTEM
from inspect_registry.db import Database
from inspect_registry.ledger import store
from inspect_registry.ledger.merkle import leaf_hash
from inspect_registry.ledger.tiles import TileName, pack_entries, unpack_entries
from tests.conftest import Cluster
from tests.ledger_builders import append_some
from tests.ledger_processes import companions, environment, run

ENTRIES = 700


async def published(database: Database, size: int) -> None:
    """Wait until a witnessed checkpoint covers so many entries."""
    async with asyncio.timeout(30):
        while True:
            async with database.transaction(SYSTEM) as tx:
                status = await store.status(tx)
            assert status.frozen is None
            if status.published_size >= size and status.witnessed_size >= size:
                return
            await asyncio.sleep(0.1)


@pytest_asyncio.fixture
async def site(cluster: Cluster, database: Database, database_name: str, tmp_path: Path) -> AsyncIterator[Path]:
    """A log of two checkpoints that the real processes made, as files."""
    var = tmp_path / "var"
    env = environment(var, *(cluster.dsn(database_name, role) for role in ("app", "sequencer", "auditor")))
    with companions(var, env):
        await append_some(database, 300, "first")
        await published(database, 300)
        shutil.copytree(var / "log", tmp_path / "earlier")
        await append_some(database, ENTRIES - 300, "second")
        await published(database, ENTRIES)
    yield var / "log"


@pytest.fixture
def web(site: Path) -> Iterator[str]:
    """The same files behind an ordinary web server."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site.parent))) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


async def test_the_log_is_accepted_from_a_folder_and_over_http_and_remembered(
    site: Path, web: str, tmp_path: Path
) -> None:
    state = tmp_path / "auditor.json"
    first = run("ledger", "verify", str(site), "--state", str(state))
    assert first.returncode == 0, first.stderr
    assert f"{ENTRIES} 条，全部重算无误" in first.stdout
    assert "check.added" in first.stdout
    assert "首次采信" in first.stdout
    second = run("ledger", "verify", web, "--state", str(state))
    assert second.returncode == 0, second.stderr
    assert f"与上次所见的 {ENTRIES} 条一致" in second.stdout
    machine = run("ledger", "verify", str(site), "--policy", str(site / "policy.txt"), "--json")
    assert json.loads(machine.stdout)["report"]["actions"] == {"check.added": ENTRIES}
    older = run("ledger", "verify", str(tmp_path / "earlier"), "--state", str(state))
    assert older.returncode == 1
    assert "shrunk" in older.stderr


async def test_a_proof_of_one_leaf_comes_from_the_same_files(site: Path, web: str, tmp_path: Path) -> None:
    out = tmp_path / "leaf.tlog-proof"
    assert run("ledger", "prove", web, "299", "--out", str(out)).returncode == 0
    assert out.read_text() == run("ledger", "prove", str(site), "299").stdout
    assert out.read_text().startswith("c2sp.org/tlog-proof@v1\nindex 299\n")
    beyond = run("ledger", "prove", str(site), str(ENTRIES))
    assert beyond.returncode == 1
    assert f"leaf {ENTRIES} is not in a tree" in beyond.stderr


def flip(path: Path, at: int = 100) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


def swap_entries(site: Path) -> None:
    path = site / TileName(-1, 0).path
    data = path.read_bytes()
    one = 2 + int.from_bytes(data[:2], "big")
    two = 2 + int.from_bytes(data[one : one + 2], "big")
    path.write_bytes(data[one : one + two] + data[:one] + data[one + two :])


def older_checkpoint_over_newer(site: Path) -> None:
    """The head is put back; the policy's keys did sign it, only the auditor's memory knows better."""
    shutil.copy(site.parents[2] / "earlier" / "checkpoint", site / "checkpoint")


def larger_size(site: Path) -> None:
    path = site / "checkpoint"
    path.write_text(path.read_text().replace(f"\n{ENTRIES}\n", f"\n{ENTRIES + 1}\n"))


def without_witnesses(site: Path) -> None:
    path = site / "checkpoint"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "/witness-" not in line))


def leaf_and_its_tile(site: Path) -> None:
    """Leaf, hash and tile are all recomputed: only the signed root tells."""
    name = TileName(-1, 2, ENTRIES - 512)
    entries = unpack_entries((site / name.path).read_bytes(), name)
    entries[5] = entries[5].replace(b"second", b"forged")
    (site / name.path).write_bytes(pack_entries(entries))
    tile = TileName(0, 2, ENTRIES - 512)
    (site / tile.path).write_bytes(b"".join(leaf_hash(entry) for entry in entries))


TAMPERINGS: dict[str, tuple[Callable[[Path], object], str]] = {
    "a bit of a leaf": (lambda site: flip(site / TileName(-1, 1).path), "leaf 256"),
    "a bit of a hash": (lambda site: flip(site / TileName(0, 1).path), "leaf 259"),
    "a bit of an upper tile": (lambda site: flip(site / TileName(1, 0, 2).path, 3), "tile/1/000.p/2"),
    "two leaves swapped": (swap_entries, "leaf 0"),
    "a leaf with its tile": (leaf_and_its_tile, "history was rewritten"),
    "a bundle removed": (lambda site: (site / TileName(-1, 0).path).unlink(), "is missing"),
    "a bundle cut off": (lambda site: (site / TileName(-1, 0).path).write_bytes(b"\x00\x05ab"), "cut off"),
    "a bit of the checkpoint": (lambda site: flip(site / "checkpoint", 40), ""),
    "a larger size": (larger_size, "does not verify"),
    "an older head": (older_checkpoint_over_newer, "shrunk"),
    "no witness": (without_witnesses, "too few witnesses"),
    "no checkpoint": (lambda site: (site / "checkpoint").unlink(), "no checkpoint"),
}


async def test_every_kind_of_tampering_is_rejected(site: Path, tmp_path: Path) -> None:
    state = tmp_path / "auditor.json"
    assert run("ledger", "verify", str(site), "--state", str(state)).returncode == 0
    accepted = []
    for kind, (tamper, message) in TAMPERINGS.items():
        copy = tmp_path / "var" / "copy" / "log"
        shutil.copytree(site, copy)
        tamper(copy)
        result = run("ledger", "verify", str(copy), "--state", str(state))
        if result.returncode != 1 or message not in result.stderr:
            accepted.append(f"{kind}: {result.returncode} {result.stdout}{result.stderr}")
        shutil.rmtree(copy.parent)
    assert not accepted, "\n".join(accepted)
