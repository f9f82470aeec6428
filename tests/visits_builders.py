"""A small district for tests of visits and fieldwork: rows written as the cluster's administrator, ids handed back.

Two departments (market supervision 1, fire 2), each with three inspectors certified for its matters, one restaurant.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import asyncpg

from inspect_registry.actor import Actor, Role
from inspect_registry.db import Database
from inspect_registry.ledger import Action, Subject, append
from inspect_registry.visits.month import NewPart, NewVisit
from inspect_registry.visits.proposing import propose

TODAY = date(2026, 11, 20)
SYSTEM = Actor(role=Role.SYSTEM)
COORDINATOR = Actor(role=Role.COORDINATOR, person=900)


@dataclass
class District:
    """Ids of the rows; one matter of each department unless a test adds more."""

    owner: asyncpg.Connection
    departments: list[int] = field(default_factory=list)
    matters: dict[int, list[int]] = field(default_factory=dict)
    criteria: dict[int, list[int]] = field(default_factory=dict)
    inspectors: dict[int, list[int]] = field(default_factory=dict)
    enterprise: int = 0
    premises: int = 0
    plans: dict[tuple[int, date], tuple[int, int]] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def uid(self, kind: str) -> str:
        """An outside identity of the right length that says what it is."""
        return f"{kind}{next(self.numbers):05d}".ljust(26, "x")[:26]

    async def add(self, table: str, **values: Any) -> int:
        """Insert one row and return its id."""
        columns = ", ".join(f'"{name}"' for name in values)
        places = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        return await self.owner.fetchval(
            f'INSERT INTO "{table}" ({columns}) VALUES ({places}) RETURNING id', *values.values()
        )

    async def department(self, name: str) -> int:
        code = f"d{next(self.numbers)}"
        made = await self.add(
            "department",
            uid=self.uid("dept"),
            region="310114",
            code=code,
            name=name,
            short_name=name[:4],
            sort_key=code,
            uscc=code,
            kind="agency",
            level="district",
            valid_from=date(2020, 1, 1),
        )
        self.departments.append(made)
        self.matters[made], self.inspectors[made] = [], []
        return made

    async def matter(self, department: int, points: int = 3, **facts: Any) -> int:
        number = next(self.numbers)
        values = {
            "uid": self.uid("matter"),
            "region": "310114",
            "code": f"M-{number:03d}",
            "version": 1,
            "department": department,
            "name": f"检查事项{number}",
            "sort_key": "",
            "object_class": "餐饮",
            "industries": ["H62"],
            "tags": [],
            "basis": ["《食品安全法》第一百零九条"],
            "mode": "onsite",
            "disclosure": "named",
            "mergeable": True,
            "offsite_possible": False,
            "min_inspectors": 2,
            "minutes": 60,
            "published_on": date(2024, 1, 1),
        }
        made = await self.add("matter", **values | facts)
        self.matters[department].append(made)
        self.criteria[made] = [
            await self.add(
                "criterion",
                uid=self.uid("crit"),
                matter=made,
                position=position,
                text=f"要点{position}",
                basis="《食品安全法》第三十三条",
            )
            for position in range(1, points + 1)
        ]
        for inspector in self.inspectors[department]:
            await self.owner.execute("INSERT INTO inspector_matter VALUES ($1, $2)", inspector, made)
        return made

    async def inspector(self, department: int, **facts: Any) -> int:
        number = next(self.numbers)
        values = {
            "uid": self.uid("insp"),
            "region": "310114",
            "department": department,
            "name": f"执法员{number}",
            "sort_key": "",
            "certificate": f"{9_310_000_000 + number:011d}",
            "valid_from": date(2024, 1, 1),
            "valid_to": date(2027, 12, 31),
        }
        made = await self.add("inspector", **values | facts)
        self.inspectors[department].append(made)
        for matter in self.matters[department]:
            await self.owner.execute("INSERT INTO inspector_matter VALUES ($1, $2)", made, matter)
        return made

    async def shop(self) -> tuple[int, int]:
        """One more enterprise with one place; returns both ids."""
        number = next(self.numbers)
        enterprise = await self.add(
            "enterprise",
            uid=self.uid("ent"),
            region="310114",
            name=f"嘉定某餐饮店{number}",
            sort_key="",
            initials="",
            search_name="",
            reg_no=f"{310114600000000 + number}",
            kind="individual",
            industry="H6210",
        )
        place = await self.add(
            "premises",
            uid=self.uid("prem"),
            enterprise=enterprise,
            address=f"嘉定镇某路{number}号",
            site=f"嘉定镇某路{number}号",
            town="310114004",
        )
        return enterprise, place

    async def month_plan(self, department: int, month: date) -> tuple[int, int]:
        """The department's filed plan of the month; returns its id and the task's."""
        if (department, month) not in self.plans:
            number = next(self.numbers)
            plan = await self.add(
                "annual_plan",
                uid=self.uid("plan"),
                region="310114",
                department=department,
                year=month.year,
                revision=number,
                reason="测试",
                title="年度计划",
                state="filed",
                number=f"嘉检备〔2026〕{number}号",
                created_at=datetime(2026, 1, 5, tzinfo=UTC),
                filed_at=datetime(2026, 2, 5, tzinfo=UTC),
            )
            task = await self.add("task", uid=self.uid("task"), plan=plan, position=1, name="日常检查")
            monthly = await self.add(
                "monthly_plan",
                uid=self.uid("month"),
                region="310114",
                department=department,
                month=month,
                state="filed",
                number=f"嘉检月〔2026〕{number}号",
                created_at=datetime(2026, 11, 1, tzinfo=UTC),
                filed_at=datetime(2026, 11, 2, tzinfo=UTC),
            )
            self.plans[department, month] = (monthly, task)
        return self.plans[department, month]

    async def check(
        self,
        department: int,
        starts: date,
        ends: date,
        *,
        premises: int = 0,
        matters: tuple[int, ...] = (),
        **facts: Any,
    ) -> int:
        """One check in the department's filed plan of the month in which its window begins."""
        monthly, _ = await self.month_plan(department, starts.replace(day=1))
        task = await self.add(
            "task",
            uid=self.uid("task"),
            plan=await self.owner.fetchval(
                "SELECT plan FROM task WHERE id = $1", self.plans[department, starts.replace(day=1)][1]
            ),
            position=next(self.numbers),
            name="日常检查",
        )
        place = premises or self.premises
        made = await self.add(
            "check",
            uid=self.uid("check"),
            region="310114",
            monthly_plan=monthly,
            department=department,
            task=task,
            enterprise=await self.owner.fetchval("SELECT enterprise FROM premises WHERE id = $1", place),
            premises=place,
            starts=starts,
            ends=ends,
            **facts,
        )
        for matter in matters or self.matters[department][:1]:
            await self.owner.execute("INSERT INTO check_matter VALUES ($1, $2)", made, matter)
        return made

    async def uid_of(self, table: str, row: int) -> str:
        return await self.owner.fetchval(f'SELECT uid FROM "{table}" WHERE id = $1', row)


