"""What a client with nothing but SQL cannot do either: leave the scope, come alone, close without everybody's hand."""

import asyncpg
import msgspec
import pytest

from inspect_registry.db import Database
from inspect_registry.fieldwork import service, signatures
from inspect_registry.fieldwork.model import Signature
from inspect_registry.fieldwork.views import SignatureInput
from tests.fieldwork_doors import (
    a_closed_record,
    a_door,
    all_conform,
    begun,
    close_signed,
    officer,
    signatures_wanted,
)
from tests.visits_builders import District, a_district

CLOSE = """UPDATE inspection SET state = 'closed', disposition = 'no_problem', result = 'no_problem', closed_at = now(),
  publish_due = current_date"""


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


async def stated(database: Database, department: int, *statements: str, role: str = "inspector") -> None:
    """Run statements in one transaction as the application's role; constraints are judged at its end."""
    async with database.connection() as connection, connection.transaction():
        await connection.execute(
            "SELECT set_config('app.role', $1, true), set_config('app.department', $2, true)", role, str(department)
        )
        for statement in statements:
            await connection.execute(statement)


async def ready(database: Database, district: District, *, signed: int, refused: bool = False) -> str:
    """A record with answers and the door noted, and as many of its three signatures as are asked; returns its uid."""
    _, visit = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, visit)
    await all_conform(database, officer(district), record.uid)
    facts = {"signature": Signature.REFUSED, "signature_note": "负责人拒签，见证人刘见证"} if refused else {}
    door = await a_door(district, district.departments[0], **facts)
    read = msgspec.to_builtins(await signatures.note_door(acting, record.uid, door))
    for hand in signatures_wanted(read)[:signed]:
        await signatures.sign(acting, record.uid, msgspec.convert(hand, SignatureInput))
    return record.uid


@pytest.mark.parametrize("refused", [False, True])
async def test_sql_closes_a_record_only_with_every_hand_under_it(database, district, owner, refused) -> None:
    await ready(database, district, signed=3, refused=refused)
    await stated(database, district.departments[0], CLOSE)
    assert await owner.fetchval("SELECT state FROM inspection") == "closed"


@pytest.mark.parametrize("signed", [0, 1, 2])
@pytest.mark.parametrize("refused", [False, True])
async def test_sql_cannot_close_a_record_with_a_hand_missing(database, district, owner, signed, refused) -> None:
    await ready(database, district, signed=signed, refused=refused)
    with pytest.raises(asyncpg.RestrictViolationError) as stopped:
        await stated(database, district.departments[0], CLOSE)
    assert stopped.value.constraint_name == "inspection_closed_signed"
    assert await owner.fetchval("SELECT state FROM inspection") == "open"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("present = present[1:1]", "inspection_two_present"),
        ("present = ARRAY[present[1], present[1]]", "inspection_two_present"),
        ("present = present || (SELECT max(id) FROM inspector)", "inspection_two_present"),
        ("signed_elsewhere = true", None),
        ("signature = 'refused', signature_note = ''", "inspection_closed_signed"),
        ("signature_note = ''", "inspection_closed_signed"),
        ("signature = 'refused', signature_note = '见证人说另一番话'", "inspection_closed_signed"),
        ("version = 2, correction_reason = '记录有误'", "inspection_correction_has_second_person"),
    ],
)
async def test_sql_cannot_close_what_breaks_a_rule_at_the_door(database, district, owner, change, constraint) -> None:
    await ready(database, district, signed=2 if constraint is None else 3)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as stopped:
        await stated(database, district.departments[0], f"{CLOSE}, {change}")
    assert stopped.value.constraint_name == (constraint or "inspection_closed_signed")
    assert await owner.fetchval("SELECT state FROM inspection") == "open"


async def test_sql_cannot_close_with_a_certificate_out_of_force(database, district, owner) -> None:
    await ready(database, district, signed=3)
    await owner.execute("UPDATE inspector SET state = 'suspended' WHERE id = (SELECT present[1] FROM inspection)")
    with pytest.raises(asyncpg.RestrictViolationError) as stopped:
        await stated(database, district.departments[0], CLOSE)
    assert stopped.value.constraint_name == "inspection_two_present"


async def test_sql_cannot_add_a_record_that_is_closed_already(database, district, owner) -> None:
    _, visit = await begun(database, district)
    await a_closed_record(database, district, visit)
    copied = """INSERT INTO inspection (uid, part, department, version, state, present, started_at, ended_at, signature, signature_note,
        result, opened_at, opened_by, closed_at, publish_due, correction_reason, second_person)
      SELECT 'invented', part, department, 2, 'closed', {present}, started_at, ended_at, signature, signature_note,
        result, opened_at, 1, closed_at, publish_due, '没有人看过', 2 FROM inspection"""
    with pytest.raises(asyncpg.RestrictViolationError) as stopped:
        await stated(database, district.departments[0], copied.format(present="ARRAY[present[1], present[1]]"))
    assert stopped.value.constraint_name == "inspection_two_present"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO answer SELECT inspection.id, criterion.id, 'conforms', '' FROM inspection, criterion WHERE criterion.matter = {other}",
        "UPDATE answer SET criterion = (SELECT max(id) FROM criterion WHERE matter = {other}) WHERE criterion = (SELECT min(criterion) FROM answer)",
        "INSERT INTO finding (uid, inspection, criterion, position, text, clause, disposition) SELECT 'invented', inspection.id, criterion.id, 9, '事实', '条款', 'guidance' FROM inspection, criterion WHERE criterion.matter = {other} LIMIT 1",
    ],
)
async def test_sql_cannot_leave_the_scope_of_the_visit(database, district, owner, statement) -> None:
    market, fire = district.departments[:2]
    await ready(database, district, signed=0)
    before = await owner.fetch("SELECT * FROM answer")
    with pytest.raises(asyncpg.RestrictViolationError) as stopped:
        await stated(database, market, statement.format(other=district.matters[fire][0]))
    assert stopped.value.constraint_name == "inspection_scope_lock"
    assert await owner.fetch("SELECT * FROM answer") == before


async def test_the_way_over_the_services_passes_the_same_guards(database, district, owner) -> None:
    _, visit = await begun(database, district)
    acting = database.acting(officer(district))
    record = await service.open_inspection(acting, visit)
    await all_conform(database, officer(district), record.uid)
    await close_signed(database, officer(district), record.uid, await a_door(district, district.departments[0]))
    assert await owner.fetchval("SELECT (state, signed_elsewhere)::text FROM inspection") == "(closed,f)"
