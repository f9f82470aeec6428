"""A coordinator reads why checks are unserved, acts on what is named, and the next merge serves them: over HTTP."""

from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest
import pytest_asyncio

from inspect_registry.db import Database
from tests.visits_builders import District, a_district
from tests.visits_people import People, people_of

MONTH = "2026-12-01"


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest_asyncio.fixture
async def people(database: Database, district: District) -> AsyncIterator[People]:
    async with people_of(database, district) as opened:
        yield opened


async def unserved(people: People) -> dict[str, dict[str, object]]:
    run = await people.ask("coordinator", "GET", f"/merges/{MONTH}")
    return {one["check"]: {**one, "run": run["uid"]} for one in run["unserved"]}


async def propose(people: People, line: dict[str, object]) -> list[dict[str, object]]:
    body = {"run": line["run"], "check": line["check"]}
    return await people.ask("coordinator", "POST", "/relaxations", body, status=201)


async def test_three_unserved_checks_are_told_why_and_served_after_what_was_named(
    people: People, district, owner
) -> None:
    market, fire = district.departments
    # 1: its window is a weekend; 2: nobody is certified for its matter but one; 3: the yearly cap is used up.
    weekend = await district.check(market, date(2026, 12, 12), date(2026, 12, 13))
    rare = await district.matter(fire)
    await owner.execute(
        "DELETE FROM inspector_matter WHERE matter = $1 AND inspector <> $2", rare, district.inspectors[fire][0]
    )
    _, workshop = await district.shop()
    uncertified = await district.check(fire, date(2026, 12, 7), date(2026, 12, 18), premises=workshop, matters=(rare,))
    capped_shop, hall = await district.shop()
    await owner.execute(
        "INSERT INTO quota (enterprise, department, year, cap, used) VALUES ($1, $2, 2026, 2, 2), ($1, 0, 2026, 6, 2)",
        capped_shop,
        market,
    )
    capped = await district.check(market, date(2026, 12, 7), date(2026, 12, 18), premises=hall)
    await people.merge(MONTH)
    lines = await unserved(people)
    uids = [await district.uid_of("check", check) for check in (weekend, uncertified, capped)]
    assert set(lines) == set(uids)
    for uid, words in zip(uids, ("非工作日", "人员不足", "计次上限"), strict=True):
        assert words in lines[uid]["sentence"], lines[uid]["sentence"]
        assert "检查事项" in lines[uid]["sentence"], "checks are named, not numbered"
        assert not any(character.isdigit() for character in lines[uid]["enterprise"][:2])
        assert lines[uid]["remedy"]
    assert [lines[uid]["ways"][0]["kind"] for uid in uids] == ["window", "people", "cap-department"]

    (window,) = await propose(people, lines[uids[0]])
    (person,) = await propose(people, lines[uids[1]])
    (cap,) = await propose(people, lines[uids[2]])
    again = await people.ask(
        "coordinator", "POST", "/relaxations", {"run": lines[uids[0]]["run"], "check": uids[0]}, status=409
    )
    assert again["code"] == "relaxation-already-open"
    waiting = await people.ask("clerk1", "GET", f"/relaxations?month={MONTH}")
    assert [one["uid"] for one in waiting] == [person["uid"]], "a department sees what concerns it"

    yes = {"accepted": True, "reason": "确有必要，同意"}
    await people.ask("clerk0", "POST", f"/relaxations/{window['uid']}/decision", yes, status=403)
    await people.ask("coordinator", "POST", f"/relaxations/{window['uid']}/decision", yes, status=404)
    await people.ask("head0", "POST", f"/relaxations/{cap['uid']}/decision", yes, status=404)
    told = await people.ask(
        "head0", "POST", f"/relaxations/{window['uid']}/decision", {"accepted": True, "reason": " "}, status=422
    )
    assert told["code"] == "visit-reason-missing"
    await people.ask("head0", "POST", f"/relaxations/{window['uid']}/decision", yes)
    await owner.execute("INSERT INTO inspector_matter VALUES ($1, $2)", district.inspectors[fire][1], rare)
    await people.ask("head1", "POST", f"/relaxations/{person['uid']}/decision", yes)
    done = await people.ask("coordinator", "POST", f"/relaxations/{cap['uid']}/decision", yes)
    assert (done["state"], done["reason"]) == ("accepted", "确有必要，同意")
    twice = await people.ask("coordinator", "POST", f"/relaxations/{cap['uid']}/decision", yes, status=409)
    assert twice["code"] == "relaxation-decided"

    await people.merge(MONTH)
    assert await unserved(people) == {}
    served = await owner.fetch('SELECT "check" FROM visit_check WHERE live ORDER BY 1')
    assert [row["check"] for row in served] == sorted((weekend, uncertified, capped))
    quota = await owner.fetchrow(
        "SELECT cap, basis FROM quota WHERE enterprise = $1 AND department = $2", capped_shop, market
    )
    assert tuple(quota) == (3, "确有必要，同意")
    actions = [
        row["action"]
        for row in await owner.fetch("SELECT action FROM ledger_entry WHERE subject_kind = 'relaxation' ORDER BY id")
    ]
    assert sorted(actions) == ["quota.changed", *["relaxation.accepted"] * 3, *["relaxation.proposed"] * 3]


