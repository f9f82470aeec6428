"""The plain instance format of `inspect-registry solve`: lines of text to a problem or plan, and back.

Opens no file itself.

The format is described in docs/planner.md. Every cell that cannot be read is told with file, row and reason; rows
count from 1.
"""

import csv
from codecs import BOM_UTF8
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from operator import itemgetter
from typing import Any

import msgspec

from inspect_registry.errors import Place

from .errors import PlanningProblemFlawed
from .problem import Check, Inspector, Placement, Plan, Premises, Problem, Recusal, Used

COLUMNS = {
    "enterprises.csv": ("ent", "zone", "open_mask", "grade", "cap_total", "cap_dept"),
    "used.csv": ("ent", "dept", "n"),
    "inspectors.csv": ("insp", "dept", "matters", "off_days"),
    "recusals.csv": ("insp", "ent"),
    "items.csv": (
        "item", "dept", "ent", "matter", "start", "end", "minutes", "n_insp", "onsite", "mergeable", "exempt",
        "bundle", "mandatory", "pub_day",
        "locked",
    ),
}  # fmt: skip
PLAN_COLUMNS = ("visit", "day", "item", "inspectors", "lead")
MOST_ROWS = 3_000_000
"""In one file. A year of a city has about 1,000,000 checks."""
MOST_FLAWS = 1000
LARGEST = 2**53

Lines = Iterable[str]


class Meta(msgspec.Struct, frozen=True, kw_only=True):
    """The content of meta.json."""

    start_date: date
    horizon: int
    nonwork_days: tuple[int, ...]
    quiet_days: tuple[int, ...]
    K: int
    day_minutes: int
    visit_overhead: int
    max_depts: int
    max_visit_minutes: int
    n_zones: int
    near: tuple[tuple[int, ...], ...]


def problem_from(meta: bytes, tables: dict[str, Lines]) -> Problem:
    """Read a whole instance; raise PlanningProblemFlawed with every cell that cannot be read."""
    flaws: list[Place] = []
    frame = _meta(meta, flaws)
    rows = {file: tuple(_rows(file, tables[file], COLUMNS[file], READERS[file], flaws)) for file in COLUMNS}
    if flaws or frame is None:
        raise PlanningProblemFlawed(f"共 {len(flaws)} 处无法读取", places=tuple(flaws[:MOST_FLAWS]))
    return Problem(
        start_date=frame.start_date,
        horizon=frame.horizon,
        nonwork_days=frame.nonwork_days,
        quiet_days=frame.quiet_days,
        visits_per_inspector_day=frame.K,
        day_minutes=frame.day_minutes,
        visit_overhead=frame.visit_overhead,
        max_departments=frame.max_depts,
        max_visit_minutes=frame.max_visit_minutes,
        near=frame.near,
        premises=rows["enterprises.csv"],
        used=rows["used.csv"],
        inspectors=rows["inspectors.csv"],
        recusals=rows["recusals.csv"],
        checks=rows["items.csv"],
    )


def plan_from(lines: Lines, file: str) -> Plan:
    """Read a plan; raise PlanningProblemFlawed with every row that cannot be read."""
    flaws: list[Place] = []
    plan = Plan(placements=tuple(_rows(file, lines, PLAN_COLUMNS, _placement, flaws)))
    if flaws:
        raise PlanningProblemFlawed(f"方案共 {len(flaws)} 处无法读取", places=tuple(flaws[:MOST_FLAWS]))
    return plan


def plan_lines(plan: Plan) -> Iterator[str]:
    """Write a plan as lines of PLAN.csv."""
    yield ",".join(PLAN_COLUMNS) + "\n"
    for p in plan.placements:
        visit = "" if p.visit is None else p.visit
        yield f"{visit},{p.day},{p.check},{';'.join(map(str, p.inspectors))},{'' if p.lead is None else p.lead}\n"


