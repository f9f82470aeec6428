"""Measure what papers cost: 1,000 on-site records as PDF, in CPU seconds of one process, and their size.

    python benchmarks/papers/run.py [--papers 1000]

Every record is another one: another enterprise, other notes, 24 checklist points, two findings, three signatures, the
ledger's address with its QR code. Only setting and writing the file are timed (process CPU time); fonts are loaded once
before, as the service does. Also measured: the same papers bound into one file.
"""

import argparse
import json
import random
import statistics
import time
from datetime import UTC, datetime, timedelta

from inspect_registry.documents.fonts import register
from inspect_registry.documents.forms import Hand, Officer
from inspect_registry.documents.model import DocumentKind
from inspect_registry.documents.paper import LedgerMark, bind
from inspect_registry.documents.papers import pdf_of_content
from inspect_registry.documents.record import AnsweredCriterion, Exchange, Record, set_record

CPU_SECONDS_MAX = 50.0
BYTES_MAX = 180 * 1024
_WORDS = (
    "从业人员持有效健康证明", "进货查验记录完整", "食品贮存条件符合要求", "冷藏设施运转正常",
    "餐饮具清洗消毒有记录", "安全出口和疏散通道畅通", "消防设施完好有效", "许可证在有效期内并公示",
    "用电线路敷设规范", "燃气报警装置有效", "计量器具在检定有效期内", "价格标示清楚",
)  # fmt: skip
_SIGNS = "安亭南翔江桥马陆菊园新成华亭工业外冈徐行嘉定真新镇街道路弄号楼室甲乙丙丁春夏秋冬福禄寿喜丰盛隆昌恒泰祥瑞和顺"


def a_record(number: int, dice: random.Random) -> Record:
    """Return the record of this number; the same number gives the same record."""
    name = "上海" + "".join(dice.sample(_SIGNS, 4)) + "餐饮管理有限公司"
    start = datetime(2026, 12, 1, 1, 5, tzinfo=UTC) + timedelta(minutes=number)
    officers = tuple(
        Officer(
            name="".join(dice.sample(_SIGNS, 3)),
            certificate_no=f"093{dice.randrange(10**8):08d}",
            department="区市场监管局",
        )
        for _ in range(2)
    )
    uid = f"{number:026d}"
    hands = tuple(
        Hand(label=label, name=who, lines=_hand(dice), on="2026-12-01 10:02")
        for label, who in (("当事人\n签名", "王某（店长）"), *[("执法人员\n签名", one.name) for one in officers])
    )
    return Record(
        number=f"市场监检录〔2026〕{number + 1}号",
        department="上海市嘉定区市场监督管理局",
        code_no=uid,
        started_at=start,
        ended_at=start + timedelta(minutes=50),
        address=f"上海市嘉定区{''.join(dice.sample(_SIGNS, 3))}路{dice.randrange(1, 900)}号",
        enterprise=name,
        enterprise_code=f"9131011400{number:08d}",
        present="王某（店长）",
        officers=officers,
        recorder=officers[1].name,
        told=(
            Exchange(
                question="我们是上列执法人员，现出示执法证件和检查码，请核对。是否看清、是否一致？", answer="一致。"
            ),
            Exchange(question="你认为我们与本次检查有直接利害关系的，可以申请回避。是否申请？", answer="不申请。"),
        ),
        answers=tuple(
            AnsweredCriterion(
                matter="食品经营环节监督检查",
                criterion=f"{dice.choice(_WORDS)}，{dice.choice(_WORDS)}",
                answer=dice.choice(("符合", "符合", "不符合", "不适用")),
            )
            for _ in range(24)
        ),
        findings="\n".join(f"{place}. {dice.choice(_WORDS)}：现场不符合要求，已拍照。" for place in (1, 2)),
        statement="",
        attachments=("照片3张",),
        hands=hands,
        initial=hands[0].lines,
        footer=f"文书编号 {uid}，已记入留痕台账",
        ledger=LedgerMark(entry=f"document/{uid}", address=f"https://jiancha.example.gov.cn/log/about/document/{uid}"),
    )


def _hand(dice: random.Random) -> tuple[tuple[int, ...], ...]:
    """Invent a hand of 8 strokes with 25 points each, as many as a written name has."""
    strokes = []
    for stroke in range(8):
        x, y = 60 + stroke * 110, dice.randrange(80, 320)
        points: list[int] = []
        for _ in range(25):
            x, y = min(1000, max(0, x + dice.randrange(-3, 9))), min(400, max(0, y + dice.randrange(-14, 15)))
            points += [x, y]
        strokes.append(tuple(points))
    return tuple(strokes)


def main() -> int:
    """Measure and print; 1 when a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=1000)
    count = parser.parse_args().papers
    dice = random.Random(310114)
    records = [a_record(number, dice) for number in range(count)]
    register()
    pdf_of_content(DocumentKind.RECORD, records[0])
    before = time.process_time()
    sizes = [len(pdf_of_content(DocumentKind.RECORD, record)) for record in records]
    spent = time.process_time() - before
    before = time.process_time()
    few = records[:300]
    parts = [set_record(record) for record in few]
    bound = bind(parts[0][0], parts)
    bound_spent = time.process_time() - before
    figures = {
        "papers": count,
        "cpu_seconds": round(spent, 2),
        "cpu_seconds_per_1000": round(spent / count * 1000, 2),
        "bytes_median": int(statistics.median(sizes)),
        "bytes_max": max(sizes),
        "bound_papers": len(few),
        "bound_cpu_seconds": round(bound_spent, 2),
        "bound_bytes_per_paper": len(bound) // len(few),
        "limits": {"cpu_seconds_per_1000": CPU_SECONDS_MAX, "bytes_max": BYTES_MAX},
    }
    kept = spent / count * 1000 <= CPU_SECONDS_MAX and max(sizes) <= BYTES_MAX
    print(json.dumps(figures | {"kept": kept}, indent=1))
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
