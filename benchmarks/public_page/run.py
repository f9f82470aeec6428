"""CPU of a public page against a constant answer of its size, by the same application, interleaved in one run.

Aim (issue 8): at most 2.0. Prints one line for each kind of request: microseconds and the ratio.
"""

import asyncio
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from litestar import Response, get

from inspect_registry.app import create
from inspect_registry.catalogue.model import Disclosure
from inspect_registry.config import from_environment
from inspect_registry.enterprises.model import EnterpriseKind
from inspect_registry.publication.build import release_files
from inspect_registry.publication.disclosure import PlannedRow, month_plan
from inspect_registry.publication.figures import month_entry
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.snapshot import Site, Snapshot
from inspect_registry.routes import outer, registered
from inspect_registry.routes.frame import open_to_all

ROUNDS, REQUESTS = 8, 300
MONTH = date(2026, 12, 1)
PAGE = "/plans/2026-12/"


def a_release(folder: Path, visits: int = 1000) -> None:
    """Write a month of this many visits."""
    rows = [
        PlannedRow(
            visit=f"v{number:025d}", day=date(2026, 12, 1 + number % 31), announced=True, lead=True,
            department=f"d{number % 20}", matter=f"M-{number % 80}", disclosure=Disclosure.NAMED,
            enterprise_name=f"上海第{number}号商贸有限公司", enterprise_kind=EnterpriseKind.COMPANY, natural_name=False,
            enterprise_number=f"{number:018d}", town=f"3101140{number % 12:02d}", address=f"某路{number}号",
            sort_key=f"{number:06d}", initials="d",
        )
        for number in range(visits)
    ]  # fmt: skip
    at = datetime(2026, 11, 25, tzinfo=UTC)
    plan = month_plan(rows, month=MONTH, before=None, reason="", published_at=at, provisional=False)
    site = Site(region="310114", district="上海市嘉定区", publisher="区司法局", public_url="http://127.0.0.1:8000")
    snapshot = Snapshot(
        site=site, today=date(2026, 11, 25), towns=(), departments=(), matters=(), annual=(), results=(),
        months=(month_entry(plan),), plans=(plan,),
    )  # fmt: skip
    releases = Releases(folder / "public")
    staged = releases.stage(1, release_files(load_kit(), snapshot))
    if staged is None:
        raise RuntimeError("nothing staged")
    releases.complete(1, staged)
    releases.switch(1)


async def ask(app: outer.Outer, path: str, *headers: tuple[bytes, bytes]) -> list[dict]:
    """Send one request over ASGI and return what came back."""
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "path": path,
        "raw_path": path.encode(), "root_path": "", "scheme": "http", "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8000"), (b"accept-encoding", b"gzip, br"), *headers],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip
    await app(scope, receive, send)
    return sent


async def measure(folder: Path) -> dict[str, float]:
    """Return the CPU seconds of each kind of request."""
    body = (folder / "public" / PAGE.strip("/") / "index.html.gz").read_bytes()

    @get("/constant", guards=[open_to_all], sync_to_thread=False, actorless=True)
    def constant() -> Response[bytes]:
        return Response(body, media_type="text/html")

    registered.ROOT.append(constant)
    outer.READS_PER_MINUTE = 10**9
    app = create(from_environment({}, var=folder), object())  # type: ignore[arg-type]
    first = await ask(app, PAGE)
    etag = dict(first[0]["headers"])[b"etag"]
    kinds = {
        "constant": ("/constant", ()),
        "page": (PAGE, ()),
        "not modified": (PAGE, ((b"if-none-match", etag),)),
    }
    spent = dict.fromkeys(kinds, 0.0)
    for _ in range(ROUNDS):
        for name, (path, headers) in kinds.items():
            began = time.process_time()
            for _ in range(REQUESTS):
                await ask(app, path, *headers)
            spent[name] += time.process_time() - began
    return spent


def main() -> int:
    """Measure and judge."""
    with tempfile.TemporaryDirectory() as name:
        a_release(Path(name))
        spent = asyncio.run(measure(Path(name)))
    for kind, seconds in spent.items():
        print(f"{kind:>14}: {seconds / ROUNDS / REQUESTS * 1e6:6.0f} us, ratio {seconds / spent['constant']:.2f}")
    return 0 if spent["page"] <= 2 * spent["constant"] else 1


if __name__ == "__main__":
    sys.exit(main())
