"""Papers for tests: plain functions, every fact can be given; and how a test reads a PDF back."""

import io
from datetime import UTC, date, datetime

import pypdf
import pypdfium2
import qrcode
from PIL.Image import Image

from inspect_registry.documents.announcement import AnnouncedDepartment, AnnouncedVisit, Announcement
from inspect_registry.documents.notice import CheckedMatter, Count, Notice, Officer
from inspect_registry.documents.numbers import DocumentNumber
from inspect_registry.documents.record import AnsweredCriterion, Exchange, Record

OFFICERS = (
    Officer(name="李明", certificate_no="09300012345", department="区市场监管局"),
    Officer(name="王芳", certificate_no="09300012346", department="区应急管理局"),
)


def a_matrix(text: str = "HTTPS://JIANCHA.EXAMPLE.GOV.CN/C/ABCDEF234567") -> tuple[tuple[bool, ...], ...]:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make()
    return tuple(tuple(bool(cell) for cell in row) for row in code.get_matrix())


def an_announced_visit(**changes: object) -> AnnouncedVisit:
    values: dict[str, object] = {
        "window": "12月8日",
        "enterprise": "上海安亭好味道餐饮有限公司",
        "place": "安亭镇",
        "departments": "区市场监管局",
        "matters": "食品经营环节监督检查",
    }
    return AnnouncedVisit(**(values | changes))  # type: ignore[arg-type]


def an_announcement(**changes: object) -> Announcement:
    values: dict[str, object] = {
        "number": DocumentNumber(office="嘉检公告", year=2026, serial=12),
        "publisher": "上海市嘉定区司法局",
        "district": "上海市嘉定区",
        "year": 2026,
        "month": 12,
        "published_on": date(2026, 11, 5),
        "visits": 3,
        "enterprises": 2,
        "joint": 1,
        "avoided": 1,
        "numbers_only": 1,
        "departments": (AnnouncedDepartment(name="嘉定区市场监督管理局", named=2, numbers_only=1, joint=1),),
        "named": (an_announced_visit(),),
        "address": "https://jiancha.example.gov.cn/plans/2026-12/",
    }
    return Announcement(**(values | changes))  # type: ignore[arg-type]


def a_notice(**changes: object) -> Notice:
    matter = CheckedMatter(
        name="食品经营环节监督检查",
        department="区市场监管局",
        basis=("《中华人民共和国食品安全法》第一百一十条",),
        criteria=("许可证是否在有效期内", "进货查验记录是否完整"),
    )
    values: dict[str, object] = {
        "number": DocumentNumber(office="嘉市监检通", year=2026, serial=7),
        "departments": ("上海市嘉定区市场监督管理局", "上海市嘉定区应急管理局"),
        "enterprise": "上海安亭好味道餐饮有限公司",
        "enterprise_code": "91310114MA1GT0XX0X",
        "address": "上海市嘉定区安亭镇墨玉路1号",
        "source": "嘉检计〔2026〕3号",
        "kind": "日常检查",
        "window": "2026年12月8日",
        "method": "现场检查",
        "matters": (matter,),
        "officers": OFFICERS,
        "assistants": "",
        "counts": (Count(department="区市场监管局", nth=1, cap=2), Count(department="区应急管理局", nth=1, cap=0)),
        "prepare": ("食品经营许可证",),
        "contact": "区市场监管局 12345",
        "code_no": "JD-2026-000123",
        "matrix": a_matrix(),
        "issued_on": date(2026, 12, 1),
        "footer": "留痕台账条目 abc",
    }
    return Notice(**(values | changes))  # type: ignore[arg-type]


def a_record(**changes: object) -> Record:
    values: dict[str, object] = {
        "department": "上海市嘉定区市场监督管理局",
        "code_no": "JD-2026-000123",
        "started_at": datetime(2026, 12, 8, 1, 5, tzinfo=UTC),
        "ended_at": datetime(2026, 12, 8, 2, 0, tzinfo=UTC),
        "address": "上海市嘉定区安亭镇墨玉路1号",
        "enterprise": "上海安亭好味道餐饮有限公司",
        "enterprise_code": "91310114MA1GT0XX0X",
        "present": "店长",
        "officers": OFFICERS,
        "recorder": "王芳",
        "told": (Exchange(question="是否申请回避？", answer="不申请。"),),
        "answers": (
            AnsweredCriterion(matter="食品经营环节监督检查", criterion="许可证是否在有效期内", answer="符合"),
            AnsweredCriterion(matter="食品经营环节监督检查", criterion="记录是否完整", answer="不符合", note="缺日期"),
        ),
        "findings": "后厨地面有积水。",
        "statement": "当天整改。",
        "attachments": ("照片3张（1—3号）",),
    }
    return Record(**(values | changes))  # type: ignore[arg-type]


def text_of(pdf: bytes) -> str:
    """Return all text of a PDF without blanks and line ends, as an independent reader finds it."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return "".join("".join(page.extract_text() for page in reader.pages).split())


def lines_of(pdf: bytes) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return [line.strip() for page in reader.pages for line in page.extract_text().splitlines() if line.strip()]


def fonts_of(pdf: bytes) -> dict[str, bool]:
    """Return the fonts that pages use and whether their program is in the file."""
    found = {}
    for page in pypdf.PdfReader(io.BytesIO(pdf)).pages:
        for entry in page["/Resources"].get("/Font", {}).values():  # type: ignore[union-attr]
            font = entry.get_object()
            descriptor = font.get("/FontDescriptor") or {}
            found[str(font["/BaseFont"])] = "/FontFile2" in descriptor
    return found


def picture_of(pdf: bytes, page: int = 0, scale: float = 2) -> Image:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return document[page].render(scale=scale).to_pil()
    finally:
        document.close()
