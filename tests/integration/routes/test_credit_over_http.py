"""Classes, records and repairs over HTTP: the whole way of each, who may, and that bad input is refused with its place."""

import httpx
import pytest
import pytest_asyncio

from inspect_registry.access.model import NewPerson
from inspect_registry.access.service import add_people
from inspect_registry.actor import SYSTEM, Role
from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.enterprises.class_table import CLASS, NUMBER
from tests.credit_builders import COMMITMENT, a_record, an_input
from tests.district_builders import a_small_district, a_uscc
from tests.visits_builders import District

PASSWORD = "a password for tests"
PAPERS = [{"kind": "performance", "reference": "缴款书 0001"}, {"kind": "commitment", "reference": "承诺书 0001"}]


@pytest_asyncio.fixture
async def small(database):
    found = await a_small_district(database, enterprise_count=4)
    scjg = found.departments["scjg"]
    people = [
        NewPerson(account="clerk", name="经办", password=PASSWORD, role=Role.CLERK, department=scjg),
        NewPerson(account="head", name="负责人", password=PASSWORD, role=Role.HEAD, department=scjg),
        NewPerson(account="coordinator", name="统筹", password=PASSWORD, role=Role.COORDINATOR),
        NewPerson(account="auditor", name="审计", password=PASSWORD, role=Role.AUDITOR),
        NewPerson(
            account="keeper", name="店主", password=PASSWORD, role=Role.ENTERPRISE, enterprise=found.enterprises[0]
        ),
    ]
    await add_people(database.acting(SYSTEM), people, quick=True)
    return found


@pytest_asyncio.fixture
async def client(database, small):
    transport = httpx.ASGITransport(app=create(from_environment({}), database))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as opened:
        yield opened


