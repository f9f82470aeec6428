"""Papers for tests: plain functions, every fact can be given; and how a test reads a PDF back."""

import io
from datetime import UTC, date, datetime

import pypdf
import pypdfium2
from PIL.Image import Image

from inspect_registry.documents.announcement import AnnouncedDepartment, AnnouncedVisit, Announcement
from inspect_registry.documents.approval import Approval
from inspect_registry.documents.delivery import DeliveredPaper, Delivery
from inspect_registry.documents.forms import Hand, Officer
from inspect_registry.documents.notice import CheckedMatter, Count, Notice
from inspect_registry.documents.numbers import DocumentNumber
from inspect_registry.documents.order import Order, OrderedItem
from inspect_registry.documents.record import AnsweredCriterion, Exchange, Record
from inspect_registry.documents.result import Result, ToldFinding

OFFICERS = (
    Officer(name="李明", certificate_no="09300012345", department="区市场监管局"),
    Officer(name="王芳", certificate_no="09300012346", department="区应急管理局"),
)


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
        "number": "嘉市监检通〔2026〕7号",
        "department": "上海市嘉定区市场监督管理局",
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
        "code_url": "HTTPS://JIANCHA.EXAMPLE.GOV.CN/C/ABCDEF234567",
        "issued_on": date(2026, 12, 1),
        "footer": "留痕台账条目 abc",
    }
    return Notice(**(values | changes))  # type: ignore[arg-type]


def a_record(**changes: object) -> Record:
    values: dict[str, object] = {
        "number": "嘉市监检录〔2026〕9号",
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


def a_hand_of(label: str, name: str) -> Hand:
    wave = [(80 + 30 * step, 210 + (80 if step % 2 else -70)) for step in range(22)]
    return Hand(
        label=label, name=name, lines=(tuple(one for point in wave for one in point),), on="2026年12月8日\n10时02分"
    )


def an_approval(**changes: object) -> Approval:
    notice = a_notice()
    values: dict[str, object] = {
        "number": "嘉市监检审〔2026〕3号",
        "department": notice.department,
        "reason": "列入已公布的年度、月度检查计划。",
        "joint": "上海市嘉定区应急管理局",
        "proposed": "区市场监管局　2026年11月28日9时30分",
        "approver": "赵敏",
        "approved_at": datetime(2026, 12, 1, 2, 0, tzinfo=UTC),
        **{
            name: getattr(notice, name)
            for name in (
                "enterprise", "enterprise_code", "address", "kind", "source", "window", "method", "matters", "officers",
                "assistants", "counts", "issued_on",
            )
        },
    }  # fmt: skip
    return Approval(**(values | changes))  # type: ignore[arg-type]


def a_result(**changes: object) -> Result:
    record = a_record()
    values: dict[str, object] = {
        "number": "嘉市监检告〔2026〕5号",
        "department": record.department,
        "matters": ("食品经营环节监督检查",),
        "count": "区市场监管局本年度第1次（上限2次）",
        "tally": (("符合", 11), ("不符合", 1), ("不适用", 0), ("未检查", 0)),
        "result": "责令限期改正",
        "findings": (
            ToldFinding(
                facts="冷藏柜温度12摄氏度，高于8摄氏度",
                clause="《中华人民共和国食品安全法》第五十四条",
                disposition="责令限期改正",
                demand="修复冷藏柜（2026年12月15日前）",
            ),
        ),
        "publish_by": date(2027, 1, 6),
        "contact": "区市场监管局 12345",
        "issued_on": date(2026, 12, 8),
        **{
            name: getattr(record, name)
            for name in ("enterprise", "enterprise_code", "address", "started_at", "ended_at", "officers")
        },
    }
    return Result(**(values | changes))  # type: ignore[arg-type]


def an_order(**changes: object) -> Order:
    record = a_record()
    values: dict[str, object] = {
        "number": "嘉市监责改〔2026〕2号",
        "department": record.department,
        "enterprise": record.enterprise,
        "enterprise_code": record.enterprise_code,
        "address": record.address,
        "inspected_on": date(2026, 12, 8),
        "record": record.number,
        "items": (
            OrderedItem(
                facts="后厨地面有积水", clause="《食品安全法》第三十三条", demand="清除积水，疏通地漏", due=None
            ),
            OrderedItem(
                facts="冷藏柜温度12摄氏度",
                clause="《食品安全法》第五十四条",
                demand="修复冷藏柜",
                due=date(2026, 12, 15),
            ),
        ),
        "officers": OFFICERS,
        "contact": "区市场监管局 12345",
        "issued_on": date(2026, 12, 8),
    }
    return Order(**(values | changes))  # type: ignore[arg-type]


def a_delivery(**changes: object) -> Delivery:
    record = a_record()
    values: dict[str, object] = {
        "number": "嘉市监送达〔2026〕4号",
        "department": record.department,
        "enterprise": record.enterprise,
        "enterprise_code": record.enterprise_code,
        "place": record.address,
        "method": "直接送达",
        "delivered_at": datetime(2026, 12, 8, 2, 10, tzinfo=UTC),
        "papers": (
            DeliveredPaper(title="行政检查结果告知书", number="嘉市监检告〔2026〕5号", uid="q" * 26, sha256="ab" * 32),
            DeliveredPaper(title="责令改正通知书", number="嘉市监责改〔2026〕2号", uid="r" * 26, sha256="cd" * 32),
        ),
        "officers": OFFICERS,
        "hands": (a_hand_of("收件人\n签名", "王某（店长）"), a_hand_of("送达人\n签名", "李明")),
    }
    return Delivery(**(values | changes))  # type: ignore[arg-type]


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
