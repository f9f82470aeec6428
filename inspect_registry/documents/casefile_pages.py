"""The pages inside a case file: plain HTML with its own style, no script, nothing from anywhere else. Pure."""

from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType
from typing import Any, Final

from inspect_registry.clock import shanghai
from inspect_registry.fieldwork.model import ANSWER_TEXT
from inspect_registry.fieldwork.replay import Timeline

INTACT: Final[Mapping[bool | None, str]] = MappingProxyType({True: "与台账一致", False: "与台账不符", None: "不可见"})
_SIDES = MappingProxyType({"enterprise": "当事人", "inspector": "执法人员", "witness": "见证人"})
_PICTURES = (".jpg", ".jpeg", ".png", ".webp")
_STYLE: Final = """
:root{color-scheme:light dark;--ink:#1d242c;--paper:#fbfaf6;--line:#d9d5ca;--soft:#f1efe8;--link:#14507d;--bad:#a5221b}
@media (prefers-color-scheme:dark){
:root{--ink:#e8eaec;--paper:#12171c;--line:#343d47;--soft:#1a2027;--link:#8fc5ee;--bad:#ff9b8f}}
body{margin:0 auto;max-width:60rem;padding:1.5rem 1rem 4rem;background:var(--paper);color:var(--ink);
overflow-wrap:anywhere;font:1rem/1.7 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
h1{font-size:1.6rem;line-height:1.35;margin:.2rem 0}
h2{font-size:1.2rem;margin:2rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--line)}
a{color:var(--link)}.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{border:1px solid var(--line);padding:.4rem .6rem;text-align:left;vertical-align:top}
th{background:var(--soft);white-space:nowrap}.small{font-size:.875rem}.bad{color:var(--bad);font-weight:700}
figure{margin:.5rem 0}img{max-width:100%;height:auto;max-height:20rem}
"""


def index_page(case: Mapping[str, Any], names: Sequence[str], damaged: Sequence[Mapping[str, Any]]) -> bytes:
    """Return index.html: where everything is, and how to check it."""
    visit = case["visit"]
    head = f"<p>检查案卷</p><h1>{_t(visit['enterprise'])}</h1>" + _facts(
        [
            ("检查日期", visit["day"]),
            ("地址", visit["address"]),
            ("牵头部门", visit["lead"]),
            ("参加部门", "、".join(visit["departments"])),
            ("检查编号", visit["uid"]),
        ]
    )
    parts = [head, _documents(case, names), *[_record(one) for one in case["records"]], _evidence(case, names)]
    parts.append(
        "<h2>时间线</h2><p>依据留痕台账整理："
        '<a href="timeline.html">网页</a>、<a href="timeline.csv">表格</a>、<a href="timeline.json">JSON</a>。</p>'
    )
    receipts = [name for name in names if name.startswith("receipts/")]
    listed = "、".join(f'<a href="{_t(name)}">{_t(name[9:-4])}</a>' for name in receipts)
    parts.append(f"<h2>回执</h2><p>{'台账序号：' + listed if receipts else '尚无已编号的条目。'}</p>")
    if damaged:
        rows = "".join(f"<li>{_t(one['name'])}</li>" for one in damaged)
        parts.append(f'<h2>损坏的证据</h2><p class="bad">下列证据导出时已缺失或者改变，未装入案卷：</p><ul>{rows}</ul>')
    parts.append(
        '<h2>核对</h2><p>全部文件的摘要在 <a href="manifest.json">manifest.json</a>。'
        "装有 Python 的电脑，在解开的文件夹里运行 "
        "<code>python verify.py</code>，即可核对每个文件是否完整、未改变；不需要网络，也不需要本登记系统。"
        "该命令显示的 manifest.json 摘要，可以与留痕台账中 casefile.exported 条目核对。</p>"
    )
    return _page(f"检查案卷 {visit['enterprise']}", "".join(parts))


