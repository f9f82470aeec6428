"""`inspect-registry draw verify PROOF... [--site SITE]`: repeat draws from what was published, with no database.

PROOF is the JSON of one draw, of enterprises or of inspectors (`/draws/<month>/<uid>.json` of the public site, or
`/api/v1/draws/<uid>/proof`). Where all weights were equal everything is repeated; where they follow the internal class,
commitment, pool and seed are checked, and the command says what only the auditor can check. With SITE (a folder or an
address) the two entries of the draw in the published log are compared too; `ledger verify SITE` proves that log.
"""

import argparse
import sys
from pathlib import Path

import msgspec

from inspect_registry.cli import draw_replay
from inspect_registry.ledger.source import LogRejectedError, open_site
from inspect_registry.plans.draw_log import Logged, logged_draws
from inspect_registry.plans.proof import Finding, Outcome, Published, read_proof, verify

_MARKS = {Outcome.RIGHT: "通过", Outcome.WRONG: "不符", Outcome.UNKNOWN: "未能核对"}
_NOT_LOGGED = Finding(what="留痕", outcome=Outcome.WRONG, detail="台账中没有这次抽取的承诺")


class _Unreadable(Exception):
    """What keeps the command from checking anything, in the words of the one who reads it."""


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("draw", help="核对双随机抽取")
    kinds = parser.add_subparsers(required=True)
    check = kinds.add_parser("verify", help="按公布的证明文件把抽取重做一遍")
    check.add_argument("proofs", type=Path, nargs="+", metavar="PROOF", help="证明文件（JSON），- 表示标准输入")
    check.add_argument("--commitment", metavar="HEX", help="台账里的承诺值，用来比对")
    check.add_argument("--site", metavar="SITE", help="公布的台账所在目录或网址，用来比对")
    check.add_argument("--json", action="store_true", help="输出 JSON")
    check.set_defaults(run=run)
    draw_replay.register(kinds)


def run(arguments: argparse.Namespace) -> int:
    """Check the proofs; 0 where nothing is wrong, 1 where something is, 2 where something cannot be read."""
    try:
        draws = [(path, _read(path)) for path in arguments.proofs]
        logged = _logged(arguments.site, [draw.draw for _, draw in draws]) if arguments.site else None
    except _Unreadable as error:
        print(f"inspect-registry: {error}", file=sys.stderr)
        return 2
    found = {str(path): _findings(draw, arguments.commitment or "", logged) for path, draw in draws}
    if arguments.json:
        told = found if len(found) > 1 else next(iter(found.values()))
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n")
    else:
        for path, findings in found.items():
            if len(found) > 1:
                print(path)
            for finding in findings:
                print(_line(finding))
    wrong = any(finding.outcome is Outcome.WRONG for findings in found.values() for finding in findings)
    return 1 if wrong else 0


def _read(path: Path) -> Published:
    try:
        return read_proof(sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes())
    except OSError as error:
        raise _Unreadable(f"无法打开 {path}：{error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _Unreadable(f"{path} 不是抽取证明：{error}") from error


def _logged(site: str, draws: list[str]) -> dict[str, Logged]:
    try:
        return logged_draws(open_site(site), draws)
    except (LogRejectedError, OSError) as error:
        raise _Unreadable(f"无法读取 {site} 的台账：{error}") from error


def _findings(draw: Published, commitment: str, logged: dict[str, Logged] | None) -> list[Finding]:
    entry = logged.get(draw.draw) if logged is not None else None
    findings = verify(draw, ledger_commitment=commitment, logged=entry)
    if logged is not None and entry is None:
        return [_NOT_LOGGED if finding.what == "留痕" else finding for finding in findings]
    return findings


def _line(finding: Finding) -> str:
    return f"{_MARKS[finding.outcome]}　{finding.what}：{finding.detail}"
