"""Where a log is, who works for it, and that whoever serves the world has no way to its key."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from inspect_registry.ledger.installation import init_once
from inspect_registry.ledger.keeper import KeeperError
from inspect_registry.ledger.keys import load_verifier
from inspect_registry.ledger.places import Places, commands, is_founded
from tests.receipt_builders import keys

ORIGIN = "jc.example.gov.cn/log/310114"
KEY_HOLDERS = ("keys", "signer", "witness", "installation")


def found(var: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    """Found a log as `serve` does: in a process of its own."""
    command = [sys.executable, "-m", "inspect_registry", "ledger", "found", ORIGIN, *more]
    return subprocess.run(command, env={**os.environ, "IR_VAR": str(var)}, capture_output=True, text=True, check=False)


def first_words(var: Path) -> list[str]:
    return [line[0] for line in commands(var)]


def test_a_log_is_founded_once_by_a_process_of_its_own(tmp_path: Path) -> None:
    done = found(tmp_path, "--witnesses", "3")
    assert done.returncode == 0, done.stderr
    places = Places(tmp_path)
    policy = places.policy()
    assert is_founded(tmp_path)
    assert str(policy.log) in done.stdout
    assert policy.log == load_verifier(places.signer)
    assert (policy.groups["quorum-group"].threshold, len(policy.witnesses)) == (2, 3)
    assert first_words(tmp_path) == ["signer", "witness", "witness", "witness", "ledger"]
    assert found(tmp_path, "--witnesses", "3").returncode == 0
    assert places.policy() == policy  # The second time nothing is made.


def test_a_name_that_no_key_can_bear_is_said_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "inspect_registry", "ledger", "found", "a log"]
    done = subprocess.run(
        command, env={**os.environ, "IR_VAR": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("inspect-registry ledger: 'a log' cannot be the name")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "modules", ["inspect_registry.app", "inspect_registry.cli.serve, inspect_registry.ledger.places"]
)
def test_no_code_that_touches_a_private_key_is_loaded_where_the_world_is_served(modules: str) -> None:
    """The web server and the program that starts it; `serve` has the log founded by another process (above)."""
    program = f"import {modules}, sys; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "inspect_registry.ledger.places" in loaded
    assert [name for name in KEY_HOLDERS if f"inspect_registry.ledger.{name}" in loaded] == []


def test_that_look_would_find_the_code_where_it_is_loaded() -> None:
    """The planted fault: the signer's own command."""
    program = "import inspect_registry.cli.signer, sys; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert {f"inspect_registry.ledger.{name}" for name in ("keys", "signer")} <= set(loaded)


def test_a_signer_and_witnesses_that_live_elsewhere_are_asked_there_and_not_started_here(tmp_path: Path) -> None:
    log, witnesses = keys()
    places = Places(tmp_path)
    places.policy_file.parent.mkdir(parents=True)
    places.policy_file.write_text(
        f"log {log.verifier} http://10.0.0.7:8100\nwitness w1 {witnesses[0].verifier} https://w.example/\nquorum w1\n"
    )
    assert first_words(tmp_path) == ["ledger"]
    assert places.signer_address == "http://10.0.0.7:8100"
    assert "http" not in places.published_policy()
    init_once(tmp_path / "own", origin=ORIGIN, witnesses=0)
    assert Places(tmp_path / "own").signer_address == Places(tmp_path / "own").signer_socket


def test_a_lost_memory_does_not_hide_the_signer(tmp_path: Path) -> None:
    """It is started, refuses, and says why; nobody has to notice that it is absent."""
    init_once(tmp_path, origin=ORIGIN, witnesses=1)
    for file in Places(tmp_path).signer.iterdir():
        file.unlink()
    assert first_words(tmp_path) == ["signer", "witness", "ledger"]


def test_the_last_key_named_is_the_one_that_signs(tmp_path: Path) -> None:
    old, new = keys(1)[0].verifier, keys(2)[0].verifier
    places = Places(tmp_path)
    places.policy_file.parent.mkdir(parents=True)
    places.policy_file.write_text(f"log {old}\nlog {new}\nquorum none\n")
    assert places.policy().log == new


@pytest.mark.parametrize(
    ("text", "message"),
    [("quorum none\n", "no line names the log's key"), ("log x\nquorum none\n", "line 1"), (None, "ledger found")],
)
def test_a_policy_that_cannot_be_used_is_said(tmp_path: Path, text: str | None, message: str) -> None:
    places = Places(tmp_path)
    places.policy_file.parent.mkdir(parents=True)
    if text is not None:
        places.policy_file.write_text(text)
    with pytest.raises(KeeperError, match=message):
        places.policy()
