"""A complaint about one restaurant reaches three departments; one knock, three records, and everything that follows.

The story: three approved triggers become one joint visit; one department finds a licence not shown (leniency under the
list in force that day), one orders a repair, one finds nothing and corrects its record later; the matter that can be
looked at from afar needs no second visit; the leniency list changes overnight; the auditor replays it all.
"""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from tests.fieldwork_doors import NOW, arrive, begun
from tests.visits_builders import TODAY, District, a_district
from tests.visits_people import People, people_of, sign_all

RECEIVED = "2026-11-20T08:30:00+08:00"


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    district = await a_district(owner)
    health = await district.department("区卫生健康委员会")
    for _ in range(3):
        await district.inspector(health)
    await district.matter(health, offsite_possible=True)
    return district


@pytest_asyncio.fixture
async def people(database: Database, district: District) -> AsyncIterator[People]:
    async with people_of(database, district) as opened:
        yield opened


class Story:
    """Shorthand for what the three departments do."""

    def __init__(self, people: People, district: District) -> None:
        self.people, self.district = people, district

    async def crew(self, which: int, number: int = 2) -> list[str]:
        inspectors = self.district.inspectors[self.district.departments[which]][:number]
        return [await self.district.uid_of("inspector", one) for one in inspectors]

    async def trigger(self, which: int, number: str) -> str:
        department = self.district.departments[which]
        draft = {
            "kind": "complaint", "facts": "群众反映该店证照不全、后厨脏乱", "source_number": number, "received_at": RECEIVED,
            "premises": await self.district.uid_of("premises", self.district.premises),
            "matters": [await self.district.uid_of("matter", self.district.matters[department][0])],
        }  # fmt: skip
        made = await self.people.ask(f"clerk{which}", "POST", "/triggers", draft, status=201)
        await self.people.ask(f"head{which}", "POST", f"/triggers/{made['uid']}/approval")
        return made["uid"]

    async def record(self, which: int, visit: str, *findings: dict[str, Any]) -> tuple[str, list[str]]:
        who = f"officer{which}"
        opened = await self.people.ask(who, "POST", "/inspections", {"visit": visit}, status=201)
        points = [point["criterion"] for point in opened["points"]]
        answers = [
            {"criterion": one, "value": "fails" if number < len(findings) else "conforms"}
            for number, one in enumerate(points)
        ]
        await self.people.ask(who, "PUT", f"/inspections/{opened['uid']}/answers", {"answers": answers})
        found = [{"criterion": one, **finding} for one, finding in zip(points, findings, strict=False)]
        await self.people.ask(who, "PUT", f"/inspections/{opened['uid']}/findings", {"findings": found})
        return opened["uid"], points

    async def close(self, which: int, record: str, *, status: int = 202, at: datetime = NOW) -> dict[str, Any]:
        door = {
            "present": await self.crew(which), "started_at": (at - timedelta(minutes=50)).isoformat(),
            "ended_at": at.isoformat(), "signature": "refused", "signature_note": "负责人拒签，见证人李某，录像2026-33",
            "companions": [{"name": "检测机构人员", "role": "third_party"}],
        }  # fmt: skip
        await sign_all(self.people, f"officer{which}", record, door)
        return await self.people.ask(f"officer{which}", "POST", f"/inspections/{record}/closing", door, status=status)


def lenient(version: str, name: str, conditions: list[str]) -> dict[str, Any]:
    return {
        "facts": "营业执照未按规定公示", "clause": "《市场主体登记管理条例》第三十六条", "disposition": "no_penalty",
        "leniency": {
            "list": name, "version": version, "item": "1", "conditions_met": conditions,
            "education": "已当场讲解公示规定并发放提示单", "justification": "初次发现，当场改正，无危害后果",
        },
    }  # fmt: skip


LIST = "市场监管领域不予行政处罚和减轻行政处罚实施办法"


