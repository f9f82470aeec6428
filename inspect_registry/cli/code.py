"""`inspect-registry code verify`: check a token, an address or a picture of one with pinned public keys, offline."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import zxingcpp
from PIL import Image, UnidentifiedImageError

from inspect_registry.clock import SystemClock, shanghai
from inspect_registry.codes.errors import KeyFileWrong, KeyUnknown, PictureUnreadable
from inspect_registry.codes.faces import FACES
from inspect_registry.codes.keyfiles import key_set
from inspect_registry.codes.keys import KeySet, Revocations
from inspect_registry.codes.offline import OfflineReport, verify_offline
from inspect_registry.codes.presenting import token_in
from inspect_registry.codes.verdict import Verdict
from inspect_registry.errors import RegistryError

PIXELS_MAX = 50_000_000
USAGE_FAULT = 2


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `code verify`."""
    code = commands.add_parser("code", help="检查码：离线核验")
    actions = code.add_subparsers(dest="action", required=True)
    verify = actions.add_parser("verify", help="用公钥离线核验一个检查码（文字、网址或图片）")
    verify.add_argument("subject", metavar="TOKEN|IMAGE", help="检查码文字、网址，或含二维码的图片文件")
    verify.add_argument("--keys", required=True, type=Path, metavar="FILE", help="公布的公钥表 keys.json")
    verify.add_argument("--revocations", type=Path, metavar="FILE", help="公布的撤销清单")
    verify.add_argument("--enterprise", default="", metavar="CODE", help="本店的统一社会信用代码，核对是否签发给本店")
    verify.add_argument("--premises", default="", metavar="UID", help="经营场所编号")
    verify.add_argument("--at", metavar="TIME", help="按此时刻核验（ISO 8601，带时区）；默认现在")
    verify.add_argument("--json", action="store_true", help="输出 JSON")
    verify.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the report; 0 = everything checkable holds, 1 = it does not, 2 = the question could not be asked."""
    try:
        now = _instant(args.at)
        keys = key_set(args.keys)
        revocations = _revocations(args.revocations, keys) if args.revocations else None
        report = verify_offline(
            _token(args.subject),
            keys,
            now,
            revocations=revocations,
            enterprise=args.enterprise.strip(),
            premises=args.premises.strip(),
        )
    except RegistryError as error:
        print(f"{error.title}：{error.detail} {error.remedy}".rstrip(), file=sys.stderr)
        return USAGE_FAULT
    print(msgspec.json.encode(report).decode() if args.json else _words(report))
    return 0 if report.verdict is Verdict.VALID else 1


def _words(report: OfflineReport) -> str:
    face = FACES[report.verdict]
    lines = [f"结论：{face.word}", face.advice]
    if report.code:
        start, end = (shanghai(datetime.fromtimestamp(second, UTC)) for second in (report.starts, report.ends))
        lines.append(f"检查码：{report.code}；时间：{start:%Y-%m-%d %H:%M} 至 {end:%Y-%m-%d %H:%M}")
    if report.fault:
        lines.append(f"原因：{report.fault}")
    lines.append("没有联网，以下各项未核验：")
    lines.extend(f"  - {item.value}" for item in report.unchecked)
    return "\n".join(lines)


def _instant(text: str | None) -> datetime:
    if not text:
        return SystemClock().now()
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise KeyFileWrong(f"--at 的时刻无法识别：{text}", remedy="例如 2026-11-23T12:00:00+08:00") from error
    if instant.tzinfo is None:
        raise KeyFileWrong(f"--at 需要时区：{text}", remedy="例如 2026-11-23T12:00:00+08:00")
    return instant


def _token(subject: str) -> str:
    file = Path(subject)
    try:
        is_file = file.is_file()
    except (OSError, ValueError):
        is_file = False
    return token_in(_decoded(file) if is_file else subject)


def _decoded(file: Path) -> str:
    try:
        with Image.open(file) as picture:
            if picture.width * picture.height > PIXELS_MAX:
                raise PictureUnreadable(f"{file} 过大。", remedy="请截取二维码部分再试。")
            found = zxingcpp.read_barcodes(picture.convert("L"))
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise PictureUnreadable(f"{file} 不是可读的图片。") from error
    texts = [one.text for one in found if "/C/" in one.text.upper()]
    if not texts:
        raise PictureUnreadable(f"{file} 中没有检查码。", remedy="请拍清楚整个二维码再试。")
    return texts[0]


def _revocations(file: Path, keys: KeySet) -> Revocations:
    try:
        listed = msgspec.json.decode(file.read_bytes(), type=Revocations)
    except (OSError, msgspec.MsgspecError) as error:
        raise KeyFileWrong(f"{file} 不是撤销清单。") from error
    if not listed.fits(keys):
        raise KeyUnknown(f"{file} 的签名与公钥表不符，不能采信。")
    return listed
