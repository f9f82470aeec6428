"""检查通知书: what the enterprise gets before or at the door, with the code.

Content: domain.md 4.5 (司法部 template set): basis, matters, time, place, officers with certificate numbers, source of
the task, how many times this year, what to prepare, rights, the five prohibitions, contact, code, receipt.
"""

from collections.abc import Sequence
from datetime import date

import msgspec
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table, TableStyle

from inspect_registry.documents.fonts import HEI
from inspect_registry.documents.numbers import DocumentNumber
from inspect_registry.documents.paper import LedgerMark, Sheet, make_pdf
from inspect_registry.documents.setting import (
    FLUSH,
    NOTE,
    SMALL,
    TITLE,
    Prose,
    QrCode,
    Style,
    caption,
    grid,
)
from inspect_registry.documents.wording import FIVE_PROHIBITIONS, RIGHTS

_LABEL = 26 * mm
_VALUE = 130 * mm
_RIGHT = Style(size=12, leading=22, align="right", first_indent=0, right_indent=1)


class CheckedMatter(msgspec.Struct, frozen=True, kw_only=True):
    """One matter that the visit may check."""

    name: str
    department: str
    basis: tuple[str, ...]
    criteria: tuple[str, ...]


class Officer(msgspec.Struct, frozen=True, kw_only=True):
    """One certified officer as a paper names him."""

    name: str
    certificate_no: str
    department: str


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many times one department comes this year, of how many it may."""

    department: str
    nth: int
    cap: int
    """0 where no cap is set."""

    def __str__(self) -> str:
        limit = f"上限{self.cap}次" if self.cap else "未设上限"
        return f"{self.department}本年度第{self.nth}次（{limit}）"


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """What one notice says."""

    number: DocumentNumber
    departments: tuple[str, ...]
    """The lead department first."""
    enterprise: str
    enterprise_code: str
    address: str
    source: str
    """Plan number, or the kind and number of the trigger."""
    kind: str
    """日常检查、专项检查、个案检查."""
    window: str
    method: str
    matters: tuple[CheckedMatter, ...]
    officers: tuple[Officer, ...]
    assistants: str
    counts: tuple[Count, ...]
    prepare: tuple[str, ...]
    contact: str
    code_no: str
    matrix: tuple[tuple[bool, ...], ...]
    """The printed code's QR modules."""
    issued_on: date
    footer: str = ""
    ledger: LedgerMark | None = None
    mark: str = ""


def notice_pdf(content: Notice) -> bytes:
    """Make the notice's file."""
    story: list[Flowable] = [
        Prose(content.departments[0], Style(size=18, leading=28, align="centre", first_indent=0)),
        Prose("行政检查通知书", msgspec.structs.replace(TITLE, before=0, after=4)),
        Prose(str(content.number), msgspec.structs.replace(SMALL, align="centre", first_indent=0, after=8)),
        Prose(f"{content.enterprise}：", msgspec.structs.replace(FLUSH, size=12, leading=22)),
        Prose(
            "根据下列法律、法规、规章，对你单位实施行政检查，现通知如下：",
            msgspec.structs.replace(SMALL, leading=22, after=4),
        ),
        grid(_facts(content), [_LABEL, _VALUE], head=0, head_columns=(0,)),
        *caption("检查事项、依据和要点"),
        grid(
            [["检查事项", "依据", "检查要点"], *[_matter(matter) for matter in content.matters]],
            [40 * mm, 52 * mm, 64 * mm],
        ),
        *caption("你单位的权利"),
        *_numbered(RIGHTS),
        *caption("五个严禁"),
        *_numbered([f"{name}：{meaning}。" for name, meaning in FIVE_PROHIBITIONS]),
        KeepTogether([*_code(content), *_signatures(content)]),
    ]
    title = f"行政检查通知书 {content.number}"
    sheet = Sheet(
        title=title,
        author=content.departments[0],
        top=25 * mm,
        footer=content.footer,
        ledger=content.ledger,
        mark=content.mark,
    )
    return make_pdf(sheet, story)


def _facts(content: Notice) -> list[list[str]]:
    officers = "\n".join(f"{one.name}　执法证号 {one.certificate_no}　{one.department}" for one in content.officers)
    return [
        ["检查对象", f"{content.enterprise}\n{content.enterprise_code}"],
        ["检查地点", content.address],
        ["检查时间", content.window],
        ["检查方式", content.method],
        ["检查机关", "、".join(content.departments)],
        ["任务来源", f"{content.kind}　{content.source}"],
        ["检查人员", officers],
        ["协助人员", content.assistants or "无"],
        ["检查频次", "\n".join(str(count) for count in content.counts)],
        ["请准备的材料", "；".join(content.prepare) or "无须专门准备"],
        ["联系方式", content.contact],
    ]


def _matter(matter: CheckedMatter) -> list[str]:
    criteria = "\n".join(f"{number}. {text}" for number, text in enumerate(matter.criteria, start=1))
    return [f"{matter.name}\n（{matter.department}）", "\n".join(matter.basis), criteria]


def _numbered(texts: Sequence[str]) -> list[Flowable]:
    return [Prose(f"{number}. {text}", SMALL) for number, text in enumerate(texts, start=1)]


def _code(content: Notice) -> list[Flowable]:
    words = [
        Prose(f"检查码编号：{content.code_no}", msgspec.structs.replace(SMALL, font=HEI, first_indent=0, align="left")),
        Prose("扫码核对检查是否真实、事项和人员是否一致。", NOTE),
        Prose("纸面上的码只供核对：执法人员到场时，请再扫其手机上的动态码。", NOTE),
        Prose("打开的网址必须与本机关公布的官方网址一致；检查不收取任何费用。", NOTE),
    ]
    table = Table([[QrCode(content.matrix, 42 * mm), words]], colWidths=[46 * mm, 110 * mm], hAlign="LEFT")
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (0, 0), 0)]))
    return [Spacer(1, 8), table]


def _signatures(content: Notice) -> list[Flowable]:
    day = content.issued_on
    receipt = [
        ["签收人", "", "签收时间", "　　年　　月　　日　　时"],
        ["拒签理由", "", "见证人", ""],
    ]
    return [
        Prose(f"{content.departments[0]}（印章）", msgspec.structs.replace(_RIGHT, before=6)),
        Prose(f"{day.year}年{day.month}月{day.day}日", msgspec.structs.replace(_RIGHT, after=6)),
        grid(receipt, [_LABEL, 52 * mm, _LABEL, 52 * mm], head=0, head_columns=(0, 2)),
    ]