def instance_lines(problem: Problem) -> dict[str, Iterator[str]]:
    """Write a problem as the lines of its files (without meta.json)."""
    tables: dict[str, Iterable[tuple[object, ...]]] = {
        "enterprises.csv": (
            (p.id, p.zone, p.open_weekdays, p.grade, p.cap_total, p.cap_department) for p in problem.premises
        ),
        "used.csv": ((u.premises, u.department, u.count) for u in problem.used),
        "inspectors.csv": ((i.id, i.department, _joined(i.matters), _joined(i.off_days)) for i in problem.inspectors),
        "recusals.csv": ((r.inspector, r.premises) for r in problem.recusals),
        "items.csv": (_item(c) for c in problem.checks),
    }
    return {file: _csv_lines(COLUMNS[file], rows) for file, rows in tables.items()}


def meta_json(problem: Problem) -> bytes:
    """Write meta.json of a problem."""
    return msgspec.json.format(
        msgspec.json.encode(
            Meta(
                start_date=problem.start_date,
                horizon=problem.horizon,
                nonwork_days=problem.nonwork_days,
                quiet_days=problem.quiet_days,
                K=problem.visits_per_inspector_day,
                day_minutes=problem.day_minutes,
                visit_overhead=problem.visit_overhead,
                max_depts=problem.max_departments,
                max_visit_minutes=problem.max_visit_minutes,
                n_zones=len(problem.near),
                near=problem.near,
            )
        )
    )


