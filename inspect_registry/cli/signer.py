"""`signer`: run the process that alone holds the log's key."""

import argparse
import sys
from pathlib import Path

from inspect_registry.ledger.keeper import KeeperError
from inspect_registry.ledger.serving import make_server
from inspect_registry.ledger.signer import Signer
from inspect_registry.parent import end_with_parent


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("signer", help="运行签名机：只为延续历史的台账签名")
    parser.add_argument("--folder", type=Path, required=True, help="密钥与记忆所在目录；缺失则不启动")
    parser.add_argument("--listen", required=True, help="unix:/路径.sock（仅同一账户可用）或 主机:端口")
    parser.add_argument("--with-parent", action="store_true", help="启动它的进程结束时随之结束")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Answer until ended; exit 1 with one line when key or memory is missing."""
    if args.with_parent:
        end_with_parent()
    try:
        signer = Signer(args.folder)
        server = make_server(signer.answer, args.listen)
    except (KeeperError, OSError, ValueError) as error:
        print(f"inspect-registry signer: {error}", file=sys.stderr)
        return 1
    with server:
        server.serve_forever()
    return 0