async def test_a_refused_proposal_changes_nothing(people: People, district) -> None:
    await district.check(district.departments[0], date(2026, 12, 12), date(2026, 12, 13))
    await people.merge(MONTH)
    ((uid, line),) = (await unserved(people)).items()
    (window,) = await propose(people, line)
    no = {"accepted": False, "reason": "当月无力承担"}
    assert (await people.ask("head0", "POST", f"/relaxations/{window['uid']}/decision", no))["state"] == "refused"
    await people.merge(MONTH)
    lines = await unserved(people)
    assert set(lines) == {uid}
    (fresh,) = await propose(people, lines[uid])
    assert fresh["state"] == "proposed", "after a refusal it may be proposed again"


async def test_quiet_days_are_lifted_by_the_coordinator_for_that_check_alone(people: People, district, owner) -> None:
    market = district.departments[0]
    quiet = await district.check(market, date(2026, 12, 1), date(2026, 12, 1))
    _, place = await district.shop()
    await district.check(market, date(2026, 12, 1), date(2026, 12, 1), premises=place)
    await people.merge(MONTH)
    lines = await unserved(people)
    assert len(lines) == 2, "the first of the month is quiet (parameter visit.quiet_days)"
    assert all("安静期" in line["sentence"] for line in lines.values())
    uid = await district.uid_of("check", quiet)
    await owner.execute(
        """INSERT INTO relaxation (uid, month, run, "check", department, kind, decider, sentence, proposed_at, proposed_by)
           SELECT 'quiet-1', $1, id, $2, $3, 'quiet', 'coordinator', '允许在安静期进行', now(), 1 FROM merge_run""",
        date(2026, 12, 1),
        quiet,
        market,
    )
    await people.ask(
        "coordinator", "POST", "/relaxations/quiet-1/decision", {"accepted": True, "reason": "节前食品安全专项"}
    )
    await people.merge(MONTH)
    assert uid not in await unserved(people)
    assert len(await unserved(people)) == 1
    day = await owner.fetchval("SELECT day FROM visit WHERE state <> 'cancelled'")
    assert day == date(2026, 12, 1)


async def test_three_visits_say_why_they_were_merged_so(people: People, district) -> None:
    market, fire = district.departments
    for starts, ends in (((7, 9), (8, 18)), ((14, 15), (14, 31)), ((21, 21), (28, 28))):
        _, place = await district.shop()
        await district.check(market, date(2026, 12, starts[0]), date(2026, 12, starts[1]), premises=place)
        await district.check(fire, date(2026, 12, ends[0]), date(2026, 12, ends[1]), premises=place)
    await people.merge(MONTH)
    rows = await people.ask("coordinator", "GET", f"/visits?month={MONTH}")
    assert len(rows) == 4
    for row in rows:
        words = row["reasons"][0]["sentence"]
        assert ("合并为" if row["joint"] else "单独入企") in words
        assert "检查 " not in words, "checks are named, not numbered"
    held_off = [one for row in rows for one in row["reasons"] if one["kind"] == "held_off"]
    assert all("H2" in one["rules"] and "时间窗" in one["sentence"] for one in held_off)
    assert len(held_off) == 2


async def test_what_nobody_named_cannot_be_proposed(people: People, district) -> None:
    served = await district.check(district.departments[0], date(2026, 12, 7), date(2026, 12, 18))
    await people.merge(MONTH)
    run = await people.ask("coordinator", "GET", f"/merges/{MONTH}")
    body = {"run": run["uid"], "check": await district.uid_of("check", served)}
    refused = await people.ask("coordinator", "POST", "/relaxations", body, status=404)
    assert refused["code"] == "merge-run-not-found"
    await people.ask("head0", "POST", "/relaxations", body, status=403)
    await people.ask("coordinator", "POST", "/relaxations", {"run": "x", "check": "y"}, status=404)
