"""企业信用风险分类 never leaves the inside: two districts that differ in nothing but the class look the same outside.

The same month is lived through twice, once with every enterprise of class A and once with every one of class D: import,
draw, plan, publication, code, scan, record, papers. Whatever somebody who may not see the class can read (pages, data,
papers, feeds, answers, errors, log lines, leaves) must be equal to the byte. So a class cannot hide in any spelling,
weight, order, number or timing; and each planted leak makes a difference that is found.
"""

import datetime as dt
import io
import itertools
import json
import random
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import msgspec
import pypdf
import pytest
import structlog

from inspect_registry.actor import Actor, Role
from inspect_registry.app import create
from inspect_registry.clock import SetClock
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.enterprises import service as enterprises
from inspect_registry.enterprises.class_table import CLASS, NUMBER
from inspect_registry.fieldwork import followup
from inspect_registry.ledger.leaf import decode_leaf
from inspect_registry.plans import crew_drawing, drafting, drawing, month_checks, months
from inspect_registry.plans import service as annual
from inspect_registry.plans.cells.values import Bounds
from inspect_registry.plans.crew_shapes import CommitCrews
from inspect_registry.plans.drafting import AnnualDraft
from inspect_registry.plans.draw_shapes import CommitDraw, SeedDraft
from inspect_registry.plans.model import TaskDraft
from inspect_registry.publication import service as publication
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.service import Publishing
from inspect_registry.routes import frame, registered
from tests.code_world import a_desk
from tests.conftest import NOW, REGION
from tests.district_builders import a_uscc
from tests.fieldwork_doors import a_closed_record, begun, officer
from tests.integration.publication.test_no_leak_from_the_database import texts
from tests.integration.publication.test_publishing import an_approved_visit
from tests.publication_builders import a_site
from tests.visits_builders import COORDINATOR, District, a_district, an_actor

DECEMBER = dt.date(2026, 12, 1)
TABLES = (
    "annual_plan", "task", "monthly_plan", "draw", "visit", "inspection", "rectification", "code", "enterprise",
    "premises", "department", "matter", "inspector", "document", "credit_record",
)  # fmt: skip
LEAVES = "SELECT id, leaf FROM ledger_entry WHERE leaf LIKE '{%'::bytea ORDER BY id"
"""A few builders plant entries without a leaf of their own."""
Seen = dict[str, str]


@asynccontextmanager
async def opened(cluster: Any) -> AsyncIterator[tuple[Database, asyncpg.Connection]]:
    """A fresh database with the same dice and clock as every other."""
    name = await cluster.clone()
    dice = random.Random(310114).randbytes
    database = await Database.open(
        cluster.dsn(name, "app"), region=REGION, clock=SetClock(NOW), random=dice, size=4, command_timeout=60
    )
    owner = await asyncpg.connect(cluster.dsn(name), server_settings={"search_path": "ir,public", "TimeZone": "UTC"})
    try:
        yield database, owner
    finally:
        await owner.close()
        await database.close()
        await cluster.drop(name)


