"""Papers drawn up from the register: numbered once, kept as they were, read by those who take part, printed whole."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest
import pytest_asyncio
import zxingcpp

from inspect_registry.actor import Actor, Role
from inspect_registry.app import create
from inspect_registry.codes import service as codes
from inspect_registry.codes.desk import CodeDesk
from inspect_registry.codes.model import NewCode
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.documents import service
from inspect_registry.documents.errors import DocumentUnknown, NoticeNeedsCode, RecordNotClosed
from inspect_registry.documents.model import DocumentKind, Press
from inspect_registry.errors import NotAllowed
from inspect_registry.fieldwork import service as fieldwork
from inspect_registry.fieldwork.model import Signature
from tests.code_world import World, a_desk, a_world
from tests.documents_builders import picture_of, text_of
from tests.fieldwork_doors import a_closed_record, a_door, all_conform, begun, close_signed, officer
from tests.visits_builders import COORDINATOR, District, a_district, a_part, an_actor


@pytest_asyncio.fixture
async def world(owner: asyncpg.Connection) -> World:
    return await a_world(owner)


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[CodeDesk]:
    opened = a_desk(database)
    opened.start()
    yield opened
    await opened.stop()


@pytest_asyncio.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def test_a_notice_says_who_comes_for_what_on_which_law_with_a_readable_code(
    database: Database, world: World, desk: CodeDesk
) -> None:
    issued = await codes.issue(database.acting(world.clerk), NewCode(visit=world.visit_uid))
    press = Press(mark="演示数据", printed=lambda code: desk.printed(code).url)
    drawn = await service.issue_notice(database.acting(world.clerk), world.visit_uid, press)
    assert drawn.title == "行政检查通知书"
    assert drawn.number.endswith("检通〔2026〕1号")
    paper = await service.document(database.acting(world.inspector), drawn.uid)
    printed = desk.printed(await codes.code_to_print(database.acting(world.clerk), issued.uid))
    pdf = service.pdf_of(paper)
    text = text_of(pdf)
    for words in (
        "上海嘉定小馆餐饮有限公司",
        "张伟",
        "李娜",
        "嘉检备〔2026〕12号",
        "从业人员持有效健康证明",
        "第1次（上限4次）",
        drawn.uid,
    ):
        assert words in text, words
    found = [one.text for page in range(2) for one in zxingcpp.read_barcodes(picture_of(pdf, page))]
    assert found == [printed.url]


async def test_asking_again_gives_the_same_paper_and_the_next_visit_the_next_number(
    database: Database, world: World, owner: asyncpg.Connection
) -> None:
    await codes.issue(database.acting(world.clerk), NewCode(visit=world.visit_uid))
    first = await service.issue_notice(database.acting(world.clerk), world.visit_uid)
    await owner.execute("UPDATE enterprise SET name = '改名以后的公司' WHERE id = $1", world.enterprise)
    again = await service.issue_notice(database.acting(world.clerk), world.visit_uid)
    assert again == first
    paper = await service.document(database.acting(world.clerk), first.uid)
    assert paper.content["enterprise"] == "上海嘉定小馆餐饮有限公司"
    entries = await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'document.issued'")
    assert entries == 1


async def test_a_visit_without_a_code_gets_no_notice(database: Database, world: World) -> None:
    with pytest.raises(NoticeNeedsCode):
        await service.issue_notice(database.acting(world.clerk), world.visit_uid)


@pytest.mark.parametrize("subject", ["", "x" * 26, "'; DROP TABLE visit; --"])
async def test_an_unknown_visit_or_record_gets_no_paper(database: Database, world: World, subject: str) -> None:
    with pytest.raises(DocumentUnknown):
        await service.issue_notice(database.acting(world.clerk), subject)
    with pytest.raises(DocumentUnknown):
        await service.issue_record(database.acting(world.clerk), subject)


async def test_another_department_neither_draws_up_nor_reads_a_paper(database: Database, world: World) -> None:
    await codes.issue(database.acting(world.clerk), NewCode(visit=world.visit_uid))
    drawn = await service.issue_notice(database.acting(world.clerk), world.visit_uid)
    other = Actor(role=Role.CLERK, person=77, department=world.other_department)
    with pytest.raises(DocumentUnknown):
        await service.document(database.acting(other), drawn.uid)
    with pytest.raises(DocumentUnknown):
        await service.issue_notice(database.acting(other), world.visit_uid)


async def test_an_enterprise_reads_its_notice_once_it_may_know_of_the_visit_and_nobody_elses(
    database: Database, world: World, owner: asyncpg.Connection
) -> None:
    """An unannounced visit stays unannounced, whatever was drawn up for it."""
    await codes.issue(database.acting(world.clerk), NewCode(visit=world.visit_uid))
    drawn = await service.issue_notice(database.acting(world.clerk), world.visit_uid)
    keeper = Actor(role=Role.ENTERPRISE, person=80, enterprise=world.enterprise)
    stranger = Actor(role=Role.ENTERPRISE, person=81, enterprise=world.other_enterprise)

    async def reads(who: Actor) -> bool:
        listed = [one.uid for one in await service.documents_of(database.acting(who), world.visit_uid)]
        return listed == [drawn.uid]

    for announced, state, known in (
        (True, "approved", True), (False, "approved", False), (True, "confirmed", False), (False, "under_way", True),
    ):  # fmt: skip
        await owner.execute(
            "UPDATE visit SET announced = $2, state = $3, started_at = CASE $3 WHEN 'under_way' THEN now() END WHERE uid = $1",
            world.visit_uid, announced, state,
        )  # fmt: skip
        assert await reads(keeper) is known, (announced, state)
        assert not await reads(stranger)
    with pytest.raises(DocumentUnknown):
        await service.document(database.acting(stranger), drawn.uid)


@pytest.mark.parametrize("role", [Role.ENTERPRISE, Role.OPERATOR])
async def test_enterprise_and_operator_draw_up_no_papers(database: Database, role: Role) -> None:
    with pytest.raises(NotAllowed):
        await service.issue_notice(database.acting(an_actor(role, 0, person=5)), "x")


async def test_a_kept_paper_cannot_be_changed(database: Database, world: World, owner: asyncpg.Connection) -> None:
    await codes.issue(database.acting(world.clerk), NewCode(visit=world.visit_uid))
    await service.issue_notice(database.acting(world.clerk), world.visit_uid)
    for statement in ("UPDATE document SET ordinal = 9", "DELETE FROM document"):
        with pytest.raises(asyncpg.PostgresError):
            await owner.execute(statement)


async def test_the_record_of_a_closed_check_gives_answers_findings_and_officers(
    database: Database, district: District
) -> None:
    _, visit = await begun(database, district)
    closed = await a_closed_record(database, district, visit, {"facts": "冷藏柜温度12摄氏度"})
    press = Press(base="https://jiancha.example")
    drawn = await service.issue_record(database.acting(officer(district)), closed.uid, press)
    assert drawn.number == "市场监检录〔2026〕1号"
    paper = await service.document(database.acting(COORDINATOR), drawn.uid)
    text = text_of(service.pdf_of(paper))
    for words in (
        "现场检查笔录",
        drawn.number,
        "2026年11月20日9时10分至2026年11月20日10时00分",
        "不符合",
        "冷藏柜温度12摄氏度",
    ):
        assert words in text, words
    assert "现场负责人王某(店长)" in text
    assert paper.kind is DocumentKind.RECORD
    assert f"台账条目document/{drawn.uid}" in text
    assert f"https://jiancha.example/log/about/document/{drawn.uid}" in text


async def test_an_open_record_gets_no_paper(database: Database, district: District) -> None:
    _, visit = await begun(database, district)
    opened = await fieldwork.open_inspection(database.acting(officer(district)), visit)
    with pytest.raises(RecordNotClosed):
        await service.issue_record(database.acting(officer(district)), opened.uid)


async def test_a_refused_signature_stands_on_the_paper(database: Database, district: District) -> None:
    _, visit = await begun(database, district)
    acting = database.acting(officer(district))
    opened = await fieldwork.open_inspection(acting, visit)
    await all_conform(database, officer(district), opened.uid)
    door = await a_door(
        district,
        district.departments[0],
        signature=Signature.REFUSED,
        signature_note="店长拒绝签名，社区工作人员刘某见证",
    )
    await close_signed(database, officer(district), opened.uid, door)
    drawn = await service.issue_record(acting, opened.uid)
    paper = await service.document(acting, drawn.uid)
    assert "当事人未签名，理由：店长拒绝签名，社区工作人员刘某见证" in text_of(service.pdf_of(paper))


async def test_serials_of_two_departments_are_their_own(database: Database, district: District) -> None:
    market, fire = district.departments
    _, visit = await begun(database, district, a_part(district, market), a_part(district, fire))
    numbers = []
    for which in (0, 1):
        closed = await a_closed_record(database, district, visit, which=which)
        numbers.append((await service.issue_record(database.acting(officer(district, which)), closed.uid)).number)
    assert [number.rpartition("〕")[2] for number in numbers] == ["1号", "1号"]
    assert numbers[0] != numbers[1]


async def test_nobody_in_particular_gets_a_paper_over_http(database: Database) -> None:
    app = create(from_environment({}), database)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8000") as client:
        assert (await client.get("/api/v1/documents/x/paper.pdf")).status_code == 401
        assert (await client.post("/api/v1/visits/x/notice")).status_code == 401
        assert (await client.post("/api/v1/inspections/x/record")).status_code == 401
