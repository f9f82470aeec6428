"""`inspect-registry publish`: publish a month, or make the living pages anew."""

import argparse
import asyncio
import sys
from datetime import date

from inspect_registry.actor import SYSTEM
from inspect_registry.cli.installation import database_server, role_dsn
from inspect_registry.config import Settings, from_environment
from inspect_registry.db import Database
from inspect_registry.errors import RegistryError
from inspect_registry.publication import service
from inspect_registry.publication.service import Published


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("publish", help="公布某月计划，或者更新公示网站的其他页面")
    parser.add_argument("--month", type=_month, help="要公布的月份，如 2026-12；不写则更新结果、年度计划等页面")
    parser.add_argument("--reason", default="", help="更正已公布的月份时写明更正原因")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Publish and say what came of it; 1 when a rule or the disk refused."""
    settings = from_environment()
    try:
        with database_server(settings) as server:
            published = asyncio.run(
                _publish(settings, role_dsn(settings, server, "app"), arguments.month, arguments.reason)
            )
    except RegistryError as error:
        print("　".join(part for part in (error.title, error.detail, error.remedy) if part), file=sys.stderr)
        return 1
    if published is None:
        print("没有变化，没有写入任何文件")
    else:
        print(
            f"第{published.number}次发布：{settings.public_url}{published.address}，"
            f"共{published.files}个文件，新写{published.written}个，清单哈希 {published.manifest}"
        )
    return 0


async def _publish(settings: Settings, dsn: str, month: date | None, reason: str) -> Published | None:
    database = await Database.open(dsn, region=settings.region, size=2, command_timeout=60.0)
    try:
        publisher = service.publishing(settings, progress=_show)
        acting = database.acting(SYSTEM)
        await service.recover(database, publisher)
        if month is None:
            return await service.refresh(acting, publisher)
        return await service.publish_month(acting, publisher, month, reason)
    finally:
        await database.close()


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} 不是月份，要写成 2026-12 这样") from error


def _show(step: str, count: int) -> None:
    words = {"taken over": "沿用", "written": "生成", "staged": "写完"}
    print(f"{words.get(step, step)} {count} 个文件", file=sys.stderr)
