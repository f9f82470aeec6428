"""Signer, witnesses and sequencer as real processes, started with the commands that `serve` uses."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inspect_registry.ledger import installation, places

SEQUENCE = ["ledger", "sequence", "--with-parent"]


def environment(var: Path, app_dsn: str, sequencer_dsn: str, auditor_dsn: str, **more: str) -> dict[str, str]:
    """The settings of one installation, for child processes."""
    return {
        **os.environ,
        "IR_VAR": str(var),
        "DATABASE_URL": app_dsn,
        "DATABASE_SEQUENCER_URL": sequencer_dsn,
        "DATABASE_AUDITOR_URL": auditor_dsn,
        **more,
    }


def start(arguments: list[str], env: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start one command of ours."""
    return subprocess.Popen([sys.executable, "-m", "inspect_registry", *arguments], env=env)


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run one command of ours to its end."""
    return subprocess.run(
        [sys.executable, "-m", "inspect_registry", *arguments], capture_output=True, text=True, check=False, timeout=120
    )


@contextmanager
def running(commands: list[list[str]], env: dict[str, str]) -> Iterator[list["subprocess.Popen[bytes]"]]:
    """Have these commands run until the block ends, then kill them: each of them is made for that."""
    processes = [start(command, env) for command in commands]
    try:
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.wait()


@contextmanager
def companions(var: Path, env: dict[str, str], witnesses: int = 3) -> Iterator[None]:
    """Have everything run that `serve` starts beside the service."""
    installation.init_once(var, origin="registry.example/310114", witnesses=witnesses)
    with running(places.commands(var), env):
        yield
