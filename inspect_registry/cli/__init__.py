"""The command `inspect-registry`, also `python -m inspect_registry`: one module for each command.

Exit codes: 0 done, 1 done and found problems (or could not be done), 2 the call itself is wrong.
"""

import argparse
import importlib
import sys
from collections.abc import Sequence

from inspect_registry.cli.parsing import Parser
from inspect_registry.config import SettingError
from inspect_registry.db.embedded import EmbeddedServerError
from inspect_registry.db.schema import SchemaDiffers
from inspect_registry.errors import RegistryError

COMMANDS = (
    "serve",
    "demo",
    "work",
    "schema",
    "backup",
    "import_",
    "draw",
    "ledger",
    "signer",
    "witness",
    "planner",
    "code",
    "keys",
    "publish",
    "catalogue",
)
"""Modules of this package that register commands, in the order of the help."""

_WORDS = {"import_": ("import",), "planner": ("solve", "score"), "backup": ("backup", "restore")}
"""Commands of modules that are not named after their one command."""


def parser(only: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """Return the parser with every command, or with some of them: what a command needs not is not imported for it."""
    made: argparse.ArgumentParser = Parser(
        prog="inspect-registry",
        description="检查码登记系统：检查计划、入企检查、检查码和留痕台账。各命令详见 docs/commands.md。",
        epilog="退出码：0 完成；1 完成但发现问题，或者没有办成；2 命令写得不对或设置有误。",
    )
    commands = made.add_subparsers(title="命令", metavar="命令", required=True)
    for name in only:
        importlib.import_module(f"inspect_registry.cli.{name}").register(commands)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    named = [name for name in COMMANDS if given and given[0] in _WORDS.get(name, (name,))]
    chosen = parser(named or COMMANDS).parse_args(given)
    try:
        return int(chosen.run(chosen))
    except (SettingError, SchemaDiffers, EmbeddedServerError) as error:
        print(f"inspect-registry: {error}", file=sys.stderr)
        return 2
    except RegistryError as error:
        lines = [error.title, error.detail, f"依据：{error.basis}" if error.basis else "", error.remedy]
        print(f"inspect-registry: {error.code}: " + "　".join(line for line in lines if line), file=sys.stderr)
        return 1
    except BrokenPipeError:  # Whoever read the output has seen enough.
        sys.stderr.close()
        return 1
    except OSError as error:
        print(f"inspect-registry: {error.filename or '连接'}：{error.strerror or error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
