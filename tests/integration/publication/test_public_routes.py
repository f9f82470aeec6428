"""The public site over HTTP: validators, compression, no database, nothing outside, publishing by those who may."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.publication.build import release_files
from inspect_registry.publication.manifest import read_manifest
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from inspect_registry.routes.pages.public import accepts_gzip
from tests.publication_builders import a_plan, a_snapshot, many_rows

HOME = "http://127.0.0.1:8000"


class NoDatabase:
    """Stands where the database would: any use of it fails the test."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the public read path asked the database: {name}")


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tmp_path = tmp_path_factory.mktemp("var")
    releases = Releases(tmp_path / "public")
    staged = releases.stage(1, release_files(load_kit(), a_snapshot(a_plan(many_rows(40)))))
    assert staged is not None
    releases.complete(1, staged)
    releases.switch(1)
    (tmp_path / "secret.txt").write_text("geheim")
    return tmp_path


@pytest.fixture(scope="module")
def app(var: Path) -> object:
    return create(from_environment({}, var=var), NoDatabase())  # type: ignore[arg-type]


@pytest_asyncio.fixture
async def client(app) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HOME) as opened:
        yield opened


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/plans/", "text/html; charset=utf-8"),
        ("/plans/2026/", "text/html; charset=utf-8"),
        ("/plans/2026-12/", "text/html; charset=utf-8"),
        ("/plans/2026-12/r1/", "text/html; charset=utf-8"),
        ("/plans/2026-12/plan.csv", "text/csv; charset=utf-8"),
        ("/plans/2026-12/plan.json", "application/json"),
        ("/plans/2026-12/plan.pdf", "application/pdf"),
        ("/results/2026-11/", "text/html; charset=utf-8"),
        ("/departments/scjg/", "text/html; charset=utf-8"),
        ("/matters/", "text/html; charset=utf-8"),
        ("/help/code/", "text/html; charset=utf-8"),
        ("/assets/ir.css", "text/css; charset=utf-8"),
        ("/manifest.json", "application/json"),
    ],
)
async def test_stable_addresses_answer_without_the_database(client: httpx.AsyncClient, path: str, kind: str) -> None:
    answer = await client.get(path, headers={"cookie": "sid=anything"})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind
    assert answer.headers["etag"].startswith('"')


async def test_every_file_of_the_release_is_answered_at_its_own_name(client: httpx.AsyncClient, var: Path) -> None:
    """Links between pages name the file, so that a release works from a folder: /index.html is one of them."""
    missing = [
        path
        for path in read_manifest(var / "public").files
        if (await client.get(f"/{path}")).status_code != 200 and path != "404.html"
    ]
    assert missing == []


async def test_a_reader_who_has_the_page_gets_304_and_no_body(client: httpx.AsyncClient) -> None:
    first = await client.get("/plans/2026-12/")
    for known in (first.headers["etag"], f"W/{first.headers['etag']}", f'"other", {first.headers["etag"]}', "*"):
        again = await client.get("/plans/2026-12/", headers={"if-none-match": known})
        assert (again.status_code, again.content) == (304, b"")
    assert (await client.get("/plans/2026-12/", headers={"if-none-match": '"other"'})).status_code == 200


async def test_compression_is_given_to_those_who_take_it(client: httpx.AsyncClient) -> None:
    plain = await client.get("/plans/2026-12/", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    async with client.stream("GET", "/plans/2026-12/", headers={"accept-encoding": "br, gzip"}) as answer:
        packed = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers["content-encoding"] == "gzip"
        assert int(answer.headers["content-length"]) == len(packed)
    assert gzip.decompress(packed) == plain.content
    assert "accept-encoding" in plain.headers["vary"]


@pytest.mark.parametrize(
    ("header", "taken"),
    [("", False), ("gzip", True), ("br;q=1, gzip;q=0.5", True), ("gzip;q=0", False), ("*", True), ("*;q=0", False),
     ("br", False), ("GZIP", True), ("gzip;q=x", False)],
)  # fmt: skip
def test_accept_encoding_is_read_with_its_weights(header: str, taken: bool) -> None:
    assert accepts_gzip(header) is taken


async def test_head_is_get_without_the_body(client: httpx.AsyncClient) -> None:
    head, get = await client.head("/plans/2026-12/plan.csv"), await client.get("/plans/2026-12/plan.csv")
    assert head.status_code == 200
    assert head.content == b""
    assert head.headers["etag"] == get.headers["etag"]


async def test_data_may_be_read_from_any_origin_and_pages_may_not(client: httpx.AsyncClient) -> None:
    assert (await client.get("/plans/2026-12/plan.json")).headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-origin" not in (await client.get("/plans/2026-12/")).headers


async def test_what_stays_for_ever_may_be_kept_for_ever(client: httpx.AsyncClient) -> None:
    assert "immutable" in (await client.get("/plans/2026-12/r1/")).headers["cache-control"]
    assert "immutable" not in (await client.get("/plans/2026-12/")).headers["cache-control"]


async def test_a_folder_without_its_slash_moves(client: httpx.AsyncClient) -> None:
    answer = await client.get("/plans/2026-12")
    assert (answer.status_code, answer.headers["location"]) == (301, "/plans/2026-12/")


@pytest.mark.parametrize(
    "path",
    ["/plans/../../secret.txt", "/plans/%2e%2e/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt", "/plans/2026-13/",
     "/assets/ir.css.gz", "/results/%00", "/data/" + "x" * 2000],
)  # fmt: skip
async def test_nothing_else_is_reachable(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code in (301, 404)
    assert "geheim" not in answer.text
    if answer.status_code == 404:
        assert "没有这个页面" in answer.text or "未找到" in answer.text


async def test_before_anything_is_published_the_site_says_so(tmp_path: Path) -> None:
    app = create(from_environment({}, var=tmp_path), NoDatabase())  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=HOME) as client:
        answer = await client.get("/")
        assert answer.status_code == 404
        assert "还没有公布" in answer.text
        assert (await client.get("/assets/ir.css")).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/months/2026-12/publish", "/api/v1/releases/refresh"])
async def test_nobody_in_particular_publishes(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.post(path, json={})).status_code == 401
