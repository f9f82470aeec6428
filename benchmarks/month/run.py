"""A whole district's month on PostgreSQL: 20 departments, 300,000 enterprises, 10,000 checks; aim < 30 s.

Loads the district (district.py), then does what the worker does: reads whom draws are made from, commits the draw of
each task, draws with a seed, makes the checks, commits their inspectors; then draws these with a second seed. Prints
seconds of each phase (wall, and CPU of this process), the highest memory, and the machine. Beside it one weighted draw
of 10,000 from 300,000 (aim < 2 s). `--json FILE` writes the same.

    PYTHONPATH=. python benchmarks/month/run.py [--enterprises 300000] [--checks 10000] [--json FILE]
"""

import argparse
import asyncio
import datetime as dt
import json
import os
import platform
import random
import resource
import sys
import tempfile
import time
from pathlib import Path

import asyncpg

from benchmarks.month.district import DEPARTMENTS, load
from inspect_registry.actor import SYSTEM
from inspect_registry.clock import SystemClock
from inspect_registry.db import Database, schema
from inspect_registry.db.embedded import EmbeddedServer
from inspect_registry.plans.district import Progress, make_month
from inspect_registry.plans.draw import Ball, drawn, urn
from inspect_registry.plans.draw_shapes import SeedDraft

DRAW_SECONDS, MONTH_SECONDS = 2.0, 30.0


class Phases:
    """Wall and CPU seconds of named phases, in their order."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {}
        self._name = ""
        self._since = (0.0, 0.0)

    def begin(self, name: str) -> None:
        """End the phase before and begin one; a name that comes again goes on with it."""
        now = (time.perf_counter(), time.process_time())
        if self._name:
            spent = self.seconds.setdefault(self._name, [0.0, 0.0])
            spent[0] += now[0] - self._since[0]
            spent[1] += now[1] - self._since[1]
        self._name, self._since = name, now


def one_draw() -> float:
    """Seconds of CPU for 10,000 of 300,000 by weight."""
    weights = random.Random(1).choices([1, 5, 10, 20], [65, 25, 8.5, 1.5], k=300_000)
    pool = [Ball(f"{number:026d}", weight) for number, weight in enumerate(weights)]
    one = urn("benchmark", 10_000, pool, (), bytes(32))
    began = time.process_time()
    drawn(one, "2026134")
    return time.process_time() - began


async def month(
    server: EmbeddedServer, enterprises: int, checks: int, phases: Phases
) -> tuple[Progress, dict[str, int]]:
    """Load the district and make its month."""
    phases.begin("schema")
    await schema.apply(server.dsn(), {role: server.password(f"ir_{role}") for role in schema.ROLES})
    settings = {"search_path": "ir,public", "app.region": "310114", "app.role": "system"}
    owner = await asyncpg.connect(server.dsn(), server_settings=settings)
    first = (SystemClock().now().date().replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    phases.begin("load")
    await load(owner, enterprises=enterprises, checks=checks, month=first)
    database = await Database.open(server.dsn("ir_app"), region="310114", size=2, command_timeout=600)
    try:
        acting = database.acting(SYSTEM)
        seed = SeedDraft(seed="2026134", source="")
        made = await make_month(acting, first, lambda progress: _tell(progress, phases), seed=seed)
        # The next evening, with the next number: the inspectors of these checks.
        phases.begin("inspectors")
        await make_month(acting, first, _silent, seed=SeedDraft(seed="2026135", source=""))
        phases.begin("")
        pools = await owner.fetchrow(
            """SELECT sum(pool_size) AS members, max(pool_size) AS largest,
                 (SELECT count(DISTINCT "check") FROM check_inspector) AS crews FROM draw"""
        )
        return made, dict(pools)
    finally:
        await database.close()
        await owner.close()


async def _tell(progress: Progress, phases: Phases) -> None:
    phases.begin(progress.phase)
    print(
        f"\r{progress.phase} {progress.done}/{progress.of}, checks {progress.checks}   ",
        end="",
        file=sys.stderr,
        flush=True,
    )


async def _silent(_: Progress) -> None:
    return None


def machine() -> str:
    """What this ran on."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if "model name" in line
        ),
        "?",
    )
    load_now = os.getloadavg()[0]
    cores = len(os.sched_getaffinity(0))
    return f"{model}, {cores} cores, {platform.system()} {platform.release()}, load {load_now:.1f} at the start"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--enterprises", type=int, default=300_000)
    parser.add_argument("--checks", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    on = machine()
    draw_seconds = one_draw()
    phases = Phases()
    with tempfile.TemporaryDirectory(prefix="ir-month-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedServer(Path(folder) / "postgres")
        server.start()
        try:
            made, pools = asyncio.run(month(server, arguments.enterprises, arguments.checks, phases))
        finally:
            server.stop()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    work = {name: spent for name, spent in phases.seconds.items() if name not in {"schema", "load", "inspectors"}}
    total = sum(spent[0] for spent in work.values())
    print(
        f"\n{on}",
        f"{DEPARTMENTS} departments, {arguments.enterprises} enterprises, pools of {pools['members']} in all",
        sep="\n",
    )
    for name, (wall, cpu) in phases.seconds.items():
        print(f"{name:12} {wall:6.2f} s  ({cpu:.2f} s of CPU here)")
    print(f"month: {made.draws} draws, {made.checks} checks in {total:.1f} s (aim {MONTH_SECONDS:.0f}); {memory} MB")
    print(f"inspectors drawn for {pools['crews']} checks in {phases.seconds['inspectors'][0]:.1f} s")
    print(f"one draw of 10,000 from 300,000: {draw_seconds:.2f} s (aim {DRAW_SECONDS:.0f})")
    if arguments.json:
        figures = {
            "machine": on,
            "phases": phases.seconds,
            "seconds": total,
            "memory_mb": memory,
            "draw_seconds": draw_seconds,
            "checks": made.checks,
            **pools,
        }
        arguments.json.write_text(json.dumps(figures, indent=1))
    missed = [
        name
        for name, seconds, aim in (("month", total, MONTH_SECONDS), ("draw", draw_seconds, DRAW_SECONDS))
        if seconds > aim
    ]
    print("missed: " + ", ".join(missed) if missed else "both aims reached")
    return 0 if not made.skipped and made.checks else 1


if __name__ == "__main__":
    sys.exit(main())
