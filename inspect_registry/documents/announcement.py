"""The announcement (公告) of one month's plan: what an office posts, prints and files.

It holds what the month's public page holds and nothing more: the caller has already left out what may not be named.
"""

from datetime import date

import msgspec
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak, Spacer

from inspect_registry.documents.fonts import GETA, with_geta
from inspect_registry.documents.numbers import DocumentNumber
from inspect_registry.documents.paper import WIDTH, LedgerMark, Sheet, make_pdf
from inspect_registry.documents.setting import (
    BODY,
    FLUSH,
    HEADING,
    NOTE,
    RED,
    SIGNATURE,
    TITLE,
    Prose,
    Style,
    caption,
    grid,
)
from inspect_registry.documents.wording import NEVER_SELLS, NO_CODE_NO_CHECK, OPINION, REGULATION

_NUMBER = Style(align="centre", first_indent=0, after=4)


class AnnouncedVisit(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the list: a visit named in advance."""

    window: str
    """Such as 12月8日—12月10日."""
    enterprise: str
    place: str
    departments: str
    matters: str


class AnnouncedDepartment(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the departments' table."""

    name: str
    named: int
    numbers_only: int
    joint: int


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """What the announcement of one month says."""

    number: DocumentNumber
    publisher: str
    district: str
    year: int
    month: int
    published_on: date
    visits: int
    enterprises: int
    joint: int
    avoided: int
    numbers_only: int
    departments: tuple[AnnouncedDepartment, ...]
    named: tuple[AnnouncedVisit, ...]
    address: str
    """Where the page and its data are found."""
    revision: int = 1
    reason: str = ""
    """Why there is this revision (更正)."""
    mark: str = ""
    ledger: LedgerMark | None = None


def announcement_pdf(content: Announcement) -> bytes:
    """Make the announcement's file."""
    month = f"{content.year}年{content.month}月"
    verb = "更正" if content.revision > 1 else "公布"
    title = f"关于{verb}{content.district}{month}\n涉企行政检查计划的公告"
    story: list[Flowable] = [
        Prose(content.publisher, _issuer(content.publisher)),
        Prose(str(content.number), _NUMBER),
        _RedLine(),
        Prose(title, TITLE),
        *_body(content, month),
        Spacer(1, 29),
        Prose(content.publisher, SIGNATURE),
        Prose(_chinese_day(content.published_on), msgspec.structs.replace(SIGNATURE, right_indent=4)),
        PageBreak(),
        *_departments(content),
        *_list(content),
    ]
    sheet = Sheet(
        title=title.replace("\n", ""),
        author=content.publisher,
        subject=f"{month}涉企行政检查计划",
        pages="dash",
        mark=content.mark,
        ledger=content.ledger,
    )
    return make_pdf(sheet, story)


def _issuer(name: str) -> Style:
    """Set the issuing office in red, as large as one line allows, 22 to 32 points."""
    size = max(22.0, min(32.0, WIDTH / max(len(name), 1)))
    return Style(size=size, leading=size * 1.4, align="centre", first_indent=0, colour=RED, after=6)


def _body(content: Announcement, month: str) -> list[Flowable]:
    opening = f"根据{OPINION}、{REGULATION}，现将{content.district}{month}涉企行政检查计划予以公布。"
    if content.revision > 1:
        opening += f"本公告为第{content.revision}版，更正原因：{content.reason}。"
        opening += "原公告内容以本公告为准，原版本仍可在公布网址查阅。"
    arranged = (
        f"本月计划入企检查{content.visits}次，涉及经营主体{content.enterprises}户、检查主体{len(content.departments)}个。"
        f"其中综合一次查{content.joint}次，因合并减少入企{content.avoided}次。各部门安排见附件1。"
    )
    disclosed = (
        f"事前公布对象名单的检查{len(content.named)}次，名单见附件2；只公布数量的检查{content.numbers_only}次。"
        "依法不预先公开的检查，不列入本公告，实施后公布。"
    )
    return [
        Prose(opening),
        Prose("一、检查安排", HEADING),
        Prose(arranged),
        Prose("二、公布范围", HEADING),
        Prose(disclosed),
        Prose("三、检查码", HEADING),
        Prose(
            f"每次入企检查均有检查码，可以用手机扫码核验真伪，也可以在公布网址查对。{NO_CODE_NO_CHECK}{NEVER_SELLS}",
            BODY,
        ),
        Prose("四、查阅", HEADING),
        Prose(f"本月计划的网页、表格和数据：{content.address}。对本公告有异议的，可以拨打12345反映。"),
        Prose("附件：1. 各部门检查安排", msgspec.structs.replace(FLUSH, indent=2, before=29)),
        Prose("2. 事前公布的检查对象名单", msgspec.structs.replace(FLUSH, indent=5)),
    ]


def _departments(content: Announcement) -> list[Flowable]:
    rows = [["序号", "检查主体", "事前公布（次）", "只公布数量（次）", "其中综合一次查（次）"]]
    rows += [
        [str(number), line.name, str(line.named), str(line.numbers_only), str(line.joint)]
        for number, line in enumerate(content.departments, start=1)
    ]
    note = "一次综合检查计入每个参加部门，故本表各部门次数之和大于入企检查次数。"
    return [
        *caption("附件1"),
        Prose("各部门检查安排", TITLE),
        grid(rows, [14 * mm, 62 * mm, 26 * mm, 26 * mm, 28 * mm]),
        Prose(note, msgspec.structs.replace(NOTE, before=6)),
    ]


def _list(content: Announcement) -> list[Flowable]:
    if not content.named:
        return [*caption("附件2"), Prose("本月没有事前公布对象名单的检查。", FLUSH)]
    head = ["序号", "检查时间", "经营主体", "所在地", "检查主体", "检查事项"]
    widths = [12 * mm, 24 * mm, 40 * mm, 20 * mm, 26 * mm, 34 * mm]
    lines = [
        [str(number), visit.window, with_geta(visit.enterprise), visit.place, visit.departments, visit.matters]
        for number, visit in enumerate(content.named, start=1)
    ]
    marked = any(GETA in line[2] for line in lines)
    story: list[Flowable] = [PageBreak(), *caption("附件2"), Prose("事前公布的检查对象名单", TITLE)]
    # One table of thousands of rows is split page by page at a cost that grows with its square.
    small = Style(size=9, leading=13, first_indent=0, align="left")
    for start in range(0, len(lines), _CHUNK):
        table = grid([head, *lines[start : start + _CHUNK]], widths, style=small, head=1)
        story.append(table)
    if marked:
        story.append(
            Prose(f"注：{GETA}表示字库未收录的字，以公布网址所载名称为准。", msgspec.structs.replace(NOTE, before=6))
        )
    return story


_CHUNK = 200  # Rows of one table.


def _chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


class _RedLine(Flowable):  # type: ignore[misc]  # reportlab is untyped
    """The red line between number and title."""

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Take the full width."""
        self._width = width
        return width, 6

    def draw(self) -> None:
        """Draw it."""
        self.canv.setStrokeColor(RED)
        self.canv.setLineWidth(1.4)
        self.canv.line(0, 3, self._width, 3)
