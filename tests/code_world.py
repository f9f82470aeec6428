"""One approved visit in a database, written behind the policies: what a code needs, and nothing else."""

from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import msgspec

from inspect_registry.actor import Actor, Role
from inspect_registry.codes.desk import CodeDesk
from inspect_registry.codes.keys import KeyRing
from inspect_registry.codes.reader import VerdictReader
from inspect_registry.db import Database
from tests.code_builders import a_key_ring

DAY = date(2026, 11, 20)
APPROVED = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
KEYS = a_key_ring()
BASE = "http://127.0.0.1:8000"


class World(msgspec.Struct, kw_only=True):
    """Ids and uids of what was written."""

    owner: asyncpg.Connection
    department: int
    other_department: int
    enterprise: int
    other_enterprise: int
    premises: int
    matter: int
    inspectors: list[int]
    visit: int
    visit_uid: str
    part: int

    @property
    def clerk(self) -> Actor:
        return Actor(role=Role.CLERK, person=11, department=self.department)

    @property
    def head(self) -> Actor:
        return Actor(role=Role.HEAD, person=12, department=self.department)

    @property
    def inspector(self) -> Actor:
        return Actor(role=Role.INSPECTOR, person=13, department=self.department, inspector=self.inspectors[0])

    @property
    def keeper(self) -> Actor:
        return Actor(role=Role.ENTERPRISE, person=14, enterprise=self.enterprise)

    @property
    def stranger(self) -> Actor:
        return Actor(role=Role.ENTERPRISE, person=15, enterprise=self.other_enterprise)


def uid(number: int) -> str:
    return f"{number:026d}".translate(str.maketrans("0123456789", "abcdefghij"))


async def a_world(owner: asyncpg.Connection, **visit: object) -> World:
    """Write two departments, two shops, one matter with points, three inspectors, and one approved visit."""
    await owner.execute("SELECT set_config('app.region', '310114', false)")
    await owner.execute("INSERT INTO town (code, name, zone, near) VALUES ('310114001', '新成路街道', 1, '{1}')")
    departments = [
        await owner.fetchval(
            """INSERT INTO department (uid, code, name, short_name, sort_key, uscc, kind, level, valid_from)
               VALUES ($1, $2, $3, $2, $2, $2, 'agency', 'district', '2020-01-01') RETURNING id""",
            uid(number),
            code,
            name,
        )
        for number, code, name in ((1, "scjg", "上海市嘉定区市场监督管理局"), (2, "xfjy", "上海市嘉定区消防救援支队"))
    ]
    enterprises = [
        await owner.fetchval(
            """INSERT INTO enterprise (uid, name, sort_key, initials, search_name, uscc, kind, industry)
               VALUES ($1, $2, $2, $2, $2, $3, 'company', 'H6210') RETURNING id""",
            uid(number),
            name,
            uscc,
        )
        for number, name, uscc in (
            (3, "上海嘉定小馆餐饮有限公司", "91310114MA1GT0XJ7C"),
            (4, "上海南翔馒头店有限公司", "91310114MA1GT0XJ8A"),
        )
    ]
    premises = await owner.fetchval(
        """INSERT INTO premises (uid, enterprise, address, site, town)
           VALUES ($1, $2, '上海市嘉定区塔城路56号', '塔城路56号', '310114001') RETURNING id""",
        uid(5),
        enterprises[0],
    )
    matter = await owner.fetchval(
        """INSERT INTO matter (uid, code, version, department, name, sort_key, object_class, industries, tags, basis,
             mode, disclosure, mergeable, offsite_possible, min_inspectors, minutes, published_on)
           VALUES ($1, 'SCJG-012', 1, $2, '餐饮服务食品安全检查', 'c', '餐饮服务提供者', '{}', '{}',
             '{《中华人民共和国食品安全法》第一百一十条}', 'onsite', 'named', true, false, 2, 60, '2025-01-01')
           RETURNING id""",
        uid(6),
        departments[0],
    )
    for position, text in enumerate(("食品经营许可证在有效期内", "从业人员持有效健康证明"), 1):
        await owner.execute(
            "INSERT INTO criterion (uid, matter, position, text, basis) VALUES ($1, $2, $3, $4, '食品安全法')",
            uid(20 + position),
            matter,
            position,
            text,
        )
    inspectors = [
        await owner.fetchval(
            """INSERT INTO inspector (uid, department, name, sort_key, certificate, valid_from, valid_to)
               VALUES ($1, $2, $3, $3, $4, '2024-01-01', '2027-12-31') RETURNING id""",
            uid(number),
            departments[0],
            name,
            certificate,
        )
        for number, name, certificate in (
            (7, "张伟", "31011400001"),
            (8, "李娜", "31011400002"),
            (9, "王芳", "31011400003"),
        )
    ]
    plan = await owner.fetchval(
        """INSERT INTO monthly_plan (uid, department, month, state, number, created_at, filed_at)
           VALUES ($1, $2, '2026-11-01', 'filed', '嘉检备〔2026〕12号', $3, $3) RETURNING id""",
        uid(10),
        departments[0],
        APPROVED,
    )
    assert plan
    fields = {"state": "approved", "day": DAY, "emergency": False, "approval_due": None, **visit}
    visit_id = await owner.fetchval(
        """INSERT INTO visit (uid, month, enterprise, premises, day, lead, state, emergency, approval_due,
             approved_at, approved_by)
           VALUES ($1, '2026-11-01', $2, $3, $4, $5, $6, $7, $8, $9, 12) RETURNING id""",
        uid(100),
        enterprises[0],
        premises,
        fields["day"],
        departments[0],
        fields["state"],
        fields["emergency"],
        fields["approval_due"],
        APPROVED,
    )
    part = await owner.fetchval(
        """INSERT INTO visit_part (uid, visit, department, premises, during, state, minutes, approved_at, approved_by)
           VALUES ($1, $2, $3, $4, daterange($5, $5, '[]'), 'confirmed', 60, $6, 12) RETURNING id""",
        uid(101),
        visit_id,
        departments[0],
        premises,
        fields["day"],
        APPROVED,
    )
    await owner.execute("INSERT INTO visit_matter (part, matter) VALUES ($1, $2)", part, matter)
    for inspector in inspectors[:2]:
        await owner.execute("INSERT INTO visit_inspector (part, inspector) VALUES ($1, $2)", part, inspector)
    await owner.execute(
        "INSERT INTO quota (enterprise, department, year, cap, used) VALUES ($1, $2, 2026, 4, 1)",
        enterprises[0],
        departments[0],
    )
    return World(
        owner=owner,
        department=departments[0],
        other_department=departments[1],
        enterprise=enterprises[0],
        other_enterprise=enterprises[1],
        premises=premises,
        matter=matter,
        inspectors=inspectors,
        visit=visit_id,
        visit_uid=uid(100),
        part=part,
    )


def a_desk(database: Database, keys: KeyRing = KEYS) -> CodeDesk:
    """Return a desk on the test's own pool; the test starts and stops it."""
    return CodeDesk(keys, database, VerdictReader(database, workers=1), base=BASE)


DATA = Path(__file__).parent / "data"
