"""The plan's path over HTTP: a clerk's spreadsheet becomes a published plan, a draw, and the month's checks."""

import httpx
import pytest
import pytest_asyncio

from inspect_registry.access.model import NewPerson
from inspect_registry.access.service import add_people
from inspect_registry.actor import SYSTEM, Role
from inspect_registry.app import create
from inspect_registry.config import from_environment
from tests.district_builders import a_small_district
from tests.plan_tables import a_csv, a_workbook, xlsx_of
from tests.plans_builders import HEADER, a_row

PASSWORD = "a password for tests"
HOME = "http://127.0.0.1:8000"


@pytest_asyncio.fixture
async def people(database):
    found = await a_small_district(database, enterprise_count=10)
    scjg, xfjy = found.departments["scjg"], found.departments["xfjy"]
    new = [
        NewPerson(account="clerk", name="经办", password=PASSWORD, role=Role.CLERK, department=scjg),
        NewPerson(account="other", name="别处经办", password=PASSWORD, role=Role.CLERK, department=xfjy),
        NewPerson(account="coordinator", name="协调", password=PASSWORD, role=Role.COORDINATOR),
        NewPerson(
            account="keeper", name="店主", password=PASSWORD, role=Role.ENTERPRISE, enterprise=found.enterprises[0]
        ),
    ]
    await add_people(database.acting(SYSTEM), new, quick=True)
    return found


@pytest_asyncio.fixture
async def client(database, people):
    transport = httpx.ASGITransport(app=create(from_environment({}), database))
    async with httpx.AsyncClient(transport=transport, base_url=HOME) as opened:
        yield opened


async def sign_in(client, account):
    answer = await client.post("/api/v1/session", json={"account": account, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    client.headers["authorization"] = f"Bearer {answer.json()['token']}"


async def hand_in(client, content, name="计划.csv", **form):
    return await client.post(
        "/api/v1/annual-plans", data={"year": "2026", **form}, files={"file": (name, content, "text/csv")}
    )


async def step(client, path, **body):
    answer = await client.post(f"/api/v1{path}", json=body)
    assert answer.status_code in {200, 201}, answer.text
    return answer.json()


async def test_the_whole_path_of_a_plan(client):
    await sign_in(client, "clerk")
    table = (HEADER, a_row(检查比例="待定"))
    handed = await hand_in(client, xlsx_of(a_workbook(table, title="2026年度计划")), "计划.xls")
    assert handed.status_code == 201, handed.text
    plan = handed.json()
    problem = plan["tasks"][0]["problems"][0]
    assert (problem["sheet"], problem["row"], problem["column"], problem["text"]) == ("计划表", 3, "检查比例", "待定")
    refused = await client.post(f"/api/v1/annual-plans/{plan['uid']}/submit", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "plan-unsettled")
    assert refused.json()["places"][0]["column"] == "检查比例"
    task = plan["tasks"][0]["uid"]
    changed = await client.patch(f"/api/v1/tasks/{task}", json={"ratio": {"min": 50, "max": 50}})
    assert changed.json()["ratio"] == {"min": 50, "max": 50}
    assert "problems" not in changed.json()
    await step(client, f"/annual-plans/{plan['uid']}/submit")
    await sign_in(client, "coordinator")
    await step(client, f"/annual-plans/{plan['uid']}/review", reason="合法合规")
    await step(client, f"/annual-plans/{plan['uid']}/file")
    published = await step(client, f"/annual-plans/{plan['uid']}/publish")
    assert (published["state"], published["number"]) == ("published", "JH2026-SCJG")

    await sign_in(client, "clerk")
    month = await step(client, "/monthly-plans", month="2026-12-01")
    draw = await step(client, f"/monthly-plans/{month['uid']}/draws", task=task)
    assert draw["drawn_at"] is None
    drawn = await step(client, f"/draws/{draw['uid']}/seed", seed="2026134", source="双色球第2026134期")
    assert len(drawn["drawn"]) == drawn["wanted"] == 3
    month = await step(client, f"/monthly-plans/{month['uid']}/checks")
    assert month["checks"] == 3
    early = await client.post(f"/api/v1/monthly-plans/{month['uid']}/submit", json={})
    assert (early.status_code, early.json()["code"]) == (409, "crew-not-drawn")
    crews = await step(client, f"/monthly-plans/{month['uid']}/crew-draws")
    await step(client, f"/crew-draws/{crews['uid']}/seed", seed="2026135", source="双色球第2026135期")
    await step(client, f"/monthly-plans/{month['uid']}/submit")
    await sign_in(client, "coordinator")
    await step(client, f"/monthly-plans/{month['uid']}/review", reason="同意")
    await step(client, f"/monthly-plans/{month['uid']}/file")
    assert (await step(client, f"/monthly-plans/{month['uid']}/publish"))["state"] == "published"
    proof = (await client.get(f"/api/v1/draws/{draw['uid']}/proof")).json()
    assert proof["commitment"] == draw["commitment"]
    assert proof["drawn"] == [one["uid"] for one in drawn["drawn"]]


async def test_a_repeated_request_gets_the_first_answer(client):
    await sign_in(client, "clerk")
    content = a_csv((HEADER, a_row()))
    client.headers["idempotency-key"] = "one-upload"
    first, second = await hand_in(client, content), await hand_in(client, content)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    third = await hand_in(client, a_csv((HEADER, a_row(任务名称="别的"))))
    assert (third.status_code, third.json()["code"]) == (422, "idempotency-key-reused")


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "sheet-format-unknown"),
        (b"%PDF-1.7", 422, "sheet-format-unknown"),
        (b"PK\x03\x04broken", 422, "sheet-damaged"),
        (b"\xff\xfe\x00", 422, "sheet-encoding-unknown"),
        (b"a,b\n1,2\n", 422, "plan-upload-unreadable"),
        (b"x" * (5 * 1024 * 1024 + 1), 413, "sheet-too-large"),
        (b"x" * (6 * 1024 * 1024), 413, "too-large"),
    ],
    ids=["empty", "pdf", "broken-zip", "half-utf16", "no-table", "over-5-mib", "over-the-body-limit"],
)
async def test_bad_files_are_refused_with_a_stable_code(client, content, status, code):
    await sign_in(client, "clerk")
    answer = await hand_in(client, content)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["title"]


