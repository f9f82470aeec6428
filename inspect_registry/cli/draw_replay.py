"""`inspect-registry draw replay PLAN...`: make months again from their ledger entries and compare with the register.

For the auditor on the machine itself: weights and rosters are read from the private part of the ledger.
"""

import argparse
import asyncio
import sys

import msgspec

from inspect_registry.actor import SYSTEM
from inspect_registry.cli.installation import database_server, role_dsn
from inspect_registry.config import Settings, from_environment
from inspect_registry.db import Database
from inspect_registry.errors import RegistryError
from inspect_registry.plans.crew_replay import CrewReplay
from inspect_registry.plans.replay import DrawReplay, MonthReplay, replay_month

_MARKS = {True: "通过", False: "不符"}
_SAME = {True: "一致", False: "不一致"}


def register(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the act to those of `draw`."""
    again = acts.add_parser("replay", help="按台账条目把某月的抽取和待查项重做一遍，与登记比对")
    again.add_argument("plans", nargs="+", metavar="PLAN", help="月度计划的编号（uid）")
    again.add_argument("--json", action="store_true", help="输出 JSON")
    again.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Make the months again; 0 where all came out the same, 1 where one did not, 2 where one is unknown."""
    settings = from_environment()
    try:
        with database_server(settings) as server:
            found = asyncio.run(_replay(settings, role_dsn(settings, server, "app"), arguments.plans))
    except RegistryError as error:
        print(f"{error.title}：{error.detail} {error.remedy}".strip(), file=sys.stderr)
        return 2
    if arguments.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    else:
        for plan, month in found.items():
            print("\n".join([plan, *told(month)]))
    return 0 if all(month.is_same for month in found.values()) else 1


def told(month: MonthReplay) -> list[str]:
    """Say what came of a month, a line for each draw and comparison."""
    lines = [_draw("抽取企业", one, f"{len(one.drawn)} 户") for one in month.draws]
    lines += [_draw("选派人员", one, f"{len(one.crews)} 组") for one in month.crews]
    lines.append(f"{_MARKS[month.same_checks]}　待查项：{month.checks} 项与登记{_SAME[month.same_checks]}")
    lines.append(f"{_MARKS[month.same_crews]}　人员：各待查项的执法人员与选派结果{_SAME[month.same_crews]}")
    lines += [f"不符　留痕：{subject} 的记录缺失、被改动或无权查看" for subject in month.missing]
    return lines


def _draw(kind: str, one: DrawReplay | CrewReplay, size: str) -> str:
    if not one.commitment:
        return f"不符　{kind} {one.draw}：名单与承诺值不一致"
    if one.result is None:
        return f"未完　{kind} {one.draw}：已提交名单，尚未抽取"
    return f"{_MARKS[one.result]}　{kind} {one.draw}：复算 {size}，与公布的结果{_SAME[one.result]}"


async def _replay(settings: Settings, dsn: str, plans: list[str]) -> dict[str, MonthReplay]:
    database = await Database.open(dsn, region=settings.region, size=1, command_timeout=600.0)
    try:
        return {plan: await replay_month(database.acting(SYSTEM), plan) for plan in plans}
    finally:
        await database.close()
