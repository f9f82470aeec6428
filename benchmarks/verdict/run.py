"""What a verdict costs: CPU per request, requests per second and p99 beside one primary-key read, in one run.

Both run in the same server process (granian, one worker) against the same PostgreSQL, in turns, so that whatever else
the machine does hits both; the medians over the rounds and their ratio are printed, and written as JSON with --json.
A third target is a made-up token: it must cost no query. Figures to reach (docs/code-format.md): CPU ratio <= 1.3 (aim
0.7), >= 1,000 requests/s and p99 <= 150 ms at 64 connections on two cores.
"""

import argparse
import asyncio
import json
import secrets
import statistics
import sys
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx

from benchmarks.served import Served, served
from inspect_registry.actor import SYSTEM
from inspect_registry.clock import SystemClock, day_of
from inspect_registry.codes import service
from inspect_registry.codes.keyfiles import key_ring
from inspect_registry.codes.payload import TOKEN_BYTES, code_id_of, to_text, uid_of
from inspect_registry.codes.presenting import Issued, token_for
from inspect_registry.codes.slots import slot_at
from inspect_registry.db import Database
from tests.code_world import a_world

COPY_VISITS = """
  INSERT INTO visit (uid, month, enterprise, premises, day, lead, state, approved_at, approved_by)
  SELECT lpad(n::text, 26, 'z'), month, enterprise, premises, day, lead, 'approved', approved_at, approved_by
  FROM visit, generate_series(1, $1) AS n WHERE visit.id = $2 RETURNING id"""
COPY_CODES = """
  INSERT INTO code (uid, visit, enterprise, premises, opens_at, ends_at, enterprise_commitment, premises_commitment,
    bound, bound_fields, issued_at)
  SELECT made.uid, made.visit, enterprise, premises, opens_at, ends_at, enterprise_commitment, premises_commitment,
    bound, bound_fields, issued_at
  FROM code, unnest($1::text[], $2::bigint[]) AS made (uid, visit) WHERE code.id = $3 RETURNING id, uid"""
COPY_VERDICTS = """
  INSERT INTO verdict (uid, code, enterprise, state, inspectors, page, masked)
  SELECT made.uid, made.code, enterprise, state, inspectors, page, masked
  FROM verdict, unnest($1::text[], $2::bigint[]) AS made (uid, code) WHERE verdict.uid = $3"""


async def prepare(dsn: str, application_dsn: str, codes: int) -> list[str]:
    """Fill a database with codes that are valid now; returns their uids."""
    owner = await asyncpg.connect(dsn, server_settings={"search_path": "ir,public"})
    world = await a_world(owner, day=day_of(SystemClock().now()))
    database = await Database.open(application_dsn, region="310114", size=2)
    await service.issue_bulk(database.acting(SYSTEM), [world.visit])
    await database.close()
    first = await owner.fetchrow("SELECT id, uid FROM code")
    visits = [row["id"] for row in await owner.fetch(COPY_VISITS, codes, world.visit)]
    uids = [uid_of(secrets.token_bytes(16)) for _ in visits]
    added = await owner.fetch(COPY_CODES, uids, visits, first["id"])
    await owner.execute(COPY_VERDICTS, [row["uid"] for row in added], [row["id"] for row in added], first["uid"])
    await owner.execute("ANALYZE")
    await owner.close()
    return uids


def fresh_tokens(uids: list[str], folder: Path) -> list[str]:
    """Sign each code for the present slot."""
    keys, now = key_ring(folder), SystemClock().now()
    start, end = int((now - timedelta(hours=12)).timestamp()), int((now + timedelta(hours=12)).timestamp())
    tokens = []
    for uid in uids:
        issued = Issued(
            code_id=code_id_of(uid), starts=start, ends=end, enterprise=bytes(8), premises=bytes(8), bound=bytes(16)
        )
        tokens.append(token_for(issued, keys, now, slot_at(now)))
    return tokens


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=3.0)
    parser.add_argument("--codes", type=int, default=5000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with served() as installation:
        uids = asyncio.run(prepare(installation.dsn(), installation.dsn("ir_app"), arguments.codes))
        installation.serve("benchmarks.verdict.server:application")
        return report(arguments, installation, uids)


def report(arguments: argparse.Namespace, installation: Served, uids: list[str]) -> int:
    keys = installation.folder / "keys" / "codes"
    yardstick = [f"/api/v1/yardstick/{uid}" for uid in uids]
    forged = [f"/api/v1/verdicts/{to_text(bytes([1, 1]) + secrets.token_bytes(TOKEN_BYTES - 2))}" for _ in range(1000)]
    rounds: dict[str, list[dict[str, float]]] = {"verdict": [], "yardstick": [], "forged": []}
    for _ in range(arguments.rounds):
        live = [f"/api/v1/verdicts/{token}" for token in fresh_tokens(uids, keys)]
        told = httpx.get(f"http://127.0.0.1:{installation.port}{live[0]}").json()["verdict"]
        if told != "valid":
            print(f"the first verdict is {told}, not valid", file=sys.stderr)
            return 1
        for target, paths in (("verdict", live), ("yardstick", yardstick), ("forged", forged)):
            rounds[target].append(installation.load(paths, connections=64, seconds=arguments.seconds))
    medians = {
        target: {key: statistics.median(one[key] for one in figures) for key in figures[0] if key != "first_fault"}
        for target, figures in rounds.items()
    }
    for target, figures in medians.items():
        print(f"{target:10} " + "  ".join(f"{key} {value:g}" for key, value in figures.items()))
    cpu = {t: f["server_us"] + f["postgres_us"] for t, f in medians.items()}
    ratios = {
        "server CPU, verdict / yardstick": medians["verdict"]["server_us"] / medians["yardstick"]["server_us"],
        "server + PostgreSQL CPU, verdict / yardstick": cpu["verdict"] / cpu["yardstick"],
        "requests per second, verdict / yardstick": medians["verdict"]["per_second"]
        / medians["yardstick"]["per_second"],
    }
    for name, value in ratios.items():
        print(f"{name}: {value:.2f}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"rounds": rounds, "medians": medians, "ratios": ratios}, indent=1))
    faults = sum(one["faults"] for figures in rounds.values() for one in figures)
    if faults:
        print(
            f"{faults} faults, first: {[f['first_fault'] for t in rounds.values() for f in t if f['first_fault']][:1]}"
        )
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
