"""What benchmarks over HTTP share: the real application under granian, its own PostgreSQL, and what they cost."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx

from inspect_registry.clock import SystemClock
from inspect_registry.codes.keyfiles import new_key
from inspect_registry.codes.payload import Algorithm
from inspect_registry.db import schema
from inspect_registry.db.embedded import EmbeddedServer

ROOT = Path(__file__).parents[1]
TICKS = os.sysconf("SC_CLK_TCK")


class Served:
    """One application under load: `dsn(role)` of its database, its port, and what requests cost it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = 0
        self._postgres = EmbeddedServer(folder / "postgres")
        self._server: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Start PostgreSQL with an empty schema, and make the key of the codes."""
        now = SystemClock().now()
        new_key(
            self.folder / "keys" / "codes", algorithm=Algorithm.ED25519, issuer="benchmark",
            sign_from=now - timedelta(days=1), sign_days=30, verify_days=30,
        )  # fmt: skip
        self._postgres.start()
        passwords = {role: self._postgres.password(schema.Roles("").name(role)) for role in schema.ROLES}
        asyncio.run(schema.apply(self._postgres.dsn(), passwords, schema.Roles("")))

    def dsn(self, role: str = "") -> str:
        """Return how to connect as a database role; none = the cluster's administrator."""
        return self._postgres.dsn(role) if role else self._postgres.dsn()

    def serve(self, factory: str) -> None:
        """Start one worker of the application that `module:function` makes, and wait until it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        environment = {
            **os.environ, "DATABASE_URL": self.dsn("ir_app"), "IR_VAR": str(self.folder), "PORT": str(self.port),
            "PUBLIC_URL": f"http://127.0.0.1:{self.port}", "IR_SECRET": "00" * 32, "PYTHONPATH": str(ROOT),
        }  # fmt: skip
        self._server = subprocess.Popen(
            [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--port", str(self.port),
             "--log-level", "warning", "--no-ws", factory],
            env=environment, cwd=ROOT,
        )  # fmt: skip
        for _ in range(200):
            try:
                httpx.get(f"http://127.0.0.1:{self.port}/health/live", timeout=1)
            except httpx.HTTPError:
                time.sleep(0.1)
            else:
                return
        raise SystemExit("the server does not answer")

    def load(self, lines: Sequence[str], *, connections: int, seconds: float) -> dict[str, float]:
        """Keep so many connections busy and return latencies, and CPU microseconds of a request."""
        file = self.folder / "requests.txt"
        file.write_text("\n".join(lines), "utf-8")
        watched = {"server_us": self._server.pid if self._server else 0, "postgres_us": self._postgres.pid() or 0}
        before = {name: cpu_seconds(pid) for name, pid in watched.items()}
        done = subprocess.run(
            [sys.executable, ROOT / "benchmarks" / "load.py", str(self.port), str(connections), str(seconds), file],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        figures = json.loads(done.stdout)
        for name, pid in watched.items():
            figures[name] = round((cpu_seconds(pid) - before[name]) / figures["requests"] * 1e6, 1)
        return figures

    def end(self) -> None:
        """Stop everything."""
        if self._server is not None:
            self._server.terminate()
            self._server.wait(10)
        self._postgres.stop()


@contextmanager
def served() -> Iterator[Served]:
    """Lend an installation that is gone afterwards."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        one = Served(folder)
        one.begin()
        try:
            yield one
        finally:
            one.end()


def cpu_seconds(pid: int) -> float:
    """CPU used so far by a process and its children."""
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(entry.name) == pid or int(fields[1]) == pid:
                total += int(fields[11]) + int(fields[12])
    return total / TICKS
