"""Stage of loading: the open lists with some history, and versions of the catalogue that changed since."""

import datetime as dt
from typing import Final

import msgspec

from inspect_registry.catalogue import listings, versions
from inspect_registry.catalogue.listing import KeyIndustry, KeyIndustryInput
from inspect_registry.catalogue.versions import DepartmentChange
from inspect_registry.clock import day_of
from inspect_registry.demo import reference
from inspect_registry.demo.reference import KeyIndustryData
from inspect_registry.demo.scene import Scene
from inspect_registry.enterprises import service as enterprises
from inspect_registry.plans import quiet
from inspect_registry.plans.quiet import QuietInput

_BASIS: Final = ("《上海市优化营商环境条例》第六十一条", "《上海市优化营商环境条例》第七十条")
_QUIET_MATTERS: Final = {
    "LHSR-002": "视频巡查和网格数据可以代替现场检查，近两年问题发现率低",
    "SWJ-003": "用水数据在线监测，非现场核查已能满足监管",
}
_QUIET_PLACES: Final = (11, 23, 37, 53, 71, 97)
"""Places in the list of enterprises whose planned on-site checks stop."""
_ENDED_PLACE: Final = 53
_YEAR: Final = dt.timedelta(days=365)


async def load_lists(scene: Scene) -> None:
    """Key industries as first published, and the quiet lists; some weeks later one of each changes."""
    began = day_of(scene.clock.now())
    for one in reference.key_industries():
        await listings.enter_key_industry(scene.acting(), _entry(one, began))
    for code, reason in _QUIET_MATTERS.items():
        entry = QuietInput(matter=code, reason=reason, valid_from=began, review_on=began + _YEAR)
        await quiet.enter_quiet(scene.acting(), entry)
    ended = ""
    for place in _QUIET_PLACES:
        if place >= len(scene.enterprises):
            continue
        enterprise = await enterprises.enterprise(scene.acting(), scene.enterprises[place])
        reason = "近三年检查未发现问题，已接入非现场监管"
        entry = QuietInput(enterprise=enterprise.uid, reason=reason, valid_from=began, review_on=began + _YEAR)
        entered = await quiet.enter_quiet(scene.acting(), entry)
        ended = entered.uid if place == _ENDED_PLACE else ended
    scene.at(min(scene.today, began + dt.timedelta(days=60)))
    await _changes(scene, began, ended)


async def _changes(scene: Scene, began: dt.date, ended: str) -> None:
    """Change what a district changes in a year; on the first day nothing has a past yet."""
    day = day_of(scene.clock.now())
    if day <= began:
        return
    for one in reference.key_industries():
        if one.next_reason:
            later = msgspec.structs.replace(
                one, matters=one.next_matters, departments=one.next_departments, reason=one.next_reason
            )
            await listings.change_key_industry(scene.acting(), _entry(later, day))
    if ended:
        await quiet.end_quiet(scene.acting(), ended, "收到多起投诉举报并经查实，恢复计划检查")
    change = DepartmentChange(effective_on=day, reason="办公地址搬迁，更换联系电话", phone="12345-1")
    await versions.change_department(scene.acting(), "lhsr", change)


def _entry(one: KeyIndustryData, valid_from: dt.date) -> KeyIndustryInput:
    return KeyIndustryInput(
        code=one.code,
        title=one.title,
        content=KeyIndustry(
            object_class=one.objects,
            industries=tuple(one.industries),
            tags=tuple(one.tags),
            lead=one.lead,
            departments=tuple(one.departments),
            matters=tuple(one.matters),
        ),
        basis=_BASIS,
        reason=one.reason,
        valid_from=valid_from,
        review_on=valid_from + _YEAR,
        sample=True,
    )
