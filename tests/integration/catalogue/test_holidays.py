"""Notices of holidays in the registry: entered by one person, signed off by another, counted by from then on."""

import datetime as dt
import json

import asyncpg
import msgspec
import pytest

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.catalogue import holidays
from inspect_registry.catalogue.errors import NoticeDecided, NoticeNotSeconded, NoticeUnknown, NoticeUnsound
from inspect_registry.catalogue.notices import NoticeState
from inspect_registry.cli import main
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.errors import NotAllowed
from inspect_registry.plans import months
from tests.district_builders import a_small_district
from tests.notice_builders import notice_of_2026, notice_of_2027
from tests.plans_builders import a_clerk

d = dt.date
ONE = Actor(role=Role.COORDINATOR, person=21, name="录入人")
OTHER = Actor(role=Role.COORDINATOR, person=22, name="签发人")


async def test_a_year_is_provisional_until_its_notice_is_signed_off(database: Database) -> None:
    one, other = database.acting(ONE), database.acting(OTHER)
    before = await holidays.calendar(one)
    assert before.add(d(2026, 12, 10), 20).missing_years == (2027,)
    proposed = await holidays.propose_notice(one, notice_of_2027())
    assert proposed.state is NoticeState.PROPOSED
    assert (await holidays.calendar(one)).add(d(2026, 12, 10), 20).provisional
    with pytest.raises(NoticeNotSeconded):
        await holidays.sign_notice(one, proposed.uid)
    signed = await holidays.sign_notice(other, proposed.uid)
    assert (signed.state, signed.version) == (NoticeState.IN_FORCE, 1)
    after = (await holidays.calendar(one)).add(d(2026, 12, 10), 20)
    # The made-up notice closes 12-31 and has people work on 01-03.
    assert (after.day, after.provisional) == (d(2027, 1, 8), False)
    with pytest.raises(NoticeDecided):
        await holidays.sign_notice(other, proposed.uid)


async def test_a_month_planned_before_the_notice_is_provisional_and_after_it_is_not(database: Database) -> None:
    small = await a_small_district(database)
    clerk = database.acting(a_clerk(small))
    assert (await months.draft_monthly_plan(clerk, d(2027, 3, 1))).provisional
    # The last days of December wait for the next year's notice, too.
    assert (await months.draft_monthly_plan(clerk, d(2026, 12, 1))).provisional
    proposed = await holidays.propose_notice(database.acting(ONE), notice_of_2027())
    await holidays.sign_notice(database.acting(OTHER), proposed.uid)
    assert not (await months.draft_monthly_plan(clerk, d(2027, 4, 1))).provisional


async def test_a_correction_is_a_new_version_with_its_reason_and_the_first_stays_readable(
    database: Database, owner: asyncpg.Connection
) -> None:
    one, other = database.acting(ONE), database.acting(OTHER)
    first = await holidays.propose_notice(one, notice_of_2027())
    await holidays.sign_notice(other, first.uid)
    with pytest.raises(NoticeUnsound) as refused:
        await holidays.propose_notice(one, notice_of_2027())
    assert [place.field for place in refused.value.places] == ["reason"]
    second = await holidays.propose_notice(one, notice_of_2027(work=[d(2027, 1, 3)], reason="通知已调整"))
    assert second.version == 2
    await holidays.sign_notice(other, second.uid)
    states = {view.version: view.state for view in await holidays.notices(one)}
    assert states == {1: NoticeState.REPLACED, 2: NoticeState.IN_FORCE}
    assert not (await holidays.calendar(one)).is_workday(d(2027, 10, 9))
    entries = await owner.fetch("SELECT action FROM ledger_entry WHERE subject_kind = 'calendar_notice' ORDER BY id")
    assert [row[0] for row in entries] == ["calendar.imported", "calendar.signed"] * 2


async def test_a_wrong_notice_is_refused_with_every_place(database: Database, owner: asyncpg.Connection) -> None:
    draft = notice_of_2027(document="七号", work=[d(2027, 1, 4)])
    with pytest.raises(NoticeUnsound) as refused:
        await holidays.propose_notice(database.acting(ONE), draft)
    assert [place.field for place in refused.value.places] == ["document", "work[0]"]
    assert await owner.fetchval("SELECT count(*) FROM calendar_notice") == 0


async def test_a_notice_that_differs_from_its_document_is_rejected_with_the_reason(database: Database) -> None:
    proposed = await holidays.propose_notice(database.acting(ONE), notice_of_2027())
    with pytest.raises(NoticeUnsound):
        await holidays.reject_notice(database.acting(OTHER), proposed.uid, " ")
    rejected = await holidays.reject_notice(database.acting(OTHER), proposed.uid, "中秋节应为三天")
    assert (rejected.state, rejected.decision) == (NoticeState.REJECTED, "中秋节应为三天")
    assert (await holidays.calendar(database.acting(ONE))).add(d(2026, 12, 10), 20).provisional
    with pytest.raises(NoticeUnknown):
        await holidays.sign_notice(database.acting(OTHER), "x" * 26)


async def test_only_the_coordinator_enters_and_signs(database: Database) -> None:
    small = await a_small_district(database)
    with pytest.raises(NotAllowed):
        await holidays.propose_notice(database.acting(a_clerk(small)), notice_of_2027())


async def test_the_database_keeps_the_second_person_too(database: Database, owner: asyncpg.Connection) -> None:
    proposed = await holidays.propose_notice(database.acting(ONE), notice_of_2027())
    with pytest.raises(asyncpg.CheckViolationError):
        await owner.execute(
            "UPDATE calendar_notice SET state = 'in_force', decided_by = proposed_by, decided_at = now() WHERE uid = $1",
            proposed.uid,
        )


async def test_the_notices_of_the_program_count_without_being_entered(database: Database, clock: SetClock) -> None:
    assert (await holidays.calendar(database.acting(SYSTEM))).add(d(2026, 4, 29), 5).day == d(2026, 5, 9)


def test_the_command_checks_a_file_and_stores_nothing(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    right, wrong, none = tmp_path / "right.json", tmp_path / "wrong.toml", tmp_path / "none.json"
    right.write_bytes(msgspec.json.encode(notice_of_2026()))
    wrong.write_text(
        'year = 2026\ntitle = "2026年"\ndocument = "国办发明电〔2025〕7号"\nissued_on = 2025-11-04\nsource = "x"\n'
        "holidays = []\nwork = [2026-05-08]\n",
        encoding="utf-8",
    )
    none.write_text(json.dumps({"year": 2026}))
    assert main(["import", "holidays", str(right), "--check"]) == 0
    assert main(["import", "holidays", str(wrong), "--check"]) == 1
    assert "work[0]：2026-05-08 是星期五" in capsys.readouterr().out
    assert main(["import", "holidays", str(none), "--check"]) == 2
    assert main(["import", "holidays", str(tmp_path / "missing.json"), "--check"]) == 2
