"""The city's consent (市级同意): a department that needs it publishes, and so carries out, no annual plan without it.

A consent is about the plan as it was handed in: after a return the next text needs another one.
"""

import datetime as dt

from inspect_registry import ledger
from inspect_registry.access import Permission, act
from inspect_registry.catalogue import service as catalogue
from inspect_registry.db import Tx
from inspect_registry.errors import Place
from inspect_registry.plans import store
from inspect_registry.plans.errors import PlanElementMissing, PlanStepForbidden
from inspect_registry.plans.lifecycle import PlanState, PlanStep
from inspect_registry.plans.lookups import annual_plan_of
from inspect_registry.plans.model import AnnualPlan, Step
from inspect_registry.plans.reading import annual_plan_view
from inspect_registry.plans.views import AnnualPlanView

CONSENT = "city-consent"
"""The step's name."""
BASIS = "市级主管部门对区级计划的执行要求（上海市交通委员会做法，S-24）"
_ON_THE_WAY = frozenset({PlanState.SUBMITTED, PlanState.REVIEWED, PlanState.FILED})


@act(Permission.ANNUAL_PLAN_FILE)
async def note_city_consent(tx: Tx, uid: str, document: str, consented_on: dt.date) -> AnnualPlanView:
    """Note the city's consent to a plan that was handed in. Raises PlanStepForbidden, PlanElementMissing."""
    plan = await annual_plan_of(tx, uid, lock=True)
    if not (await catalogue.department(tx, plan.department)).needs_city_consent or plan.state not in _ON_THE_WAY:
        raise PlanStepForbidden("该计划不需要市级同意，或者不在办理中", rule=CONSENT, basis=BASIS)
    told = document.strip()
    places = []
    if not 4 <= len(told) <= 100 or "\0" in told:
        places.append(Place(field="document", text=told[:40], message="请填写市级同意的文号（4 至 100 字）"))
    if consented_on > tx.today:
        places.append(Place(field="approved_on", text=consented_on.isoformat(), message="同意日期不得晚于今天"))
    if places:
        raise PlanElementMissing(places[0].message, rule=CONSENT, basis=BASIS, places=tuple(places))
    await store.add_steps(tx, [(plan.id, None, plan.department)], CONSENT, plan.state, f"{told}（{consented_on}）")
    await ledger.append(
        tx,
        ledger.Action.ANNUAL_PLAN_REVISED,
        ledger.Subject("annual_plan", plan.uid),
        department=plan.department,
        public={"city_consent": told, "consented_on": consented_on.isoformat()},
    )
    return await annual_plan_view(tx, plan.uid)


def consented(steps: list[Step]) -> bool:
    """Say whether the city has consented since the plan was last handed in."""
    names = [one.step for one in steps]
    return CONSENT in names and PlanStep.SUBMIT not in names[len(names) - names[::-1].index(CONSENT) :]


async def check_consent(tx: Tx, plan: AnnualPlan) -> None:
    """Pass a plan that needs no consent of the city, or has it. Raises PlanElementMissing."""
    department = await catalogue.department(tx, plan.department)
    if department.needs_city_consent and not consented(await store.steps_of_annual_plan(tx, plan.id)):
        raise PlanElementMissing(
            f"{department.name}的计划须经市级同意后方可执行",
            rule=CONSENT,
            basis=BASIS,
            remedy="请登记市级同意的文号和日期后公布",
        )
