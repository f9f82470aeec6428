"""A mail server of the test's own: takes every message and keeps it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Sink:
    """Where messages go, and what has come."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.url = ""
        self._came = asyncio.Event()

    async def first(self, seconds: float) -> bytes:
        """Wait for a message."""
        async with asyncio.timeout(seconds):
            await self._came.wait()
        return self.received[0]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak as much SMTP as a client needs."""
        writer.write(b"220 test\r\n")
        while line := await reader.readline():
            word = line[:4].upper()
            if word == b"DATA":
                writer.write(b"354 go\r\n")
                body = b""
                while (part := await reader.readline()) != b".\r\n":
                    body += part
                self.received.append(body)
                self._came.set()
                writer.write(b"250 ok\r\n")
            elif word == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 ok\r\n")
            await writer.drain()
        writer.close()


@asynccontextmanager
async def a_mail_sink() -> AsyncIterator[Sink]:
    """Listen on loopback until the block ends."""
    sink = Sink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    sink.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield sink
    finally:
        server.close()
        await server.wait_closed()