def timeline_page(enterprise: str, timeline: Timeline) -> bytes:
    """Return timeline.html."""
    rows = "".join(
        f'<tr><td>{shanghai(line.at):%Y-%m-%d %H:%M:%S}</td><td>{_t(line.text)}<br><span class="small">'
        f"{_t(line.action)}　{_t(line.subject)}</span></td><td>{_t(line.department)}</td>"
        f"<td>{'' if line.leaf_number is None else line.leaf_number}</td>"
        f"<td{' class=bad' if line.intact is False else ''}>{INTACT[line.intact]}</td></tr>"
        for line in timeline.lines
    )
    head = "<tr><th>时间</th><th>事项</th><th>部门</th><th>台账序号</th><th>记录核对</th></tr>"
    body = f'<p><a href="index.html">案卷首页</a></p><h1>时间线：{_t(enterprise)}</h1>'
    return _page("时间线", f'{body}<div class="scroll" tabindex="0"><table>{head}{rows}</table></div>')


def _documents(case: Mapping[str, Any], names: Sequence[str]) -> str:
    files = {name.rsplit("-", 1)[1][:-4]: name for name in names if name.startswith("documents/")}
    rows = "".join(
        f'<tr><td><a href="{_t(files[one["uid"]])}">{_t(one["title"])}</a></td><td>{_t(one["number"])}</td><td>'
        + (f'<span class="bad">已作废：{_t(one["void_reason"])}</span>' if one["void_reason"] else "")
        + ("已送达" if one["delivered"] else "")
        + f'</td><td class="small">{_t(one["sha256"])}</td></tr>'
        for one in case["documents"]
    )
    head = "<tr><th>文书</th><th>文号</th><th>情况</th><th>摘要（SHA-256）</th></tr>"
    table = f'<div class="scroll" tabindex="0"><table>{head}{rows}</table></div>' if rows else "<p>尚未出具文书。</p>"
    return f"<h2>文书</h2>{table}"


def _record(record: Mapping[str, Any]) -> str:
    tally = dict.fromkeys(ANSWER_TEXT.values(), 0)
    for point in record["points"]:
        if point["value"]:
            tally[ANSWER_TEXT[point["value"]]] += 1
    counts = "，".join(f"{text}{number}项" for text, number in tally.items() if number)
    findings = "".join(
        f"<li>{_t(one['facts'])}（{_t(one['clause'])}）：{_t(one['disposition_text'])}</li>"
        for one in record["findings"]
    )
    signed = "".join(
        f"<li>{_SIDES[one['side']]} {_t(one['name'])}，{'签于定稿内容' if one['current'] else '签于修改前的内容'}"
        f'<br><span class="small">signatures/{_t(one["uid"])}.json</span></li>'
        for one in record["signatures"]
    )
    return (
        f"<h2>{_t(record['department'])}：检查记录第{record['version']}版</h2>"
        + _facts(
            [
                ("结果", record["result_text"] or "未办结"),
                ("要点", counts or "无"),
                ("现场情况", record["notes"] or "无"),
            ]
        )
        + (f"<h3>问题和处理</h3><ol>{findings}</ol>" if findings else "")
        + (f"<h3>签名</h3><ul>{signed}</ul>" if signed else "")
    )


def _evidence(case: Mapping[str, Any], names: Sequence[str]) -> str:
    there = set(names)
    items = []
    for one in case["evidence"]:
        name = one["file"]
        if name not in there:
            continue
        picture = f'<figure><img loading="lazy" src="{_t(name)}" alt="{_t(one["name"])}"></figure>'
        items.append(
            f'<li><a href="{_t(name)}">{_t(one["name"])}</a>，{one["size"]}字节'
            f'<br><span class="small">{_t(one["sha256"])}</span>{picture if name.endswith(_PICTURES) else ""}</li>'
        )
    return f"<h2>证据</h2>{'<ol>' + ''.join(items) + '</ol>' if items else '<p>没有证据文件。</p>'}"


def _facts(rows: Sequence[tuple[str, Any]]) -> str:
    return (
        "<table>" + "".join(f"<tr><th>{_t(label)}</th><td>{_t(value)}</td></tr>" for label, value in rows) + "</table>"
    )


def _page(title: str, body: str) -> bytes:
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file:"
    return (
        f'<!doctype html>\n<html lang="zh-CN">\n<head><meta charset="utf-8"><title>{_t(title)}</title>'
        f'<meta http-equiv="content-security-policy" content="{policy}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>\n'
        f"<body><main>{body}</main></body>\n</html>\n"
    ).encode()


def _t(value: object) -> str:
    return escape(str(value), quote=True)