def changed_item(valid_from: date) -> dict[str, Any]:
    """Return the next version of the item: from this day on it also asks for a promise in writing."""
    conditions = [("first", "初次违法"), ("slight", "危害后果轻微"), ("corrected", "及时改正"), ("promise", "书面承诺")]
    return {
        "violation": "未按规定公示营业执照等证照", "basis": ["《中华人民共和国行政处罚法》第三十三条第一款"],
        "reason": "增加书面承诺条件", "valid_from": str(valid_from), "review_on": str(valid_from + timedelta(days=365)),
        "sample": True,
        "content": {
            "list": LIST, "version": "2026", "item": "1", "words": ["公示", "证照", "亮证", "营业执照"],
            "conditions": [{"code": code, "text": text} for code, text in conditions],
        },
    }  # fmt: skip


async def the_list_changes(story: Story, database: Database, clock: SetClock, market: str, criterion: str) -> None:
    """On the next day the item says more: a new visit is judged by it, the record of the day before is not."""
    people, tomorrow = story.people, TODAY + timedelta(days=1)
    item = changed_item(tomorrow)
    await people.ask("coordinator", "POST", "/lists/leniency/no_penalty/change", item, status=201)
    clock.advance(timedelta(days=1))
    of_today = lenient("2023", LIST, ["first", "slight", "corrected"])
    of_tomorrow = lenient("2026", LIST, ["first", "slight", "corrected", "promise"])

    _, place = await story.district.shop()
    _, visit = await begun(database, story.district, premises=place, day=tomorrow)
    record, points = await story.record(0, visit, of_today)
    refused = await story.close(0, record, status=409, at=clock.now())
    assert (refused["code"], refused["rule"]) == ("leniency-not-applicable", "leniency-applies")
    finding = {"criterion": points[0], **of_tomorrow}
    await people.ask("officer0", "PUT", f"/inspections/{record}/findings", {"findings": [finding]})
    closed = await story.close(0, record, at=clock.now())
    assert closed["findings"][0]["leniency"]["version"] == "2026"

    late = {"criterion": criterion, **of_tomorrow}
    change = {"reason": "补充当场教育的说明", "answers": [], "findings": [late]}
    draft = await people.ask("officer0", "POST", f"/inspections/{market}/corrections", change, status=201)
    refused = await people.ask("second0", "POST", f"/inspections/{draft['uid']}/confirmation", status=409)
    assert refused["code"] == "leniency-not-applicable"
    right = {"findings": [{"criterion": criterion, **of_today}]}
    await people.ask("officer0", "PUT", f"/inspections/{draft['uid']}/findings", right)
    corrected = await people.ask("second0", "POST", f"/inspections/{draft['uid']}/confirmation")
    assert corrected["findings"][0]["leniency"]["version"] == "2023"


