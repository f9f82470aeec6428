"""The merge of a whole district's month on PostgreSQL: 20 departments, 20,000 enterprises, 10,000 checks, end to end.

Loads the district and makes its month (benchmarks/month), files the plans, then does what the worker does for an order:
reads the month, plans it, counts what departments alone would need, stores visits, shares, people, reasons and entries
of the ledger. Then a re-plan after 2 % of the inspectors took leave, with half of the visits promised. Prints seconds
of each phase (wall, and CPU of this process), the highest memory, and what came of it. `--json FILE` writes the same.

    PYTHONPATH=. python benchmarks/merge/run.py [--enterprises 20000] [--checks 10000] [--seconds 10] [--json FILE]
"""

import argparse
import asyncio
import datetime as dt
import json
import resource
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import asyncpg

from benchmarks.month.district import load
from benchmarks.month.run import Phases, machine
from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.clock import SystemClock
from inspect_registry.db import Database, SqlFile, schema
from inspect_registry.db.embedded import EmbeddedServer
from inspect_registry.plans.district import Progress, make_month
from inspect_registry.plans.draw_shapes import SeedDraft
from inspect_registry.visits import merge
from inspect_registry.visits.month_reading import month_to_plan
from inspect_registry.visits.orders import MergeOrder
from inspect_registry.visits.runs import MergeRunView
from inspect_registry.visits.solving import ALONE, Solved, plan_month

SQL = SqlFile(__file__, "merge.sql")
COORDINATOR = Actor(role=Role.COORDINATOR, person=1)


async def whole_month(server: EmbeddedServer, arguments: argparse.Namespace, phases: Phases) -> dict[str, Any]:
    """Load, merge, shake, merge again."""
    phases.begin("schema")
    await schema.apply(server.dsn(), {role: server.password(f"ir_{role}") for role in schema.ROLES})
    settings = {"search_path": "ir,public", "app.region": "310114", "app.role": "system"}
    owner = await asyncpg.connect(server.dsn(), server_settings=settings)
    first = (SystemClock().now().date().replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    phases.begin("load")
    await load(owner, enterprises=arguments.enterprises, checks=arguments.checks, month=first)
    database = await Database.open(server.dsn("ir_app"), region="310114", size=2, command_timeout=600)
    try:
        phases.begin("draw")
        await make_month(database.acting(SYSTEM), first, _silent, seed=SeedDraft(seed="2026134", source=""))
        await owner.execute(SQL["file_plans"].sql)
        await owner.execute("ANALYZE")
        made = await merged(database, first, arguments.seconds, phases, "")
        await owner.execute(SQL["promise"].sql)
        await owner.execute(SQL["leave"].sql)
        hit = await owner.fetchval(SQL["hit"].sql)
        again = await merged(database, first, arguments.seconds, phases, "again: ")
        phases.begin("")
        promised = await owner.fetchval(SQL["promised"].sql)
        return {"first": figures(made), "again": figures(again) | {"promised": promised, "hit": hit}}
    finally:
        await database.close()
        await owner.close()


async def merged(database: Database, month: dt.date, seconds: float, phases: Phases, prefix: str) -> MergeRunView:
    """Do one merge, phase by phase."""
    acting = database.acting(COORDINATOR)
    order = MergeOrder(month=month, seconds=seconds, seed=1)
    phases.begin(f"{prefix}read")
    facts = await month_to_plan(acting, month)
    phases.begin(f"{prefix}plan")

    def told(stage: str, _progress: object) -> None:
        if stage == ALONE:
            phases.begin(f"{prefix}plan alone")

    solved: Solved = plan_month(facts, order, told)
    phases.begin(f"{prefix}store")
    return await merge.store_solution(acting, order, solved)


def figures(run: MergeRunView) -> dict[str, Any]:
    kinds = Counter(change.kind for change in run.changes)
    clashes = sum(one.rules == ["visit_part_no_overlap"] for one in run.unserved)
    return {
        "checks": run.checks,
        "visits": run.visits,
        "joint": run.joint_visits,
        "avoided": run.avoided,
        "unserved": len(run.unserved),
        "clashes": clashes,
        "unserved_by_rules": dict(Counter("+".join(one.rules) for one in run.unserved).most_common()),
        "unserved_by_ways": dict(Counter("+".join(way.kind for way in one.ways) for one in run.unserved).most_common()),
        "kept": run.kept,
        "withdrawn": run.withdrawn,
        "changes": kinds,
    }


async def _silent(_progress: Progress) -> None:
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--enterprises", type=int, default=20_000)
    parser.add_argument("--checks", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    on = machine()
    phases = Phases()
    with tempfile.TemporaryDirectory(prefix="ir-merge-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedServer(Path(folder) / "postgres")
        server.start()
        try:
            came = asyncio.run(whole_month(server, arguments, phases))
        finally:
            server.stop()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(on)
    for name, (wall, cpu) in phases.seconds.items():
        print(f"{name:18} {wall:7.2f} s  ({cpu:.2f} s of CPU here)")
    print(json.dumps(came, ensure_ascii=False))
    print(f"highest memory {memory} MB")
    if arguments.json:
        content = {"machine": on, "phases": phases.seconds, "memory_mb": memory, **came}
        arguments.json.write_text(json.dumps(content, indent=1, ensure_ascii=False))
    return 0 if came["first"]["visits"] else 1


if __name__ == "__main__":
    sys.exit(main())
