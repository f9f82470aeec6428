"""The reference data over HTTP: who may read it, what it shows, and that bad input is never a 500."""

import datetime as dt

import httpx
import pytest
import pytest_asyncio

from inspect_registry.access.model import NewPerson
from inspect_registry.access.service import add_people
from inspect_registry.actor import SYSTEM, Role
from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.enterprises import service as enterprises
from inspect_registry.enterprises.model import CateringGrade, CreditRiskClass, FoodRiskGrade, Grades, NewCreditClass
from inspect_registry.history import service as history
from inspect_registry.history.model import NewFact
from tests.district_builders import a_small_district, an_enterprise

PASSWORD = "a password for tests"


@pytest_asyncio.fixture
async def district(database):
    found = await a_small_district(database, enterprise_count=3)
    clerk = NewPerson(
        account="clerk", name="经办", password=PASSWORD, role=Role.CLERK, department=found.departments["scjg"]
    )
    keeper = NewPerson(
        account="keeper", name="店主", password=PASSWORD, role=Role.ENTERPRISE, enterprise=found.enterprises[0]
    )
    await add_people(database.acting(SYSTEM), [clerk, keeper], quick=True)
    return found


@pytest_asyncio.fixture
async def client(database, district):
    transport = httpx.ASGITransport(app=create(from_environment({}), database))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as opened:
        yield opened


async def sign_in(client, account="clerk"):
    answer = await client.post("/api/v1/session", json={"account": account, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    client.headers["authorization"] = f"Bearer {answer.json()['token']}"


PATHS = [
    "/api/v1/towns", "/api/v1/departments", "/api/v1/departments/scjg", "/api/v1/matters", "/api/v1/matters/SCJG-001",
    "/api/v1/bundles", "/api/v1/enterprises?q=x", "/api/v1/enterprises/x", "/api/v1/enterprises/x/history",
    "/api/v1/inspectors", "/api/v1/inspectors/x",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_reads_without_signing_in_and_an_enterprise_reads_none_of_it(client, path):
    assert (await client.get(path)).status_code == 401
    await sign_in(client, "keeper")
    assert (await client.get(path)).status_code == 403


async def test_the_catalogue_is_read_with_codes_not_inner_numbers(client):
    await sign_in(client)
    departments = (await client.get("/api/v1/departments")).json()
    assert {row["code"] for row in departments} == {"scjg", "xfjy"}
    assert all("id" not in row for row in departments)
    of_one = (await client.get("/api/v1/matters", params={"department": "xfjy"})).json()
    assert [(row["code"], row["department"]) for row in of_one] == [("XFJY-001", "xfjy")]
    assert (await client.get("/api/v1/matters", params={"on": "2019-12-31"})).json() == []
    matter = (await client.get("/api/v1/matters/SCJG-001")).json()
    assert [point["text"] for point in matter["criteria"]] == ["证照齐全有效", "记录完整"]
    assert (await client.get(f"/api/v1/departments/{departments[0]['uid']}")).json() == departments[0]
    assert len((await client.get("/api/v1/towns")).json()) == 2
    assert (await client.get("/api/v1/bundles")).json() == []


async def test_an_enterprise_shows_its_catering_grade_and_no_inner_one(client, database, district):
    first = district.enterprises[0]
    (place,) = await enterprises.premises_of(database.acting(SYSTEM), [first])
    since = dt.date(2026, 1, 1)
    grades = Grades(since=since, food=((first, FoodRiskGrade.D),), catering=((place.id, CateringGrade.B),))
    await enterprises.import_grades(database.acting(SYSTEM), grades)
    line = NewCreditClass(enterprise=first, credit_class=CreditRiskClass.D)
    await enterprises.import_credit_classes(database.acting(SYSTEM), since, [line])
    await sign_in(client)
    (hit,) = (await client.get("/api/v1/enterprises", params={"q": an_enterprise(1).name})).json()
    answer = await client.get(f"/api/v1/enterprises/{hit['uid']}")
    shown = answer.json()
    assert shown["premises"][0]["catering_grade"] == "B"
    assert shown["premises"][0]["catering_since"] == "2026-01-01"
    assert '"D"' not in answer.text
    assert "contact" not in answer.text


async def test_the_history_of_an_enterprise_is_newest_first(client, database, district):
    facts = [
        NewFact(
            enterprise=district.enterprises[0],
            department=district.departments["scjg"],
            matter_code="SCJG-001",
            day=dt.date(2026, month, 1),
        )
        for month in (3, 5)
    ]
    await history.import_facts(database.acting(SYSTEM), facts, "test")
    await sign_in(client)
    (hit,) = (await client.get("/api/v1/enterprises", params={"q": an_enterprise(1).uscc})).json()
    shown = (await client.get(f"/api/v1/enterprises/{hit['uid']}/history")).json()
    assert [(row["department"], row["day"]) for row in shown] == [("scjg", "2026-05-01"), ("scjg", "2026-03-01")]


async def test_officers_are_listed_by_department(client):
    await sign_in(client)
    shown = (await client.get("/api/v1/inspectors", params={"department": "xfjy"})).json()
    assert len(shown) == 4
    assert all(row["department"] == "xfjy" and row["certified_today"] for row in shown)
    one = (await client.get(f"/api/v1/inspectors/{shown[0]['uid']}")).json()
    assert one == shown[0]
    assert len((await client.get("/api/v1/inspectors")).json()) == 8


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/departments/nobody", 404),
        ("/api/v1/departments/%00", 422),
        ("/api/v1/matters/SCJG-999", 404),
        ("/api/v1/matters?department=nobody", 404),
        ("/api/v1/matters?on=2026-13-01", 400),
        ("/api/v1/enterprises", 400),
        ("/api/v1/enterprises?q=%00", 422),
        ("/api/v1/enterprises?q=x&limit=1180591620717411303424", 400),
        ("/api/v1/enterprises?q=x&limit=abc", 400),
        ("/api/v1/enterprises/" + "x" * 3000, 404),
        ("/api/v1/inspectors/%F0%A0%AE%B7", 404),
    ],
)
async def test_bad_input_is_answered_clearly(client, path, status):
    await sign_in(client)
    answer = await client.get(path)
    assert answer.status_code == status, answer.text
    if status >= 400:
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["code"]