async def lived_through(
    cluster: Any, letter: str, folder: Path, monkeypatch: pytest.MonkeyPatch, only: str = ""
) -> Seen:
    """Live through the month with one class for all; return everything that can be read from outside.

    `only` asks fewer addresses: those that contain it.
    """
    async with opened(cluster) as (database, owner):
        district = await a_district(owner)
        for _ in range(5):
            await district.shop()
        for number, row in enumerate(await owner.fetch("SELECT id FROM enterprise ORDER BY id")):
            await owner.execute("UPDATE enterprise SET uscc = $2 WHERE id = $1", row["id"], a_uscc(number))
        actors = {
            "coordinator": COORDINATOR,
            "officer": officer(district),
            "keeper": an_actor(Role.ENTERPRISE, 0, person=77, enterprise=district.enterprise),
            "operator": Actor(role=Role.OPERATOR, person=78),
            "clerk": an_actor(Role.CLERK, district.departments[0]),
        }

        async def actor_of(_database: Database, token: str) -> Actor | None:
            return actors.get(token)

        monkeypatch.setattr(frame, "actor_of", actor_of)
        outer = create(from_environment({}, var=folder / "var"), database)
        desk = a_desk(database)
        desk.start()
        outer._app.state.codes = desk
        transport = httpx.ASGITransport(app=outer)
        publisher = Publishing(a_site(), Releases(folder / "public"), load_kit())
        with structlog.testing.capture_logs() as logs:
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
                seen = await errors_and_import(client, letter)
                await the_month(database, district)
                seen |= await the_visit(client, database, district)
                await publication.publish_month(database.acting(COORDINATOR), publisher, DECEMBER)
                seen |= await crawled(client, owner, only)
        await desk.stop()
        seen["log lines"] = json.dumps([without_times(line) for line in logs], ensure_ascii=False, default=str)
        seen |= {f"file {name}": text for name, text in numbered(texts(folder / "public"))}
        seen |= {f"leaf {row['id']}": what_a_leaf_says(row["leaf"]) for row in await owner.fetch(LEAVES)}
        assert await owner.fetchval("SELECT count(*) FROM credit_risk WHERE class = $1", letter) == 6
        return seen


async def errors_and_import(client: httpx.AsyncClient, letter: str) -> Seen:
    """Import the classes over HTTP, with refusals before and after; what others are told of them is kept."""
    rows = [f"{a_uscc(number)},{letter}" for number in range(6)]
    table = "\n".join([f"{NUMBER},{CLASS}", *rows]).encode()
    faulty = table + f"\n{a_uscc(77)},{letter}".encode()

    async def hand_in(who: str, content: bytes) -> httpx.Response:
        return await client.post(
            "/api/v1/credit-classes",
            files={"file": ("t.csv", content)},
            data={"month": "2026-12"},
            headers={"authorization": f"Bearer {who}"},
        )

    seen = {}
    for step, content, status in (("faulty", faulty, 422), ("right", table, 200), ("again", table, 422)):
        answer = await hand_in("coordinator", content)
        assert answer.status_code == status, answer.text
        seen[f"answer to the importer, {step}"] = answer.text
        for who in ("officer", "keeper", "operator", "nobody"):
            refused = await hand_in(who, content)
            assert refused.status_code in {401, 403}
            seen[f"refusal to {who}, {step}"] = refused.text
    return seen


async def the_month(database: Database, district: District) -> None:
    """Plan the year, draw the month by weight, make its checks, file them; approve a visit that will be announced."""
    market = district.departments[0]
    clerk, coordinator = database.acting(an_actor(Role.CLERK, market)), database.acting(COORDINATOR)
    task = TaskDraft(
        name="餐饮单位日常检查",
        matters=tuple(district.matters[market][:1]),
        objects="餐饮服务提供者",
        ratio=Bounds(min=Decimal(50), max=Decimal(50)),
        starts=dt.date(2026, 11, 1),
        ends=dt.date(2026, 12, 31),
        basis="《中华人民共和国食品安全法》第一百一十条",
    )
    plan = await drafting.draft_annual_plan(clerk, AnnualDraft(department=market, year=2026, tasks=(task,)))
    await annual.submit_annual_plan(clerk, plan.uid)
    await annual.review_annual_plan(coordinator, plan.uid, "合法合规")
    await annual.file_annual_plan(coordinator, plan.uid)
    await annual.publish_annual_plan(coordinator, plan.uid)
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    draw = await drawing.commit_draw(clerk, month.uid, CommitDraw(task=plan.tasks[0].uid))
    drawn = await drawing.seed_draw(clerk, draw.uid, SeedDraft(seed="03 11 19 22 30 32 07", source="双色球第2026134期"))
    assert 0 < len(drawn.drawn) < drawn.pool
    await month_checks.make_checks(clerk, month.uid)
    crews = await crew_drawing.commit_crew_draw(clerk, month.uid, CommitCrews())
    await crew_drawing.seed_crew_draw(clerk, crews.uid, SeedDraft(seed="2026135", source="双色球"))
    await months.submit_monthly_plan(clerk, month.uid)
    await months.review_monthly_plan(coordinator, month.uid, "同意")
    await months.file_monthly_plan(coordinator, month.uid)
    await an_approved_visit(database, district)


