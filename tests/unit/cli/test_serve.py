"""The supervisor: what dies is started again, what is stopped stays stopped; children read the same settings."""

import argparse
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from inspect_registry.cli import main, parser
from inspect_registry.cli.serve import Companions, origin_of, settings_of
from inspect_registry.config import from_environment

FOREVER = [sys.executable, "-c", "import time\nwhile True: time.sleep(60)"]


def wait_for(condition, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)  # bounded polling for another process


def test_a_companion_that_is_killed_is_started_again_until_stopped() -> None:
    companions = Companions([FOREVER], dict(os.environ))
    companions.start()
    try:
        (first,) = companions.pids()
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: companions.pids() != [first])
        (second,) = companions.pids()
    finally:
        companions.stop()
    wait_for(lambda: not Path(f"/proc/{second}").exists())


def test_companions_get_the_environment_they_are_given(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    line = f"import os, pathlib, time; pathlib.Path({str(seen)!r}).write_text(os.environ['IR_X']); time.sleep(60)"
    companions = Companions([[sys.executable, "-c", line]], {**os.environ, "IR_X": "yes"})
    companions.start()
    try:
        wait_for(lambda: seen.exists() and seen.read_text() == "yes")
    finally:
        companions.stop()


def arguments(**given: object) -> argparse.Namespace:
    return argparse.Namespace(**{"host": None, "port": None, "demo": False, "enterprises": 10} | given)


def test_the_command_line_wins_and_the_public_address_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    settings = settings_of(arguments(port=8123, demo=True))
    assert (settings.port, settings.demo, settings.public_url) == (8123, True, "http://127.0.0.1:8123")
    monkeypatch.setenv("PUBLIC_URL", "https://jc.example.gov.cn")
    assert settings_of(arguments(port=8123)).public_url == "https://jc.example.gov.cn"


def test_the_logs_name_is_the_public_host_and_the_district() -> None:
    assert origin_of(from_environment({"PUBLIC_URL": "https://jc.example.gov.cn"})) == "jc.example.gov.cn/log/310114"


def test_a_wrong_setting_is_one_line_and_exit_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "eighty")
    assert main(["schema", "apply"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("inspect-registry: PORT:")
    assert len(said.splitlines()) == 1


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for line in parser().format_help().splitlines():
        assert len(line) < 200
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "serve" in capsys.readouterr().out
