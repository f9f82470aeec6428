"""Appending in the act's transaction: what is written, what is refused, who may read the private part."""

import hashlib
import json

import asyncpg
import pytest

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.db import Database
from inspect_registry.ledger import Action, Draft, Subject, leaf, store

pytestmark = pytest.mark.asyncio


async def a_department(owner: asyncpg.Connection, code: str) -> int:
    number: int = await owner.fetchval(
        """INSERT INTO department (uid, region, code, name, short_name, sort_key, uscc, kind, level, valid_from)
           VALUES ($1, '310114', $1, $1, $1, $1, $1, 'agency', 'district', '2020-01-01') RETURNING id""",
        code,
    )
    return number


async def test_an_entry_is_the_public_leaf_and_the_private_record_it_commits_to(
    database: Database, owner: asyncpg.Connection
) -> None:
    department = await a_department(owner, "scjg")
    clerk = Actor(role=Role.CLERK, person=7, name="王经办", department=department)
    async with database.transaction(clerk) as tx:
        entry = await ledger.append(
            tx,
            Action.CODE_ISSUED,
            Subject("code", "abc"),
            department=department,
            public={"visit": "v1", "slots": 3},
            private={"reason": "例行检查"},
        )
        assert tx.appended == 1
        row, private = await store.entry(tx, entry), await store.private_of(tx, entry)
    assert row is not None
    assert private is not None
    assert private.salt is not None
    assert private.record is not None
    shown = json.loads(row.leaf)
    assert shown["action"] == "code.issued"
    assert shown["department"] == "scjg"
    assert shown["at"] == "2026-11-20T02:00:00Z"
    assert shown["public"] == {"slots": 3, "visit": "v1"}
    assert row.leaf == leaf.encode_leaf(
        Action.CODE_ISSUED,
        Subject("code", "abc"),
        at=database.clock.now(),
        commitment=hashlib.sha256(b"\x02" + private.salt + private.record).digest(),
        department="scjg",
        public={"visit": "v1", "slots": 3},
    )
    assert "王经办" not in row.leaf.decode()
    record = json.loads(private.record)
    assert record["actor"] == {"role": "clerk", "person": 7, "name": "王经办", "department": department}
    assert record["record"] == {"reason": "例行检查"}


