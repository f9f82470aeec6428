"""Export = database = ledger: before a release is committed, its files are read again from disk and compared.

The database's side is counted by statements of their own (publication.sql), not through disclosure.py, and the ledger's
side by the entries of each visit and record. So a row lost or added anywhere between the tables and the written bytes
stops the release, with a message that says which. What agreed is shown on data/check.html.
"""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import msgspec
from python_calamine import CalamineWorkbook

from inspect_registry.publication.dates import chinese_month, month_slug
from inspect_registry.publication.errors import ExportDiffers
from inspect_registry.publication.proving import Check, CheckLine
from inspect_registry.publication.snapshot import MonthEntry, Snapshot

SHOWN: Final = 5
"""Differences that the message names; there may be thousands."""


class Kind(StrEnum):
    """What is counted apart."""

    ALONE = "公布名单，单独检查"
    JOINT = "公布名单，综合一次查"
    UNNAMED = "只公布数量"
    PLANNED = "按计划检查的结果"
    TRIGGERED = "触发式检查的结果"


PLAN_KINDS: Final = frozenset({Kind.ALONE, Kind.JOINT, Kind.UNNAMED})


class CheckRow(msgspec.Struct, frozen=True, kw_only=True):
    """One visit or record as the tables and the ledger have it: what the files must say."""

    month: date
    department: str
    kind: Kind
    uid: str
    """Empty for visits of which only the number is public."""
    visits: int
    logged: bool
    """The ledger has an entry of its approval, or of its closing."""


Counted = dict[tuple[str, Kind], Counter[str]]
"""By department and kind: identities with how often each stands there."""


def lines(rows: Iterable[CheckRow], departments: Iterable[str]) -> tuple[CheckLine, ...]:
    """Count the database's rows for the page, in the departments' order."""
    order = {code: place for place, code in enumerate(departments)}
    stored: Counter[tuple[str, Kind]] = Counter()
    logged: Counter[tuple[str, Kind]] = Counter()
    for row in rows:
        stored[row.department, row.kind] += row.visits
        logged[row.department, row.kind] += row.visits if row.logged else 0
    keys = sorted(
        stored,
        key=lambda key: (
            order.get(key[0], len(order)),
            key[0],
            list(Kind).index(key[1]),
        ),
    )
    return tuple(
        CheckLine(
            department=department,
            kind=kind.value,
            stored=stored[department, kind],
            logged=None if kind is Kind.UNNAMED else logged[department, kind],
        )
        for department, kind in keys
    )


def verify(folder: Path, snapshot: Snapshot, rows: Iterable[CheckRow]) -> None:
    """Compare a staged release with the rows of what is new and with the lines kept of what was published before.

    Raises ExportDiffers.
    """
    found = list(_differences(folder, snapshot, list(rows)))
    if found:
        more = f"；另有 {len(found) - SHOWN} 处" if len(found) > SHOWN else ""
        raise ExportDiffers(
            "；".join(found[:SHOWN]) + more,
            rule="export-equals-database-equals-ledger",
            remedy="请先查明哪一方不对再发布；原来的公示不受影响",
        )


def _differences(folder: Path, snapshot: Snapshot, rows: list[CheckRow]) -> Iterator[str]:
    codes = {department.name: department.code for department in snapshot.departments}
    names = {department.code: department.name for department in snapshot.departments}
    for row in rows:
        if not row.logged and row.kind is not Kind.UNNAMED:
            who = names.get(row.department, row.department)
            yield f"{_where(row.month, row.kind)}：{who}的 {row.uid} 在台账里没有条目"
    fresh = _by_check(rows)
    for check in snapshot.checks:
        stored = fresh.get((check.month, bool(check.revision)))
        for file, read in (_PLAN_READERS if check.revision else _RESULT_READERS).items():
            place = f"{'plans' if check.revision else 'results'}/{month_slug(check.month)}/{file}"
            exported = _counted(read((folder / place).read_bytes(), codes))
            yield from _unequal(place, exported, check, stored, names)
    yield from _unlogged(snapshot.months)


