"""Which row is a table's header, and what each of its columns is: by the words a header is made of, not by a list.

Order matters in COLUMN_WORDS: 检查频次上限 is a cap although it says 频次, 参与部门的检查内容 is about
matters although it says 部门. A column that fits nothing is kept and reported under its own header.
"""

import re
from enum import StrEnum

import msgspec

from inspect_registry.plans.cells.text import plain, tidy
from inspect_registry.sheets.model import Sheet

HEADER_ROWS_MAX = 30
"""A header stands under at most this many rows of titles."""


class Column(StrEnum):
    """What a column says of a task."""

    SERIAL = "serial"
    NAME = "name"
    PLAN_NUMBER = "plan_number"
    MATTERS = "matters"
    JOINT_MATTERS = "joint_matters"
    DEPARTMENT = "department"
    JOINT_DEPARTMENTS = "joint_departments"
    OFFICES = "offices"
    IS_JOINT = "is_joint"
    IS_RANDOM = "is_random"
    IS_ENTERPRISE = "is_enterprise"
    OBJECTS = "objects"
    POPULATION = "population"
    MODE = "mode"
    KIND = "kind"
    RATIO = "ratio"
    RATIO_OR_COUNT = "ratio_or_count"
    COUNT = "count"
    FREQUENCY = "frequency"
    CAP = "cap"
    PERIOD = "period"
    PERIOD_START = "period_start"
    PERIOD_END = "period_end"
    BASIS = "basis"
    LEVEL = "level"
    REGION = "region"
    DOMAIN = "domain"
    CREDIT = "credit"
    REMARK = "remark"
    UNKNOWN = "unknown"


COLUMN_WORDS: tuple[tuple[Column, str], ...] = (
    (Column.SERIAL, r"^(?:序号|编号|序|no\.?|号)$"),
    (Column.REMARK, r"备注|^说明$|其他说明"),
    (Column.PLAN_NUMBER, r"(?:计划|任务).{0,2}(?:编号|编码|代码)"),
    (Column.IS_RANDOM, r"是否.*随机|双随机.*(?:是/否|是否)|^双随机(?:.{0,4}公开)?$"),
    (Column.IS_JOINT, r"是否.*(?:联合|跨部门|综合)|联合(?:抽查|检查)?.*(?:是/否|是否)"),
    (Column.IS_ENTERPRISE, r"是否.*(?:涉企|企业)"),
    (Column.CREDIT, r"信用.*(?:风险|等级|分类)|智慧监管|风险等级|风险分类"),
    (Column.CAP, r"上限|最高频次|最多.*次"),
    (Column.JOINT_MATTERS, r"(?:参与|配合|联合|协同).{0,3}(?:部门|单位).*(?:内容|事项|项目)"),
    (Column.RATIO_OR_COUNT, r"比例.{0,2}(?:\(?(?:数量|户数|家数|数)\)?|或数量|/数量)|数量.{0,2}\(?比例|比例.*数量"),
    (Column.RATIO, r"比例|比率|抽查率|检查率|覆盖率|抽取率|抽查面|检查面|覆盖面|百分比"),
    (Column.FREQUENCY, r"频次|频率|次数|检查周期|几次"),
    (Column.POPULATION, r"(?:对象|企业|主体)?基数|(?:对象|企业|主体)(?:总|库)(?:数|量)|总户数|总数|存量"),
    (Column.COUNT, r"(?:户|家|对象|企业|主体|检查|抽查)\(?次?\)?数|数量|户次|家次|抽查户|拟(?:抽|检)查.{0,6}数"),
    (Column.PERIOD_START, r"(?:开始|起始|启动|开展起).{0,2}(?:时间|日期|月份)|^起始$"),
    (Column.PERIOD_END, r"(?:结束|截止|终止).{0,2}(?:时间|日期|月份)|^截止$"),
    (Column.PERIOD, r"时间|日期|起止|月份|期限|时限|时段|进度|周期|季度"),
    (Column.OFFICES, r"科室|股室|处室|内设机构"),
    (
        Column.JOINT_DEPARTMENTS,
        r"(?:联合|参与|配合|协同|协办|参加|会同|协作).{0,4}(?:部门|单位|主体|机关|局)|可联合|联查(?:部门|单位)",
    ),
    (Column.LEVEL, r"层级|级别|抽取方"),
    (
        Column.OBJECTS,
        r"被(?:检|抽)?查?(?:检查|抽查)?(?:单位|对象|企业)|受检|对象|检查范围|(?:监管|检查|抽查)企业|行业范围|监管主体|市场主体|企业范围",
    ),
    (
        Column.DEPARTMENT,
        r"(?:检查|实施|执法|责任|监管|抽查)主体|(?:发起|牵头|主管|责任|检查|实施|执法|组织|承办|主办|监管|抽查|计划制定|制定|行业)(?:部门|单位|机关|机构)|^(?:部门|单位|机关)(?:名称)?$",
    ),
    (Column.BASIS, r"依据|法律法规|法规"),
    (Column.MODE, r"方式|模式|方法|形式|手段"),
    (Column.KIND, r"类型|类别|性质|种类"),
    (Column.DOMAIN, r"领域|行业"),
    (Column.REGION, r"地域|区域|地区|地点|辖区"),
    (
        Column.NAME,
        r"(?:任务|计划|检查|抽查|项目|工作)名称|^名称$|^(?:检查|抽查|执法)?(?:任务|计划)$|任务名|计划名|^(?:行政)?(?:执法)?检查计划$",
    ),
    (Column.MATTERS, r"事项|内容|项目|要点|检查点|清单"),
)
_RULES = tuple((column, re.compile(pattern, re.IGNORECASE)) for column, pattern in COLUMN_WORDS)
_TELLING = frozenset(Column) - {Column.UNKNOWN, Column.REMARK}
_HEADER_CHARACTERS_MAX = 60