async def the_visit(client: httpx.AsyncClient, database: Database, district: District) -> Seen:
    """Issue and show a code, scan it as nobody in particular, arrive, record, tell, draw up the papers."""
    _, visit = await begun(database, district, arrived=False)

    async def ask(who: str, method: str, path: str, body: object = None) -> Any:
        answer = await client.request(method, f"/api/v1{path}", json=body, headers={"authorization": f"Bearer {who}"})
        assert answer.status_code < 300, f"{method} {path}: {answer.text}"
        return answer.json()

    code = await ask("clerk", "POST", "/codes", {"visit": visit})
    await ask("clerk", "POST", f"/visits/{visit}/notice")
    shown = await ask("officer", "GET", f"/codes/{code['uid']}/presentation")
    token = shown["presentation"]["token"]
    seen = {"code": json.dumps(code), "presentation": json.dumps(shown)}
    for path in (f"/C/{token}", f"/api/v1/verdicts/{token}", "/C/NOTACODE"):
        seen[f"scan {path[:6]}"] = (await client.get(path)).text
    seen["arrival"] = json.dumps(await ask("keeper", "POST", "/arrivals", {"token": token}))
    closed = await a_closed_record(database, district, visit, {})
    await followup.tell_result(database.acting(officer(district)), closed.uid)
    for paper in ("record", "result-notice", "order"):
        await ask("officer", "POST", f"/inspections/{closed.uid}/{paper}")
    return seen


async def crawled(client: httpx.AsyncClient, owner: asyncpg.Connection, only: str) -> Seen:
    """Ask every address of the service as everybody who may not see a class, with the identities of what there is."""
    uids = [
        row["uid"] for table in TABLES for row in await owner.fetch(f'SELECT uid FROM "{table}" ORDER BY id LIMIT 1')
    ]
    codes = [
        row["code"] for table in ("department", "matter") for row in await owner.fetch(f"SELECT code FROM {table}")
    ]
    values = {"uid": uids, "code": codes, "kind": ["inspection", "draw"], "month": ["2026-12-01"], "number": ["0"]}
    seen = {}
    for path in sorted({*addresses(registered.API, "/api/v1"), *addresses(registered.ROOT, "")}):
        names = re.findall(r"{(\w+):", path)
        if any(name not in values for name in names) or only not in path:
            continue
        for place, chosen in enumerate(itertools.product(*(values[name] for name in names))):
            asked = path
            for name, value in zip(names, chosen, strict=True):
                asked = re.sub(rf"{{{name}:\w+}}", value, asked)
            for who in ("officer", "keeper", "operator", "")[: 2 if place else 4]:
                headers = {"authorization": f"Bearer {who}"} if who else {}
                query = {"q": "嘉定", "month": "2026-12-01", "year": "2026"}
                answer = await client.get(asked, params=query, headers=headers)
                assert answer.status_code < 500 or answer.status_code == 503, f"{asked}: {answer.text[:300]}"
                seen[f"GET {asked} as {who or 'nobody'}"] = f"{answer.status_code} {readable(answer)}"
    return seen


def addresses(handlers: list[Any], prefix: str) -> Iterator[str]:
    """Every address that a handler reads."""
    for handler in handlers:
        for path in getattr(handler, "paths", ()):
            if "GET" in getattr(handler, "http_methods", ()):
                yield f"{prefix}{path}"


def readable(answer: httpx.Response) -> str:
    """What an answer says; a paper by its text, because its file names the second it was printed."""
    if answer.headers.get("content-type", "").startswith("application/pdf"):
        return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.content)).pages)
    return answer.content.decode("utf-8", errors="replace")


def what_a_leaf_says(leaf: bytes) -> str:
    """Everything but the salted commitment to the private part, which differs as it must."""
    read = decode_leaf(leaf)
    return f"{read.action} {read.at} {read.department} {read.subject} {read.public}"


def without_times(line: Any) -> dict[str, Any]:
    """A log line without what differs between any two runs: durations, ids of events, folders."""
    return {key: value for key, value in dict(line).items() if key not in {"ms", "seconds", "event_id", "took", "path"}}