async def sign_in(client, account):
    client.headers.pop("authorization", None)
    answer = await client.post("/api/v1/session", json={"account": account, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    client.headers["authorization"] = f"Bearer {answer.json()['token']}"


def a_table(*rows: tuple[str, str]) -> bytes:
    return "\n".join([f"{NUMBER},{CLASS}", *(f"{number},{written}" for number, written in rows)]).encode()


async def hand_in(client, content, month="2026-12", **form):
    files = {"file": ("分类.csv", content)}
    return await client.post("/api/v1/credit-classes", files=files, data={"month": month} | form)


async def test_a_months_classes_are_checked_then_stored_and_the_answer_counts_only(client, owner):
    await sign_in(client, "coordinator")
    table = a_table((a_uscc(1), "A"), (a_uscc(2), "d"))
    checked = await hand_in(client, table, check="true")
    assert checked.json() == {"month": "2026-12-01", "rows": 2, "stored": False}
    assert await owner.fetchval("SELECT count(*) FROM credit_risk") == 0
    stored = await hand_in(client, table)
    assert (stored.status_code, stored.json()["stored"]) == (200, True)
    rows = await owner.fetch("SELECT class, known_on FROM credit_risk ORDER BY enterprise")
    assert [(row["class"], row["known_on"].isoformat()) for row in rows] == [("A", "2026-11-20"), ("D", "2026-11-20")]
    rest = await hand_in(client, a_table((a_uscc(3), "B")))
    assert rest.status_code == 200, "a month may come in parts"


async def test_unknown_and_repeated_rows_are_all_named_and_nothing_is_half_saved(client, owner):
    await sign_in(client, "coordinator")
    assert (await hand_in(client, a_table((a_uscc(1), "B")))).status_code == 200
    wrong = a_table(
        (a_uscc(2), "A"), (a_uscc(99), "A"), (a_uscc(3), "E"), (a_uscc(1), "C"), (a_uscc(2), "B"), ("123", "A")
    )
    answer = await hand_in(client, wrong)
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["rule"]) == (422, "credit-table-unsound", "credit-class-table")
    assert [(place["row"], place["column"]) for place in problem["places"]] == [
        (3, NUMBER), (4, CLASS), (5, NUMBER), (6, NUMBER), (7, NUMBER),
    ]  # fmt: skip
    words = [place["message"] for place in problem["places"]]
    assert words[0] == "没有登记过这个经营主体"
    assert words[2] == "该企业本月的分类已经导入"
    assert await owner.fetchval("SELECT count(*) FROM credit_risk") == 1
    leaf = await owner.fetchval("SELECT leaf FROM ledger_entry WHERE action = 'act.refused'")
    assert b"credit-class-table" in leaf
    assert a_uscc(99).encode() not in leaf


@pytest.mark.parametrize("month", ["2026-13", "26-12", "", "2026-12-01", "٢٠٢٦-12"])
async def test_a_month_that_is_none_is_refused(client, month):
    await sign_in(client, "coordinator")
    assert (await hand_in(client, a_table((a_uscc(1), "A")), month=month)).status_code in {400, 422}


@pytest.mark.parametrize("month", ["2025-10", "2027-01"])
async def test_a_month_far_off_is_refused_with_what_would_be_accepted(client, owner, month):
    await sign_in(client, "coordinator")
    problem = (await hand_in(client, a_table((a_uscc(1), "A")), month=month)).json()
    assert "2025-11 至 2026-12" in problem["places"][0]["message"]
    assert await owner.fetchval("SELECT count(*) FROM credit_risk") == 0


async def test_files_that_are_no_table_or_too_large_are_refused(client):
    await sign_in(client, "coordinator")
    assert (await hand_in(client, b"%PDF-1.7")).json()["code"] == "sheet-format-unknown"
    assert (await hand_in(client, b"")).json()["code"] == "sheet-format-unknown"
    assert (await hand_in(client, b"x" * (6 * 1024 * 1024))).status_code == 413


@pytest.mark.parametrize("account", ["clerk", "head", "auditor", "keeper"])
async def test_only_the_coordinator_imports_classes(client, account):
    await sign_in(client, account)
    assert (await hand_in(client, b"not even read")).status_code == 403


async def test_a_repair_goes_from_reading_to_the_decision(client, small, owner):
    district = District(owner=owner, departments=[small.departments["scjg"]], enterprise=small.enterprises[0])
    record = await a_record(district)
    await an_input(district, record)
    await sign_in(client, "keeper")
    (mine,) = (await client.get("/api/v1/credit-records")).json()
    assert (mine["uid"], mine["regime"], mine["obstacles"]) == (record, "severity", [])
    assert [paper["code"] for paper in mine["papers"]] == ["performance", "commitment"]
    path = f"/api/v1/credit-records/{record}/repairs"
    bare = (await client.post(path, json={"papers": []})).json()
    assert bare["code"] == "repair-not-possible"
    assert {place["field"] for place in bare["places"]} == {"repair-papers", "repair-commitment"}
    made = await client.post(path, json={"papers": PAPERS, "commitment": COMMITMENT})
    assert made.status_code == 201, made.text
    again = await client.post(path, json={"papers": PAPERS, "commitment": COMMITMENT})
    assert (again.status_code, again.json()["code"]) == (409, "repair-under-way")
    uid = made.json()["uid"]
    decision = f"/api/v1/credit-repairs/{uid}/decision"
    assert (await client.post(decision, json={"granted": True, "reason": "好"})).status_code == 403
    await sign_in(client, "head")
    assert [one["uid"] for one in (await client.get("/api/v1/credit-repairs")).json()] == [uid]
    no = await client.post(decision, json={"granted": False, "reason": "不符合", "unmet": []})
    assert (no.status_code, no.json()["code"]) == (422, "repair-unfounded")
    yes = (await client.post(decision, json={"granted": True, "reason": "经核实符合条件"})).json()
    assert (yes["state"], yes["share_due"]) == ("granted", "2026-11-25")
    assert (await client.get("/api/v1/credit-records")).json() == []
    assert len((await client.get("/api/v1/credit-records", params={"ended": "true"})).json()) == 1
    await sign_in(client, "auditor")
    page = (await client.get("/api/v1/grade-inputs", params={"month": "2026-12-01"})).json()
    assert (page["counted"], page["left_out"]) == ([], {"repaired": 1})


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("measure", {"measure": "worse", "document": "x", "decided_on": "2026-11-01"}),
        ("measure", {"measure": "fine", "document": "", "decided_on": "2026-11-01"}),
        ("measure", {"measure": "fine", "document": "x" * 101, "decided_on": "2026-11-01"}),
        ("performance", {"performed_on": "yesterday"}),
        ("performance", {"performed_on": "9999-12-31"}),
        ("repairs", {"papers": [{"kind": "bribe", "reference": "1"}]}),
        ("repairs", {"papers": [], "commitment": "x" * 2001}),
        ("repairs", {"papers": [], "more": 1}),
        ("repairs", []),
    ],
)
async def test_what_cannot_be_understood_is_no_server_error(client, small, owner, path, body):
    district = District(owner=owner, departments=[small.departments["scjg"]], enterprise=small.enterprises[0])
    record = await a_record(district)
    await sign_in(client, "clerk")
    answer = await client.post(f"/api/v1/credit-records/{record}/{path}", json=body)
    assert answer.status_code in {400, 422}, answer.text


async def test_strange_text_is_refused_or_kept_and_never_an_error(client, small, owner):
    district = District(owner=owner, departments=[small.departments["scjg"]], enterprise=small.enterprises[0])
    record = await a_record(district)
    await sign_in(client, "clerk")
    for text in ("\x00" * 12, "=1+1;<script>" * 3, "𠮷" * 40):
        papers = [{"kind": one["kind"], "reference": text} for one in PAPERS]
        answer = await client.post(
            f"/api/v1/credit-records/{record}/repairs", json={"papers": papers, "commitment": text}
        )
        assert answer.status_code in {201, 409, 422}, answer.text
        await owner.execute("DELETE FROM credit_repair")
