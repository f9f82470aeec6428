"""What scans are told, how an arrival is confirmed, and what costs nothing: on a real database."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from inspect_registry.actor import ANONYMOUS, Actor, Role
from inspect_registry.clock import SetClock
from inspect_registry.codes import arrivals, service, store
from inspect_registry.codes.desk import CodeDesk
from inspect_registry.codes.errors import (
    ArrivalAlreadyConfirmed,
    ArrivalNeedsLiveCode,
    ArrivalWordExhausted,
    ArrivalWordWrong,
    CodeNotLive,
    VerdictUnavailable,
    WrongEnterprise,
)
from inspect_registry.codes.keyfiles import key_ring, new_key, withdraw_key
from inspect_registry.codes.keys import PublicKey
from inspect_registry.codes.model import CodeRow, NewCode, NewReport, ReportKind
from inspect_registry.codes.payload import TOKEN_BYTES, Algorithm, parse, to_text
from inspect_registry.db import Database
from inspect_registry.errors import NotAllowed
from tests.code_builders import a_key_ring
from tests.code_world import BASE, World, a_desk

pytestmark = pytest.mark.asyncio


async def a_live_code(database: Database, world: World) -> CodeRow:
    code = await service.issue(database.acting(world.clerk), NewCode(visit=world.visit_uid))
    return await service.code_to_present(database.acting(world.inspector), code.uid)


async def told(desk: CodeDesk, token: str, actor=ANONYMOUS) -> str:
    return (await desk.answer(token, actor)).verdict.value


async def test_a_fresh_code_is_valid_and_names_the_shop(database: Database, world: World, desk: CodeDesk) -> None:
    code = await a_live_code(database, world)
    answer = await desk.answer(desk.live(code).token, ANONYMOUS)
    assert answer.verdict == "valid"
    assert "上海嘉定小馆餐饮有限公司" in bytes(answer.visit).decode()


async def test_a_captured_picture_dies_within_90_seconds(
    database: Database, world: World, desk: CodeDesk, clock: SetClock
) -> None:
    code = await a_live_code(database, world)
    for offset in range(0, 30, 7):
        start = datetime(2026, 11, 20, 2, 0, offset, tzinfo=UTC)
        clock.set(start)
        captured = desk.live(code).token
        verdicts = {}
        for age in (0, 30, 60, 90, 300):
            clock.set(start + timedelta(seconds=age))
            verdicts[age] = await told(desk, captured)
        assert verdicts[0] == verdicts[30] == "valid"
        assert verdicts[60] == verdicts[90] == verdicts[300] == "stale"


async def test_the_window_and_paper_have_their_own_verdicts(
    database: Database, world: World, desk: CodeDesk, clock: SetClock
) -> None:
    code = await a_live_code(database, world)
    assert await told(desk, desk.printed(code).token) == "printed"
    clock.set(datetime(2026, 11, 19, 15, 59, 59, tzinfo=UTC))
    answer = await desk.answer(desk.live(code).token, ANONYMOUS)
    assert answer.verdict == "not_yet"
    assert "小馆" not in bytes(answer.visit).decode()
    assert "张伟" not in bytes(answer.visit).decode()
    clock.set(datetime(2026, 11, 20, 16, 0, 0, tzinfo=UTC))
    assert await told(desk, desk.live(code).token) == "expired"


@pytest.mark.parametrize(
    "plant",
    [
        "UPDATE inspector SET state = 'suspended' WHERE name = '李娜'",
        "UPDATE inspector SET valid_to = '2026-11-19' WHERE name = '张伟'",
    ],
)
async def test_a_certificate_that_is_not_valid_today_turns_the_page_red(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection, plant: str
) -> None:
    code = await a_live_code(database, world)
    await owner.execute(plant)
    assert await told(desk, desk.live(code).token) == "certificate_invalid"


async def test_a_revoked_code_is_refused_at_once(database: Database, world: World, desk: CodeDesk) -> None:
    code = await a_live_code(database, world)
    token = desk.live(code).token
    assert await told(desk, token) == "valid"
    await service.revoke(database.acting(world.head), code.uid, "计划调整，改日检查")
    answer = await desk.answer(token, ANONYMOUS)
    assert (answer.verdict, answer.reason) == ("revoked", "计划调整，改日检查")
    listed = await desk.revocations()
    assert listed.has(parse(token).payload.code_id)
    assert listed.counter == 1
    assert listed.fits(desk.keys.published)


async def test_another_shop_is_told_and_an_alarm_is_raised_once(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection
) -> None:
    code = await a_live_code(database, world)
    for _ in range(3):
        answer = await desk.answer(desk.live(code).token, world.stranger)
        assert answer.verdict == "wrong_enterprise"
        assert "小馆" not in bytes(answer.visit).decode()
        await desk.flush()
    assert await told(desk, desk.live(code).token, world.keeper) == "valid"
    await desk.flush()
    alarms = await owner.fetch("SELECT kind, code_uid, scanner FROM code_alarm")
    assert [tuple(alarm) for alarm in alarms] == [("wrong_enterprise", code.uid, world.other_enterprise)]
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'alarm.raised'") == 1
    assert await owner.fetchval("SELECT count(*) FROM code_scan") == 4
    (line,) = await arrivals.alarms(database.acting(Actor(role=Role.AUDITOR, person=21)))
    assert (line.kind, line.code_uid, line.scanner) == ("wrong_enterprise", code.uid, "上海南翔馒头店有限公司")
    with pytest.raises(NotAllowed):
        await arrivals.alarms(database.acting(world.head))


async def test_forged_tokens_ask_the_database_nothing(
    database: Database, world: World, desk: CodeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await a_live_code(database, world)
    whole = parse(desk.live(code).token)
    data = whole.body + whole.signature + whole.mac
    rng = random.Random(3)
    forged = [to_text(_flipped(data, bit)) for bit in range(TOKEN_BYTES * 8)]
    forged += [to_text(rng.randbytes(TOKEN_BYTES)) for _ in range(1000)]
    forged += [whole.text[:-1], whole.text + "A", whole.text.replace("A", "Ａ", 1), "", "A" * 224, whole.text[:208]]
    asked = []

    async def no_query(uid: str) -> None:
        asked.append(uid)

    monkeypatch.setattr(desk._reader, "row", no_query)
    verdicts = {(await desk.answer(text, ANONYMOUS)).verdict.value for text in forged}
    assert verdicts == {"unknown"}
    assert asked == []


async def test_guessing_finds_nothing_and_looks_like_anything_unknown(world: World, desk: CodeDesk) -> None:
    rng = random.Random(11)
    answers = {
        (answer.verdict, answer.shown, answer.code, bytes(answer.visit))
        for answer in [await desk.answer(to_text(rng.randbytes(TOKEN_BYTES)), ANONYMOUS) for _ in range(2000)]
    }
    assert answers == {("unknown", "nothing", "", b"null")}


async def test_a_signature_the_registry_never_made_raises_the_alarm_of_a_stolen_key(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection
) -> None:
    code = await a_live_code(database, world)
    thief = a_desk(database, a_key_ring(1, mac=b"x"))
    assert await told(desk, thief.live(code).token) == "unknown"
    await desk.flush()
    assert await owner.fetchval("SELECT kind FROM code_alarm") == "stolen_key"


async def test_a_code_that_was_never_registered_is_unknown_and_raises_an_alarm(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection
) -> None:
    code = await a_live_code(database, world)
    token = desk.live(code).token
    await owner.execute("DELETE FROM verdict")
    assert await told(desk, token) == "unknown"
    await desk.flush()
    assert await owner.fetchval("SELECT kind FROM code_alarm") == "unregistered_code"


async def test_the_enterprise_confirms_by_its_account_and_the_visit_begins(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection
) -> None:
    code = await a_live_code(database, world)
    token = desk.live(code).token
    await desk.confirm_signed_in(database.acting(world.keeper), token)
    assert await owner.fetchval("SELECT state FROM visit") == "under_way"
    answer = await desk.answer(token, ANONYMOUS)
    assert answer.verdict == "valid"
    assert answer.arrived_at is not None
    actions = [row[0] for row in await owner.fetch("SELECT action FROM ledger_entry ORDER BY id")]
    assert actions == ["code.issued", "visit.started", "arrival.confirmed"]


async def test_the_word_from_the_inspectors_phone_confirms(
    database: Database, world: World, desk: CodeDesk, clock: SetClock
) -> None:
    code = await a_live_code(database, world)
    token, word = desk.live(code).token, desk.word(code)
    clock.advance(timedelta(seconds=200))
    arrival = await desk.confirm_with_word(token, f" {word} ")
    assert arrival.method == "word"
    with pytest.raises(ArrivalAlreadyConfirmed, match="首次核验时间"):
        await desk.confirm_with_word(token, desk.word(code))


async def test_six_wrong_words_end_the_word(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection
) -> None:
    code = await a_live_code(database, world)
    token, right = desk.live(code).token, desk.word(code)
    wrong = "000000" if right != "000000" else "000001"
    for left in (5, 4, 3, 2, 1, 0):
        with pytest.raises(ArrivalWordWrong, match=str(left)):
            await desk.confirm_with_word(token, wrong)
    with pytest.raises(ArrivalWordExhausted):
        await desk.confirm_with_word(token, right)
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'arrival.refused'") == 6
    await desk.confirm_signed_in(database.acting(world.keeper), token)


async def test_a_hundred_guesses_at_once_are_six(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection
) -> None:
    code = await a_live_code(database, world)
    token, right = desk.live(code).token, desk.word(code)
    guesses = [f"{number:06d}" for number in range(100) if f"{number:06d}" != right]
    outcomes = await asyncio.gather(
        *[desk.confirm_with_word(token, guess) for guess in guesses], return_exceptions=True
    )
    assert sum(isinstance(one, ArrivalWordWrong) for one in outcomes) == 6
    assert sum(isinstance(one, ArrivalWordExhausted) for one in outcomes) == len(guesses) - 6
    with pytest.raises(ArrivalWordExhausted):
        await desk.confirm_with_word(token, right)
    assert await owner.fetchval("SELECT word_tries FROM code") == 6


async def test_paper_and_old_pictures_cannot_confirm(
    database: Database, world: World, desk: CodeDesk, clock: SetClock
) -> None:
    code = await a_live_code(database, world)
    with pytest.raises(ArrivalNeedsLiveCode) as refused:
        await desk.confirm_signed_in(database.acting(world.keeper), desk.printed(code).token)
    assert (refused.value.rule, refused.value.basis) == ("arrival-needs-live-code", "上海市检查码实施方案")
    assert refused.value.remedy
    token = desk.live(code).token
    clock.advance(timedelta(seconds=700))
    with pytest.raises(ArrivalNeedsLiveCode):
        await desk.confirm_with_word(token, desk.word(code))


async def test_another_shop_cannot_confirm(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection
) -> None:
    code = await a_live_code(database, world)
    with pytest.raises(WrongEnterprise):
        await desk.confirm_signed_in(database.acting(world.stranger), desk.live(code).token)
    assert await owner.fetchval("SELECT count(*) FROM arrival") == 0


async def test_of_many_at_once_exactly_one_confirms(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection
) -> None:
    code = await a_live_code(database, world)
    token = desk.live(code).token
    outcomes = await asyncio.gather(
        *[desk.confirm_signed_in(database.acting(world.keeper), token) for _ in range(30)], return_exceptions=True
    )
    assert sum(not isinstance(one, Exception) for one in outcomes) == 1
    assert {type(one) for one in outcomes if isinstance(one, Exception)} == {ArrivalAlreadyConfirmed}
    assert await owner.fetchval("SELECT count(*) FROM arrival") == 1


async def test_outside_the_window_or_after_the_end_nothing_confirms(
    database: Database, world: World, desk: CodeDesk, clock: SetClock
) -> None:
    code = await a_live_code(database, world)
    for now in (datetime(2026, 11, 19, 15, 59, 0, tzinfo=UTC), datetime(2026, 11, 20, 16, 0, 0, tzinfo=UTC)):
        clock.set(now)
        with pytest.raises(CodeNotLive):
            await desk.confirm_signed_in(database.acting(world.keeper), desk.live(code).token)
    clock.set(datetime(2026, 11, 20, 3, 0, 0, tzinfo=UTC))
    token = desk.live(code).token
    await service.revoke(database.acting(world.head), code.uid, "计划调整，改日检查")
    with pytest.raises(CodeNotLive):
        await desk.confirm_signed_in(database.acting(world.keeper), token)


async def test_the_inspector_confirms_by_the_enterprises_own_code(database: Database, world: World) -> None:
    code = await a_live_code(database, world)
    acting = database.acting(world.inspector)
    with pytest.raises(WrongEnterprise):
        await arrivals.confirm_with_enterprise_code(acting, code.uid, "91310114MA1GT0XJ8A")
    arrival = await arrivals.confirm_with_enterprise_code(acting, code.uid, "91310114ma1gt0xj7c")
    assert arrival.method == "enterprise_code"


async def test_only_the_visits_own_inspectors_may_show_a_code(database: Database, world: World) -> None:
    code = await a_live_code(database, world)
    other = Actor(role=Role.INSPECTOR, person=16, department=world.department, inspector=world.inspectors[2])
    with pytest.raises(NotAllowed):
        await service.code_to_present(database.acting(other), code.uid)
    assert [one.uid for one in await service.codes_today(database.acting(world.inspector))] == [code.uid]
    assert await service.codes_today(database.acting(other)) == []


async def test_reports_reach_supervisors_and_no_department(
    database: Database, world: World, desk: CodeDesk, owner: asyncpg.Connection
) -> None:
    code = await a_live_code(database, world)
    url = desk.live(code).url
    assert url.startswith(BASE.upper() + "/C/")
    await desk.report(database.acting(ANONYMOUS), NewReport(kind=ReportKind.MONEY, text="要求转账 500 元", token=url))
    await desk.report(database.acting(ANONYMOUS), NewReport(kind=ReportKind.NO_CODE, place="南翔某店", token="rubbish"))
    supervisor = Actor(role=Role.COORDINATOR, person=20)
    lines = await arrivals.reports(database.acting(supervisor))
    assert [(line.kind, line.code_uid) for line in lines] == [("no_code", ""), ("money", code.uid)]
    assert lines[1].enterprise == "上海嘉定小馆餐饮有限公司"
    await desk.report(database.acting(world.stranger), NewReport(kind=ReportKind.WRONG_ENTERPRISE, token=url))
    (newest, *_older) = await arrivals.reports(database.acting(supervisor))
    assert (newest.code_uid, newest.enterprise) == (code.uid, "上海南翔馒头店有限公司")
    with pytest.raises(NotAllowed):
        await arrivals.reports(database.acting(world.clerk))
    async with database.transaction(world.clerk) as tx:
        assert await store.reports_since(tx, datetime(2026, 1, 1, tzinfo=UTC), 10) == []
    leaves = [
        bytes(row[0]).decode()
        for row in await owner.fetch("SELECT leaf FROM ledger_entry WHERE action = 'report.filed'")
    ]
    assert len(leaves) == 3
    assert not any("转账" in leaf or code.uid in leaf for leaf in leaves)


async def test_a_dead_register_never_says_valid_and_answers_in_time(
    database: Database, world: World, desk: CodeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await a_live_code(database, world)
    token = desk.live(code).token
    assert await told(desk, token) == "valid"
    loop = asyncio.get_running_loop()

    async def black_hole(*_arguments: object) -> None:
        await asyncio.sleep(3600)

    stuck = a_desk(database)
    stuck._reader._deadline = 0.2
    monkeypatch.setattr(stuck._reader, "_serve", black_hole)
    stuck.start()
    begun = loop.time()
    with pytest.raises(VerdictUnavailable):
        await stuck.answer(token, ANONYMOUS)
    assert loop.time() - begun < 1.0
    await stuck.stop()


async def test_many_scans_share_few_queries(database: Database, world: World, desk: CodeDesk) -> None:
    code = await a_live_code(database, world)
    token = desk.live(code).token
    answers = await asyncio.gather(*[desk.answer(token, ANONYMOUS) for _ in range(200)])
    assert {answer.verdict for answer in answers} == {"valid"}


def _flipped(data: bytes, bit: int) -> bytes:
    altered = bytearray(data)
    altered[bit // 8] ^= 1 << bit % 8
    return bytes(altered)


async def test_a_withdrawn_key_is_refused_without_a_restart_and_a_broken_list_changes_nothing(
    database: Database, world: World, clock: SetClock, tmp_path: Path
) -> None:
    def make(days: int) -> PublicKey:
        at = clock.now() - timedelta(days=days)
        return new_key(tmp_path, algorithm=Algorithm.ED25519, issuer="x", sign_from=at, sign_days=30, verify_days=9)

    make(2)
    stolen = make(1)
    desk = a_desk(database, key_ring(tmp_path))
    desk.follow(tmp_path)
    desk.start()
    code = await a_live_code(database, world)
    token = desk.live(code).token
    assert await told(desk, token) == "valid"
    withdraw_key(tmp_path, stolen.key_id, clock.now())
    desk.take_over_keys()
    assert await told(desk, token) == "unknown"
    fresh = desk.live(code).token
    assert await told(desk, fresh) == "valid"
    (tmp_path / "keys.json").write_text("{")
    desk.take_over_keys()
    assert await told(desk, fresh) == "valid"
    await desk.stop()
