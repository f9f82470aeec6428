"""What plans must not hold: each bad input is refused with its rule, its law and what would be accepted, once in the ledger.

One table for all of them (issue 3, "Bad input"); what each rule lets pass stands beside its own tests.
"""

import datetime as dt
import json
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from inspect_registry.actor import SYSTEM
from inspect_registry.catalogue import listings, versions
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import Disclosure, NewBundle
from inspect_registry.catalogue.versions import DepartmentChange, Withdrawal
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.enterprises import class_import
from inspect_registry.enterprises import service as enterprises
from inspect_registry.enterprises.class_import import ClassUpload
from inspect_registry.errors import RegistryError
from inspect_registry.plans import drafting, drawing, months, quiet, service
from inspect_registry.plans.cells.values import Frequency
from inspect_registry.plans.drafting import AnnualDraft
from inspect_registry.plans.draw import Method
from inspect_registry.plans.draw_shapes import CommitDraw
from inspect_registry.plans.inputs import TaskInput
from inspect_registry.plans.quiet import QuietInput
from tests.district_builders import District, a_matter, a_small_district
from tests.integration.catalogue.test_listings import an_industry
from tests.plans_builders import a_clerk, a_coordinator, a_published_plan, a_row, a_task, an_upload

TODAY = dt.date(2026, 11, 20)
DECEMBER = dt.date(2026, 12, 1)


class World:
    """The small district with its clerk and its coordinator."""

    def __init__(self, database: Database, district: District, clock: SetClock) -> None:
        self.database, self.district, self.clock = database, district, clock
        self.clerk, self.coordinator = database.acting(a_clerk(district)), database.acting(a_coordinator())
        self.system = database.acting(SYSTEM)

    async def submit(self, **changes: object) -> None:
        """Hand in a plan with one task."""
        draft = AnnualDraft(
            department=self.district.departments["scjg"], year=2026, tasks=(a_task(self.district, **changes),)
        )
        plan = await drafting.draft_annual_plan(self.clerk, draft)
        await service.submit_annual_plan(self.clerk, plan.uid)

    async def type_task(self, **changes: object) -> None:
        """Type a task into a draft."""
        plan = await drafting.draft_annual_plan(
            self.clerk, AnnualDraft(department=self.district.departments["scjg"], year=2026, tasks=())
        )
        values: dict[str, Any] = {
            "name": "餐饮单位检查",
            "matters": ["SCJG-001"],
            "objects": "餐饮服务提供者",
            "starts": DECEMBER,
            "ends": dt.date(2026, 12, 31),
        }
        await drafting.add_task(self.clerk, plan.uid, TaskInput(**(values | changes)))

    async def name_targets(self, **changes: object) -> None:
        """Name the first enterprise for a targeted check."""
        task = a_task(self.district, selection=Method.TARGETED, **changes)
        plan = await a_published_plan(self.database, self.district, task)
        month = await months.draft_monthly_plan(self.clerk, DECEMBER)
        order = CommitDraw(task=plan.tasks[0].uid, named=[await self.first_uid()], reason="专项整治重点对象")
        await drawing.commit_draw(self.clerk, month.uid, order)

    async def first_uid(self) -> str:
        found = await enterprises.enterprises_by_id(self.system, self.district.enterprises[:1])
        return found[self.district.enterprises[0]].uid

    async def secret_matter(self) -> Any:
        secret = a_matter(
            self.district.departments["scjg"], "SCJG-004", mergeable=False, disclosure=Disclosure.AFTERWARDS,
            disclosure_basis="《食品生产经营监督检查管理办法》第四十六条",
        )  # fmt: skip
        (made,) = await catalogue.publish_matters(self.system, [secret])
        return made


async def unpublished_matter(world: World) -> None:
    await world.type_task(matters=["SCJG-001", "SCJG-999"])


async def another_department_s_matter(world: World) -> None:
    await world.type_task(matters=["XFJY-001"])


async def withdrawn_matter(world: World) -> None:
    await versions.withdraw_matter(world.coordinator, "SCJG-001", Withdrawal(on=DECEMBER, reason="上级取消该事项"))
    await world.submit(starts=DECEMBER)


async def unlisted_joint_department(world: World) -> None:
    await world.type_task(joint_departments=["nobody"])


async def expired_joint_department(world: World) -> None:
    await expire(world, "xfjy")
    await world.type_task(joint_departments=["xfjy"])


async def expired_department(world: World) -> None:
    await expire(world, "scjg")
    await world.submit()


async def expire(world: World, code: str) -> None:
    change = DepartmentChange(effective_on=TODAY, reason="职责划转，不再列名", valid_to=TODAY)
    await versions.change_department(world.coordinator, code, change)
    world.clock.advance(dt.timedelta(days=1))


async def without_objects(world: World) -> None:
    await world.submit(objects="")


async def without_matters(world: World) -> None:
    await world.submit(matters=())


async def without_ratio(world: World) -> None:
    await world.submit(ratio=None)


async def without_basis(world: World) -> None:
    await world.submit(basis="")


async def without_period(world: World) -> None:
    await world.submit(starts=None, ends=None)


async def inverted_window(world: World) -> None:
    await world.submit(starts=dt.date(2026, 12, 31), ends=DECEMBER)


