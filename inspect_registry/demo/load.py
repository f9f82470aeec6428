"""Loads the demo district once, stage by stage, with progress; the same seed and start day give the same rows.

A load that was broken off leaves a half district: `state_of` says so, and whoever owns the demo's database makes it
anew.
"""

import datetime as dt
import random
from enum import StrEnum
from typing import Final

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM
from inspect_registry.clock import SHANGHAI, SetClock, SystemClock, day_of
from inspect_registry.config import Settings
from inspect_registry.db import Database
from inspect_registry.demo import accounts, credit, fieldwork, foundation, lists, month, people, store, year
from inspect_registry.demo.enterprises import ENTERPRISES
from inspect_registry.demo.scene import Progress, Scene, Stage
from inspect_registry.errors import Conflict
from inspect_registry.identifiers import new_uid

_COMMAND_TIMEOUT: Final = 60.0  # Seconds: bulk statements take longer than a request may.

STAGES: Final = (
    Stage("检查主体与事项库", foundation.load_catalogue),
    Stage("经营主体与经营场所", foundation.load_enterprises),
    Stage("执法人员", foundation.load_officers),
    Stage("本年以往检查", foundation.load_history),
    Stage("年度计划", year.load_annual_plans),
    Stage("重点行业和免扰清单", lists.load_lists),
    Stage("本月计划与综合一次查", month.load_this_month),
    Stage("本月检查", fieldwork.load_fieldwork),
    Stage("信用修复", credit.load_credit),
    Stage("下月计划", month.load_next_month),
    Stage("演示账号", people.load_accounts),
)


class DemoHalfLoaded(Conflict):
    """An earlier load was broken off, and a half district is no district."""

    code = "demo-half-loaded"
    title = "演示数据只载入了一半"


class DemoState(StrEnum):
    """How far the demo district is loaded."""

    EMPTY = "empty"
    PARTIAL = "partial"
    """A load was broken off: make the demo's database anew."""
    LOADED = "loaded"


async def state_of(database: Database) -> DemoState:
    """Say whether the demo district is there."""
    async with database.transaction(SYSTEM, read_only=True) as tx:
        return DemoState(await store.state_of_demo(tx))


async def load_once(
    dsn: str,
    *,
    settings: Settings,
    enterprises: int = ENTERPRISES,
    seed: int = accounts.SEED,
    today: dt.date | None = None,
    progress: Progress = lambda *_: None,
) -> bool:
    """Load every stage into an empty database through the services, as the registry itself; False when it is there.

    Salts and identities come from the seed, so such a database must never serve anything but a demo. Raises
    DemoHalfLoaded.
    """
    day = today or day_of(SystemClock().now())
    clock = SetClock(dt.datetime(day.year - 1, 1, 1, tzinfo=SHANGHAI))
    dice = random.Random(f"bytes {seed}")  # noqa: S311 - a demo must be repeatable, not unpredictable
    database = await Database.open(
        dsn, region=settings.region, clock=clock, random=dice.randbytes, size=2, command_timeout=_COMMAND_TIMEOUT
    )
    try:
        state = await state_of(database)
        if state is DemoState.PARTIAL:
            raise DemoHalfLoaded(remedy="请删除演示数据库（内置数据库为 var/postgres）后重新启动")
        if state is DemoState.EMPTY:
            await _load_into(
                Scene(
                    database=database,
                    settings=settings,
                    clock=clock,
                    seed=seed,
                    today=day,
                    size=enterprises,
                    progress=progress,
                )
            )
        return state is DemoState.EMPTY
    finally:
        await database.close()


async def _load_into(scene: Scene) -> None:
    for stage in STAGES:
        scene.stage = stage.title
        scene.report(0, 1)
        await stage.run(scene)
        if scene.done < scene.total:
            scene.report(scene.total, scene.total)
    async with scene.database.transaction(SYSTEM) as tx:
        subject = ledger.Subject("demo", new_uid(tx.random))
        public: dict[str, int | str] = {"seed": scene.seed, "day": scene.today.isoformat()}
        await ledger.append(tx, ledger.Action.DEMO_LOADED, subject, public=public)
