"""Stage of loading: some enterprises that have put things right apply for repair; most are decided, two wait."""

from typing import Final

import msgspec

from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.demo.scene import Scene
from inspect_registry.enterprises import service as enterprises
from inspect_registry.enterprises.credit import records, service
from inspect_registry.enterprises.credit.model import Condition, Paper, PaperKind
from inspect_registry.enterprises.credit.service import Application, Verdict
from inspect_registry.enterprises.credit.views import RecordView

_APPLICATIONS: Final = 12
_WAITING: Final = 2
_APPLICANT, _DECIDER = 901, 902
"""Persons of the demo's past; whoever entered an application does not decide on it."""
_PAPERS: Final = [
    Paper(kind=PaperKind.PERFORMANCE, reference="改正情况说明及照片"),
    Paper(kind=PaperKind.COMMITMENT, reference="信用承诺书"),
]
_COMMITMENT: Final = "我单位已完成改正，承诺今后依法经营、诚实守信，自觉接受监督。"


async def load_credit(scene: Scene) -> None:
    """Apply for what can be repaired today; grant most, refuse one, leave some for the published accounts."""
    scene.at(scene.today, 8, 30)
    found = await records.credit_records(scene.acting(), limit=records.LARGEST_PAGE)
    open_to_repair = [one for one in found if not one.obstacles][:_APPLICATIONS]
    for number, record in enumerate(open_to_repair, start=1):
        repair = await _applied(scene, record)
        if number > _WAITING:
            decider = scene.database.acting(msgspec.structs.replace(SYSTEM, person=_DECIDER))
            await service.decide(decider, repair, _verdict(refuse=number == _WAITING + 1))
        scene.report(number, len(open_to_repair))


async def _applied(scene: Scene, record: RecordView) -> str:
    enterprise = await enterprises.enterprise_by_uid(scene.acting(), record.enterprise)
    keeper = Actor(role=Role.ENTERPRISE, enterprise=enterprise.id, person=_APPLICANT, name="demo")
    application = Application(papers=_PAPERS, commitment=_COMMITMENT)
    return (await service.apply(scene.database.acting(keeper), record.uid, application)).uid


def _verdict(*, refuse: bool) -> Verdict:
    if refuse:
        return Verdict(granted=False, reason="书面材料与现场情况不一致，请补充改正。", unmet=[Condition.DUTIES_DONE])
    return Verdict(granted=True, reason="经核实，已改正并履行义务，符合规定条件。")