async def test_bad_bodies_are_refused_and_never_a_500(client):
    await sign_in(client, "clerk")
    plan = (await hand_in(client, a_csv((HEADER, a_row())))).json()
    task = f"/api/v1/tasks/{plan['tasks'][0]['uid']}"
    for body in (
        {"ratio": {"min": 2**70}},
        {"count": {"max": 2**70}},
        {"cap": 2**70},
        {"name": "a\0b"},
        {"unknown": 1},
        {"ratio": {"min": 5, "surprise": 1}},
        {"starts": "2026-02-30"},
        {"matters": ["XFJY-001"]},
        {"selection": "by-taste"},
        {},
    ):
        answer = await client.patch(task, json=body)
        assert answer.status_code in {400, 422}, (body, answer.text)
    deep = b'{"ratio": ' + b"[" * 20_000 + b"]" * 20_000 + b"}"
    answer = await client.patch(task, content=deep, headers={"content-type": "application/json"})
    assert answer.status_code in {400, 422}
    no_year = await client.post("/api/v1/annual-plans", files={"file": ("a.csv", b"a,b", "text/csv")})
    assert no_year.status_code in {400, 422}
    bad_year = await hand_in(client, b"a,b", year="99999999999999999999")
    assert bad_year.status_code in {400, 422}


async def test_who_may_do_what_is_kept_over_http(client):
    assert (await client.get("/api/v1/annual-plans?year=2026")).status_code == 401
    await sign_in(client, "clerk")
    plan = (await hand_in(client, a_csv((HEADER, a_row())))).json()
    assert (await client.post(f"/api/v1/annual-plans/{plan['uid']}/publish", json={})).status_code == 403
    await sign_in(client, "other")
    assert (await client.get(f"/api/v1/annual-plans/{plan['uid']}")).status_code == 404
    assert (await client.patch(f"/api/v1/tasks/{plan['tasks'][0]['uid']}", json={"cap": 1})).status_code == 404
    await sign_in(client, "keeper")
    assert (await hand_in(client, b"a,b")).status_code == 403


async def test_campaigns_minimums_quiet_lists_and_replays_are_served(client):
    await sign_in(client, "clerk")
    handed = await hand_in(
        client,
        a_csv((HEADER, a_row())),
        campaign="校园周边",
        approval_document="嘉府〔2026〕18号",
        approved_on="2026-11-10",
    )
    assert handed.status_code == 201, handed.text
    plan = handed.json()
    special = (await client.get("/api/v1/annual-plans/special?year=2026")).json()
    assert [(line["publish_due"], line["late"]) for line in special] == [("2026-12-10", False)]
    again = await client.post(
        f"/api/v1/annual-plans/{plan['uid']}/approval",
        json={"document": "嘉府〔2026〕19号", "approved_on": "2026-11-11"},
    )
    assert again.status_code == 409
    minimums = (await client.get(f"/api/v1/tasks/{plan['tasks'][0]['uid']}/minimums")).json()
    assert [(one["finding"], one["rule"]) for one in minimums] == [
        ("minimum-not-planned", "frequency.minimum.food_full_check_years")
    ]
    arrangement = f"/api/v1/tasks/{plan['tasks'][0]['uid']}/arrangement"
    by_class = (await client.get(arrangement)).json()
    assert [one["credit_class"] for one in by_class["lines"]] == ["A", "B", "C", "D"]
    assert by_class["asked"] == sum(one["enterprises"] for one in by_class["lines"]) > 0, "nobody has a class yet"
    month = await step(client, "/monthly-plans", month="2026-12-01")
    assert (await client.get(f"/api/v1/monthly-plans/{month['uid']}/replay")).status_code == 403
    quiet = {"matter": "SCJG-001", "reason": "问题发现率低", "valid_from": "2026-11-01", "review_on": "2027-05-01"}
    assert (await client.post("/api/v1/quiet", json=quiet)).status_code == 403
    await sign_in(client, "keeper")
    assert (await client.get(arrangement)).status_code == 403
    await sign_in(client, "coordinator")
    entered = await step(client, "/quiet", **quiet)
    assert [entry["matter"] for entry in (await client.get("/api/v1/quiet")).json()] == ["SCJG-001"]
    assert (await step(client, f"/quiet/{entered['uid']}/end", reason="风险上升"))["valid_to"] == "2026-11-20"
    replayed = (await client.get(f"/api/v1/monthly-plans/{month['uid']}/replay")).json()
    assert (replayed["checks"], replayed["same_checks"]) == (0, True)


async def test_a_department_that_is_late_is_named(client):
    await sign_in(client, "coordinator")
    late = (await client.get("/api/v1/annual-plans/late?year=2026")).json()
    assert [one["code"] for one in late] == ["scjg", "xfjy"]
    assert (await client.get("/api/v1/annual-plans/late?year=1")).status_code in {400, 422}
