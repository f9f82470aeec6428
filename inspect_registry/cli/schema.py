"""`schema apply`: makes roles and tables from schema.sql."""

import argparse
import asyncio

from inspect_registry.cli.installation import apply_schema, embedded
from inspect_registry.config import from_environment


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("schema", help="make roles and tables in the database")
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    apply = actions.add_parser(
        "apply", help="apply schema.sql once; needs DATABASE_OWNER_URL on a real server, nothing for the embedded one"
    )
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
    print("schema applied" if made else "schema is there already")
    return 0
