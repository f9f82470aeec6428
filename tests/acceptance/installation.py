"""A whole installation in a folder of its own, run as people run it: `inspect-registry serve` as a process."""

import datetime as dt
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

ENTERPRISES = 600
PASSWORD = "jiancha-310114"
T = TypeVar("T")


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Installation:
    """One var/ folder and the processes that serve it."""

    def __init__(self, var: Path, *, enterprises: int = ENTERPRISES, today: dt.date | None = None) -> None:
        self.var = var
        self.today = today
        self.enterprises = enterprises
        self.port = free_port()
        self._tokens: dict[str, str] = {}
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        """The settings of this installation, and nothing of the outer one."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not re.match(r"^(IR_|DATABASE_|PUBLIC_URL|HOST|PORT)", name)
        }
        day = {"IR_DEMO": "1", "IR_DEMO_TODAY": self.today.isoformat()} if self.today else {}
        return {**kept, **day, "IR_VAR": str(self.var), "PUBLIC_URL": self.url}

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one command of the program to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "inspect_registry", *arguments],
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert not check or done.returncode == 0, done.stderr[-4000:]
        return done

    def start(self, seconds: float = 240) -> "Installation":
        """Serve the demo district; return when it is ready."""
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var.parent / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "inspect_registry", "serve", "--demo", "--port", str(self.port), "--enterprises", str(self.enterprises)],
                env=self.environment(), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.wait_ready(seconds)
        return self

    def wait_ready(self, seconds: float = 60) -> float:
        """Wait until requests can be served; return how long that took."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            assert self._process is None or self._process.poll() is None, self.log()[-4000:]
            try:
                if httpx.get(f"{self.url}/health/ready", timeout=5).status_code == 200:
                    return time.monotonic() - began
            except httpx.HTTPError:
                pass
            time.sleep(0.05)  # bounded polling for a real event: the process says when it is ready
        raise AssertionError(f"not ready after {seconds} s: {self.log()[-4000:]}")

    def log(self) -> str:
        """What the processes printed."""
        return (self.var.parent / "serve.log").read_text(errors="replace")

    def until(self, found: Callable[[], T | None], seconds: float = 90) -> T:
        """Ask again until there is an answer; bounded."""
        deadline = time.monotonic() + seconds
        while True:
            answer = found()
            if answer is not None:
                return answer
            assert time.monotonic() < deadline, f"nothing after {seconds} s: {self.log()[-3000:]}"
            time.sleep(0.1)  # bounded polling for a real event in another process

    def kill_database(self) -> int:
        """kill -9 the embedded PostgreSQL, wait until it is gone, and return the process id it had."""
        pid = int((self.var / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, signal.SIGKILL)
        self.until(lambda: _ended(pid) or None)
        return pid

    def kill(self) -> None:
        """kill -9 the web server and its supervisor; the database and companions find out by themselves."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def kill_supervisor(self) -> None:
        """kill -9 the program alone: its web worker and companions must notice by themselves and end."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

        def silent() -> bool | None:
            try:
                httpx.get(f"{self.url}/health/live", timeout=2)
            except httpx.HTTPError:
                return True
            return None

        self.until(silent, 30)

    def stop(self) -> None:
        """Stop as Ctrl-C does."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                self.kill()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def request(self, account: str, method: str, path: str, **options: Any) -> httpx.Response:
        """Make one request in somebody's name; a session that is over is opened again."""
        answer = httpx.Response(401)
        for _ in range(2):
            headers = {"authorization": f"Bearer {self._tokens[account]}"} if account in self._tokens else {}
            if account and not headers:
                signed_in = httpx.post(
                    f"{self.url}/api/v1/session", json={"account": account, "password": PASSWORD}, timeout=60
                )
                assert signed_in.status_code == 201, signed_in.text
                self._tokens[account] = signed_in.json()["token"]
                headers = {"authorization": f"Bearer {self._tokens[account]}"}
            answer = httpx.request(method, f"{self.url}{path}", headers=headers, timeout=60, **options)
            if answer.status_code != 401:
                break
            self._tokens.pop(account, None)
        return answer


def _ended(pid: int) -> bool:
    """Whether a process is over; one that goes while it is looked at is."""
    try:
        return " Z " in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
