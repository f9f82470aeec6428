"""Saving a visit's answers: three departments, sixty criteria, sixteen phones at once, over HTTP.

Each phone holds one department's share of one visit and saves all of its answers again and again (twenty of the visit's
sixty; with --points 60, sixty each). Asked (issue 7): p99 at most 150 ms at 16 clients on two cores, the load generator
on the same two. Beside it, in turns, the same sessions read their record: what the answer alone costs.
"""

import argparse
import asyncio
import json
import statistics
from pathlib import Path

import asyncpg

from benchmarks.served import served
from inspect_registry.access.model import NewPerson
from inspect_registry.access.service import add_people, sign_in
from inspect_registry.actor import Role
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.fieldwork import service
from inspect_registry.fieldwork.model import AnswerValue
from tests.fieldwork_doors import NOW, begun, officer
from tests.visits_builders import SYSTEM, a_district, a_part

DEPARTMENTS, CLIENTS, PASSWORD = 3, 16, "a password for benchmarks"


async def prepare(dsn: str, application_dsn: str, points: int) -> dict[str, list[str]]:
    """Open every department's record of as many visits as keep the phones apart; returns the requests."""
    owner = await asyncpg.connect(dsn, server_settings={"search_path": "ir,public"})
    database = await Database.open(application_dsn, region="310114", clock=SetClock(NOW), size=2)
    district = await a_district(owner)
    while len(district.departments) < DEPARTMENTS:
        department = await district.department("上海市嘉定区应急管理局")
        for _ in range(2):
            await district.inspector(department)
    people = [
        NewPerson(
            account=f"officer{department}", name="执法员", password=PASSWORD, role=Role.INSPECTOR,
            department=department, inspector=district.inspectors[department][0],
        )
        for department in district.departments
    ]  # fmt: skip
    await add_people(database.acting(SYSTEM), people, quick=True)
    present = await Database.open(application_dsn, region="310114", size=1)
    tokens = [(await sign_in(present, one.account, PASSWORD, "127.0.0.1")).token for one in people]
    matters = {one: (await district.matter(one, points=points),) for one in district.departments}
    asked: dict[str, list[str]] = {"save": [], "read": []}
    for _ in range(CLIENTS):
        enterprise, premises = await district.shop()
        parts = [a_part(district, one, matters=matters[one]) for one in district.departments]
        _, visit = await begun(database, district, *parts, enterprise=enterprise, premises=premises)
        for which, token in enumerate(tokens):
            record = await service.open_inspection(database.acting(officer(district, which)), visit)
            path = f"/api/v1/inspections/{record.uid}"
            asked["read"].append(json.dumps({"method": "GET", "path": path, "token": token, "body": None}))
            for value in (AnswerValue.CONFORMS, AnswerValue.FAILS):  # Each saving changes every answer.
                answers = [{"criterion": one.criterion, "value": value.value} for one in record.points]
                asked["save"].append(
                    json.dumps(
                        {"method": "PUT", "path": f"{path}/answers", "token": token, "body": {"answers": answers}}
                    )
                )
    await owner.execute("ANALYZE")
    await present.close()
    await database.close()
    await owner.close()
    return asked


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--points", type=int, default=20, help="criteria of each department's share")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with served() as installation:
        asked = asyncio.run(prepare(installation.dsn(), installation.dsn("ir_app"), arguments.points))
        installation.serve("benchmarks.fieldwork.server:application")
        rounds: dict[str, list[dict[str, float]]] = {kind: [] for kind in asked}
        for _ in range(arguments.rounds):
            for kind, lines in asked.items():
                rounds[kind].append(installation.load(lines, connections=CLIENTS, seconds=arguments.seconds))
    medians = {
        kind: {key: statistics.median(one[key] for one in figures) for key in figures[0] if key != "first_fault"}
        for kind, figures in rounds.items()
    }
    for kind, figures in medians.items():
        print(f"{kind:6} " + "  ".join(f"{key} {value:g}" for key, value in figures.items()))
    if arguments.json:
        arguments.json.write_text(json.dumps({"rounds": rounds, "medians": medians}, indent=1))
    faults = [one["first_fault"] for figures in rounds.values() for one in figures if one["faults"]]
    if faults:
        print(f"faults, first: {faults[0]}")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
