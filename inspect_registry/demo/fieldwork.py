"""Stage of loading: the month's working days so far (codes, arrivals, records) and the codes of the next days."""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Final

import msgspec

from inspect_registry import rules
from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.codes import arrivals
from inspect_registry.codes import service as codes
from inspect_registry.codes.model import ArrivalMethod
from inspect_registry.db import Tx
from inspect_registry.demo import store
from inspect_registry.demo.month import workdays_before
from inspect_registry.demo.scene import Scene
from inspect_registry.demo.store import ApprovedVisit, Crew
from inspect_registry.fieldwork import followup, signatures
from inspect_registry.fieldwork import service as fieldwork
from inspect_registry.fieldwork.model import AnswerValue, DispositionKind, Signature, SignatureSide
from inspect_registry.fieldwork.signing import Strokes
from inspect_registry.fieldwork.views import (
    AnswerInput,
    ClosingInput,
    FindingInput,
    InspectionView,
    PointView,
    RecheckInput,
    SignatureInput,
)

_CODES_AHEAD: Final = 4
"""Working days from the start day on whose codes are issued already."""
_FOUND: Final = 0.14
"""Share of records with a finding."""
_MINUTES: Final = 45
_ANSWER_DAYS: Final = 4
_RECHECK_DAYS: Final = 3
_ANSWERED: Final = 0.8
"""Share of orders that the enterprise answers in time; the others wait, and some become overdue."""
_DEMANDS: Final = ("立即补齐相关记录并落实责任人", "对照要求整改并留存照片", "完善制度并组织从业人员培训")


class Order(msgspec.Struct, kw_only=True):
    """One order to put right that the loader follows up."""

    uid: str
    enterprise: int
    officer: Actor
    given: dt.date
    answered: dt.date | None = None
    settled: bool
    """Closed, or one that its enterprise will not answer."""


async def load_fieldwork(scene: Scene) -> None:
    """Every working day before the start day as it went; then the codes of the days to come."""
    dice = random.Random(f"fieldwork {scene.seed}")  # noqa: S311 - a demo must be repeatable, not unpredictable
    days = workdays_before(scene.today)
    orders: list[Order] = []
    for number, day in enumerate(days, start=1):
        scene.at(day, 8)
        await _issue(scene, day, day)
        await _follow_up(scene, day, orders)
        orders += await _work(scene, day, dice)
        scene.report(number, len(days) + 1)
    scene.at(scene.today, 8)
    last = rules.calendar().add(scene.today, _CODES_AHEAD).day
    await _issue(scene, scene.today, last)


async def _issue(scene: Scene, first: dt.date, last: dt.date) -> None:
    async with scene.database.transaction(SYSTEM) as tx:
        visits = [visit.visit for visit in await store.approved_visits(tx, first, last) if not visit.code]
        if visits:
            await codes.issue_bulk(tx, visits)


