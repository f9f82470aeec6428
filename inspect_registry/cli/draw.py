"""`inspect-registry draw verify PROOF`: repeat a draw from what was published of it, with no database.

PROOF is the JSON of one draw (`/api/v1/draws/<uid>/proof`, or the published file of it). Where all weights were equal
everything is repeated; where they follow the internal class, commitment, pool and seed are checked, and the command
says what only the auditor can check.
"""

import argparse
import sys
from pathlib import Path

import msgspec

from inspect_registry.plans.proof import Finding, Outcome, PublishedDraw, verify

_MARKS = {Outcome.RIGHT: "通过", Outcome.WRONG: "不符", Outcome.UNKNOWN: "未能核对"}


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("draw", help="check a published draw")
    kinds = parser.add_subparsers(title="acts", metavar="ACT", required=True)
    check = kinds.add_parser("verify", help="repeat a draw from its published proof")
    check.add_argument("proof", type=Path, metavar="PROOF", help="JSON file, or - for standard input")
    check.add_argument("--commitment", metavar="HEX", help="the commitment as the ledger holds it, to compare")
    check.add_argument("--json", action="store_true", help="print JSON")
    check.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check the proof; 0 where nothing is wrong, 1 where something is, 2 where it cannot be read."""
    try:
        content = sys.stdin.buffer.read() if str(arguments.proof) == "-" else arguments.proof.read_bytes()
        draw = msgspec.json.decode(content, type=PublishedDraw)
    except OSError as error:
        print(f"inspect-registry: 无法打开 {arguments.proof}：{error.strerror}", file=sys.stderr)
        return 2
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        print(f"inspect-registry: 不是抽取证明：{error}", file=sys.stderr)
        return 2
    findings = verify(draw, ledger_commitment=arguments.commitment or "")
    if arguments.json:
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(findings), indent=2) + b"\n")
    else:
        for finding in findings:
            print(_line(finding))
    return 1 if any(finding.outcome is Outcome.WRONG for finding in findings) else 0


def _line(finding: Finding) -> str:
    return f"{_MARKS[finding.outcome]}　{finding.what}：{finding.detail}"