def _unequal(
    place: str,
    exported: Counted,
    check: Check,
    stored: Counted | None,
    names: Mapping[str, str],
) -> Iterator[str]:
    numbers = {(line.department, Kind(line.kind)): line.stored for line in check.lines}
    for department, kind in sorted({*numbers, *exported}):
        there, here = (
            numbers.get((department, kind), 0),
            exported.get((department, kind), Counter()),
        )
        which = _which(here, stored.get((department, kind), Counter())) if stored is not None else ""
        if there != here.total() or which:
            who = names.get(department, department)
            yield f"{place}：{who}“{kind.value}”文件里 {here.total()}，数据库里 {there}{which}"


def _which(here: Counter[str], there: Counter[str]) -> str:
    missing, extra = (
        sorted((there - here) - Counter([""])),
        sorted((here - there) - Counter([""])),
    )
    said = f"，文件里缺 {'、'.join(missing[:3])}" if any(missing) else ""
    return said + (f"，文件里多 {'、'.join(extra[:3])}" if any(extra) else "")


def _unlogged(entries: Iterable[MonthEntry]) -> Iterator[str]:
    for entry in entries:
        if not entry.logged:
            yield f"{chinese_month(entry.month)}第 {entry.revision} 版的发布在台账里没有条目"


def _by_check(rows: Iterable[CheckRow]) -> dict[tuple[date, bool], Counted]:
    found: dict[tuple[date, bool], Counted] = {}
    for row in rows:
        counted = found.setdefault((row.month, row.kind in PLAN_KINDS), {})
        counted.setdefault((row.department, row.kind), Counter())[row.uid] += row.visits
    return found


def _where(month: date, kind: Kind) -> str:
    return f"{chinese_month(month)}{'计划' if kind in PLAN_KINDS else '结果'}"


Line = tuple[str, Kind, str, int]
"""Department, kind, identity, visits."""


def _counted(found: Iterable[Line]) -> Counted:
    counted: Counted = {}
    for department, kind, uid, visits in found:
        counted.setdefault((department, kind), Counter())[uid] += visits
    return counted


def _plan_csv(content: bytes, codes: Mapping[str, str]) -> Iterator[Line]:
    return _plan_table(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))), codes)


def _plan_xlsx(content: bytes, codes: Mapping[str, str]) -> Iterator[Line]:
    head, *table = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return _plan_table((dict(zip(map(str, head), row, strict=True)) for row in table), codes)


def _plan_table(table: Iterable[Mapping[str, Any]], codes: Mapping[str, str]) -> Iterator[Line]:
    for row in table:
        named = row["公开方式"] == "公布名单"
        joint = row["是否综合一次查"] == "是"
        kind = (Kind.JOINT if joint else Kind.ALONE) if named else Kind.UNNAMED
        for name in row["检查主体"].split("、") if named else [row["检查主体"]]:
            yield codes.get(name, name), kind, row["检查编号"], int(row["次数"])


def _plan_json(content: bytes, _codes: Mapping[str, str]) -> Iterator[Line]:
    document = msgspec.json.decode(content)
    for visit in document["visits"]:
        for department in visit["departments"]:
            yield (
                department,
                Kind.JOINT if visit["joint"] else Kind.ALONE,
                visit["uid"],
                1,
            )
    for line in document["unnamed"]:
        yield line["department"], Kind.UNNAMED, "", line["visits"]


def _results_csv(content: bytes, codes: Mapping[str, str]) -> Iterator[Line]:
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        kind = Kind.PLANNED if row["任务来源"] == "计划" else Kind.TRIGGERED
        yield codes.get(row["检查主体"], row["检查主体"]), kind, row["记录编号"], 1


def _results_json(content: bytes, _codes: Mapping[str, str]) -> Iterator[Line]:
    for result in msgspec.json.decode(content)["results"]:
        yield (
            result["department"],
            Kind.PLANNED if result["planned"] else Kind.TRIGGERED,
            result["uid"],
            1,
        )


_Reader = Callable[[bytes, Mapping[str, str]], Iterator[Line]]
_PLAN_READERS: Final[dict[str, _Reader]] = {
    "plan.csv": _plan_csv,
    "plan.xlsx": _plan_xlsx,
    "plan.json": _plan_json,
}
_RESULT_READERS: Final[dict[str, _Reader]] = {
    "results.csv": _results_csv,
    "results.json": _results_json,
}
PLAN_FILES: Final = (*_PLAN_READERS, "plan.pdf")
RESULT_FILES: Final = tuple(_RESULT_READERS)
