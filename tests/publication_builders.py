"""Snapshots and stored rows for tests of publication: plain functions, every fact can be given."""

from datetime import UTC, date, datetime

from inspect_registry.catalogue.model import Disclosure
from inspect_registry.enterprises.model import EnterpriseKind
from inspect_registry.publication.disclosure import PlannedRow, ResultRow, month_plan, results
from inspect_registry.publication.figures import month_entry
from inspect_registry.publication.snapshot import (
    AnnualFiling,
    AnnualPlans,
    AnnualTask,
    MonthPlan,
    MonthResults,
    Outcome,
    PublicCriterion,
    PublicDepartment,
    PublicMatter,
    PublicTown,
    Site,
    Snapshot,
)

MONTH = date(2026, 12, 1)
PUBLISHED = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
TOWNS = (
    PublicTown(code="310114001", name="嘉定镇街道"),
    PublicTown(code="310114102", name="南翔镇"),
    PublicTown(code="310114103", name="安亭镇"),
)
DEPARTMENTS = (
    PublicDepartment(code="scjg", name="嘉定区市场监督管理局", short_name="区市场监管局", kind="行政机关"),
    PublicDepartment(code="yjgl", name="嘉定区应急管理局", short_name="区应急管理局", kind="行政机关"),
    PublicDepartment(code="wjw", name="嘉定区卫生健康委员会", short_name="区卫生健康委", kind="行政机关"),
)
MATTERS = tuple(
    PublicMatter(
        code=code,
        name=name,
        department=department,
        basis=(basis,),
        criteria=(PublicCriterion(text="许可证是否在有效期内", basis=basis, key=True),),
        objects="持证的经营主体",
        method="现场检查",
        prepare="许可证",
        sample=False,
    )
    for code, name, department, basis in (
        ("SCJG-001", "食品经营环节监督检查", "scjg", "《中华人民共和国食品安全法》第一百一十条"),
        ("YJGL-001", "安全生产监督检查", "yjgl", "《中华人民共和国安全生产法》第六十五条"),
        ("WJW-001", "公共场所卫生监督检查", "wjw", "《公共场所卫生管理条例》第十条"),
    )
)


def a_site(**changes: object) -> Site:
    values: dict[str, object] = {
        "region": "310114",
        "district": "上海市嘉定区",
        "publisher": "上海市嘉定区涉企行政检查统筹办公室",
        "public_url": "https://jiancha.example.gov.cn",
    }
    return Site(**(values | changes))  # type: ignore[arg-type]


PLACE: dict[str, object] = {
    "enterprise_name": "上海安亭好味道餐饮有限公司",
    "enterprise_kind": EnterpriseKind.COMPANY,
    "natural_name": False,
    "enterprise_number": "91310114MA1GT0XX0X",
    "town": "310114103",
    "address": "墨玉路1号",
    "sort_key": "shang'hai'an'ting 4",
    "initials": "shathwdcyyxgs",
}


def a_row(**changes: object) -> PlannedRow:
    values: dict[str, object] = {
        "visit": "v" * 25 + "2",
        "day": date(2026, 12, 8),
        "announced": True,
        "lead": True,
        "department": "scjg",
        "matter": "SCJG-001",
        "disclosure": Disclosure.NAMED,
    }
    return PlannedRow(**(PLACE | values | changes))  # type: ignore[arg-type]


def a_result_row(**changes: object) -> ResultRow:
    values: dict[str, object] = {
        "inspection": "i" * 26,
        "visit": "v" * 26,
        "month": date(2026, 11, 1),
        "day": date(2026, 11, 12),
        "planned": True,
        "joint": False,
        "department": "scjg",
        "matters": ["SCJG-001"],
        "outcome": Outcome.NO_PROBLEM,
        "problems": 0,
        "orders": 0,
        "open_orders": 0,
        "overdue_orders": 0,
        "corrected": False,
        "told": True,
        "published_at": None,
        "revoked_at": None,
        "publicity_ended_on": None,
    }
    return ResultRow(**(PLACE | values | changes))  # type: ignore[arg-type]


def a_plan(rows: list[PlannedRow] | None = None, **changes: object) -> MonthPlan:
    values: dict[str, object] = {
        "month": MONTH,
        "before": None,
        "reason": "",
        "published_at": PUBLISHED,
        "provisional": False,
    }
    return month_plan([a_row()] if rows is None else rows, **(values | changes))  # type: ignore[arg-type]


def a_filing(**changes: object) -> AnnualFiling:
    values: dict[str, object] = {
        "department": "scjg",
        "published_on": date(2026, 3, 20),
        "plan_number": "嘉检计〔2026〕1号",
        "revision": 1,
        "late_days": 0,
        "tasks": (
            AnnualTask(
                name="食品经营者日常检查",
                matters=("SCJG-001",),
                objects="食品经营者",
                method="现场检查",
                ratio="20%",
                frequency="每年不超过2次",
                period="3月至11月",
                joint_departments=("wjw",),
            ),
        ),
    }
    return AnnualFiling(**(values | changes))  # type: ignore[arg-type]


def a_snapshot(
    plan: MonthPlan | None = None, result_rows: list[ResultRow] | None = None, **changes: object
) -> Snapshot:
    plan = plan or a_plan()
    found = results([a_result_row()] if result_rows is None else result_rows)
    late = (
        a_filing(),
        a_filing(department="yjgl", published_on=date(2026, 4, 10), late_days=10),
        a_filing(department="wjw", published_on=None, plan_number="", late_days=239, tasks=()),
    )
    values: dict[str, object] = {
        "site": a_site(),
        "today": date(2026, 11, 25),
        "towns": TOWNS,
        "departments": DEPARTMENTS,
        "matters": MATTERS,
        "annual": (AnnualPlans(year=2026, deadline=date(2026, 3, 31), filings=late),),
        "months": (month_entry(plan),),
        "plans": (plan,),
        "results": (MonthResults(month=date(2026, 11, 1), results=found, visits=len(found), planned=0),),
    }
    return Snapshot(**(values | changes))  # type: ignore[arg-type]


def many_rows(visits: int) -> list[PlannedRow]:
    """Rows of a month with this many visits, every fifth one joint, spread over days and towns."""
    rows = []
    surnames = "安博昌德恩福高海"
    letters = "abcdefgh"
    for number in range(visits):
        which = number % len(surnames)
        place = {
            "enterprise_name": f"上海{surnames[which]}泰{number}号商贸有限公司",
            "enterprise_number": f"91310114{number:010d}",
            "town": TOWNS[number % 3].code,
            "address": f"{surnames[which]}虹路{number}弄{number % 30 + 1}号",
            "sort_key": f"{letters[which]}{number:06d}",
            "initials": f"{letters[which]}t{number}hsmyxgs",
        }
        day = date(2026, 12, 1 + number % 31)
        uid = f"v{number:025d}"
        rows.append(a_row(visit=uid, day=day, **place))
        if number % 5 == 0:
            rows.append(a_row(visit=uid, day=day, **place, department="yjgl", matter="YJGL-001", lead=False))
    return rows
