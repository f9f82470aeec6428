"""Serve a keeper over a unix socket or loopback HTTP, with the standard library only: the fewer parts, the better.

Addresses: `unix:/path/to.sock` (mode 0600: the same account only) or `host:port`. Requests are small and few, one
thread each; a request that does not arrive in time or is larger than any honest one is dropped.
"""

import http.server
import os
import socket
import socketserver
import sys
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, ClassVar, Final
from urllib.parse import unquote

from inspect_registry.ledger.keeper import Answer

MAX_BODY: Final = 65_536
MAX_DRAINED: Final = 1_048_576
PATIENCE: Final = 5.0  # seconds for a request to arrive whole

Answerer = Callable[[str, str, bytes], Answer]


class _Handler(http.server.BaseHTTPRequestHandler):
    timeout = PATIENCE
    protocol_version = "HTTP/1.1"
    answerer: ClassVar[Answerer]

    def do_GET(self) -> None:
        self._send(type(self).answerer("GET", self.path, b""))

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > MAX_BODY:
            self.close_connection = True
            if length.isdecimal():  # Whoever is still sending would not hear the answer.
                self.rfile.read(min(int(length), MAX_DRAINED))
            self._send(Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a request has at most {MAX_BODY} bytes\n"))
            return
        self._send(type(self).answerer("POST", self.path, self.rfile.read(int(length))))

    def _send(self, answer: Answer) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        return "inspect-registry"

    def address_string(self) -> str:
        return "unix" if isinstance(self.client_address, str) else super().address_string()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so.
        """Keep quiet: every answer is either a signature, kept by who asked, or a refusal, logged by who asked."""


class _Patient:
    """Whoever asks may die in the midst of it (a sequencer is made for that): no word about it, and no trace."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell of every other fault."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[misc]  # the server class beside this one


class _TcpServer(_Patient, http.server.ThreadingHTTPServer):
    daemon_threads = True


class _UnixServer(_Patient, socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


def make_server(answerer: Answerer, address: str) -> socketserver.BaseServer:
    """Bind the address and return the server, ready for `serve_forever`."""
    handler = type("Handler", (_Handler,), {"answerer": staticmethod(answerer)})
    kind, _, path = address.partition(":")
    if kind == "unix":
        return _unix_server(Path(unquote(path)), handler)
    host, _, port = address.rpartition(":")
    return _TcpServer((host or "127.0.0.1", int(port)), handler)


def _unix_server(path: Path, handler: type[_Handler]) -> _UnixServer:
    path.parent.mkdir(parents=True, exist_ok=True)
    if _is_alive(path):
        raise OSError(f"another process answers at {path}")
    path.unlink(missing_ok=True)  # Left by a process that was killed.
    before = os.umask(0o177)
    try:
        return _UnixServer(str(path), handler)
    finally:
        os.umask(before)


def _is_alive(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
