"""The pages of credit repair: an enterprise applies, the department decides, others read or are turned away."""

import httpx
import pytest
import pytest_asyncio

from inspect_registry.actor import Actor, Role
from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.routes import frame
from tests.credit_builders import COMMITMENT, a_record, boss, clerk, head
from tests.visits_builders import COORDINATOR, a_district, an_actor


@pytest_asyncio.fixture
async def district(owner):
    return await a_district(owner)


@pytest_asyncio.fixture
async def client(database, district, monkeypatch):
    actors = {
        "keeper": boss(district),
        "head": head(district),
        "clerk": clerk(district),
        "coordinator": COORDINATOR,
        "officer": an_actor(Role.INSPECTOR, district.departments[0]),
        "operator": Actor(role=Role.OPERATOR, person=5),
        "stranger": boss(district, (await district.shop())[0]),
    }

    async def actor_of(_database, token):
        return actors.get(token)

    monkeypatch.setattr(frame, "actor_of", actor_of)
    transport = httpx.ASGITransport(app=create(from_environment({}), database))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as opened:
        yield opened


async def read(client, who, path, status=200):
    answer = await client.get(path, headers={"authorization": f"Bearer {who}", "accept": "text/html"})
    assert answer.status_code == status, answer.text
    return answer.text


async def send(client, who, path, form, status=303):
    answer = await client.post(path, data=form, headers={"authorization": f"Bearer {who}", "accept": "text/html"})
    assert answer.status_code == status, answer.text
    return answer


FORM = {"performance": "缴款书 0001", "commitment_paper": "承诺书 0001", "commitment": COMMITMENT}


async def test_the_whole_way_over_forms(client, district) -> None:
    record = await a_record(district)
    listed = await read(client, "keeper", "/credit")
    assert "可以申请修复" in listed
    page = await read(client, "keeper", f"/credit/{record}")
    assert "最短公示期 3 个月" in page
    assert "《信用承诺书》" in page
    assert 'name="commitment_paper"' in page
    assert 'name="decision"' not in page
    await send(client, "keeper", f"/credit/{record}/application", FORM)
    assert "撤回申请" in await read(client, "keeper", f"/credit/{record}")
    assert "2026年12月4日前办结" in await read(client, "head", "/credit")
    to_decide = await read(client, "head", f"/credit/{record}")
    assert COMMITMENT in to_decide
    assert "撤回申请" not in to_decide
    uid = to_decide.split('name="repair" value="')[1].split('"')[0]
    refused = await send(client, "head", f"/credit/{record}/decision", {"repair": uid, "decision": "refuse"}, 422)
    assert "不予修复须说明不符合的条件和理由" in refused.text
    await send(client, "head", f"/credit/{record}/decision", {"repair": uid, "decision": "grant", "reason": "符合条件"})
    done = await read(client, "keeper", f"/credit/{record}")
    assert "已修复" in done
    assert "前停止公示并共享结果" in done
    assert 'action="/credit' not in done


async def test_what_stands_against_it_is_told_instead_of_a_form(client, district) -> None:
    record = await a_record(district, measure="revocation", performed_on=None)
    page = await read(client, "keeper", f"/credit/{record}")
    assert "最短公示期为 12 个月，尚未届满" in page
    assert "最早可于 2026-12-16 申请" in page
    assert "不符合条件：已经改正并全部履行相关义务" in page
    assert "提交申请" not in page
    refused = await send(client, "keeper", f"/credit/{record}/application", FORM, 409)
    assert "暂不符合信用修复条件" in refused.text


async def test_an_application_is_taken_back(client, district) -> None:
    record = await a_record(district)
    await send(client, "clerk", f"/credit/{record}/application", FORM)
    page = await read(client, "clerk", f"/credit/{record}")
    uid = page.split('name="repair" value="')[1].split('"')[0]
    assert "撤回申请" not in await read(client, "keeper", f"/credit/{record}")
    await send(client, "clerk", f"/credit/{record}/withdrawal", {"repair": uid})
    assert "已撤回" in await read(client, "clerk", f"/credit/{record}")


async def test_markup_in_what_was_typed_is_text(client, district, owner) -> None:
    await owner.execute("UPDATE enterprise SET name = '<script>alert(1)</script>'")
    record = await a_record(district, measure_document="<b>号</b>")
    await send(client, "keeper", f"/credit/{record}/application", FORM | {"commitment": "<img src=x onerror=y> 承诺"})
    for who in ("keeper", "head"):
        page = await read(client, who, f"/credit/{record}")
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>号" not in page


@pytest.mark.parametrize(("who", "status"), [("officer", 403), ("operator", 403), ("", 401), ("stranger", 404)])
async def test_others_are_turned_away(client, district, who, status) -> None:
    record = await a_record(district)
    await read(client, who, f"/credit/{record}", status)
    for step in ("application", "decision", "withdrawal"):
        answer = await client.post(
            f"/credit/{record}/{step}", data=FORM, headers={"authorization": f"Bearer {who}", "accept": "text/html"}
        )
        assert answer.status_code in {401, 403, 404}
    assert (await client.get("/credit/nothing", headers={"authorization": "Bearer keeper"})).status_code == 404


async def test_an_enterprise_without_records_is_told_so(client) -> None:
    assert "没有记录" in await read(client, "stranger", "/credit")
    assert 'href="/credit"' in await read(client, "stranger", "/me")
    assert 'href="/credit"' not in await read(client, "officer", "/me")