def numbered(found: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Tell files of one name apart by their order; the manifest of hashes only repeats the others."""
    for place, (name, text) in enumerate(found):
        if not name.startswith("manifest"):
            yield f"{place} {name}", text


def differences(one: Seen, other: Seen) -> list[str]:
    """Where two districts can be told apart."""
    assert one.keys() >= other.keys(), sorted(other.keys() - one.keys())[:5]
    return [name for name in other if one[name] != other[name] and not name.startswith("answer to the importer")]


@pytest.fixture(scope="module")
def lived() -> dict[str, Seen]:
    """The district of class A, lived through once for all tests here."""
    return {}


async def of_class_a(lived: dict[str, Seen], cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Seen:
    if "A" not in lived:
        lived["A"] = await lived_through(cluster, "A", tmp_path / "a", monkeypatch)
    return lived["A"]


async def test_two_districts_that_differ_in_the_class_alone_look_the_same_outside(
    cluster, tmp_path, monkeypatch, lived
) -> None:
    ours = await of_class_a(lived, cluster, tmp_path, monkeypatch)
    other = await lived_through(cluster, "D", tmp_path / "d", monkeypatch)
    assert ours.keys() == other.keys()
    assert differences(ours, other) == []
    kinds = Counter(name.split(" ")[0] for name in ours)
    assert kinds["GET"] > 600
    assert kinds["file"] > 60
    assert kinds["leaf"] > 25
    answered = sum(said.startswith("200") for name, said in ours.items() if name.startswith("GET"))
    assert answered > 150, "a crawl that is refused everywhere shows nothing"
    suffixes = {name.split("!")[0].rpartition(".")[2] for name in ours if name.startswith("file")}
    assert suffixes >= {"html", "json", "csv", "xlsx", "pdf", "xml", "ics"}


def weights_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspect_registry.plans.population.math.gcd", lambda *_: 1)


def class_in_a_leaf(monkeypatch: pytest.MonkeyPatch) -> None:
    real = enterprises.ledger.append

    async def append(tx: Any, action: Any, subject: Any, **parts: Any) -> Any:
        if action is enterprises.ledger.Action.CREDIT_CLASS_IMPORTED:
            parts["public"] |= {"most": (await tx._connection.fetchval("SELECT max(class) FROM ir.credit_risk"))}
        return await real(tx, action, subject, **parts)

    monkeypatch.setattr(enterprises.ledger, "append", append)


def class_in_a_log_line(monkeypatch: pytest.MonkeyPatch) -> None:
    real = enterprises.store.add_credit_classes

    async def add(tx: Any, month: Any, new: Any) -> int:
        structlog.get_logger("registry").info("classes imported", first=new[0].credit_class.value)
        return await real(tx, month, new)

    monkeypatch.setattr(enterprises.store, "add_credit_classes", add)


def class_in_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row-level security is what stands behind a careless reading: the inspector's answer is made by another role."""
    real = enterprises.store.search

    async def search(tx: Any, *arguments: Any) -> Any:
        await tx._connection.execute("SELECT set_config('app.role', 'system', true)")
        letter = await tx._connection.fetchval("SELECT max(class) FROM ir.credit_risk")
        return [msgspec.structs.replace(hit, name=hit.name + letter) for hit in await real(tx, *arguments)]

    monkeypatch.setattr(enterprises.store, "search", search)


@pytest.mark.parametrize(
    ("leak", "where"),
    [
        (weights_as_they_are, "proof"),
        (class_in_a_leaf, "leaf"),
        (class_in_a_log_line, "log lines"),
        (class_in_an_answer, "/api/v1/enterprises"),
    ],
)
async def test_a_planted_leak_is_found(cluster, tmp_path, monkeypatch, lived, leak, where) -> None:
    ours = await of_class_a(lived, cluster, tmp_path, monkeypatch)
    leak(monkeypatch)
    other = await lived_through(cluster, "D", tmp_path / "d", monkeypatch, only=where)
    found = differences(ours, other)
    assert [name for name in found if where in name], found[:5]
