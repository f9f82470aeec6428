"""A TCP proxy that can let traffic through, swallow it, or refuse it: a database that is well, black-holed, or stopped."""

import asyncio
import contextlib
from enum import Enum
from typing import Self


class Mode(Enum):
    """What happens to what arrives."""

    PASS = 1
    BLACK_HOLE = 2
    """Connections open and nothing ever comes back."""
    STOPPED = 3
    """Connections are cut and new ones closed at once."""


class Proxy:
    """Forwards one local port to a server (a host and port, or a unix socket)."""

    def __init__(self, host: str, port: int, socket_path: str = "") -> None:
        self._target = (host, port)
        self._socket_path = socket_path
        self._mode = Mode.PASS
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        self.set(Mode.STOPPED)
        await asyncio.sleep(0)

    def set(self, mode: Mode) -> None:
        """Change what happens from now on, to open connections too."""
        self._mode = mode
        if mode is Mode.STOPPED:
            for writer in list(self._writers):
                writer.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._mode is Mode.STOPPED:
            writer.close()
            return
        if self._socket_path:
            far_reader, far_writer = await asyncio.open_unix_connection(self._socket_path)
        else:
            far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._writers |= {writer, far_writer}
        await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while data := await reader.read(65536):
                if self._mode is Mode.PASS:
                    writer.write(data)
                    await writer.drain()
        self._writers.discard(writer)
        writer.close()
