"""`inspect-registry catalogue report [--on DAY] [--json]`: what the keeper of the catalogue has to look at.

Two tables: matters that nobody has carried out for five years, and entries of the open lists whose day of review has
come. Exit code 1 where something is to be done.
"""

import argparse
import asyncio
import sys
from datetime import date

import msgspec

from inspect_registry.actor import SYSTEM
from inspect_registry.app import application_dsn, clock_of
from inspect_registry.catalogue import listings
from inspect_registry.catalogue.listing import LIST_NAMES
from inspect_registry.clock import day_of
from inspect_registry.config import Settings, from_environment
from inspect_registry.db import Database
from inspect_registry.effectiveness import unused
from inspect_registry.effectiveness.unused import UnusedMatter


class DueEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of an open list that somebody must look at."""

    list: str
    title: str
    subject: str
    version: int
    review_on: date


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done on a day."""

    on: date
    unused: list[UnusedMatter]
    due: list[DueEntry]


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("catalogue", help="目录维护人员该看的：久未使用的事项、到期复核的清单")
    kinds = parser.add_subparsers(title="种类", metavar="种类", required=True)
    report = kinds.add_parser("report", help="五年没有用过的检查事项、该复核的清单条目")
    report.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="截至哪一天，如 2026-11-20；默认今天")
    report.add_argument("--json", action="store_true", help="输出 JSON")
    report.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the report."""
    report = asyncio.run(_report(from_environment(), arguments.on))
    if arguments.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    else:
        print("\n".join(lines(report)))
    return 1 if report.unused or report.due else 0


async def _report(settings: Settings, on: date | None) -> Report:
    database = await Database.open(application_dsn(settings), region=settings.region, size=1, clock=clock_of(settings))
    try:
        return await read_report(database, on)
    finally:
        await database.close()


async def read_report(database: Database, on: date | None = None) -> Report:
    """Read what is to be done on a day (today)."""
    acting = database.acting(SYSTEM)
    day = on or day_of(database.clock.now())
    due = [
        DueEntry(
            list=LIST_NAMES[one.kind],
            title=one.title,
            subject=one.subject,
            version=one.version,
            review_on=one.review_on,
        )
        for one in await listings.due_for_review(acting, day)
    ]
    return Report(on=day, unused=await unused.unused_matters(acting, day), due=due)


def lines(report: Report) -> list[str]:
    """Say the report in Chinese."""
    told = [f"截至 {report.on}", "", f"五年以上未实施、应清理的检查事项：{len(report.unused)} 项"]
    told += [
        f"  {one.code} {one.name}（{one.department_name}），"
        + (f"最近一次实施 {one.last_done}" if one.last_done else f"{one.published_on} 公布以来没有实施记录")
        + f"；期间列入计划 {one.planned} 次，申领检查码 {one.issued} 个"
        for one in report.unused
    ]
    told += ["", f"到期待复核的清单条目：{len(report.due)} 条"]
    told += [f"  {one.list}：{one.title}（第 {one.version} 版，{one.review_on} 到期）" for one in report.due]
    return told
