"""A code is issued only for an approved visit, and says exactly what was approved."""

import json

import asyncpg
import pytest

from inspect_registry.actor import Actor, Role
from inspect_registry.codes import service
from inspect_registry.codes.errors import (
    CapExceeded,
    CertificateInvalid,
    CodeAlreadyLive,
    CodeNotFound,
    CodeNotLive,
    MatterUnpublished,
    QuietObject,
    TooFewInspectors,
    VisitNotApproved,
)
from inspect_registry.codes.model import CodePath, CodeState, NewCode
from inspect_registry.db import Database
from inspect_registry.errors import Invalid, NotAllowed
from tests.code_world import World


async def issue(database: Database, world: World, **fields: object):
    return await service.issue(database.acting(world.clerk), NewCode(visit=world.visit_uid, **fields))


async def test_an_approved_visit_gets_one_code_with_its_ledger_entry(
    database: Database, world: World, owner: asyncpg.Connection
) -> None:
    code = await issue(database, world)
    assert code.state is CodeState.ISSUED
    assert (code.ends_at - code.opens_at).total_seconds() == 86400
    row = await owner.fetchrow("SELECT page, masked, inspectors FROM verdict WHERE uid = $1", code.uid)
    page = json.loads(row["page"])
    assert page["enterprise"] == "上海嘉定小馆餐饮有限公司"
    assert page["plan"] == "嘉检备〔2026〕12号"
    (department,) = page["departments"]
    assert (department["times"], department["cap"]) == (1, 4)
    assert [one["name"] for one in department["inspectors"]] == ["张伟", "李娜"]
    assert department["matters"][0]["criteria"] == ["食品经营许可证在有效期内", "从业人员持有效健康证明"]
    assert "张伟" not in row["masked"]
    assert row["inspectors"] == world.inspectors[:2]
    leaf = await owner.fetchval(
        "SELECT leaf FROM ledger_entry WHERE action = 'code.issued' AND subject_uid = $1", code.uid
    )
    assert "张伟" not in leaf.decode()
    assert world.visit_uid in leaf.decode()


async def test_a_second_live_code_of_a_visit_is_refused(database: Database, world: World) -> None:
    await issue(database, world)
    with pytest.raises(CodeAlreadyLive):
        await issue(database, world)


@pytest.mark.parametrize(
    ("plant", "refusal"),
    [
        ("UPDATE visit SET state = 'confirmed'", VisitNotApproved),
        ("UPDATE visit_part SET approved_at = NULL, approved_by = NULL", VisitNotApproved),
        ("UPDATE visit SET state = 'cancelled', cancelled_at = now(), cancel_reason = '企业停业'", VisitNotApproved),
        ("UPDATE inspector SET valid_to = '2026-11-19' WHERE name = '李娜'", CertificateInvalid),
        ("UPDATE inspector SET valid_from = '2026-11-21' WHERE name = '李娜'", CertificateInvalid),
        ("UPDATE inspector SET state = 'suspended' WHERE name = '张伟'", CertificateInvalid),
        (
            (
                "INSERT INTO listing (uid, region, kind, subject, version, title, content, basis, reason, valid_from, review_on, "
                "entered_at) SELECT 'q', enterprise.region, 'quiet_enterprise', enterprise.uid, 1, enterprise.name, '{}', '{}', "
                "'近三年未发现问题', '2026-01-01', '2027-01-01', now() FROM visit JOIN enterprise ON enterprise.id = visit.enterprise LIMIT 1"
            ),
            QuietObject,
        ),
        (
            (
                "INSERT INTO listing (uid, region, kind, subject, version, title, content, basis, reason, valid_from, review_on, "
                "entered_at) SELECT code, region, 'quiet_matter', code, 1, name, '{}', '{}', '问题发现率低', '2026-01-01', "
                "'2027-01-01', now() FROM matter"
            ),
            QuietObject,
        ),
        (
            "DELETE FROM visit_inspector WHERE inspector = (SELECT id FROM inspector WHERE name = '李娜')",
            TooFewInspectors,
        ),
        ("UPDATE matter SET published_on = '2026-12-01'", MatterUnpublished),
        ("UPDATE matter SET withdrawn_on = '2026-11-20'", MatterUnpublished),
        ("DELETE FROM visit_matter", MatterUnpublished),
        ("UPDATE quota SET used = 0", CapExceeded),
        ("DELETE FROM quota", CapExceeded),
        ("UPDATE visit SET day = '2026-11-19'", Invalid),
    ],
)
async def test_each_broken_rule_refuses_the_code_by_name(
    database: Database, world: World, owner: asyncpg.Connection, plant: str, refusal: type[Exception]
) -> None:
    await owner.execute(plant)
    with pytest.raises(refusal) as refused:
        await issue(database, world)
    assert refused.value.rule.startswith("code-")
    assert await owner.fetchval("SELECT count(*) FROM code") == 0
    if refused.value.refusal:
        leaf = await owner.fetchval("SELECT leaf FROM ledger_entry WHERE action = 'act.refused'")
        assert refused.value.rule in leaf.decode()


