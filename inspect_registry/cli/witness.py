"""`witness`: run a witness that cosigns the checkpoints of the logs it watches; `--init` makes one."""

import argparse
import sys
from pathlib import Path

from inspect_registry.clock import SystemClock
from inspect_registry.ledger.keeper import KeeperError
from inspect_registry.ledger.note import NoteError, VerifierKey
from inspect_registry.ledger.serving import make_server
from inspect_registry.ledger.witness import Witness, init
from inspect_registry.parent import end_with_parent


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("witness", help="运行见证机：为所见证的台账副署")
    parser.add_argument("--folder", type=Path, required=True, help="密钥与记忆所在目录；缺失则不启动")
    parser.add_argument("--listen", help="主机:端口 或 unix:/路径.sock")
    parser.add_argument("--init", metavar="NAME", help="新建见证机（名称如 witness.example.org/w1），打印其公钥后结束")
    parser.add_argument("--log", action="append", default=[], metavar="VKEY", help="与 --init 同用：要见证的台账公钥")
    parser.add_argument("--with-parent", action="store_true", help="启动它的进程结束时随之结束")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Make a witness, or answer until ended; exit 1 with one line when key or memory is missing."""
    try:
        if args.init:
            print(init(args.folder, args.init, [VerifierKey.parse(log) for log in args.log]))
            return 0
        if not args.listen:
            print("inspect-registry witness: 请给出 --listen 或 --init", file=sys.stderr)
            return 2
        if args.with_parent:
            end_with_parent()
        witness = Witness(args.folder, SystemClock())
        server = make_server(witness.answer, args.listen)
    except (KeeperError, NoteError, OSError, ValueError) as error:
        print(f"inspect-registry witness: {error}", file=sys.stderr)
        return 1
    with server:
        server.serve_forever()
    return 0