async def a_district(owner: asyncpg.Connection) -> District:
    district = District(owner)
    await owner.execute(
        "INSERT INTO town (code, region, name, zone, near) VALUES ('310114004', '310114', '嘉定镇街道', 0, '{0}')"
    )
    for name in ("区市场监督管理局", "区消防救援支队"):
        department = await district.department(name)
        for _ in range(3):
            await district.inspector(department)
        await district.matter(department)
    district.enterprise, district.premises = await district.shop()
    return district


def an_actor(role: Role, department: int, person: int = 0, **facts: Any) -> Actor:
    """Somebody of a department; persons of different roles differ."""
    return Actor(role=role, department=department, person=person or department * 10 + len(role), **facts)


def a_part(district: District, department: int, **facts: Any) -> NewPart:
    values: dict[str, Any] = {
        "department": department,
        "minutes": 60,
        "counted": True,
        "checks": (),
        "matters": tuple(district.matters[department][:1]),
        "inspectors": tuple(district.inspectors[department][:2]),
    }
    return NewPart(**values | facts)


async def a_visit(
    database: Database, district: District, *parts: NewPart, day: date = TODAY, **facts: Any
) -> tuple[int, str]:
    """Propose one visit (of the first department unless parts are given); returns id and uid."""
    shares = parts or (a_part(district, district.departments[0]),)
    values: dict[str, Any] = {
        "enterprise": district.enterprise,
        "premises": district.premises,
        "day": day,
        "lead": shares[0].department,
        "exempt": not any(share.counted for share in shares),
        "announced": True,
        "parts": tuple(shares),
    }
    async with database.transaction(SYSTEM) as tx:
        (uid,) = await propose(tx, day.replace(day=1), [NewVisit(**values | facts)])
    return await district.owner.fetchval("SELECT id FROM visit WHERE uid = $1", uid), uid


async def append_marker(tx: Any) -> None:
    """Let a test's own write pass the rule that every write reaches the ledger."""
    await append(tx, Action.DEMO_LOADED, Subject("test", "marker"))
