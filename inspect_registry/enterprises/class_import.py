"""The monthly import of 企业信用风险分类 from a table: every row is right and known, or nothing is stored."""

import asyncio
import datetime as dt
from collections.abc import Sequence

import msgspec

from inspect_registry import rules as parameters
from inspect_registry.access import Permission, act, must, reads
from inspect_registry.db import Acting, Tx
from inspect_registry.enterprises import service, store
from inspect_registry.enterprises.class_table import NUMBER, ClassLine, ClassTable, read_classes
from inspect_registry.enterprises.errors import CreditTableUnsound
from inspect_registry.enterprises.model import EnterpriseId, NewCreditClass
from inspect_registry.errors import Place
from inspect_registry.sheets.reading import read_table
from inspect_registry.workdays import months_later

PLACES_SHOWN = 2000
"""Faults that an answer and the ledger's private record hold; the number of all is always said."""
MONTHS_BACK = 12
BASIS = "国市监信发〔2022〕6号"


class ClassUpload(msgspec.Struct, frozen=True, kw_only=True):
    """One file for one month."""

    month: dt.date
    filename: str
    content: bytes


class ClassesImported(msgspec.Struct, frozen=True, kw_only=True):
    """What an import brought, or would bring; never how many of which class."""

    month: dt.date
    rows: int
    stored: bool


def may_import(acting: Acting) -> None:
    """Refuse early, before a file of somebody who may not import is read at all. Raises NotSignedIn, NotAllowed."""
    must(acting.actor, Permission.CREDIT_CLASS_IMPORT)


async def read_upload(upload: ClassUpload, today: dt.date) -> ClassTable:
    """Read a file in a thread. Raises SheetTooLarge and the other errors of sheets."""
    book = await asyncio.to_thread(read_table, upload.content, upload.filename)
    rows_max = parameters.whole("credit.import.rows", on=today)
    return await asyncio.to_thread(read_classes, book, rows_max=rows_max)


@act(Permission.CREDIT_CLASS_IMPORT)
async def import_class_table(tx: Tx, month: dt.date, table: ClassTable) -> ClassesImported:
    """Store a month's classes, all or none. Raises CreditTableUnsound with every faulty row."""
    lines = await _lines(tx, month, table)
    await service.import_credit_classes(tx, month, lines)
    return ClassesImported(month=month.replace(day=1), rows=len(lines), stored=True)


@reads(Permission.CREDIT_CLASS_IMPORT)
async def check_class_table(tx: Tx, month: dt.date, table: ClassTable) -> ClassesImported:
    """Say what an import would do, storing nothing. Raises CreditTableUnsound with every faulty row."""
    return ClassesImported(month=month.replace(day=1), rows=len(await _lines(tx, month, table)), stored=False)


async def _lines(tx: Tx, month: dt.date, table: ClassTable) -> list[NewCreditClass]:
    first = month.replace(day=1)
    faults = [*_month_faults(first, tx.today), *table.faults]
    known = {row.number: row.enterprise for row in await store.ids_by_number(tx, [one.number for one in table.lines])}
    faults += _unknown(table.lines, known)
    graded = set(await store.graded_in(tx, list(known.values()), first))
    faults += [
        _fault(line, "该企业本月的分类已经导入")
        for line in table.lines
        if line.number in known and known[line.number] in graded
    ]
    faults += _same_enterprise(table, known)
    if faults:
        shown = sorted(faults, key=lambda place: (place.sheet, place.row))[:PLACES_SHOWN]
        rows = len({(place.sheet, place.row) for place in faults if place.row})
        more = f"，以下列出前 {PLACES_SHOWN} 处" if len(faults) > PLACES_SHOWN else ""
        raise CreditTableUnsound(
            f"共 {rows} 行、{len(faults)} 处有误{more}；没有保存任何一行。",
            rule="credit-class-table",
            basis=BASIS,
            remedy="请按各处说明改正后重新导入整张表；未登记的企业请先登记。",
            places=tuple(shown),
        )
    return [NewCreditClass(enterprise=known[line.number], credit_class=line.credit_class) for line in table.lines]


def _month_faults(first: dt.date, today: dt.date) -> list[Place]:
    this_month = today.replace(day=1)
    earliest, latest = months_later(this_month, -MONTHS_BACK), months_later(this_month, 1)
    if earliest <= first <= latest:
        return []
    message = f"分类月份应在 {earliest:%Y-%m} 至 {latest:%Y-%m} 之间"
    return [Place(field="month", text=f"{first:%Y-%m}", message=message)]


def _unknown(lines: Sequence[ClassLine], known: dict[str, EnterpriseId]) -> list[Place]:
    return [_fault(line, "没有登记过这个经营主体") for line in lines if line.number not in known]


def _same_enterprise(table: ClassTable, known: dict[str, EnterpriseId]) -> list[Place]:
    """One enterprise under both of its numbers."""
    first: dict[EnterpriseId, ClassLine] = {}
    faults = []
    for line in table.lines:
        enterprise = known.get(line.number)
        if enterprise is None:
            continue
        earlier = first.setdefault(enterprise, line)
        if earlier.number != line.number:
            faults.append(_fault(line, f"与第 {earlier.row} 行是同一经营主体"))
    return faults


def _fault(line: ClassLine, message: str) -> Place:
    return Place(sheet=line.sheet, row=line.row, column=NUMBER, text=line.number, message=message)