class Heading(msgspec.Struct, frozen=True, kw_only=True):
    """One column of a table."""

    index: int
    """From 0."""
    text: str
    """The header as written, without blanks around it; of a two-line header the upper line, `/`, and the lower."""
    column: Column
    is_percent: bool = False
    """The header says that bare numbers are percents."""
    is_months: bool = False


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """A table's header: where it is and what its columns are."""

    first_row: int
    """Index of its first row, from 0."""
    last_row: int
    headings: tuple[Heading, ...]


def column_of(text: str) -> Column:
    """Say what a header's words make of a column."""
    words = plain(text)
    bare = re.sub(r"\(.*?\)", "", words)
    for candidate in (words, bare):
        for column, pattern in _RULES:
            if pattern.search(candidate):
                return column
    return Column.UNKNOWN


def find_header(sheet: Sheet, start: int = 0, *, rows_max: int = HEADER_ROWS_MAX) -> Header | None:
    """Find the header at or below a row: the first that names at least three things of a task."""
    best: tuple[int, int] | None = None
    for index in range(start, min(len(sheet.rows), start + rows_max)):
        score = header_score(sheet.rows[index])
        if score >= 3 and (best is None or score > best[0] + 1):
            best = (score, index)
    if best is None:
        narrow = [i for i in range(start, min(len(sheet.rows), start + rows_max)) if header_score(sheet.rows[i]) == 2]
        if not narrow or len([text for text in sheet.rows[narrow[0]] if text.strip()]) > 3:
            return None
        best = (2, narrow[0])
    return _header(sheet, best[1])


def is_header_again(texts: list[str], header: Header) -> bool:
    """Tell whether a row repeats the header, as tables printed over several pages do."""
    known = [heading for heading in header.headings if heading.text]
    same = sum(
        heading.index < len(texts)
        and bool(text := plain(texts[heading.index]))
        and (plain(heading.text) == text or plain(heading.text).endswith(f"/{text}"))
        for heading in known
    )
    return same >= max(2, len(known) - 1)


def header_score(texts: list[str]) -> int:
    """Count the different things of a task that a row's cells would name as headers."""
    kinds = {
        column_of(text) for text in texts if text.strip() and len(tidy(text)) <= _HEADER_CHARACTERS_MAX and _wordy(text)
    }
    return len(kinds & _TELLING)


def _wordy(text: str) -> bool:
    """Tell a header from a cell that merely holds such a word, by what no header holds: sentences and figures."""
    words = re.sub(r"\(.*?\)", "", plain(text))
    return not re.search(r"\d|%|。|次/|.{24}", words)


def _header(sheet: Sheet, row: int) -> Header:
    upper = sheet.rows[row]
    last = row
    lower: list[str] = []
    if row + 1 < len(sheet.rows) and _is_second_line(sheet, row):
        lower, last = sheet.rows[row + 1], row + 1
    headings = []
    width = max(len(upper), len(lower))
    for index in range(width):
        above, below = _above(sheet, row, index, has_lower=bool(lower)), _at(lower, index)
        text = below if not above or above == below else f"{above}/{below}" if below else above
        column = column_of(below) if below else Column.UNKNOWN
        if column in {Column.UNKNOWN, Column.SERIAL} or not above:
            column = column_of(text)
        words = plain(text)
        headings.append(
            Heading(
                index=index,
                text=text,
                column=column,
                is_percent=column in {Column.RATIO, Column.RATIO_OR_COUNT} and "%" in words,
                is_months="月份" in words or "(月)" in words,
            )
        )
    return Header(first_row=row, last_row=last, headings=tuple(headings))


def _is_second_line(sheet: Sheet, row: int) -> bool:
    """Tell whether the row below belongs to the header: it fills what the upper line merges or leaves empty."""
    upper, lower = sheet.rows[row], sheet.rows[row + 1]
    filled = [index for index, text in enumerate(lower) if text.strip()]
    if not filled or not all(_wordy(lower[index]) for index in filled):
        return False
    spanned = {
        column
        for merge in sheet.merges
        if merge.top <= row <= merge.bottom and merge.right > merge.left
        for column in range(merge.left, merge.right + 1)
    }
    tall = {
        merge.left
        for merge in sheet.merges
        if merge.top == row and merge.bottom == row + 1 and merge.left == merge.right
    }
    if spanned and all(index in spanned or index in tall for index in filled):
        return True
    beside = [index for index in filled if not _at(upper, index)]
    under = [index for index in filled if _at(upper, index)]
    return (
        bool(beside)
        and len(under) <= len(beside)
        and len(filled) < len([text for text in upper if text.strip()])
        and any(column_of(lower[index]) in _TELLING for index in filled)
    )


def _above(sheet: Sheet, row: int, index: int, *, has_lower: bool) -> str:
    """Return the upper line's text over a column, merged cells and (above a second line) empty ones included."""
    text = _at(sheet.rows[row], index)
    if text:
        return text
    for merge in sheet.merges:
        if merge.top <= row <= merge.bottom and merge.left <= index <= merge.right:
            return sheet.text(merge.top, merge.left).strip()
    if has_lower and not sheet.merges and _at(sheet.rows[row + 1], index):
        for left in range(index - 1, -1, -1):
            if _at(sheet.rows[row], left):
                return _at(sheet.rows[row], left)
    return ""


def _at(texts: list[str], index: int) -> str:
    return texts[index].strip() if index < len(texts) else ""
