"""`inspect-registry import KIND FILE … --check [--json]`: read a table and say what is in it before it is handed in.

annual-plan: a department's plan, cell by cell. credit-classes: a month's 企业信用风险分类, faults only, never a class.
holidays: a year's notice, which without --check is entered for a coordinator to sign off. Checking needs no database
and looks nothing up. Exit code 1 where something must be settled.
"""

import argparse
import asyncio
import sys
from pathlib import Path

import msgspec

from inspect_registry import rules
from inspect_registry.actor import SYSTEM
from inspect_registry.app import application_dsn
from inspect_registry.catalogue.holidays import NoticeView, propose_notice
from inspect_registry.catalogue.notices import NoticeDraft, notice_faults
from inspect_registry.clock import SystemClock, day_of
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.enterprises.class_table import read_classes
from inspect_registry.errors import RegistryError
from inspect_registry.plans.report import lines, problem_json, report
from inspect_registry.plans.stated import CellProblem
from inspect_registry.plans.table import read_plan
from inspect_registry.sheets.reading import read_table

YEARS = range(2000, 2101)


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("import", help="提交前检查表格")
    kinds = parser.add_subparsers(title="种类", metavar="种类", required=True)
    plan = kinds.add_parser("annual-plan", help="部门的年度检查计划（XLSX、XLS 或 CSV）")
    plan.add_argument("file", type=Path, metavar="FILE", help="要检查的文件")
    plan.add_argument("--year", type=_year, required=True, metavar="Y", help="计划年度，如 2026")
    plan.add_argument("--check", action="store_true", required=True, help="只检查并报告，不保存")
    plan.add_argument("--json", action="store_true", help="输出 JSON（格式见 docs/plan-tables.md）")
    plan.set_defaults(run=run)
    classes = kinds.add_parser("credit-classes", help="某月的企业信用风险分类（XLSX、XLS 或 CSV）")
    classes.add_argument("file", type=Path, metavar="FILE", help="要检查的文件")
    classes.add_argument("--check", action="store_true", required=True, help="只检查并报告，不保存")
    classes.add_argument("--json", action="store_true", help="输出 JSON：行数、问题所在的表、行、列")
    classes.set_defaults(run=check_classes)
    notice = kinds.add_parser("holidays", help="某年的放假通知（TOML 或 JSON）")
    notice.add_argument("file", type=Path, metavar="FILE", help="要检查的文件")
    notice.add_argument("--check", action="store_true", help="只检查并报告，不保存")
    notice.set_defaults(run=import_holidays)


def run(arguments: argparse.Namespace) -> int:
    """Read the file, print what it says, and tell whether something must be settled."""
    content = _content(arguments.file)
    if content is None:
        return 2
    try:
        plan = read_plan(read_table(content, arguments.file.name), arguments.year)
    except RegistryError as error:
        if not arguments.json:
            raise
        message = "；".join(part for part in (error.title, error.detail, error.remedy) if part)
        whole = CellProblem(sheet="", row=0, column="", code=error.code, message=message, text="")
        _print_json({"tasks": [], "problems": [problem_json(whole)]})
        return 1
    if arguments.json:
        _print_json(report(plan))
    else:
        for line in lines(plan):
            print(line)
    return 1 if plan.problems else 0


def check_classes(arguments: argparse.Namespace) -> int:
    """Read a table of classes and tell every faulty row; what is right is only counted."""
    content = _content(arguments.file)
    if content is None:
        return 2
    rows_max = rules.whole("credit.import.rows", on=day_of(SystemClock().now()))
    table = read_classes(read_table(content, arguments.file.name), rows_max=rows_max)
    if arguments.json:
        _print_json({"rows": len(table.lines), "problems": msgspec.to_builtins(table.faults)})
    else:
        for fault in table.faults:
            where = " ".join(
                part for part in (fault.sheet, f"第 {fault.row} 行" if fault.row else "", fault.column) if part
            )
            print(f"{where}：{fault.message}" + (f"（“{fault.text}”）" if fault.text else ""))
        print(f"可读 {len(table.lines)} 行，{len(table.faults)} 处有误；没有保存任何内容。")
    return 1 if table.faults else 0


def import_holidays(arguments: argparse.Namespace) -> int:
    """Check a notice, and enter it unless only asked to check; a coordinator signs it off afterwards."""
    content = _content(arguments.file)
    if content is None:
        return 2
    decode = msgspec.toml.decode if arguments.file.suffix == ".toml" else msgspec.json.decode
    try:
        draft = decode(content, type=NoticeDraft)
    except (msgspec.MsgspecError, ValueError) as error:
        print(f"inspect-registry: {arguments.file} 不是节假日安排：{error}", file=sys.stderr)
        return 2
    faults = notice_faults(draft, day_of(SystemClock().now()))
    for fault in faults:
        print(f"{fault.field}：{fault.message}" + (f"（“{fault.text}”）" if fault.text else ""))
    if faults or arguments.check:
        print(f"{len(faults)} 处有误；没有保存任何内容。")
        return 1 if faults else 0
    entered = asyncio.run(_enter(draft))
    print(f"已录入 {draft.year} 年第 {entered.version} 版（{entered.uid}），待协调人员对照原文签发后生效。")
    return 0


async def _enter(draft: NoticeDraft) -> NoticeView:
    settings = from_environment()
    database = await Database.open(application_dsn(settings), region=settings.region, size=1)
    try:
        return await propose_notice(database.acting(SYSTEM), draft)
    finally:
        await database.close()


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except OSError as error:
        print(f"inspect-registry: 无法打开 {file}：{error.strerror}", file=sys.stderr)
        return None


def _print_json(value: dict[str, object]) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")
    sys.stdout.buffer.flush()


def _year(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) not in YEARS:
        raise argparse.ArgumentTypeError("要写 2000 到 2100 之间的年份")
    return int(text)
