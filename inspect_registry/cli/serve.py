"""`serve`: the whole installation with one command.

Order: database and schema, keys (made once, explicitly, here), the demo district when asked, then beside the web server
the signer, the witnesses and the sequencer as processes of their own. Whatever dies is started again; Ctrl-C stops all,
the embedded database last.
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence

import msgspec

from inspect_registry.cli import demo
from inspect_registry.cli.installation import database_server
from inspect_registry.cli.keys import new_code_key
from inspect_registry.config import Settings, from_environment
from inspect_registry.config import variable as variable_of

_RESTART_SECONDS = 1.0
WITNESSES = 3
PROGRAM = (sys.executable, "-m", "inspect_registry")


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("serve", help="运行服务，连同数据库、签名机、见证机和编号程序")
    parser.add_argument("--host", help="监听地址（HOST），默认 127.0.0.1")
    parser.add_argument("--port", type=int, help="监听端口（PORT），默认 8000")
    parser.add_argument("--demo", action="store_true", help="装入一次演示区的数据，并显示 /demo")
    parser.add_argument("--enterprises", type=demo.district_size, default=20_000, help="演示区的企业数量，默认 20000")
    parser.set_defaults(run=_run)


def settings_of(arguments: argparse.Namespace) -> Settings:
    """Return the settings with what the command line says on top."""
    given = {
        name: value
        for name, value in {"host": arguments.host, "port": arguments.port, "demo": arguments.demo or None}.items()
        if value is not None
    }
    settings = from_environment(**given)
    if "PUBLIC_URL" not in os.environ:
        settings = msgspec.structs.replace(settings, public_url=f"http://{_reachable(settings.host)}:{settings.port}")
    return settings


def _reachable(host: str) -> str:
    """Return a host that people can type: for "every address", this machine's own in the local network."""
    if host not in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return host
    import socket  # noqa: PLC0415 - needed in this case only

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: asks the routing table which address we would use
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])


def _run(arguments: argparse.Namespace) -> int:
    settings = settings_of(arguments)
    settings.var.mkdir(parents=True, exist_ok=True)
    with database_server(settings) as server:
        if server is not None:
            server.keep_alive()
        make_keys(settings)
        if settings.demo:
            demo.load_once(settings, server, enterprises=arguments.enterprises)
        environment = environment_of(settings)
        companions = Companions(companion_commands(settings), environment)
        companions.start()
        try:
            _announce(settings)
            return _web_server(settings, environment)
        finally:
            companions.stop()


def make_keys(settings: Settings) -> None:
    """Make the keys of a new installation: of codes, of the signer and of the witnesses. Never replaces one.

    The log is founded by a process of its own: its key is never in this one, which becomes the web server.
    """
    from inspect_registry.ledger import places  # noqa: PLC0415 - SQLite and the like, only when serving

    found = [*PROGRAM, "ledger", "found", origin_of(settings), "--witnesses", str(WITNESSES)]
    if not places.is_founded(settings.var):
        done = subprocess.run(found, env=environment_of(settings), check=False, stdout=subprocess.DEVNULL)  # noqa: S603
        if done.returncode:
            raise SystemExit(done.returncode)
    if not any((settings.var / "keys" / "codes").glob("*")):
        new_code_key(settings)


def origin_of(settings: Settings) -> str:
    """Return the ledger's name (C2SP origin): the public host and the district."""
    return f"{settings.public_url.partition('://')[2]}/log/{settings.region}"


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the environment for child processes, so that all of them read the same settings."""
    values = dict(os.environ)
    for field in msgspec.structs.fields(Settings):
        value = getattr(settings, field.name)
        if value is None:
            continue
        text = value.hex() if isinstance(value, bytes) else ",".join(value) if isinstance(value, tuple) else str(value)
        if text:
            values[variable_of(field.name)] = text
    return values


def companion_commands(settings: Settings) -> list[list[str]]:
    """Return the command lines of the processes beside the web server."""
    from inspect_registry.ledger import places  # noqa: PLC0415 - see make_keys

    return [[*PROGRAM, *line] for line in (*places.commands(settings.var), ["work", "--with-parent"])]


class Companions:
    """Child processes that are started again whenever they end, until stopped."""

    def __init__(self, commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> None:
        self._commands = [list(command) for command in commands]
        self._environment = dict(environment)
        self._children: dict[int, subprocess.Popen[bytes]] = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="companions", daemon=True)

    def start(self) -> None:
        """Start all, and the watch over them."""
        for number in range(len(self._commands)):
            self._launch(number)
        self._thread.start()

    def stop(self) -> None:
        """End all: politely, then not."""
        self._stopping.set()
        self._thread.join(timeout=5)
        for child in self._children.values():
            child.terminate()
        deadline = time.monotonic() + 5
        for child in self._children.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def pids(self) -> list[int]:
        """Return the process ids, in the order of the commands."""
        return [self._children[number].pid for number in sorted(self._children)]

    def _launch(self, number: int) -> None:
        self._children[number] = subprocess.Popen(  # noqa: S603
            self._commands[number], env=self._environment, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def _watch(self) -> None:
        while not self._stopping.wait(_RESTART_SECONDS):
            for number, child in list(self._children.items()):
                if child.poll() is not None and not self._stopping.is_set():
                    self._launch(number)


def _announce(settings: Settings) -> None:
    lines = [
        f"检查码 registry: {settings.public_url}/",
        f"  scan page, public site, API ({settings.public_url}/api/schema)",
    ]
    if settings.demo:
        lines.append(f"  demo: {settings.public_url}/demo")
        lines += demo.account_lines()
    print("\n".join(lines), flush=True)


def _web_server(settings: Settings, environment: Mapping[str, str]) -> int:
    from granian import Granian  # noqa: PLC0415 - only this command serves
    from granian.constants import Interfaces  # noqa: PLC0415
    from granian.http import HTTP1Settings  # noqa: PLC0415
    from granian.log import LogLevels  # noqa: PLC0415

    os.environ.update(environment)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    Granian(
        "inspect_registry.app:from_environment",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGI,
        websockets=False,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        http1_settings=HTTP1Settings(header_read_timeout=5_000),
        workers_kill_timeout=5,
    ).serve()
    return 0
