"""Ask a signer or a witness: the client half of C2SP tlog-witness, over a unix socket or HTTP."""

import asyncio
import http.client
import socket
from typing import Final
from urllib.parse import unquote, urlsplit

from inspect_registry.ledger.keeper import Answer, write_request
from inspect_registry.ledger.promise import Promise

PATIENCE: Final = 2.0  # seconds
MAX_ANSWER: Final = 65_536


class KeeperUnreachableError(Exception):
    """Nobody answered in time; asking again later is right."""


class KeeperRefusedError(Exception):
    """The keeper will not sign this: `status` and `body` say why, in the words of tlog-witness."""

    def __init__(self, address: str, answer: Answer) -> None:
        super().__init__(f"{address} refused with {answer.status}: {answer.body.strip()}")
        self.status = answer.status
        self.body = answer.body

    @property
    def known_size(self) -> int | None:
        """Size that the keeper knows, when it refused because another size was assumed."""
        text = self.body.strip()
        return int(text) if self.status == 409 and text.isdecimal() else None


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, patience: float) -> None:
        super().__init__("localhost", timeout=patience)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class KeeperClient:
    """One signer or witness at an address: `unix:/path`, `host:port`, or an http(s) URL with a prefix."""

    def __init__(self, address: str, patience: float = PATIENCE) -> None:
        self.address = address
        self._patience = patience

    def ask(self, method: str, path: str, body: bytes | None = None) -> str:
        """Send one request and return the text of a 200 answer; blocks."""
        connection, prefix = self._connect()
        try:
            connection.request(method, prefix + path, body)
            response = connection.getresponse()
            answer = Answer(response.status, response.read(MAX_ANSWER).decode("utf-8", "replace"))
        except (OSError, http.client.HTTPException) as error:
            raise KeeperUnreachableError(f"couldn't ask {self.address}: {error}") from error
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise KeeperRefusedError(self.address, answer)
        return answer.body

    async def add_checkpoint(self, old: int, proof: list[bytes], note: str) -> str:
        """Ask for a signature on a checkpoint; returns the signature lines, not yet verified."""
        return await asyncio.to_thread(self.ask, "POST", "/add-checkpoint", write_request(old, proof, note))

    async def checkpoint(self) -> str:
        """Ask the signer for the last checkpoint it signed."""
        return await asyncio.to_thread(self.ask, "GET", "/checkpoint")

    async def promise(self, promise: Promise) -> str:
        """Ask the signer to sign a promise; returns the signed note."""
        line = await asyncio.to_thread(self.ask, "POST", "/promise", promise.text.encode())
        return f"{promise.text}\n{line}"

    def _connect(self) -> tuple[http.client.HTTPConnection, str]:
        if self.address.startswith("unix:"):
            return _UnixConnection(unquote(self.address.removeprefix("unix:")), self._patience), ""
        url = urlsplit(self.address if "://" in self.address else f"http://{self.address}")
        make = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        return make(url.netloc, timeout=self._patience), url.path.rstrip("/")
