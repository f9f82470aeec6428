"""Stage of loading: the month's working days so far (codes, arrivals, records) and the codes of the next days."""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Final

from inspect_registry import rules
from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.codes import arrivals
from inspect_registry.codes import service as codes
from inspect_registry.codes.model import ArrivalMethod
from inspect_registry.demo import store
from inspect_registry.demo.month import workdays_before
from inspect_registry.demo.scene import Scene
from inspect_registry.demo.store import ApprovedVisit, Crew
from inspect_registry.fieldwork import service as fieldwork
from inspect_registry.fieldwork.model import AnswerValue, DispositionKind, Signature
from inspect_registry.fieldwork.views import AnswerInput, ClosingInput, FindingInput, InspectionView, PointView

_CODES_AHEAD: Final = 4
"""Working days from the start day on whose codes are issued already."""
_FOUND: Final = 0.14
"""Share of records with a finding."""
_MINUTES: Final = 45
_DEMANDS: Final = ("立即补齐相关记录并落实责任人", "对照要求整改并留存照片", "完善制度并组织从业人员培训")


async def load_fieldwork(scene: Scene) -> None:
    """Every working day before the start day as it went; then the codes of the days to come."""
    dice = random.Random(f"fieldwork {scene.seed}")  # noqa: S311 - a demo must be repeatable, not unpredictable
    days = workdays_before(scene.today)
    for number, day in enumerate(days, start=1):
        scene.at(day, 8)
        await _issue(scene, day, day)
        await _work(scene, day, dice)
        scene.report(number, len(days) + 1)
    scene.at(scene.today, 8)
    last = rules.calendar().add(scene.today, _CODES_AHEAD).day
    await _issue(scene, scene.today, last)


async def _issue(scene: Scene, first: dt.date, last: dt.date) -> None:
    async with scene.database.transaction(SYSTEM) as tx:
        visits = [visit.visit for visit in await store.approved_visits(tx, first, last) if not visit.code]
        if visits:
            await codes.issue_bulk(tx, visits)


async def _work(scene: Scene, day: dt.date, dice: random.Random) -> None:
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
    for crew in crews:
        await _record(scene, by_visit[crew.visit], crew, arrived[crew.visit], dice)


async def _record(scene: Scene, visit: ApprovedVisit, crew: Crew, arrived: dt.datetime, dice: random.Random) -> None:
    """One department's record, by its first inspector, in one transaction."""
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
        await fieldwork.close_inspection(tx, sheet.uid, door)


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
