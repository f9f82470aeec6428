"""A small HTTP/1.1 load generator: keeps N connections busy with requests from a file and prints JSON figures.

Run as its own process, so that its work is not counted as the server's: `python load.py PORT CONNECTIONS SECONDS FILE`.
Each line of the file is one request: a path to GET, or JSON with `method`, `path`, `token` and `body`. Connection n of
N begins n/N of the way through the file and goes on from there.
"""

import asyncio
import json
import sys
import time
from pathlib import Path


class Client(asyncio.Protocol):
    """One kept-alive connection that always has one request under way."""

    def __init__(
        self, requests: list[bytes], start: int, until: float, latencies: list[float], faults: list[str]
    ) -> None:
        self._requests = requests
        self._next = start
        self._until = until
        self._latencies = latencies
        self._faults = faults
        self._buffer = b""
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport) -> None:
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        lower = head.lower()
        at = lower.index(b"content-length:") + 15
        length = int(lower[at:].split(b"\r\n", 1)[0])
        if len(body) < length:
            return
        now = time.perf_counter()
        self._latencies.append(now - self._sent)
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.1 201")):
            self._faults.append(head.split(b"\r\n", 1)[0].decode())
        self._buffer = b""
        if now >= self._until:
            self._transport.close()
            if not self.done.done():
                self.done.set_result(None)
        else:
            self._ask()

    def connection_lost(self, _error) -> None:
        if not self.done.done():
            self._faults.append("connection lost")
            self.done.set_result(None)

    def _ask(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._requests[self._next % len(self._requests)])
        self._next += 1


def request_of(line: str, port: int) -> bytes:
    """Return the bytes of one request."""
    if not line.startswith("{"):
        return f"GET {line} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n\r\n".encode()
    asked = json.loads(line)
    body = json.dumps(asked["body"]).encode()
    head = (
        f"{asked['method']} {asked['path']} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n"
        f"authorization: Bearer {asked['token']}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def run(port: int, connections: int, seconds: float, lines: list[str]) -> dict[str, object]:
    requests = [request_of(line, port) for line in lines]
    latencies: list[float] = []
    faults: list[str] = []
    begun = time.perf_counter()
    loop = asyncio.get_running_loop()
    clients = []
    for number in range(connections):
        start = number * len(requests) // connections
        _, client = await loop.create_connection(
            lambda start=start: Client(requests, start, begun + seconds, latencies, faults), "127.0.0.1", port
        )
        clients.append(client)
    await asyncio.gather(*[client.done for client in clients])
    took = time.perf_counter() - begun
    latencies.sort()
    return {
        "requests": len(latencies),
        "per_second": round(len(latencies) / took, 1),
        "p50_ms": round(latencies[len(latencies) // 2] * 1000, 2),
        "p99_ms": round(latencies[int(len(latencies) * 0.99)] * 1000, 2),
        "faults": len(faults),
        "first_fault": faults[0] if faults else "",
    }


if __name__ == "__main__":
    port, connections, seconds, file = sys.argv[1:]
    figures = asyncio.run(run(int(port), int(connections), float(seconds), Path(file).read_text("utf-8").splitlines()))
    print(json.dumps(figures))
