"""The command `inspect-registry`, also `python -m inspect_registry`: one module for each command.

Exit codes: 0 done, 1 done and found problems (or could not be done), 2 the call itself is wrong.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence

from inspect_registry.config import SettingError
from inspect_registry.errors import RegistryError

COMMANDS = (
    "serve",
    "demo",
    "work",
    "schema",
    "backup",
    "import_",
    "ledger",
    "signer",
    "witness",
    "planner",
    "code",
    "keys",
    "publish",
)
"""Modules of this package that register commands, in the order of the help."""


def parser() -> argparse.ArgumentParser:
    """Return the parser with every command."""
    made = argparse.ArgumentParser(
        prog="inspect-registry",
        description="检查码 registry: plans, visits, inspection codes and their ledger. docs/commands.md says more.",
    )
    commands = made.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f"inspect_registry.cli.{name}").register(commands)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    chosen = parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen))
    except SettingError as error:
        print(f"inspect-registry: {error}", file=sys.stderr)
        return 2
    except RegistryError as error:
        lines = [error.title, error.detail, f"依据：{error.basis}" if error.basis else "", error.remedy]
        print(f"inspect-registry: {error.code}: " + "　".join(line for line in lines if line), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
