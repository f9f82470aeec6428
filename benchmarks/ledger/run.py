"""What the ledger costs: appending, sequencing, auditing, proving, each beside its figure; one run, in turns.

1. append: business transactions per second with their entry and without, at 8 and 32 clients, in turns; ratio >= 0.45;
2. sequence: leaves numbered, signed and published per second out of a backlog; >= 10,000/s;
3. audit: seconds and memory of `ledger verify` on --audit leaves (100,000: <= 10 s; 1,000,000: <= 60 s; <= 500 MB);
4. proof: milliseconds for one proof out of the published files; <= 5 ms.

    python benchmarks/ledger/run.py [--seconds 3] [--rounds 3] [--leaves 100000] [--audit 200000] [--json FILE]
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from inspect_registry import ledger  # noqa: E402
from inspect_registry.actor import SYSTEM  # noqa: E402
from inspect_registry.db import Database, schema  # noqa: E402
from inspect_registry.db.embedded import EmbeddedServer  # noqa: E402
from inspect_registry.ledger import Action, Draft, Subject  # noqa: E402
from inspect_registry.ledger.checkpoint import Checkpoint  # noqa: E402
from inspect_registry.ledger.client import KeeperClient  # noqa: E402
from inspect_registry.ledger.installation import init_once  # noqa: E402
from inspect_registry.ledger.leaf import encode_leaf  # noqa: E402
from inspect_registry.ledger.merkle import leaf_hash  # noqa: E402
from inspect_registry.ledger.note import SigningKey  # noqa: E402
from inspect_registry.ledger.places import Places  # noqa: E402
from inspect_registry.ledger.policy import Policy  # noqa: E402
from inspect_registry.ledger.proof import prove  # noqa: E402
from inspect_registry.ledger.publication import LogFolder  # noqa: E402
from inspect_registry.ledger.sequencer import Sequencer  # noqa: E402
from inspect_registry.ledger.serving import make_server  # noqa: E402
from inspect_registry.ledger.signer import Signer  # noqa: E402
from inspect_registry.ledger.tiles import WIDTH, TileName, Tree, pack_entries  # noqa: E402
from tests.ledger_builders import sequence_all  # noqa: E402

BUSINESS = """INSERT INTO idempotency (person, key, act, fingerprint, outcome, created_at)
VALUES ($1, $2, 'benchmark', '\\x00', $3, now())"""
AUDIT = """
import resource, sys, time
from inspect_registry.cli import main
began = time.perf_counter()
code = main(["ledger", "verify", sys.argv[1]])
print(code, time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, file=sys.stderr)
"""


async def client(database: Database, number: int, until: float, *, entry: bool) -> int:
    """Do business transactions (a row of about 600 bytes) until the time is over."""
    done = 0
    while time.perf_counter() < until:
        async with database.transaction(SYSTEM) as tx:
            key = f"{number}-{time.perf_counter_ns()}"
            await tx._connection.execute(BUSINESS, number, key, b"x" * 500)  # noqa: SLF001 - the plainest write there is
            if entry:
                subject = Subject("benchmark", key)
                await ledger.append(tx, Action.CHECK_ADDED, subject, public={"n": number}, private={"text": "x" * 300})
        done += 1
    return done


async def rate(database: Database, clients: int, seconds: float, *, entry: bool) -> float:
    """Transactions per second of so many clients."""
    began = time.perf_counter()
    counts = await asyncio.gather(
        *(client(database, number, began + seconds, entry=entry) for number in range(clients))
    )
    return sum(counts) / (time.perf_counter() - began)


async def appending(database: Database, seconds: float, rounds: int) -> dict[str, object]:
    """Measure with and without an entry in turns."""
    found: dict[str, object] = {}
    for clients in (8, 32):
        pairs = [
            (await rate(database, clients, seconds, entry=False), await rate(database, clients, seconds, entry=True))
            for _ in range(rounds)
        ]
        ratio = statistics.median(with_entry / without for without, with_entry in pairs)
        found[f"append, {clients} clients"] = {
            "without entry tx/s": round(statistics.median(pair[0] for pair in pairs)),
            "with entry tx/s": round(statistics.median(pair[1] for pair in pairs)),
            "ratio": round(ratio, 3),
            "figure": ">= 0.45",
            "reached": ratio >= 0.45,
        }
    return found


async def sequencing(database: Database, sequencer: Sequencer, leaves: int) -> dict[str, object]:
    """Append a backlog in bulk, then number, sign and publish it."""
    await sequence_all(sequencer)
    began = time.perf_counter()
    for first in range(0, leaves, 10_000):
        drafts = [
            Draft(action=Action.CHECK_ADDED, subject=Subject("check", f"b{number}"), private={"n": number})
            for number in range(first, min(leaves, first + 10_000))
        ]
        async with database.transaction(SYSTEM) as tx:
            await ledger.append_many(tx, drafts)
    appended = time.perf_counter()
    worked = time.process_time()
    await sequence_all(sequencer)
    done, worked = time.perf_counter(), time.process_time() - worked
    speed = leaves / (done - appended)
    return {
        "bulk append": {"entries/s": round(leaves / (appended - began))},
        "sequence": {
            "leaves/s": round(speed),
            "leaves per second of our own processor time": round(leaves / worked),
            "figure": ">= 10000",
            "reached": speed >= 10_000,
        },
    }


def synthetic_log(folder: Path, leaves: int) -> None:
    """Write a published log of so many leaves without a database."""
    key, published, tree = SigningKey("benchmark.example", b"k" * 32), LogFolder(folder), Tree()
    at, commitment = datetime(2026, 11, 22, tzinfo=UTC), b"c" * 32
    for first in range(0, leaves, 64 * WIDTH):
        batch = [
            encode_leaf(Action.CHECK_ADDED, Subject("check", f"b{number}"), at=at, commitment=commitment)
            for number in range(first, min(leaves, first + 64 * WIDTH))
        ]
        chunks = [batch[start : start + WIDTH] for start in range(0, len(batch), WIDTH)]
        names = [TileName(-1, first // WIDTH + place, len(chunk)) for place, chunk in enumerate(chunks)]
        published.publish_tiles(zip(names, map(pack_entries, chunks), strict=True))
        published.publish_tiles((name, b"".join(hashes)) for name, hashes in tree.extend(map(leaf_hash, batch)))
    published.publish_tiles((name, b"".join(hashes)) for name, hashes in tree.partial_tiles())
    text = Checkpoint("benchmark.example", leaves, tree.root).text
    published.publish_checkpoint(f"{text}\n{key.sign(text)}")
    published.publish_policy(str(Policy.of(key.verifier)))


def auditing(folder: Path) -> dict[str, object]:
    """Audit a published folder in a process of its own."""
    size = int((folder / "checkpoint").read_text().split("\n")[1])
    result = subprocess.run([sys.executable, "-c", AUDIT, str(folder)], capture_output=True, text=True, check=True)
    code, seconds, megabytes = (float(word) for word in result.stderr.split()[-3:])
    if code:
        raise SystemExit(result.stderr)
    limit = max(10.0, 60 * size / 1_000_000)  # Of which the program takes one second to start.
    found = {
        "leaves": size,
        "seconds": round(seconds, 2),
        "MB": round(megabytes),
        "figure": f"<= {limit:.1f} s, 500 MB",
    }
    return {"audit": {**found, "reached": seconds <= limit and megabytes <= 500}}


def proving(places: Places) -> dict[str, object]:
    """Prove 200 leaves one by one, each from cold Python objects."""
    note = places.published.checkpoint()
    assert note is not None
    size, times = int(note.split("\n")[1]), []
    for number in range(200):
        began = time.perf_counter()
        prove(number * (size - 1) // 199, note, places.published.read)
        times.append((time.perf_counter() - began) * 1000)
    middle = statistics.median(times)
    worst = sorted(times)[-2]
    return {
        "proof": {"median ms": round(middle, 2), "p99 ms": round(worst, 2), "figure": "<= 5", "reached": middle <= 5}
    }


async def measure(arguments: argparse.Namespace, folder: Path) -> dict[str, object]:
    """Measure everything on a server and a log of this run."""
    server = EmbeddedServer(folder / "postgres")
    server.start()
    var = folder / "var"
    init_once(var, origin="benchmark.example", witnesses=0)
    places = Places(var)
    signer = make_server(Signer(places.signer).answer, places.signer_socket)
    threading.Thread(target=signer.serve_forever, daemon=True).start()
    try:
        await schema.apply(server.dsn(), {role: server.password(f"ir_{role}") for role in schema.ROLES})
        database = await Database.open(
            server.dsn("ir_app"), region="310114", size=32, acquire_timeout=60, command_timeout=60
        )
        numbering = await Database.open(server.dsn("ir_sequencer"), region="310114", size=3, command_timeout=60)
        owner = await asyncpg.connect(server.dsn())
        await owner.execute("ALTER ROLE ir_app SET synchronous_commit = on")
        await owner.close()
        sequencer = Sequencer(numbering, places.published, KeeperClient(places.signer_address), places.policy())
        found = await appending(database, arguments.seconds, arguments.rounds)
        found |= await sequencing(database, sequencer, arguments.leaves)
        await database.close()
        await numbering.close()
        await asyncio.to_thread(synthetic_log, folder / "synthetic", arguments.audit)
        return found | auditing(folder / "synthetic") | proving(places)
    finally:
        signer.shutdown()
        server.stop()


def main() -> int:
    """Print the figures; exit 1 when one is not reached."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="length of one measurement of appending")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--leaves", type=int, default=100_000, help="backlog to sequence")
    parser.add_argument("--audit", type=int, default=200_000, help="leaves of the log that is audited")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ir-bench-") as folder:
        Path(folder).chmod(0o755)
        found = asyncio.run(measure(arguments, Path(folder)))
    for name, figures in found.items():
        print(f"{name}: {figures}")
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n")
    return exit_code(found)


def exit_code(found: dict[str, object]) -> int:
    """Return 1 when one figure was measured and not reached."""
    return 0 if all(figures.get("reached", True) for figures in found.values()) else 1  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.exit(main())
