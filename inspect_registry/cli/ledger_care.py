"""`ledger check|recover|erase|stamp`: what an operator does to a log, each told in the log itself."""

import argparse
import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable

from inspect_registry.cli.installation import database_server, embedded, role_dsn
from inspect_registry.clock import SystemClock, day_of
from inspect_registry.config import SettingError, Settings, from_environment
from inspect_registry.db import Database
from inspect_registry.ledger import receipts, recovery, selfcheck
from inspect_registry.ledger.checkpoint import Checkpoint, parse_checkpoint
from inspect_registry.ledger.client import KeeperClient, KeeperRefusedError, KeeperUnreachableError
from inspect_registry.ledger.keeper import KeeperError
from inspect_registry.ledger.note import NoteError
from inspect_registry.ledger.places import Places
from inspect_registry.ledger.publication import STAMPS
from inspect_registry.ledger.source import LogRejectedError
from inspect_registry.ledger.tiles import LogDamagedError
from inspect_registry.ledger.timestamp import HttpAuthority, StampRefusedError, stamp_checkpoint

_FAULTS = (
    KeeperError,
    KeeperRefusedError,
    KeeperUnreachableError,
    LogDamagedError,
    LogRejectedError,
    NoteError,
    recovery.NotRecoverableError,
)


def register(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add these commands below `ledger`."""
    check = actions.add_parser("check", help="逐条核对数据库中的台账与签名机所签、已公布的是否一致")
    check.set_defaults(run=lambda _args: _run(_check))
    recover = actions.add_parser("recover", help="数据库从旧备份恢复、台账已冻结时，按已公布的台账补回条目并解冻")
    recover.set_defaults(run=lambda _args: _run(_recover))
    stamp = actions.add_parser("stamp", help="请外部时间戳机构（RFC 3161）为当日已公布的检查点加盖时间戳；每日一次")
    stamp.add_argument("--authority", required=True, metavar="URL", help="时间戳机构地址")
    stamp.set_defaults(run=run_stamp)
    erase = actions.add_parser("erase", help="依法销毁某些条目的非公开部分（盐与原文）；此举本身记入台账")
    erase.add_argument("numbers", type=int, nargs="+", help="条目编号")
    erase.add_argument("--reason", required=True, help="理由（记入非公开部分）")
    erase.add_argument("--basis", required=True, help="法律依据（公开），如 个人信息保护法第四十七条")
    erase.set_defaults(run=lambda args: _run(lambda settings: _erase(settings, args)))


def run_stamp(args: argparse.Namespace) -> int:
    """Stamp today's checkpoint; needs no database. Exit 0 also when the day has its stamp already."""
    folder, today = Places(from_environment().var).published, day_of(SystemClock().now())
    try:
        made = stamp_checkpoint(folder, HttpAuthority(args.authority), today, secrets.token_bytes)
    except StampRefusedError as error:
        print(f"inspect-registry ledger: {error}", file=sys.stderr)
        return 1
    print(f"{today} 的检查点{'已加盖时间戳' if made else '此前已有时间戳'}：{folder.root / STAMPS}")
    return 0


def _run(work: Callable[[Settings], Awaitable[int]]) -> int:
    settings = from_environment()

    async def all_of_it() -> int:
        return await work(settings)

    try:
        with database_server(settings):
            return asyncio.run(all_of_it())
    except _FAULTS as error:
        print(f"inspect-registry ledger: {error}", file=sys.stderr)
        return 1


async def _check(settings: Settings) -> int:
    places = Places(settings.var)
    auditing = await _open(settings, role_dsn(settings, embedded(settings), "auditor"))
    try:
        count = await selfcheck.check(auditing, await _signed(places), places.published, places.policy())
    finally:
        await auditing.close()
    print(f"{count} 条，与签名机所签和已公布的一致，非公开部分与公开的承诺一致")
    return 0


async def _recover(settings: Settings) -> int:
    places, server = Places(settings.var), embedded(settings)
    if server is None and not settings.database_owner_url:
        raise SettingError("DATABASE_OWNER_URL: recovery is the owner's work")
    owner = await _open(settings, settings.database_owner_url if server is None else server.dsn())
    try:
        done = await recovery.recover(
            owner, places.published, places.policy(), await _signed(places), lambda _done, _all: None
        )
    finally:
        await owner.close()
    print(f"台账由 {done.before} 条恢复到 {done.after} 条，其中 {done.renumbered} 条备份中已有；现已解冻。")
    for leaf in done.lost:
        where = leaf.department or "-"
        print(f"须重新录入：{leaf.at} {where} {leaf.action} {leaf.subject.kind} {leaf.subject.uid}")
    return 0


async def _erase(settings: Settings, args: argparse.Namespace) -> int:
    database = await _open(settings, role_dsn(settings, embedded(settings), "app"))
    try:
        await receipts.erase_numbers(database, args.numbers, reason=args.reason, basis=args.basis)
    finally:
        await database.close()
    await _scrub(settings)
    print(f"已销毁 {len(args.numbers)} 条的非公开部分，并记入台账。此前的备份中仍有原文，请按 docs/trust.md 处理。")
    return 0


async def _scrub(settings: Settings) -> None:
    """Have the server rewrite the table, so that no page keeps the bytes; only its owner may."""
    server = embedded(settings)
    dsn = settings.database_owner_url if server is None else server.dsn()
    if not dsn:
        print("提示：未设置 DATABASE_OWNER_URL，请由数据库管理员执行 VACUUM FULL ledger_private", file=sys.stderr)
        return
    owner = await _open(settings, dsn)
    try:
        async with owner.connection() as connection:
            await recovery.scrub(connection)
    finally:
        await owner.close()


async def _signed(places: Places) -> Checkpoint:
    """Ask the signer what it remembers; its key must be the policy's."""
    key = places.policy().log
    checkpoint, note = parse_checkpoint(await KeeperClient(places.signer_address).checkpoint())
    if not note.opened_by([key]):
        raise NoteError("the signer answers with another key than the policy names")
    return checkpoint


async def _open(settings: Settings, dsn: str) -> Database:
    return await Database.open(dsn, region=settings.region, size=2, command_timeout=600)