async def test_rolling_the_act_back_rolls_its_entry_back(database: Database) -> None:
    async def act() -> None:
        async with database.transaction(SYSTEM) as tx:
            await ledger.append(tx, Action.DEMO_LOADED, Subject("demo", "x"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await act()
    async with database.transaction(SYSTEM) as tx:
        assert (await store.status(tx)).pending == 0


async def test_many_entries_keep_their_order_over_several_round_trips(database: Database) -> None:
    drafts = [
        Draft(action=Action.CHECK_ADDED, subject=Subject("check", f"c{n}"), public={"n": n}) for n in range(2_500)
    ]
    async with database.transaction(SYSTEM) as tx:
        entries = await ledger.append_many(tx, drafts)
        assert tx.appended == 2_500
        assert entries == sorted(entries)
        row = await store.entry(tx, entries[1_777])
    assert row is not None
    assert row.subject_uid == "c1777"


async def test_appending_nothing_is_allowed(database: Database) -> None:
    async with database.transaction(SYSTEM) as tx:
        assert await ledger.append_many(tx, []) == []


async def test_a_frozen_ledger_refuses_and_says_why(database: Database, owner: asyncpg.Connection) -> None:
    await owner.execute("UPDATE ledger_head SET frozen = '数据库比签名机旧'")
    with pytest.raises(ledger.LedgerFrozen, match="数据库比签名机旧"):
        async with database.transaction(SYSTEM) as tx:
            await ledger.append(tx, Action.DEMO_LOADED, Subject("demo", "x"))
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry") == 0


async def test_a_thawed_ledger_goes_on(database: Database, owner: asyncpg.Connection) -> None:
    for reason in ("数据库比签名机旧", None):
        await owner.execute("UPDATE ledger_head SET frozen = $1", reason)
    async with database.transaction(SYSTEM) as tx:
        await ledger.append(tx, Action.DEMO_LOADED, Subject("demo", "x"))
    assert await owner.fetchval("SELECT count(*) FROM ledger_entry") == 1


async def test_an_unknown_department_is_a_bug_and_a_renamed_one_is_learned(
    database: Database, owner: asyncpg.Connection
) -> None:
    with pytest.raises(leaf.LeafError, match="no department 999"):
        async with database.transaction(SYSTEM) as tx:
            await ledger.append(tx, Action.DEMO_LOADED, Subject("demo", "x"), department=999)
    department = await a_department(owner, "yjj")
    async with database.transaction(SYSTEM) as tx:
        await ledger.append(tx, Action.DEMO_LOADED, Subject("demo", "x"), department=department)
    await owner.execute("UPDATE department SET code = 'yjglj' WHERE id = $1", department)
    async with database.transaction(SYSTEM) as tx:
        entry = await ledger.append(tx, Action.DEMO_LOADED, Subject("demo", "y"), department=department)
        row = await store.entry(tx, entry)
    assert row is not None
    assert json.loads(row.leaf)["department"] == "yjglj"


async def test_departments_read_only_their_own_private_parts(database: Database, owner: asyncpg.Connection) -> None:
    mine, theirs = await a_department(owner, "a"), await a_department(owner, "b")
    async with database.transaction(SYSTEM) as tx:
        entry = await ledger.append(tx, Action.DEMO_LOADED, Subject("demo", "x"), department=mine, private="geheim")
    seen = {}
    for who in (
        Actor(role=Role.CLERK, department=mine),
        Actor(role=Role.CLERK, department=theirs),
        Actor(role=Role.ENTERPRISE, enterprise=1),
        Actor(role=Role.ANONYMOUS),
        Actor(role=Role.AUDITOR),
        Actor(role=Role.COORDINATOR),
    ):
        async with database.transaction(who) as tx:
            seen[who.role, who.department] = await store.private_of(tx, entry) is not None
    assert seen == {
        ("clerk", mine): True,
        ("clerk", theirs): False,
        ("enterprise", 0): False,
        ("anonymous", 0): False,
        ("auditor", 0): True,
        ("coordinator", 0): True,
    }


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_entry SET leaf = 'x', leaf_hash = sha256('\\x0078'::bytea)",
        "UPDATE ledger_entry SET subject_uid = 'other'",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry CASCADE",
        "UPDATE ledger_private SET record = 'other'",
        "UPDATE ledger_private SET salt = NULL, record = NULL, erased_in = 1",
        "DELETE FROM ledger_private",
        "TRUNCATE ledger_private",
    ],
)
async def test_not_even_the_owner_changes_entries_by_accident(
    database: Database, owner: asyncpg.Connection, statement: str
) -> None:
    async with database.transaction(SYSTEM) as tx:
        await ledger.append(tx, Action.DEMO_LOADED, Subject("demo", "x"))
    await owner.execute("SET session_replication_role = replica")  # Ordinary triggers are off; ours are ALWAYS.
    with pytest.raises(asyncpg.RestrictViolationError, match="append-only"):
        await owner.execute(statement)


async def test_a_number_once_given_is_never_changed(database: Database, owner: asyncpg.Connection) -> None:
    async with database.transaction(SYSTEM) as tx:
        await ledger.append(tx, Action.DEMO_LOADED, Subject("demo", "x"))
    await owner.execute("UPDATE ledger_entry SET leaf_index = 0")
    for value in ("1", "NULL"):
        with pytest.raises(asyncpg.RestrictViolationError):
            await owner.execute(f"UPDATE ledger_entry SET leaf_index = {value}")


async def test_the_application_cannot_number_or_unfreeze(cluster: object, database: Database) -> None:
    for statement in ("UPDATE ledger_entry SET leaf_index = 0", "UPDATE ledger_head SET frozen = NULL"):
        async with database.connection() as connection:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)


async def test_erasing_destroys_salt_and_record_and_is_itself_an_entry(database: Database) -> None:
    async with database.transaction(SYSTEM) as tx:
        entry = await ledger.append(tx, Action.DEMO_LOADED, Subject("demo", "x"), private={"phone": "13800001234"})
    async with database.transaction(SYSTEM) as tx:
        erasure = await ledger.erase(tx, [entry], reason="本人申请", basis="个人信息保护法第四十七条")
        private, row = await store.private_of(tx, entry), await store.entry(tx, erasure)
    assert private is not None
    assert (private.salt, private.record, private.erased_in) == (None, None, erasure)
    assert row is not None
    assert row.action == "entry.erased"
    with pytest.raises(ledger.service.EntryNotFound, match="已经删除"):
        async with database.transaction(SYSTEM) as tx:
            await ledger.erase(tx, [entry], reason="再来一次", basis="")
