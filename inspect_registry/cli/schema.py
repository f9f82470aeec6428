"""`schema apply`: makes roles and tables from schema.sql."""

import argparse
import asyncio

from inspect_registry.cli.installation import apply_schema, embedded
from inspect_registry.config import from_environment


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("schema", help="在数据库里建立角色和表")
    actions = parser.add_subparsers(required=True)
    apply = actions.add_parser("apply", help="执行一次 schema.sql；独立的数据库要先设置 DATABASE_OWNER_URL，内置的不用")
    apply.set_defaults(run=_apply)


def _apply(_arguments: argparse.Namespace) -> int:
    settings = from_environment()
    server = embedded(settings)
    ran_before = server is not None and server.pid() is not None
    if server is not None:
        server.start()
    try:
        made = asyncio.run(apply_schema(settings, server))
    finally:
        if server is not None and not ran_before:
            server.stop()
    print("数据库已建好" if made else "数据库早已建好，没有改动")
    return 0
