"""`inspect-registry keys new|withdraw`: the only way a code key comes into being or goes."""

import argparse
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from inspect_registry import config
from inspect_registry.clock import SystemClock, shanghai
from inspect_registry.codes.keyfiles import new_key, withdraw_key
from inspect_registry.codes.keys import ALGORITHM_NAMES, PublicKey
from inspect_registry.codes.payload import Algorithm
from inspect_registry.errors import RegistryError

SIGN_DAYS = 38
"""A month and a week: keys change monthly (reliability T20), and neighbours overlap by seven days."""
VERIFY_DAYS = 62
"""A printed notice may be two months old when its window ends."""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `keys new` and `keys withdraw`."""
    keys = commands.add_parser("keys", help="检查码密钥：生成、停用")
    actions = keys.add_subparsers(dest="action", required=True)
    new = actions.add_parser("new", help="生成一把签发密钥及其 MAC 密钥，并列入公布的密钥表")
    new.add_argument("--folder", type=Path, help="密钥目录；默认 <IR_VAR>/keys/codes")
    new.add_argument(
        "--algorithm", choices=sorted(ALGORITHM_NAMES.values()), default="ed25519", help="签名算法，默认 ed25519"
    )
    new.add_argument("--issuer", default="", help="签发机关名称")
    new.add_argument("--in-days", type=int, default=0, metavar="N", help="N 天后开始签发（轮换时先公布后启用）")
    new.add_argument("--sign-days", type=int, default=SIGN_DAYS, metavar="N", help=f"签发 N 天；默认 {SIGN_DAYS}")
    new.set_defaults(run=run_new)
    withdraw = actions.add_parser("withdraw", help="停用一把失窃或作废的密钥，自此一切由它签发的码都不再有效")
    withdraw.add_argument("key_id", metavar="KEY", help="密钥编号（8 位十六进制）")
    withdraw.add_argument("--folder", type=Path, help="密钥目录；默认 <IR_VAR>/keys/codes")
    withdraw.set_defaults(run=run_withdraw)


def run_new(args: argparse.Namespace) -> int:
    """Make one key and say what it is good for."""
    if not 1 <= args.sign_days <= 400 or not 0 <= args.in_days <= 400:
        print("--sign-days 须在 1 到 400，--in-days 须在 0 到 400 之间。", file=sys.stderr)
        return 2
    settings = config.from_environment()
    algorithm = next(kind for kind, name in ALGORITHM_NAMES.items() if name == args.algorithm)
    try:
        key = new_code_key(
            settings,
            folder=args.folder,
            algorithm=algorithm,
            issuer=args.issuer,
            at=SystemClock().now() + timedelta(days=args.in_days),
            sign_days=args.sign_days,
        )
    except RegistryError as error:
        print(f"{error.title}：{error.detail} {error.remedy}".rstrip(), file=sys.stderr)
        return 1
    print(f"密钥 {key.key_id}（{key.algorithm}）：{_day(key.sign_from)} 起签发，{_day(key.sign_until)} 止；")
    print(f"核验至 {_day(key.verify_until)}。请在 {_day(key.sign_until - timedelta(days=7))} 前再运行一次以轮换。")
    return 0


def run_withdraw(args: argparse.Namespace) -> int:
    """Withdraw one key."""
    folder = args.folder or code_keys_folder(config.from_environment())
    try:
        withdraw_key(folder, args.key_id, SystemClock().now())
    except RegistryError as error:
        print(f"{error.title}：{error.detail} {error.remedy}".rstrip(), file=sys.stderr)
        return 1
    print(f"密钥 {args.key_id} 已停用：运行中的服务一秒内不再采信。请告知各离线核验方重新取得密钥表。")
    return 0


def new_code_key(
    settings: config.Settings,
    *,
    folder: Path | None = None,
    algorithm: Algorithm = Algorithm.ED25519,
    issuer: str = "",
    at: datetime | None = None,
    sign_days: int = SIGN_DAYS,
    random: bytes | None = None,
) -> PublicKey:
    """Make one code key; `at` defaults to now, `random` (64 bytes) is for the demo's seeded keys only."""
    return new_key(
        folder or code_keys_folder(settings),
        algorithm=algorithm,
        issuer=issuer or settings.publisher,
        sign_from=(at or SystemClock().now()).astimezone(UTC).replace(microsecond=0),
        sign_days=sign_days,
        verify_days=VERIFY_DAYS,
        random=random,
    )


def code_keys_folder(settings: config.Settings) -> Path:
    """Return where code keys lie unless told otherwise."""
    return settings.var / "keys" / "codes"


def _day(instant: datetime) -> str:
    return f"{shanghai(instant):%Y-%m-%d %H:%M}"