async def test_another_departments_visit_does_not_exist(database: Database, world: World) -> None:
    stranger = Actor(role=Role.CLERK, person=9, department=world.other_department)
    with pytest.raises(CodeNotFound):
        await service.issue(database.acting(stranger), NewCode(visit=world.visit_uid))


async def test_only_those_who_may_issue_do(database: Database, world: World) -> None:
    for actor in (world.inspector, world.keeper):
        with pytest.raises(NotAllowed):
            await service.issue(database.acting(actor), NewCode(visit=world.visit_uid))


async def test_a_late_path_needs_words_and_gets_a_due_day(database: Database, world: World) -> None:
    with pytest.raises(Invalid):
        await issue(database, world, path=CodePath.NETWORK_FAILURE, reason="")
    code = await issue(database, world, path=CodePath.NETWORK_FAILURE, reason="街道机房断网，恢复后补办")
    assert str(code.backfill_due) == "2026-11-30"


async def test_bulk_issue_gives_the_same_codes_in_few_round_trips(
    database: Database, world: World, owner: asyncpg.Connection
) -> None:
    assert await service.issue_bulk(database.acting(world.clerk), [world.visit]) == 1
    assert await owner.fetchval("SELECT count(*) FROM verdict JOIN code ON code.id = verdict.code") == 1
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'code.issued'") == 1


async def test_a_change_of_inspectors_means_a_new_code(
    database: Database, world: World, owner: asyncpg.Connection
) -> None:
    old = await issue(database, world)
    await owner.execute(
        "UPDATE visit_inspector SET inspector = $1 WHERE inspector = $2", world.inspectors[2], world.inspectors[1]
    )
    new = await service.reissue(database.acting(world.clerk), old.uid, "李娜临时回避，改派王芳")
    assert new.uid != old.uid
    states = dict(await owner.fetch("SELECT uid, state FROM code"))
    assert states == {old.uid: "revoked", new.uid: "issued"}
    digests = {bytes(row["bound"]) for row in await owner.fetch("SELECT bound FROM code")}
    assert len(digests) == 2
    assert await owner.fetchval("SELECT replaces IS NOT NULL FROM code WHERE uid = $1", new.uid)


async def test_the_same_key_issues_once(database: Database, world: World, owner: asyncpg.Connection) -> None:
    acting = database.acting(world.clerk, "key-1")
    first = await service.issue(acting, NewCode(visit=world.visit_uid))
    assert await service.issue(acting, NewCode(visit=world.visit_uid)) == first
    assert await owner.fetchval("SELECT count(*) FROM code") == 1


async def test_closing_and_revoking_end_a_live_code_once(
    database: Database, world: World, owner: asyncpg.Connection
) -> None:
    code = await issue(database, world)
    await service.close(database.acting(world.inspector), world.visit)
    assert await owner.fetchval("SELECT state FROM verdict WHERE uid = $1", code.uid) == "closed"
    with pytest.raises(CodeNotLive):
        await service.revoke(database.acting(world.head), code.uid, "计划调整，改日检查")
    await service.close(database.acting(world.inspector), world.visit)
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry WHERE action = 'code.closed'") == 1


async def test_a_quiet_list_that_ended_or_a_documented_reason_does_not_hold_a_code_back(
    database: Database, world: World, owner: asyncpg.Connection
) -> None:
    await owner.execute(
        "INSERT INTO listing (uid, region, kind, subject, version, title, content, basis, reason, valid_from, valid_to, review_on, "
        "entered_at) SELECT 'q', enterprise.region, 'quiet_enterprise', enterprise.uid, 1, enterprise.name, '{}', '{}', "
        "'近三年未发现问题', '2026-01-01', '2026-06-30', '2027-01-01', now() FROM visit JOIN enterprise ON enterprise.id = visit.enterprise "
        "LIMIT 1"
    )
    assert (await issue(database, world)).state is CodeState.ISSUED