async def _work(scene: Scene, day: dt.date, dice: random.Random) -> list[Order]:
    """One day: arrivals from nine to three, records closed in the afternoon."""
    async with scene.database.transaction(SYSTEM, read_only=True) as tx:
        visits = await store.approved_visits(tx, day, day)
        crews = await store.crews(tx, [visit.visit for visit in visits])
    arrived = {}
    for number, visit in enumerate(visits):
        hour, minute = divmod(number * 360 // len(visits), 60)
        scene.at(day, 9 + hour, minute)
        keeper = Actor(role=Role.ENTERPRISE, enterprise=visit.enterprise, name="demo")
        await arrivals.confirm_arrival(scene.database.acting(keeper), visit.code, ArrivalMethod.ACCOUNT)
        arrived[visit.visit] = scene.clock.now()
    scene.at(day, 16)
    by_visit = {visit.visit: visit for visit in visits}
    orders = []
    for crew in crews:
        orders += await _record(scene, by_visit[crew.visit], crew, arrived[crew.visit], dice)
    return orders


async def _record(
    scene: Scene, visit: ApprovedVisit, crew: Crew, arrived: dt.datetime, dice: random.Random
) -> list[Order]:
    """One department's record, by its first inspector, in one transaction; the orders that came of it."""
    officer = Actor(role=Role.INSPECTOR, department=crew.department, inspector=crew.inspectors[0], name="demo")
    async with scene.database.transaction(officer) as tx:
        sheet = await fieldwork.open_inspection(tx, visit.uid)
        failed = dice.choice(sheet.points) if dice.random() < _FOUND else None
        await fieldwork.save_answers(tx, sheet.uid, _answers(sheet, failed))
        if failed is not None:
            await fieldwork.save_findings(tx, sheet.uid, [_finding(failed, visit.day, dice)])
        door = ClosingInput(
            present=crew.uids,
            started_at=arrived,
            ended_at=arrived + dt.timedelta(minutes=_MINUTES),
            signature=Signature.SIGNED,
            signature_note="现场负责人",
        )
        await _sign(tx, sheet.uid, door)
        closed = await fieldwork.close_inspection(tx, sheet.uid, door)
        await followup.tell_result(tx, sheet.uid)
    return [
        Order(
            uid=given.uid,
            enterprise=visit.enterprise,
            officer=officer,
            given=visit.day,
            settled=dice.random() >= _ANSWERED,
        )
        for given in closed.rectifications
    ]


async def _sign(tx: Tx, uid: str, door: ClosingInput) -> None:
    """Let everybody sign with an invented hand: a wave that differs from person to person."""
    read = await signatures.note_door(tx, uid, door)
    hands = [
        *[
            SignatureInput(side=SignatureSide.INSPECTOR, inspector=one.uid, content=read.content)
            for one in read.present
        ],
        SignatureInput(side=SignatureSide.ENTERPRISE, name=door.signature_note, content=read.content),
    ]
    for number, hand in enumerate(hands):
        wave = [(60 + 25 * step, 200 + (90 - 9 * number if step % 2 else 7 * number - 60)) for step in range(24)]
        strokes = Strokes(lines=(tuple(value for point in wave for value in point),))
        await signatures.sign(tx, uid, msgspec.structs.replace(hand, strokes=strokes))


async def _follow_up(scene: Scene, day: dt.date, orders: Sequence[Order]) -> None:
    """Enterprises answer orders after some days; the department looks at the answer and closes."""
    for order in orders:
        if order.settled:
            continue
        if order.answered is None and (day - order.given).days >= _ANSWER_DAYS:
            keeper = Actor(role=Role.ENTERPRISE, enterprise=order.enterprise, name="demo")
            await followup.give_evidence(scene.database.acting(keeper), order.uid, "已按要求改正，附改正情况说明")
            order.answered = day
        elif order.answered and (day - order.answered).days >= _RECHECK_DAYS:
            officer = scene.database.acting(order.officer)
            await followup.recheck(officer, order.uid, RecheckInput(passed=True, note="书面复查，已改正"))
            await followup.close_rectification(officer, order.uid)
            order.settled = True


def _answers(sheet: InspectionView, failed: PointView | None) -> Sequence[AnswerInput]:
    return [
        AnswerInput(criterion=point.criterion, value=AnswerValue.FAILS if point is failed else AnswerValue.CONFORMS)
        for point in sheet.points
    ]


def _finding(point: PointView, day: dt.date, dice: random.Random) -> FindingInput:
    kinds = (DispositionKind.RECTIFY_BY_DATE, DispositionKind.RECTIFY_ON_SPOT, DispositionKind.GUIDANCE)
    (kind,) = dice.choices(kinds, (50, 35, 15))
    due = rules.calendar().add(day, dice.randint(5, 10)).day if kind is DispositionKind.RECTIFY_BY_DATE else None
    return FindingInput(
        criterion=point.criterion,
        facts=f"现场检查发现：未完全做到“{point.text}”",
        clause=point.basis,
        disposition=kind,
        demand="" if kind is DispositionKind.GUIDANCE else dice.choice(_DEMANDS),
        due=due,
    )
