"""`ledger verify|prove|kept|sequence`: check a published log, prove a leaf, judge a promise, number entries.

What only an operator does (`check`, `recover`, `erase`) is in ledger_care.py.
"""

import argparse
import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec

from inspect_registry.cli import ledger_care
from inspect_registry.cli.installation import embedded, role_dsn
from inspect_registry.clock import SystemClock
from inspect_registry.config import Settings, from_environment
from inspect_registry.db import Database
from inspect_registry.ledger.checkpoint import Checkpoint, parse_checkpoint
from inspect_registry.ledger.client import KeeperClient
from inspect_registry.ledger.completeness import Completeness
from inspect_registry.ledger.installation import init_once
from inspect_registry.ledger.keeper import KeeperError
from inspect_registry.ledger.merkle import ProofError
from inspect_registry.ledger.note import NoteError
from inspect_registry.ledger.places import Places
from inspect_registry.ledger.policy import Policy, PolicyError, parse_policy
from inspect_registry.ledger.promise import open_promise
from inspect_registry.ledger.proof import prove
from inspect_registry.ledger.publication import CHECKPOINT, POLICY
from inspect_registry.ledger.reading import status_of
from inspect_registry.ledger.selfcheck import check
from inspect_registry.ledger.sequencer import Sequencer
from inspect_registry.ledger.sequencing import run, watch
from inspect_registry.ledger.source import LogRejectedError, Source, open_site
from inspect_registry.ledger.stamps import published_stamps, verify_authority
from inspect_registry.ledger.tiles import LogDamagedError, TileName
from inspect_registry.ledger.verify import Report, audit, find_leaf, load_seen, save_seen
from inspect_registry.parent import end_with_parent


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the commands below `ledger`."""
    ledger = commands.add_parser("ledger", help="台账：核验、出具证明、编号")
    actions = ledger.add_subparsers(dest="action", required=True)
    check = actions.add_parser("verify", help="下载并重算整个公开台账；无需数据库，不信任提供者")
    check.add_argument("site", help="台账所在目录或网址（也可以是公示网站，其下有 log/）")
    check.add_argument("--policy", type=Path, help="信任策略文件（C2SP tlog-policy）；默认用状态文件或网站给出的")
    check.add_argument("--state", type=Path, help="记住本次所见，下次核对历史未被改写")
    check.add_argument("--authority", type=Path, metavar="PEM", help="时间戳机构的根证书：用 openssl 核验其签名")
    check.add_argument("--json", action="store_true", help="结果以 JSON 输出")
    check.set_defaults(run=run_verify)
    proof = actions.add_parser("prove", help="为台账中的一条出具包含证明（C2SP tlog-proof）")
    proof.add_argument("site", help="台账所在目录或网址")
    proof.add_argument("number", type=int, help="条目编号，从 0 起")
    proof.add_argument("--out", type=Path, help="写入文件；默认输出到屏幕")
    proof.set_defaults(run=run_prove)
    kept = actions.add_parser("kept", help="核对台账是否兑现了承诺（发码时给出的 promise）")
    kept.add_argument("promise", type=Path, help="承诺文件")
    kept.add_argument("site", help="台账所在目录或网址")
    kept.add_argument("--policy", type=Path, help="信任策略文件；默认用网站给出的")
    kept.set_defaults(run=run_kept)
    found = actions.add_parser("found", help="为本安装创建台账：签名机的密钥与记忆、信任策略；一次为限，已有的不动")
    found.add_argument("origin", help="台账名称（C2SP origin），如 jc.example.gov.cn/log/310114；此后不再改变")
    found.add_argument("--witnesses", type=int, default=0, help="同时创建几台演示用见证机；真正的见证机属于其他单位")
    found.set_defaults(run=run_found)
    sequence = actions.add_parser("sequence", help="运行编号程序：为已登记的条目编号、请签名机签署并公布")
    sequence.add_argument("--with-parent", action="store_true", help="启动它的进程结束时随之结束")
    sequence.set_defaults(run=run_sequence)
    ledger_care.register(actions)


def run_verify(args: argparse.Namespace) -> int:
    """Audit a log; exit code 0 only when everything is as it must be."""
    try:
        source = open_site(args.site)
        seen = load_seen(args.state) if args.state else None
        policy, whose = _policy(args.policy, seen.policy if seen else "", source)
        report = audit(source, policy, seen, _Progress() if sys.stderr.isatty() else lambda _done, _all: None)
        if args.authority:
            verify_authority(published_stamps(source, policy), args.authority)
        if args.state:
            save_seen(args.state, report, str(policy))
    except (LogRejectedError, PolicyError, NoteError, OSError) as error:
        return _reject(error, as_json=args.json)
    _print(report, whose, as_json=args.json, authority=args.authority)
    return 0


def run_prove(args: argparse.Namespace) -> int:
    """Write the proof of one leaf, as a stranger could from the same files."""
    try:
        source = open_site(args.site)
        note = source.get(CHECKPOINT).decode()
        text = str(prove(args.number, note, lambda name: _tile(source, name)))
    except (LogRejectedError, LogDamagedError, ProofError, NoteError, OSError) as error:
        return _reject(error, as_json=False)
    if args.out:
        args.out.write_text(text)
    else:
        print(text, end="")
    return 0


def run_kept(args: argparse.Namespace) -> int:
    """Say whether a promise was kept: exit 0 kept or not due yet, 1 broken, and that is evidence."""
    try:
        source = open_site(args.site)
        policy, whose = _policy(args.policy, "", source)
        promise = open_promise(args.promise.read_bytes(), policy.logs)
        number = find_leaf(source, policy, promise.leaf)
    except (LogRejectedError, PolicyError, NoteError, OSError) as error:
        return _reject(error, as_json=False)
    print(whose)
    if number is not None:
        print(f"承诺已兑现：该条为台账第 {number} 条")
        return 0
    due = promise.deadline.isoformat()
    if SystemClock().now() <= promise.deadline:
        print(f"尚未到期：承诺在 {due} 前编入台账，请届时再核对")
        return 0
    print(
        f"承诺未兑现：{due} 已过，已签署的台账中没有该条。请保留承诺文件和当前检查点，作为证据交监督部门",
        file=sys.stderr,
    )
    return 1


def run_found(args: argparse.Namespace) -> int:
    """Found this installation's log once, in a process of its own, so that the service's never held the key."""
    places = Places(from_environment().var)
    try:
        policy = init_once(places.var, origin=args.origin, witnesses=args.witnesses)
    except (KeeperError, NoteError, OSError) as error:
        print(f"inspect-registry ledger: {error}", file=sys.stderr)
        return 1
    print(f"台账 {policy.log.name}\n公钥 {policy.log}\n信任策略 {places.policy_file}，请在政府公报或另一渠道公布其公钥")
    return 0


def run_sequence(args: argparse.Namespace) -> int:
    """Number entries until ended; several may run, one leads."""
    settings = from_environment()
    if args.with_parent:
        end_with_parent()
    try:
        policy = Places(settings.var).policy()
    except KeeperError as error:
        print(f"inspect-registry: {error}", file=sys.stderr)
        return 1
    asyncio.run(_sequence(settings, policy))
    return 0


async def _sequence(settings: Settings, policy: Policy) -> None:
    places, server, stop = Places(settings.var), embedded(settings), asyncio.Event()
    places.published.publish_policy(places.published_policy())  # As its keeper may have changed it meanwhile.
    async with AsyncExitStack() as stack:
        database, auditing = [
            await _open(stack, settings, role_dsn(settings, server, role)) for role in ("sequencer", "auditor")
        ]
        sequencer = Sequencer(database, places.published, KeeperClient(places.signer_address), policy)

        async def check_database(signed: Checkpoint) -> int:
            completeness = Completeness()
            count = await check(auditing, signed, places.published, policy, completeness.add)
            _, health = await status_of(auditing)
            places.published.publish_figures(completeness.counted(count, auditing.clock.now(), health))
            return count

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(run(sequencer, stop))
            tasks.create_task(watch(sequencer, check_database, stop))


async def _open(stack: AsyncExitStack, settings: Settings, dsn: str) -> Database:
    database = await Database.open(
        dsn, region=settings.region, size=3, command_timeout=60, application_name="inspect-registry-sequencer"
    )
    stack.push_async_callback(database.close)
    return database


def _policy(given: Path | None, remembered: str, source: Source) -> tuple[Policy, str]:
    """Find the policy and say in Chinese whose word it is."""
    if given is not None:
        return parse_policy(given.read_bytes()), f"信任策略：{given}"
    if remembered:
        return parse_policy(remembered), "信任策略：与上次核验相同"
    try:
        found = parse_policy(source.get(POLICY))
    except FileNotFoundError as error:
        raise LogRejectedError("no --policy was given, and the site has no policy.txt") from error
    return found, "信任策略：由网站自己提供，首次采信；请另行核对其中公钥，并用 --policy 或 --state 固定"


def _tile(source: Source, name: TileName) -> bytes:
    try:
        return source.get(name.path)
    except FileNotFoundError as error:
        full = TileName(name.level, name.number)
        if name == full:
            raise LogDamagedError(f"{name.path} is missing") from error
        return _tile(source, full)[: name.width * 32]


def _reject(error: Exception, *, as_json: bool) -> int:
    if as_json:
        print(msgspec.json.encode({"accepted": False, "problem": str(error)}).decode())
    else:
        print(f"台账不可信或无法核验：{error}", file=sys.stderr)
    return 1


def _print(report: Report, whose: str, *, as_json: bool, authority: Path | None) -> None:
    if as_json:
        print(msgspec.json.encode({"accepted": True, "report": report}).decode())
        return
    head, _ = parse_checkpoint(report.note)
    print(f"台账 {head.origin}：{head.size} 条，全部重算无误；根 {head.root.hex()}")
    print(whose)
    if report.compared_with is not None:
        print(f"与上次所见的 {report.compared_with} 条一致，历史未被改写")
    if report.first_at:
        print(f"最早 {report.first_at}，最晚 {report.last_at}（协调世界时）")
    print(_stamped(report, authority))
    print(_late(report))
    for department, actions in sorted(report.departments.items()):
        print(f"{department or '（不属于单个部门）'}：{sum(actions.values())} 条")
        for action, count in sorted(actions.items()):
            print(f"    {action:<28}{count:>9}")
    silent = report.figures
    print(f"发码 {silent.codes_issued}，其中没有到场：{silent.codes_without_arrival}", end="")
    print(f"（连亮码也没有：{silent.codes_not_presented}），到场无结果：", end="")
    print(f"{silent.arrivals_without_result}，有结果无到场：{silent.results_without_arrival}，", end="")
    print(
        f"举报未亮码：{silent.reports_without_code}，事后补录：{silent.late_backfills}，被拒操作：{silent.acts_refused}"
    )


def _stamped(report: Report, authority: Path | None) -> str:
    if not report.stamps:
        return "外部时间戳：还没有"
    newest = max(report.stamps)
    whose = f"机构签名已按 {authority} 核验" if authority else "机构签名未核验，请用 --authority 给出其根证书"
    count = f"外部时间戳：{len(report.stamps)} 个，最新 {newest}（{report.stamps[newest]} 条）"
    return f"{count}，所盖检查点均为本台账的前段；{whose}"


def _late(report: Report) -> str:
    if not report.late.count:
        known = report.compared_with is not None or report.stamps
        return "事后编入：没有发现" if known else "事后编入：尚无从判断（用 --state 记住每次所见，或看外部时间戳）"
    numbers = "、".join(map(str, report.late.numbers))
    return f"事后编入：{report.late.count} 条所写的时间早于其编入台账 2 分钟以上，请要求登记机关说明。编号：{numbers}"


class _Progress:
    """Says on the terminal how far the audit is."""

    def __init__(self) -> None:
        self._shown = -1

    def __call__(self, done: int, everything: int) -> None:
        percent = 100 * done // max(everything, 1)
        if percent != self._shown:
            self._shown = percent
            print(f"\r已核验 {done} / {everything} 条（{percent}%）", end="", file=sys.stderr, flush=True)
            if done == everything:
                print(file=sys.stderr)