async def year_crossing_window(world: World) -> None:
    await world.submit(starts=DECEMBER, ends=dt.date(2027, 1, 31))


async def unread_cell(world: World) -> None:
    plan = await drafting.upload_annual_plan(world.clerk, an_upload(a_row(检查比例="待定")))
    await service.submit_annual_plan(world.clerk, plan.uid)


async def unpublished_matter_in_a_table(world: World) -> None:
    plan = await drafting.upload_annual_plan(world.clerk, an_upload(a_row(检查事项="从未公布的检查")))
    await service.submit_annual_plan(world.clerk, plan.uid)


async def frequency_above_the_cap(world: World) -> None:
    await world.submit(frequency=Frequency(min=Decimal(3), per="year"), cap=2)


async def cap_reached(world: World) -> None:
    await world.name_targets(cap=0)


async def quiet_enterprise(world: World) -> None:
    entry = QuietInput(
        enterprise=await world.first_uid(), reason="近三年检查未发现问题", valid_from=TODAY, review_on=DECEMBER
    )
    await quiet.enter_quiet(world.coordinator, entry)
    await world.name_targets()


async def quiet_matter(world: World) -> None:
    entry = QuietInput(matter="SCJG-001", reason="非现场核查已能满足", valid_from=TODAY, review_on=DECEMBER)
    await quiet.enter_quiet(world.coordinator, entry)
    await world.name_targets()


async def unannounced_matter_in_a_bundle(world: World) -> None:
    secret = await world.secret_matter()
    bundle = NewBundle(
        code="B1", name="餐饮", lead=world.district.departments["scjg"],
        matters=(world.district.matters["SCJG-001"], secret),
    )  # fmt: skip
    await catalogue.make_bundles(world.system, [bundle])


async def unannounced_matter_in_the_named_list(world: World) -> None:
    await world.secret_matter()
    await listings.enter_key_industry(world.coordinator, an_industry(matters=("SCJG-001", "SCJG-004")))


async def unannounced_matter_said_to_be_mergeable(world: World) -> None:
    wrong = a_matter(
        world.district.departments["scjg"],
        "SCJG-005",
        disclosure=Disclosure.NUMBERS,
        disclosure_basis="《某办法》第一条",
    )
    await catalogue.publish_matters(world.system, [wrong])


async def class_of_an_unknown_enterprise(world: World) -> None:
    await import_classes(world, "91310114MA1G9999XX", "A")


async def class_of_an_unknown_value(world: World) -> None:
    found = await enterprises.enterprises_by_id(world.system, world.district.enterprises[:1])
    await import_classes(world, found[world.district.enterprises[0]].uscc or "", "E")


async def import_classes(world: World, number: str, value: str) -> None:
    table = f"统一社会信用代码,信用风险分类\r\n{number},{value}\r\n".encode()
    upload = ClassUpload(month=DECEMBER, filename="分类.csv", content=table)
    read = await class_import.read_upload(upload, TODAY)
    await class_import.import_class_table(world.coordinator, DECEMBER, read)


CASES: list[tuple[Callable[[World], Awaitable[None]], str]] = [
    (unpublished_matter, "matter-published"),
    (another_department_s_matter, "matter-published"),
    (withdrawn_matter, "matter-published"),
    (unlisted_joint_department, "department-listed"),
    (expired_joint_department, "department-listed"),
    (expired_department, "department-listed"),
    (without_objects, "plan-elements"),
    (without_matters, "plan-elements"),
    (without_ratio, "plan-elements"),
    (without_basis, "plan-elements"),
    (without_period, "plan-period"),
    (inverted_window, "plan-period"),
    (year_crossing_window, "plan-period"),
    (unread_cell, "plan-settled"),
    (unpublished_matter_in_a_table, "plan-settled"),
    (frequency_above_the_cap, "frequency-within-cap"),
    (cap_reached, "cap-reached"),
    (quiet_enterprise, "quiet-enterprise"),
    (quiet_matter, "quiet-matter"),
    (unannounced_matter_in_a_bundle, "bundle-mergeable"),
    (unannounced_matter_in_the_named_list, "listing-sound"),
    (unannounced_matter_said_to_be_mergeable, "matter-sound"),
    (class_of_an_unknown_enterprise, "credit-class-table"),
    (class_of_an_unknown_value, "credit-class-table"),
]


@pytest.mark.parametrize(("bad", "rule"), CASES, ids=[case.__name__ for case, _ in CASES])
async def test_bad_input_is_refused_by_its_rule_and_told_once(
    database: Database, owner: Any, clock: SetClock, bad: Callable[[World], Awaitable[None]], rule: str
) -> None:
    world = World(database, await a_small_district(database), clock)
    with pytest.raises(RegistryError) as caught:
        await bad(world)
    refused = caught.value
    assert refused.rule == rule
    assert "《" in refused.basis or "〔" in refused.basis, "the law that says so"
    assert refused.remedy, "what would be accepted"
    assert refused.places, "where"
    leaves = await owner.fetch("SELECT leaf FROM ledger_entry WHERE action = 'act.refused'")
    assert len(leaves) == 1
    told = json.loads(bytes(leaves[0]["leaf"]))
    assert rule in json.dumps(told)
    assert refused.code in json.dumps(told)
