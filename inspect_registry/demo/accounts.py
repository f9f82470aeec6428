"""Who one can be in the demo district: some thirty published accounts over all roles, and what each is good for.

The password is published on purpose; the accounts exist in demo mode only.
"""

from typing import Final

import msgspec

from inspect_registry.actor import Role
from inspect_registry.demo.reference import department_data

PASSWORD: Final = "jiancha-310114"  # noqa: S105 - published: printed by `make run` and on /demo
SEED: Final = 310114


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One published account."""

    account: str
    name: str
    role: Role
    purpose: str
    """Chinese: what to try with it."""
    place: str
    """Chinese: where the person stands."""
    department: str = ""
    """Department code, for clerks, heads and inspectors."""
    officer: int = 0
    """Which officer of the department, by the soonest visit, counted from 1."""
    activity: str = ""
    """For an enterprise: an activity of the one that the account speaks for."""


_DEPARTMENTS: Final = {
    "scjg": "市场监管",
    "ypjg": "药监",
    "gaj": "公安",
    "xfjy": "消防",
    "wsjk": "卫健",
    "sthj": "生态环境",
    "cgzf": "城管",
    "yjgl": "应急",
}
_OFFICERS: Final = (("scjg", 1), ("scjg", 2), ("xfjy", 1), ("xfjy", 2), ("wsjk", 1), ("yjgl", 1))
_ENTERPRISES: Final = (
    ("fuel_station", "加油站"),
    ("food_production", "食品厂"),
    ("swimming_pool", "游泳场所"),
    ("catering", "餐饮店"),
)


_SHORT_NAMES: Final = {department.code: department.short_name for department in department_data()}


def _accounts() -> list[Account]:
    return [
        Account(
            account="xietiao",
            name="统筹员甲",
            role=Role.COORDINATOR,
            place="区司法局",
            purpose="审核、备案、公布计划，运行综合一次查合并，发布公示",
        ),
        Account(
            account="xietiao2",
            name="统筹员乙",
            role=Role.COORDINATOR,
            place="区政府办公室",
            purpose="与统筹员甲互为复核",
        ),
        *(
            Account(
                account=f"{code}.jingban",
                name=f"{label}经办人",
                role=Role.CLERK,
                place=_SHORT_NAMES[code],
                department=code,
                purpose="上报年度和月度计划，答复联合检查邀请",
            )
            for code, label in _DEPARTMENTS.items()
        ),
        *(
            Account(
                account=f"{code}.fuze",
                name=f"{label}负责人",
                role=Role.HEAD,
                place=_SHORT_NAMES[code],
                department=code,
                purpose="逐次批准检查，查看频次上限和预警",
            )
            for code, label in _DEPARTMENTS.items()
        ),
        *(
            Account(
                account=f"{code}.zhifa{number}",
                name=f"{_DEPARTMENTS[code]}执法员{number}",
                role=Role.INSPECTOR,
                place=_SHORT_NAMES[code],
                department=code,
                officer=number,
                purpose="手机上查看今日检查、亮码、逐项记录",
            )
            for code, number in _OFFICERS
        ),
        *(
            Account(
                account=f"qiye{number}",
                name=f"{label}代表",
                role=Role.ENTERPRISE,
                place=f"一家{label}",
                activity=activity,
                purpose="扫码核验、确认到场、查看本企业检查记录",
            )
            for number, (activity, label) in enumerate(_ENTERPRISES, start=1)
        ),
        Account(
            account="shenji",
            name="审计员",
            role=Role.AUDITOR,
            place="区司法局执法监督科",
            purpose="从计划到评价回放一次检查，验证留痕完整",
        ),
        Account(account="yunwei", name="运维员", role=Role.OPERATOR, place="运维室", purpose="查看运行状态"),
    ]


SHOWN: Final = tuple(_accounts())
"""The accounts in the order in which they are shown."""
