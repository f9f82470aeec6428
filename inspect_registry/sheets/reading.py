"""Read an uploaded table, whatever its name says, into text by cell.

CSV is read here; a workbook is unpacked by a child process with hard limits (child.py), so that a hostile file can
cost at most that child. Blocking: an asynchronous caller uses a thread.
"""

import subprocess
import sys
from pathlib import Path, PurePath

import msgspec

import inspect_registry
from inspect_registry.sheets.archive import workbook_members
from inspect_registry.sheets.child import Outcome
from inspect_registry.sheets.csv_text import read_csv
from inspect_registry.sheets.errors import (
    SheetDamaged,
    SheetFormatUnknown,
    SheetLocked,
    SheetSuspicious,
    SheetTooLarge,
)
from inspect_registry.sheets.model import Workbook

FILE_BYTES_MAX = 5 * 1024 * 1024
CHILD_SECONDS_MAX = 20
_ZIP, _OLE, _PDF = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF"
_FAILURES = {"locked": SheetLocked, "damaged": SheetDamaged, "too-large": SheetTooLarge, "suspicious": SheetSuspicious}
_ACCEPTED = "请上传 .xlsx、.xls 或 .csv 表格"


def read_table(content: bytes, filename: str) -> Workbook:
    """Read a table by its content; the name only gives a CSV sheet its name."""
    if len(content) > FILE_BYTES_MAX:
        raise SheetTooLarge(f"文件为 {len(content) / 1_048_576:.1f} MiB，上限为 5 MiB", remedy="请拆分或另存为 CSV")
    if not content.strip():
        raise SheetFormatUnknown("文件是空的", remedy=_ACCEPTED)
    if content.startswith(_ZIP):
        members = workbook_members(content)
        if "xl/workbook.xml" not in members:
            raise SheetFormatUnknown("这是压缩文件，但不是 .xlsx 表格", remedy=_ACCEPTED)
        return _from_child(content, "xlsx")
    if content.startswith(_OLE):
        return _from_child(content, "xls")
    if content.startswith(_PDF):
        raise SheetFormatUnknown("这是 PDF 文件", remedy=_ACCEPTED)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        raise SheetFormatUnknown("这是网页或 XML 文件，只是改了扩展名", remedy="请用表格软件打开后另存为 .xlsx")
    return read_csv(content, PurePath(filename).stem or "CSV")


def _from_child(content: bytes, kind: str) -> Workbook:
    root = Path(inspect_registry.__file__).parent.parent
    try:
        finished = subprocess.run(
            [sys.executable, "-m", "inspect_registry.sheets.child"],
            input=content,
            capture_output=True,
            timeout=CHILD_SECONDS_MAX,
            check=False,
            cwd="/",
            env={"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise SheetTooLarge("打开文件用时过长", remedy="请另存为 CSV 后再上传") from error
    if finished.returncode != 0:
        # The only ways out without an answer are the limits: an abort of the allocator, or a CPU signal.
        raise SheetTooLarge("打开文件所需的内存或时间超过上限", remedy="请另存为 CSV 后再上传")
    outcome = msgspec.json.decode(finished.stdout, type=Outcome)
    if outcome.failure:
        raise _FAILURES[outcome.failure](outcome.detail)
    return Workbook(sheets=tuple(outcome.sheets), kind=kind)
