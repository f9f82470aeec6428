"""`demo`: loads the demo district into an empty database; `serve --demo` does the same and serves it."""

import argparse
import asyncio
import sys
import time
from datetime import timedelta

import msgspec

from inspect_registry import rules
from inspect_registry.app import clock_of
from inspect_registry.cli.installation import apply_schema, database_server, role_dsn
from inspect_registry.clock import day_of
from inspect_registry.config import Settings, from_environment
from inspect_registry.db import schema
from inspect_registry.db.embedded import EmbeddedServer
from inspect_registry.routes.pages.access import ROLE_NAMES
from inspect_registry.routes.pages.demo import FILE, Demo, DemoAccount, DemoGroup

SMALLEST = 200
"""Enterprises that a demo needs at least, so that every department finds somebody to inspect."""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("demo", help="装入演示区的数据（只装一次，已有数据不动）")
    parser.add_argument("--enterprises", type=district_size, default=20_000, help="企业数量，默认 20000")
    parser.set_defaults(run=_run)


def district_size(text: str) -> int:
    """Read how many enterprises the demo is to have; fewer leave some departments nobody to inspect."""
    if not text.isascii() or not text.isdigit() or int(text) < SMALLEST:
        raise argparse.ArgumentTypeError(f"要写不小于 {SMALLEST} 的整数")
    return int(text)


def _run(arguments: argparse.Namespace) -> int:
    settings = from_environment(demo=True)
    with database_server(settings) as server:
        loaded = load_once(settings, server, enterprises=arguments.enterprises)
    print("演示区已装入" if loaded else "演示区早已装入，没有改动")
    print("\n".join(account_lines()))
    return 0


def load_once(settings: Settings, server: EmbeddedServer | None, *, enterprises: int) -> bool:
    """Load the demo unless it is there; shows progress; returns whether it was loaded now."""
    from inspect_registry.demo import load  # noqa: PLC0415 - heavy, and for this alone

    began = time.monotonic()

    def progress(stage: str, done: int, total: int) -> None:
        seconds = time.monotonic() - began
        end = "\n" if done >= total else ""
        print(f"\r  {seconds:5.1f} s  {stage} {done:,}/{total:,}        ", end=end, file=sys.stderr, flush=True)

    async def load_now() -> bool:
        dsn = role_dsn(settings, server, "app")
        return await load.load_once(
            dsn, settings=settings, enterprises=enterprises, today=settings.demo_today, progress=progress
        )

    try:
        loaded = asyncio.run(load_now())
    except load.DemoHalfLoaded:
        # A load that was cut off. What nobody outside has seen may be thrown away and made anew.
        if server is None or not asyncio.run(schema.drop_unpublished(server.dsn())):
            raise
        asyncio.run(apply_schema(settings, server))
        loaded = asyncio.run(load_now())
    write_page(settings)
    return loaded


def write_page(settings: Settings) -> None:
    """Leave for the page /demo what it shows."""
    from inspect_registry.demo import accounts  # noqa: PLC0415 - see load_once

    by_role: dict[str, list[DemoAccount]] = {}
    for one in accounts.SHOWN:
        shown = DemoAccount(account=one.account, name=one.name, place=one.place, purpose=one.purpose)
        by_role.setdefault(ROLE_NAMES[one.role.value], []).append(shown)
    groups = [DemoGroup(label=label, accounts=people) for label, people in by_role.items()]
    calendar, today = rules.calendar(), day_of(clock_of(settings).now())
    next_workday = next(day for day in (today + timedelta(days=n) for n in range(30)) if calendar.is_workday(day))
    workday = "" if next_workday == today else next_workday.isoformat()
    told = Demo(password=accounts.PASSWORD, groups=groups, workday=workday)
    (settings.var / FILE).write_bytes(msgspec.json.encode(told))


def account_lines() -> list[str]:
    """Return the demo accounts as lines for a terminal."""
    from inspect_registry.demo import accounts  # noqa: PLC0415 - see load_once

    lines = [f"  every demo account has the password {accounts.PASSWORD}"]
    lines += [f"    {account.account:<18} {account.name}　{account.place}" for account in accounts.SHOWN]
    return lines
