"""First stages of loading: catalogue, enterprises with grades, officers, history."""

import datetime as dt
import random
from collections.abc import Sequence
from typing import Final

from inspect_registry import rules
from inspect_registry.catalogue import service as catalogue
from inspect_registry.demo import enterprises as made_enterprises
from inspect_registry.demo import officers as made_officers
from inspect_registry.demo import reference
from inspect_registry.demo.scene import Scene
from inspect_registry.enterprises import service as enterprises
from inspect_registry.enterprises.model import EnterpriseId, Grades, NewCreditClass, NewEnterprise
from inspect_registry.history import service as history
from inspect_registry.history.model import NewFact
from inspect_registry.inspectors import service as inspectors

_BATCH: Final = 2_000
_PAST_VISITS: Final = 0.125
"""Visits of the year's earlier months that come in as history, per enterprise."""


async def load_catalogue(scene: Scene) -> None:
    """Towns, departments, matters and bundles; the official calendars come with the program."""
    scene.at(reference.LISTED_FROM.replace(year=scene.today.year - 1))
    acting = scene.acting()
    await catalogue.enter_towns(acting, reference.towns())
    listed = reference.departments()
    ids = await catalogue.list_departments(acting, listed)
    scene.departments = dict(zip([department.code for department in listed], ids, strict=True))
    published = reference.matters(scene.departments)
    scene.matters = dict(
        zip([matter.code for matter in published], await catalogue.publish_matters(acting, published), strict=True)
    )
    await catalogue.make_bundles(acting, reference.bundles(scene.departments, scene.matters))


async def load_enterprises(scene: Scene) -> None:
    """The enterprises in batches, each with its grades."""
    made = list(made_enterprises.enterprises(scene.seed, scene.size))
    grading = made_enterprises.Grading(scene.seed)
    month = scene.today.replace(day=1)
    for begin in range(0, len(made), _BATCH):
        batch = made[begin : begin + _BATCH]
        ids = await enterprises.import_enterprises(scene.acting(), batch)
        scene.enterprises += ids
        await _grade(scene, grading, batch, ids, month)
        for enterprise_id, new in zip(ids, batch, strict=True):
            scene.kinds[new.industry, new.tags] += 1
            scene.tags[enterprise_id] = new.tags
            for tag in new.tags:
                scene.first_with.setdefault(tag, enterprise_id)
        scene.report(begin + len(batch), len(made))
    await enterprises.settle_import(scene.acting())


async def _grade(
    scene: Scene,
    grading: made_enterprises.Grading,
    batch: Sequence[NewEnterprise],
    ids: Sequence[EnterpriseId],
    month: dt.date,
) -> None:
    main = {p.enterprise: p.id for p in await enterprises.premises_of(scene.acting(), ids) if p.position == 1}
    classes, food, catering, devices = [], [], [], []
    for enterprise_id, new in zip(ids, batch, strict=True):
        class_ = grading.credit_class()
        if class_ is not None:
            classes.append(NewCreditClass(enterprise=enterprise_id, credit_class=class_))
        risk, rating, device = grading.food_risk(new), grading.catering(new), grading.device(new)
        if risk is not None:
            food.append((enterprise_id, risk))
        if rating is not None:
            catering.append((main[enterprise_id], rating))
        if device is not None:
            devices.append((enterprise_id, *device))
    since = dt.date(scene.today.year, 1, 1)
    await enterprises.import_credit_classes(scene.acting(), month, classes)
    await enterprises.import_grades(
        scene.acting(), Grades(since=since, food=tuple(food), catering=tuple(catering), devices=tuple(devices))
    )


async def load_officers(scene: Scene) -> None:
    """The officers with certificates, leave and recusals."""
    known = made_officers.Reference(departments=scene.departments, matters=scene.matters)
    made = made_officers.officers(scene.seed, scene.today, known)
    ids = await inspectors.enrol(scene.acting(), made)
    code_of = {department: code for code, department in scene.departments.items()}
    for inspector_id, new in zip(ids, made, strict=True):
        scene.officers.setdefault(code_of[new.department], []).append(inspector_id)
    certificates = {inspector_id: new.certificate for inspector_id, new in zip(ids, made, strict=True)}
    await inspectors.record_leave(scene.acting(), made_officers.leaves(scene.seed, scene.today, ids, certificates))
    await inspectors.recuse(scene.acting(), made_officers.recusals(scene.seed, ids, scene.enterprises))


async def load_history(scene: Scene) -> None:
    """Visits of the year's earlier months, so that caps and lists have something to count."""
    first_of_month = scene.today.replace(day=1)
    first_of_year = dt.date(scene.today.year, 1, 1)
    days = rules.calendar().workdays(first_of_year, first_of_month - dt.timedelta(days=1))
    if not days:
        return
    dice = random.Random(f"history {scene.seed}")  # noqa: S311 - a demo must be repeatable, not unpredictable
    codes = [
        matter.code
        for matter in reference.matter_data()
        if matter.mode == "on_site" and matter.mergeable and matter.published_on is None
    ]
    facts = []
    for number, enterprise_id in enumerate(
        dice.sample(scene.enterprises, round(len(scene.enterprises) * _PAST_VISITS))
    ):
        code = dice.choice(codes)
        facts.append(
            NewFact(
                enterprise=enterprise_id,
                department=scene.departments[reference.department_of(code)],
                matter_code=code,
                day=dice.choice(days),
                visit_uid=f"demo-past-{number:05d}",
            )
        )
    await history.import_facts(scene.acting(), facts, "demo: earlier months of the year")
