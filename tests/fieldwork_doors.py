"""Steps at the door for tests: an approved visit with its arrival confirmed, answers, findings, a closing."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from inspect_registry.actor import Actor, Role
from inspect_registry.db import Database
from inspect_registry.fieldwork import service, signatures
from inspect_registry.fieldwork.model import AnswerValue, DispositionKind, Signature
from inspect_registry.fieldwork.signing import Strokes
from inspect_registry.fieldwork.views import AnswerInput, ClosingInput, FindingInput, InspectionView, SignatureInput
from inspect_registry.visits import service as visits
from tests.visits_builders import SYSTEM, TODAY, District, a_visit, an_actor

NOW = datetime.fromisoformat("2026-11-20T02:00:00+00:00")


def officer(district: District, which: int = 0) -> Actor:
    """The first inspector of a department."""
    department = district.departments[which]
    return an_actor(Role.INSPECTOR, department, inspector=district.inspectors[department][0])


async def begun(database: Database, district: District, *parts, arrived: bool = True, **facts) -> tuple[int, str]:
    """An approved visit whose arrival the enterprise has confirmed; returns id and uid."""
    number, uid = await a_visit(database, district, *parts, **facts)
    await visits.confirm_month(database.acting(SYSTEM), TODAY.replace(day=1))
    await visits.approve_month(database.acting(SYSTEM), TODAY.replace(day=1))
    if arrived:
        await arrive(district, number)
    return number, uid


async def arrive(district: District, visit: int) -> None:
    """Write a presented code and its arrival as codes would."""
    code = await district.owner.fetchval(
        """INSERT INTO code (uid, visit, enterprise, premises, opens_at, ends_at, enterprise_commitment, premises_commitment,
             bound, bound_fields, state, presented_at, issued_at)
           SELECT $2, id, enterprise, premises, now(), now() + interval '1 day', '\\x0000000000000000', '\\x0000000000000000',
             '\\x00000000000000000000000000000000', '{}', 'presented', now(), now() FROM visit WHERE id = $1 RETURNING id""",
        visit,
        district.uid("code"),
    )
    await district.owner.execute(
        "INSERT INTO arrival (uid, visit, code, method, occurred_at, logged_at) VALUES ($1, $2, $3, 'account', $4, $4)",
        district.uid("arr"),
        visit,
        code,
        NOW,
    )


async def all_conform(database: Database, actor: Actor, uid: str, *, fails: int = 0) -> list[str]:
    """Answer every point; the first `fails` of them do not conform. Returns the criteria in their order."""
    seen = await service.sheet(database.acting(actor), uid)
    criteria = [point.criterion for point in seen.points]
    answers = [
        AnswerInput(criterion=one, value=AnswerValue.FAILS if number < fails else AnswerValue.CONFORMS)
        for number, one in enumerate(criteria)
    ]
    await service.save_answers(database.acting(actor), uid, answers)
    return criteria


def a_finding(criterion: str, **facts: Any) -> FindingInput:
    values: dict[str, Any] = {
        "criterion": criterion,
        "facts": "冷藏柜温度12摄氏度",
        "clause": "《食品安全法》第五十四条",
        "disposition": DispositionKind.RECTIFY_BY_DATE,
        "demand": "五日内修复冷藏柜",
    }
    return FindingInput(**values | facts)


async def a_door(district: District, department: int, people: int = 2, **facts: Any) -> ClosingInput:
    """How a record ends, with the first inspectors of the department."""
    values: dict[str, Any] = {
        "present": [await district.uid_of("inspector", one) for one in district.inspectors[department][:people]],
        "started_at": NOW - timedelta(minutes=50),
        "ended_at": NOW,
        "signature": Signature.SIGNED,
        "signature_note": "王某(店长)",
    }
    return ClosingInput(**values | facts)


def a_hand(which: int = 0) -> Strokes:
    """Some handwriting in the box: a wave and a bar, another one for each `which`."""
    wave = [(60 + 25 * step, 200 + (90 if step % 2 else -60 - which % 50)) for step in range(24)]
    return Strokes(
        lines=(tuple(value for point in wave for value in point), (300, 60, 320, 340, 330 + which % 90, 350))
    )


def signatures_wanted(record: dict[str, Any]) -> list[dict[str, Any]]:
    """What everybody has to send to sign a record as it was read (JSON): each inspector, then the enterprise or a witness."""
    hands = [{"side": "inspector", "inspector": one["uid"], "content": record["content"]} for one in record["present"]]
    if record["signature"] == "refused":
        hands.append({"side": "witness", "name": "刘见证", "content": record["witness_content"]})
    else:
        hands.append({"side": "enterprise", "name": "王某", "position": "店长", "content": record["content"]})
    return [
        hand | {"strokes": {"lines": [list(line) for line in a_hand(number).lines]}}
        for number, hand in enumerate(hands)
    ]


async def close_signed(database: Database, actor: Actor, uid: str, door: ClosingInput) -> InspectionView:
    """Note the door, let everybody sign what the record says, and close it."""
    acting = database.acting(actor)
    read = msgspec.to_builtins(await signatures.note_door(acting, uid, door))
    for hand in signatures_wanted(read):
        await signatures.sign(acting, uid, msgspec.convert(hand, SignatureInput))
    return await service.close_inspection(acting, uid, door)


async def a_closed_record(
    database: Database, district: District, visit_uid: str, *findings: dict[str, Any], which: int = 0
) -> InspectionView:
    """Record and close the share of one department; each finding fails one point, in order."""
    acting = database.acting(officer(district, which))
    record = await service.open_inspection(acting, visit_uid)
    criteria = await all_conform(database, officer(district, which), record.uid, fails=len(findings))
    await service.save_findings(
        acting, record.uid, [a_finding(one, **facts) for one, facts in zip(criteria, findings, strict=False)]
    )
    door = await a_door(district, district.departments[which])
    return await close_signed(database, officer(district, which), record.uid, door)