def _csv_lines(columns: Iterable[str], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    yield ",".join(columns) + "\n"
    for row in rows:
        yield ",".join(map(str, row)) + "\n"


def _joined(values: Iterable[int]) -> str:
    return ";".join(map(str, values))


def _item(c: Check) -> tuple[object, ...]:
    bundle = -1 if c.bundle is None else c.bundle
    published = -1 if c.published_day is None else c.published_day
    flags = (int(c.onsite), int(c.mergeable), int(c.exempt), bundle, int(c.mandatory), published, int(c.locked))
    return (c.id, c.department, c.premises, c.matter, c.start, c.end, c.minutes, c.inspectors, *flags)


def _meta(content: bytes, flaws: list[Place]) -> Meta | None:
    try:
        meta = msgspec.json.decode(content.removeprefix(BOM_UTF8), type=Meta)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        flaws.append(Place(sheet="meta.json", row=0, message=f"无法读取：{error}"))
        return None
    if len(meta.near) != meta.n_zones:
        flaws.append(
            Place(
                sheet="meta.json",
                column="near",
                text=str(len(meta.near)),
                message=f"near 须有 n_zones={meta.n_zones} 行",
            )
        )
    return meta


def _rows(
    file: str, lines: Lines, columns: tuple[str, ...], read: Callable[[Any], Any], flaws: list[Place]
) -> Iterator[Any]:
    """Yield what `read` makes of each row's named cells; rows that cannot be read go to `flaws`."""
    reader = csv.reader(lines)
    row_number = 1
    try:
        header = [cell.strip() for cell in next(reader, [])]
        missing = [column for column in columns if column not in header]
        if missing:
            flaws.append(
                Place(
                    sheet=file,
                    row=1,
                    column=missing[0],
                    text=",".join(header)[:80],
                    message=f"缺少列：{'、'.join(missing)}",
                )
            )
            return
        twice = [column for column in columns if header.count(column) > 1]
        if twice:
            flaws.append(Place(sheet=file, row=1, column=twice[0], message=f"列 {twice[0]} 重复"))
            return
        cells_of = itemgetter(*(header.index(column) for column in columns))
        for row in reader:
            row_number += 1
            if not row:
                continue
            if row_number > MOST_ROWS + 1:
                flaws.append(Place(sheet=file, row=row_number, message=f"超过 {MOST_ROWS} 行的上限，请拆分为多个实例"))
                return
            if len(row) < len(header):
                flaws.append(
                    Place(
                        sheet=file,
                        row=row_number,
                        text=",".join(row)[:80],
                        message=f"只有 {len(row)} 列，应有 {len(header)} 列",
                    )
                )
                continue
            cells = cells_of(row)
            try:
                yield read(cells)
            except ValueError:
                flaws.append(_unreadable(file, row_number, columns, cells))
                if len(flaws) >= MOST_FLAWS:
                    return
    except csv.Error as error:
        flaws.append(Place(sheet=file, row=row_number + 1, message=f"不是逗号分隔的文本：{error}"))
    except UnicodeDecodeError as error:
        flaws.append(Place(sheet=file, row=row_number + 1, message=f"不是 UTF-8 文本：{error.reason}"))


LISTS = frozenset({"matters", "off_days", "inspectors"})
FLAGS = frozenset({"onsite", "mergeable", "exempt", "mandatory", "locked"})
MAY_BE_EMPTY = frozenset({"visit", "lead", *LISTS})


def _unreadable(file: str, row: int, columns: tuple[str, ...], cells: tuple[str, ...]) -> Place:
    """Find the cell that is to blame."""
    for column, cell in zip(columns, cells, strict=True):
        if column == "grade" or (column in MAY_BE_EMPTY and not cell.strip()):
            continue
        for part in cell.split(";") if column in LISTS else [cell]:
            try:
                value = _number(part)
            except ValueError:
                return Place(sheet=file, row=row, column=column, text=cell[:80], message=f"“{part[:40]}”不是可用的整数")
            if column in FLAGS and value not in (0, 1):
                return Place(sheet=file, row=row, column=column, text=cell, message="只能是 0 或 1")
    return Place(sheet=file, row=row, message="无法读取")


def _number(text: str) -> int:
    value = int(text)
    if "_" in text or not -LARGEST <= value <= LARGEST:
        raise ValueError(text)
    return value


def _numbers(texts: Collection[str]) -> list[int]:
    values = [int(text) for text in texts]
    if any("_" in text for text in texts) or max(values) > LARGEST or min(values) < -LARGEST:
        raise ValueError(values)
    return values


def _list(cell: str) -> tuple[int, ...]:
    return tuple(_numbers(cell.split(";"))) if cell.strip() else ()


def _flag(value: int) -> bool:
    if value not in (0, 1):
        raise ValueError(value)
    return value == 1


def _premises(cells: tuple[str, ...]) -> Premises:
    ident, zone, mask, cap_total, cap_department = _numbers((*cells[:3], *cells[4:]))
    return Premises(
        id=ident, zone=zone, open_weekdays=mask, grade=cells[3], cap_total=cap_total, cap_department=cap_department
    )


def _used(cells: tuple[str, ...]) -> Used:
    premises, department, count = _numbers(cells)
    return Used(premises=premises, department=department, count=count)


def _inspector(cells: tuple[str, ...]) -> Inspector:
    return Inspector(
        id=_number(cells[0]), department=_number(cells[1]), matters=_list(cells[2]), off_days=_list(cells[3])
    )


def _recusal(cells: tuple[str, ...]) -> Recusal:
    inspector, premises = _numbers(cells)
    return Recusal(inspector=inspector, premises=premises)


def _check(cells: tuple[str, ...]) -> Check:
    v = _numbers(cells)
    return Check(
        id=v[0], department=v[1], premises=v[2], matter=v[3], start=v[4], end=v[5], minutes=v[6], inspectors=v[7],
        onsite=_flag(v[8]),
        mergeable=_flag(v[9]), exempt=_flag(v[10]), bundle=None if v[11] < 0 else v[11], mandatory=_flag(v[12]),
        published_day=None if v[13] < 0 else v[13], locked=_flag(v[14]),
    )  # fmt: skip


def _placement(cells: tuple[str, ...]) -> Placement:
    visit, day, check, inspectors, lead = cells
    return Placement(
        check=_number(check),
        day=_number(day),
        visit=_number(visit) if visit.strip() else None,
        inspectors=_list(inspectors),
        lead=_number(lead) if lead.strip() else None,
    )


READERS: dict[str, Callable[[Any], Any]] = {
    "enterprises.csv": _premises,
    "used.csv": _used,
    "inspectors.csv": _inspector,
    "recusals.csv": _recusal,
    "items.csv": _check,
}
