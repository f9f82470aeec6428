"""Last stage of loading: the published accounts, for officers and enterprises that have a visit in the next days."""

from collections.abc import Sequence

from inspect_registry import rules
from inspect_registry.access import service as access
from inspect_registry.access.model import NewPerson
from inspect_registry.actor import SYSTEM, Role
from inspect_registry.demo import accounts, store
from inspect_registry.demo.scene import Scene
from inspect_registry.demo.store import ApprovedVisit, Crew
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.inspectors.model import InspectorId

_DAYS_AHEAD = 4


async def load_accounts(scene: Scene) -> None:
    """The published accounts, all with one password."""
    last = rules.calendar().add(scene.today, _DAYS_AHEAD).day
    async with scene.database.transaction(SYSTEM, read_only=True) as tx:
        visits = [visit for visit in await store.approved_visits(tx, scene.today, last) if visit.code]
        crews = await store.crews(tx, [visit.visit for visit in visits])
    soonest = {visit.visit: number for number, visit in enumerate(visits)}
    crews.sort(key=lambda crew: soonest[crew.visit])
    people = [
        NewPerson(
            account=account.account,
            name=account.name,
            password=accounts.PASSWORD,
            role=account.role,
            department=scene.departments[account.department] if account.department else None,
            enterprise=_enterprise(scene, account.activity, visits) if account.activity else None,
            inspector=_officer(scene, account, crews) if account.role is Role.INSPECTOR else None,
        )
        for account in accounts.SHOWN
    ]
    await access.add_people(scene.acting(), people, quick=True)


def _officer(scene: Scene, account: accounts.Account, crews: Sequence[Crew]) -> InspectorId:
    """The officer of a department with the soonest visit, the second soonest, …; else the first on the roster."""
    department = scene.departments[account.department]
    busy = dict.fromkeys(i for crew in crews if crew.department == department for i in crew.inspectors)
    roster = [*busy, *(i for i in scene.officers[account.department] if i not in busy)]
    return InspectorId(roster[account.officer - 1])


def _enterprise(scene: Scene, activity: str, visits: Sequence[ApprovedVisit]) -> EnterpriseId:
    """The enterprise of a line with the soonest visit; else the first of that line, or of all in a tiny district."""
    for visit in visits:
        if activity in scene.tags[EnterpriseId(visit.enterprise)]:
            return EnterpriseId(visit.enterprise)
    return scene.first_with.get(activity, scene.enterprises[0])