async def test_three_departments_go_once_and_everything_is_followed_up_and_replayed(
    database: Database, people: People, district: District, clock: SetClock, owner
) -> None:
    story = Story(people, district)
    shares = [
        {"trigger": await story.trigger(which, f"12345-2026-00187{which}"), "inspectors": await story.crew(which)}
        for which in range(3)
    ]
    alone = await people.ask(
        "coordinator", "POST", "/triggers/joint-visit", {"day": str(TODAY), "shares": shares[:1]}, status=400
    )
    assert alone["code"] == "malformed"
    joint = await people.ask(
        "coordinator", "POST", "/triggers/joint-visit", {"day": str(TODAY), "shares": shares}, status=201
    )
    visit = joint["uid"]
    assert (len(joint["parts"]), joint["joint"], joint["announced"]) == (3, True, False)
    for which in range(3):
        await people.ask(f"clerk{which}", "POST", f"/visits/{visit}/confirmation")
        approved = await people.ask(f"head{which}", "POST", f"/visits/{visit}/approval")
    assert approved["state"] == "approved"
    assert await people.ask("keeper", "GET", "/visits/mine") == []
    await arrive(district, await owner.fetchval("SELECT id FROM visit WHERE uid = $1", visit))

    # Leniency: the list of before 2023-12-25 no longer holds, the one in force does.
    old = lenient("一", "轻微违法不予处罚清单", ["slight", "corrected", "harmless"])
    market, points = await story.record(0, visit, old)
    refused = await story.close(0, market, status=409)
    assert (refused["code"], refused["rule"]) == ("leniency-not-applicable", "leniency-applies")
    new = lenient("2023", LIST, ["first", "slight", "corrected"])
    await people.ask(
        "officer0", "PUT", f"/inspections/{market}/findings", {"findings": [{"criterion": points[0], **new}]}
    )
    assert (await story.close(0, market))["result_text"] == "依法不予行政处罚"

    repair = {
        "facts": "疏散通道堆物", "clause": "《消防法》第二十八条", "disposition": "rectify_by_date", "demand": "清理通道",
    }  # fmt: skip
    fire, _ = await story.record(1, visit, repair)
    ordered = (await story.close(1, fire))["rectifications"][0]
    health, health_points = await story.record(2, visit)
    await story.close(2, health)
    assert (await people.ask("coordinator", "GET", f"/visits/{visit}"))["state"] == "recorded"

    # A correction by two people; the first version stays for the enterprise to read.
    advice = {
        "criterion": health_points[0], "facts": "消毒记录缺一日", "clause": "《传染病防治法》第五十三条", "disposition": "guidance",
    }  # fmt: skip
    change = {
        "reason": "漏记消毒记录问题，依据现场照片补正",
        "answers": [{"criterion": health_points[0], "value": "fails"}],
        "findings": [advice],
    }
    draft = await people.ask("officer2", "POST", f"/inspections/{health}/corrections", change, status=201)
    await people.ask("officer2", "POST", f"/inspections/{draft['uid']}/confirmation", status=403)
    corrected = await people.ask("second2", "POST", f"/inspections/{draft['uid']}/confirmation")
    assert [one["state"] for one in corrected["versions"]] == ["corrected", "closed"]
    assert (await people.ask("keeper", "GET", f"/inspections/{health}"))["result"] == "no_problem"

    for who, record in (("officer0", market), ("officer1", fire), ("officer2", corrected["uid"])):
        await people.ask(who, "POST", f"/inspections/{record}/telling")
    await people.ask("keeper", "POST", f"/rectifications/{ordered['uid']}/evidence", {"words": "通道已清空，附照片"})
    await people.ask(
        "officer1", "POST", f"/rectifications/{ordered['uid']}/recheck", {"passed": True, "note": "照片核对无误"}
    )
    await people.ask("officer1", "POST", f"/rectifications/{ordered['uid']}/closing")
    assert (await people.ask("coordinator", "GET", f"/visits/{visit}"))["state"] == "closed"

    # What can be seen from afar later needs no further knock.
    look = {
        "premises": await district.uid_of("premises", district.premises),
        "matter": await district.uid_of("matter", district.matters[district.departments[2]][0]),
        "means": "video", "observation": "消毒过程视频完整", "problem": False,
    }  # fmt: skip
    afar = await people.ask("officer2", "POST", "/offsite-checks", look, status=201)
    await people.ask("head2", "POST", f"/offsite-checks/{afar['uid']}/review", {"sufficient": True})
    await people.ask("head2", "POST", f"/offsite-checks/{afar['uid']}/action", {"action": "情况正常，不再到场"})
    facts = await owner.fetch("SELECT onsite, exempt FROM fact ORDER BY id")
    assert [tuple(row) for row in facts] == [(True, True)] * 3 + [(False, False)]

    lines = (await people.ask("auditor", "GET", f"/visits/{visit}/timeline"))["lines"]
    assert all(line["intact"] for line in lines)
    told = [line["action"] for line in lines]
    assert told[0] == "trigger.recorded"
    assert told[-1] == "visit.closed"
    counted = {action: told.count(action) for action in ("visit.approved", "inspection.closed", "inspection.corrected")}
    assert counted == {"visit.approved": 3, "inspection.closed": 4, "inspection.corrected": 1}
    assert date.fromisoformat(lines[0]["at"][:10]) == TODAY

    await the_list_changes(story, database, clock, market, points[0])
    lines = (await people.ask("auditor", "GET", f"/visits/{visit}/timeline"))["lines"]
    assert all(line["intact"] for line in lines)
    assert [line["action"] for line in lines].count("inspection.corrected") == 2
