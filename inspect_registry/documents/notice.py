"""检查通知书: what the enterprise gets before or at the door, with the code.

Content: domain.md 4.5 (司法部 template set): basis, matters, time, place, officers with certificate numbers, source of
the task, how many times this year, what to prepare, rights, the five prohibitions, contact, code, receipt.
"""

from datetime import date

import msgspec
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table, TableStyle

from inspect_registry.codes.qr import matrix_of
from inspect_registry.documents.fonts import HEI
from inspect_registry.documents.forms import (
    LABEL,
    Common,
    Officer,
    facts,
    head,
    numbered,
    officers_text,
    seal_and_day,
    sheet_of,
)
from inspect_registry.documents.paper import Sheet, make_pdf
from inspect_registry.documents.setting import FLUSH, NOTE, SMALL, Prose, QrCode, caption, grid
from inspect_registry.documents.wording import FIVE_PROHIBITIONS, RIGHTS

TITLE = "行政检查通知书"


class CheckedMatter(msgspec.Struct, frozen=True, kw_only=True):
    """One matter that the visit may check."""

    name: str
    department: str
    basis: tuple[str, ...]
    criteria: tuple[str, ...]


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """How many times one department comes this year, of how many it may."""

    department: str
    nth: int
    cap: int
    """0 where no cap is set."""

    def __str__(self) -> str:
        limit = f"上限{self.cap}次" if self.cap else "未设上限"
        return f"{self.department}本年度第{self.nth}次（{limit}）"


class Notice(Common, frozen=True, kw_only=True):
    """What one notice says."""

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
    code_url: str
    """What the printed code says; its picture is made from it, so that a paper needs no key to be printed again."""
    issued_on: date


def notice_pdf(content: Notice) -> bytes:
    """Make the notice's file."""
    return make_pdf(*set_notice(content))


def set_notice(content: Notice) -> tuple[Sheet, list[Flowable]]:
    """Set the notice."""
    story: list[Flowable] = [
        *head(content, TITLE),
        Prose(f"{content.enterprise}：", msgspec.structs.replace(FLUSH, size=12, leading=22)),
        Prose(
            "根据下列法律、法规、规章，对你单位实施行政检查，现通知如下：",
            msgspec.structs.replace(SMALL, leading=22, after=4),
        ),
        facts(_facts(content)),
        *caption("检查事项、依据和要点"),
        grid(
            [["检查事项", "依据", "检查要点"], *[_matter(matter) for matter in content.matters]],
            [40 * mm, 52 * mm, 64 * mm],
        ),
        *caption("你单位的权利"),
        *numbered(RIGHTS),
        *caption("五个严禁"),
        *numbered([f"{name}：{meaning}。" for name, meaning in FIVE_PROHIBITIONS]),
        KeepTogether([*_code(content), *_signatures(content)]),
    ]
    return sheet_of(content, TITLE), story


def _facts(content: Notice) -> list[tuple[str, str]]:
    return [
        ("检查对象", f"{content.enterprise}\n{content.enterprise_code}"),
        ("检查地点", content.address),
        ("检查时间", content.window),
        ("检查方式", content.method),
        ("检查机关", "、".join(content.departments)),
        ("任务来源", f"{content.kind}　{content.source}"),
        ("检查人员", officers_text(content.officers)),
        ("协助人员", content.assistants or "无"),
        ("检查频次", "\n".join(str(count) for count in content.counts)),
        ("请准备的材料", "；".join(content.prepare) or "无须专门准备"),
        ("联系方式", content.contact),
    ]


def _matter(matter: CheckedMatter) -> list[str]:
    criteria = "\n".join(f"{number}. {text}" for number, text in enumerate(matter.criteria, start=1))
    return [f"{matter.name}\n（{matter.department}）", "\n".join(matter.basis), criteria]


def _code(content: Notice) -> list[Flowable]:
    words = [
        Prose(f"检查码编号：{content.code_no}", msgspec.structs.replace(SMALL, font=HEI, first_indent=0, align="left")),
        Prose("扫码核对检查是否真实、事项和人员是否一致。", NOTE),
        Prose("纸面上的码只供核对：执法人员到场时，请再扫其手机上的动态码。", NOTE),
        Prose("打开的网址必须与本机关公布的官方网址一致；检查不收取任何费用。", NOTE),
    ]
    picture = QrCode(matrix_of(content.code_url), 42 * mm)
    table = Table([[picture, words]], colWidths=[46 * mm, 110 * mm], hAlign="LEFT")
    table.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("LEFTPADDING", (0, 0), (0, 0), 0)]))
    return [Spacer(1, 8), table]


def _signatures(content: Notice) -> list[Flowable]:
    receipt = [
        ["签收人", "", "签收时间", "　　年　　月　　日　　时"],
        ["拒签理由", "", "见证人", ""],
    ]
    return [
        *seal_and_day(content.department, content.issued_on),
        grid(receipt, [LABEL, 52 * mm, LABEL, 52 * mm], head=0, head_columns=(0, 2)),
    ]
