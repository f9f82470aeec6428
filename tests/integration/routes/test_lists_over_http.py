"""The open lists and the versions of the catalogue over JSON: read by everybody signed in, changed by the keeper alone."""

from tests.integration.routes.test_plans_over_http import client, people, sign_in, step  # noqa: F401 - fixtures

INDUSTRY = {
    "code": "ZHJG-01",
    "title": "餐饮服务",
    "content": {
        "object_class": "餐饮服务提供者",
        "lead": "scjg",
        "departments": ["scjg", "xfjy"],
        "matters": ["SCJG-001", "XFJY-001"],
    },
    "basis": ["《上海市优化营商环境条例》第六十一条"],
    "reason": "食品安全和消防在同一场所",
    "valid_from": "2026-11-20",
    "review_on": "2026-11-21",
}
ITEM = {
    "violation": "进货台账记录不全，及时补正",
    "content": {
        "list": "轻微违法行为免罚清单（四）",
        "version": "2026",
        "item": "3",
        "conditions": [{"code": "first", "text": "初次违法"}],
    },
    "basis": ["《中华人民共和国行政处罚法》第三十三条第一款"],
    "reason": "市级部门公布第四批清单",
    "valid_from": "2026-11-20",
    "review_on": "2028-11-20",
}
VERSION = {
    "effective_on": "2026-12-01",
    "reason": "依据新修订的办法调整检查要点",
    "name": "餐饮服务食品安全监督检查",
    "object_class": "餐饮服务提供者",
    "basis": ["《中华人民共和国食品安全法》第一百一十条"],
    "criteria": [{"text": "后厨环境整洁", "basis": "《中华人民共和国食品安全法》第三十三条"}],
}


async def test_the_keeper_keeps_the_lists_and_a_clerk_reads_them(client) -> None:  # noqa: F811
    await sign_in(client, "coordinator")
    assert (await step(client, "/lists/key-industry", **INDUSTRY))["version"] == 1
    again = await client.post("/api/v1/lists/key-industry", json=INDUSTRY)
    assert (again.status_code, again.json()["code"], again.json()["rule"]) == (
        409,
        "listing-there",
        "listing-once-open",
    )
    later = INDUSTRY | {"title": "餐饮和集体用餐", "valid_from": "2026-12-01", "review_on": "2027-12-01"}
    assert (await step(client, "/lists/key-industry/change", **later))["version"] == 2
    unsound = await client.post("/api/v1/lists/key-industry/change", json=later | {"valid_from": "2026-11-01"})
    assert (unsound.status_code, unsound.json()["rule"]) == (422, "version-not-backdated")
    assert (await step(client, "/lists/leniency/no_penalty", **ITEM))["title"] == ITEM["violation"]
    wrong = await client.post("/api/v1/lists/leniency/nothing", json=ITEM)
    assert wrong.status_code in {400, 404}
    await sign_in(client, "clerk")
    listed = (await client.get("/api/v1/lists?kind=key_industry&on=2026-11-30")).json()
    assert [(one["title"], one["valid_to"]) for one in listed] == [("餐饮服务", "2026-11-30")]
    assert [one["version"] for one in (await client.get("/api/v1/lists?kind=key_industry")).json()] == [2, 1]
    assert (await client.post("/api/v1/lists/key-industry", json=INDUSTRY)).status_code == 403
    ending = {"subject": "ZHJG-01", "reason": "行业风险下降"}
    assert (await client.post("/api/v1/lists/key_industry/end", json=ending)).status_code == 403
    await sign_in(client, "coordinator")
    assert (await step(client, "/lists/key_industry/end", **ending))["ended_reason"] == "行业风险下降"
    assert (await client.get("/api/v1/lists/due")).json() == []


async def test_versions_are_read_by_day_and_made_by_the_keeper(client) -> None:  # noqa: F811
    await sign_in(client, "clerk")
    assert (await client.post("/api/v1/matters/SCJG-001/versions", json=VERSION)).status_code == 403
    assert (await client.get("/api/v1/matters/unused")).status_code == 403
    await sign_in(client, "coordinator")
    assert (await step(client, "/matters/SCJG-001/versions", **VERSION))["version"] == 2
    before = (await client.get("/api/v1/matters/SCJG-001?on=2026-11-30")).json()
    after = (await client.get("/api/v1/matters/SCJG-001?on=2026-12-01")).json()
    assert (before["version"], len(before["criteria"])) == (1, 2)
    assert (after["version"], [one["text"] for one in after["criteria"]]) == (2, ["后厨环境整洁"])
    history = (await client.get("/api/v1/matters/SCJG-001/versions")).json()
    assert [(one["version"], one["withdrawn_on"], one["change_reason"]) for one in history] == [
        (1, "2026-12-01", ""),
        (2, None, VERSION["reason"]),
    ]
    gone = await step(client, "/matters/XFJY-001/withdraw", on="2026-12-01", reason="上级取消该事项")
    assert gone["withdrawn_reason"] == "上级取消该事项"
    changed = await step(
        client, "/departments/scjg/versions", effective_on="2026-12-01", reason="机构改革更名", name="示范区市监局"
    )
    assert changed["name"] == "示范区市监局"
    assert (await client.get("/api/v1/departments/scjg/on/2026-11-30")).json()["name"] == "示范区scjg局"
    assert [one["version"] for one in (await client.get("/api/v1/departments/scjg/versions")).json()] == [1, 2]
    unused = (await client.get("/api/v1/matters/unused?on=2026-11-20")).json()
    assert [one["code"] for one in unused] == ["SCJG-001", "XFJY-001"]
