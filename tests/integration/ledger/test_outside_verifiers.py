"""Other people's programs accept our log, and reject it once a byte is changed (fetched by `make test-long`)."""

import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM
from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.ledger import Action, Draft, Subject
from inspect_registry.ledger.keys import load_key
from inspect_registry.ledger.tiles import TileName, bundles_of, tiles_of
from tests.ledger_builders import Keepers, sequence_all
from tests.oracles import install

pytestmark = pytest.mark.long

AICS = """
import base64, sys
sys.path.insert(0, sys.argv[1])
from aics_tlog import tiles, verified
lines = open(sys.argv[2] + "/checkpoint").read().split("\\n")
report = verified.audit_tiles(tiles.FileSystemTileReader(sys.argv[2]), int(lines[1]), base64.b64decode(lines[2]))
print(report.size)
"""


def gosumdb(folder: Path, key: str, *older: Path) -> "subprocess.CompletedProcess[str]":
    program = install.GO_PROGRAM
    assert program.exists(), "python -m tests.oracles.install"
    return subprocess.run(
        [str(program), str(folder), key, *map(str, older)], capture_output=True, text=True, check=False
    )


def aics(folder: Path) -> "subprocess.CompletedProcess[str]":
    package = install.FOLDER / "aics-tlog"
    assert package.is_dir(), "python -m tests.oracles.install"
    return subprocess.run(
        [sys.executable, "-c", AICS, str(package), str(folder)], capture_output=True, text=True, check=False
    )


async def mixed_acts(database: Database, count: int, word: str) -> None:
    actions = list(Action)
    drafts = [
        Draft(
            action=actions[number % len(actions)],
            subject=Subject("act", f"{word}{number}"),
            public={"number": number, "word": "综合查一次"},
            private={"number": number},
        )
        for number in range(count)
    ]
    async with database.transaction(SYSTEM) as tx:
        await ledger.append_many(tx, drafts)


async def downloaded(keepers: Keepers, database: Database, target: Path) -> Path:
    """Fetch checkpoint, every tile and every bundle over HTTP, from our own routes, into an empty folder."""
    app = create(from_environment({}, var=keepers.places.var), database)
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        note = (await client.get("/log/checkpoint")).text
        size = int(note.split("\n")[1])
        names = ["checkpoint", *(name.path for name in (*tiles_of(size), *bundles_of(size)))]
        for name in names:
            answer = await client.get(f"/log/{name}")
            assert answer.status_code == 200, name
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(answer.content)
    return target


async def test_go_and_aics_accept_5000_mixed_acts_and_reject_one_changed_byte(
    database: Database, sequencing: Database, watched: Keepers, tmp_path: Path
) -> None:
    older = []
    for number, count in enumerate((1, 255, 1, 900, 3_843)):
        await mixed_acts(database, count, f"b{number}-")
        await sequence_all(watched.sequencer(sequencing))
        copy = tmp_path / f"checkpoint-{number}"
        shutil.copy(watched.folder.root / "checkpoint", copy)
        older.append(copy)
    folder = await downloaded(watched, database, tmp_path / "mirror")
    (key,) = watched.policy.logs
    accepted = gosumdb(folder, str(key), *older)
    assert accepted.returncode == 0, accepted.stderr
    assert accepted.stdout == "accepted 5000 leaves, 5000 inclusion proofs, 20 pairs of checkpoints\n"
    same = aics(folder)
    assert same.stdout == "5000\n", same.stderr
    for name in (TileName(-1, 7), TileName(0, 3)):
        copy = tmp_path / "tampered"
        shutil.copytree(folder, copy)
        data = bytearray((copy / name.path).read_bytes())
        data[1_000] ^= 1
        (copy / name.path).write_bytes(bytes(data))
        assert gosumdb(copy, str(key)).returncode == 1, name
        assert aics(copy).returncode == 1, name
        shutil.rmtree(copy)
    forked = tmp_path / "forked"  # A checkpoint of another history, signed by the log's own key.
    signer = load_key(watched.places.signer)
    text = f"{key.name}\n257\n{'A' * 43}=\n"
    forked.write_text(f"{text}\n{signer.sign(text)}")
    assert gosumdb(folder, str(key), older[0], forked).returncode == 1
