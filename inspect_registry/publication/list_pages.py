"""Pages and data of the open lists: what holds today, since when and why, and what changed before."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from inspect_registry.catalogue.listing import LIST_NAMES, ListKind
from inspect_registry.publication.listed import Change, PublicListing, changes
from inspect_registry.publication.open_data import LICENCE
from inspect_registry.publication.rendering import File, Renderer
from inspect_registry.publication.site_pages import home_crumb
from inspect_registry.sheets.writing import Cell, csv_bytes

PAGES: Final = {
    ListKind.KEY_INDUSTRY: "key-industries",
    ListKind.QUIET_ENTERPRISE: "quiet-enterprises",
    ListKind.QUIET_MATTER: "quiet-matters",
    ListKind.NO_PENALTY: "no-penalty",
    ListKind.NO_COERCION: "no-coercion",
}
_TITLES: Final = {
    ListKind.KEY_INDUSTRY: "重点行业综合监管清单",
    ListKind.QUIET_ENTERPRISE: "“无感监管”对象清单",
    ListKind.QUIET_MATTER: "“无事不扰”事项清单",
    ListKind.NO_PENALTY: "轻微违法不予处罚清单",
    ListKind.NO_COERCION: "不予实施行政强制措施清单",
}
_LEADS: Final = {
    ListKind.KEY_INDUSTRY: "这些行业由牵头部门组织，几个部门的检查合并成一次综合监管，一次进门查完各自的事项。",
    ListKind.QUIET_ENTERPRISE: "对清单中的企业不安排计划内的现场检查；有投诉举报、转办交办等登记来源的，仍可以检查。",
    ListKind.QUIET_MATTER: "对清单中的事项不安排计划内的现场检查；有投诉举报、转办交办等登记来源的，仍可以检查。",
    ListKind.NO_PENALTY: "符合清单所列情形和全部条件的，不予处罚；执法人员应当主动适用，并做好教育指导。"
    "以检查当日有效的版本为准。",
    ListKind.NO_COERCION: "符合清单所列情形和全部条件的，不采取查封、扣押等强制措施；执法人员应当主动适用。"
    "以检查当日有效的版本为准。",
}
_TONES: Final = {"列入": "good", "调整": "warn", "终止": "bad"}
COLUMNS: Final = (
    "清单", "条目编码", "版本", "名称", "检查对象", "牵头部门", "参加部门", "检查事项", "适用条件",
    "所在文件", "文件版本", "文件序号", "依据", "变更理由",
    "有效期起", "有效期止", "复核日期", "终止理由", "今日是否有效",
)  # fmt: skip
_TO_JSON = msgspec.json.Encoder(order="deterministic")


def list_pages(renderer: Renderer) -> Iterator[File]:
    """Make the index of the lists and the page of each."""
    yield _index(renderer)
    for kind in ListKind:
        yield _page(renderer, kind)


def list_data(renderer: Renderer) -> Iterator[File]:
    """Make lists/lists.csv and lists/lists.json: every version of every entry of every list."""
    snapshot = renderer.snapshot
    yield File(path="lists/lists.csv", content=csv_bytes(COLUMNS, [_row(renderer, one) for one in snapshot.lists]))
    document = {
        "publisher": snapshot.site.publisher,
        "demo": snapshot.site.demo,
        "licence": LICENCE,
        "on": snapshot.today,
        "names": {kind.value: name for kind, name in LIST_NAMES.items()},
        "lists": {kind.value: [one for one in snapshot.lists if one.kind is kind] for kind in ListKind},
    }
    yield File(path="lists/lists.json", content=_TO_JSON.encode(document))


def _index(renderer: Renderer) -> File:
    words, today = renderer.words, renderer.snapshot.today
    lists = []
    for kind in ListKind:
        entries = _entries(renderer, kind)
        past = [one for one in changes(entries, today) if one.day <= today]
        lists.append(
            {
                "title": words.say(_TITLES[kind]),
                "lead": words.say(_LEADS[kind]),
                "href": f"lists/{PAGES[kind]}/index.html",
                "count": sum(one.in_force(today) for one in entries),
                "changed": words.full_day(past[0].day) if past else "",
            }
        )
    crumbs = [home_crumb(renderer), {"label": words.say("清单")}]
    return renderer.page("lists/index.html", "lists.html", "lists", crumbs=crumbs, lists=lists)


def _page(renderer: Renderer, kind: ListKind) -> File:
    words, today = renderer.words, renderer.snapshot.today
    entries = _entries(renderer, kind)
    history = changes(entries, today)
    return renderer.page(
        f"lists/{PAGES[kind]}/index.html",
        "list.html",
        "lists",
        crumbs=[
            home_crumb(renderer),
            {"label": words.say("清单"), "href": "lists/index.html"},
            {"label": words.say(_TITLES[kind])},
        ],
        title=words.say(_TITLES[kind]),
        lead=words.say(_LEADS[kind]),
        industry=kind is ListKind.KEY_INDUSTRY,
        lenient=kind in (ListKind.NO_PENALTY, ListKind.NO_COERCION),
        today=words.full_day(today),
        current=[_line(renderer, one) for one in entries if one.in_force(today)],
        changes=[_change(renderer, one) for one in history],
    )


def _entries(renderer: Renderer, kind: ListKind) -> list[PublicListing]:
    found = [one for one in renderer.snapshot.lists if one.kind is kind]
    return sorted(found, key=lambda one: (one.code, -one.version))


def _line(renderer: Renderer, one: PublicListing) -> dict[str, Any]:
    words, names = renderer.words, renderer.names
    known = names.matters
    return {
        "anchor": f"{one.code}-{one.version}",
        "code": one.code,
        "title": one.title,
        "version": one.version,
        "sample": one.sample,
        "objects": one.objects,
        "lead": {"code": one.lead, "name": names.department(one.lead, short=True)},
        "others": "、".join(names.department(code, short=True) for code in one.departments if code != one.lead),
        "matters": [{"code": code, "name": names.matter(code), "known": code in known} for code in one.matters],
        "conditions": list(one.conditions),
        "source": one.list_name,
        "source_version": one.list_version,
        "item": one.item,
        "basis": "；".join(one.basis),
        "reason": one.reason,
        "since": words.full_day(one.valid_from),
        "until": words.full_day(one.valid_to) if one.valid_to else "",
        "review": words.full_day(one.review_on),
        "review_due": one.review_on <= renderer.snapshot.today and one.valid_to is None,
    }


def _change(renderer: Renderer, one: Change) -> dict[str, Any]:
    words = renderer.words
    return {
        "day": words.full_day(one.day),
        "coming": one.day > renderer.snapshot.today,
        "what": words.say(one.what),
        "tone": _TONES[one.what],
        "title": one.entry.title,
        "version": one.entry.version,
        "content": _content(renderer, one.entry),
        "reason": one.reason,
    }


def _content(renderer: Renderer, one: PublicListing) -> str:
    """Say what a version of an entry held, in one line of data."""
    names = renderer.names
    if one.kind is ListKind.KEY_INDUSTRY:
        departments = "、".join(names.department(code, short=True) for code in one.departments)
        return f"{departments}：{'；'.join(names.matter(code) for code in one.matters)}"
    return "；".join(one.conditions)


def _row(renderer: Renderer, one: PublicListing) -> Sequence[Cell]:
    names = renderer.names
    lenient = bool(one.list_name)
    return [
        LIST_NAMES[one.kind],
        one.code,
        one.version,
        one.title,
        one.objects,
        names.department(one.lead) if one.lead else "",
        "、".join(names.department(code) for code in one.departments),
        "、".join(one.matters) if lenient else "；".join(names.matter(code) for code in one.matters),
        "；".join(one.conditions),
        one.list_name,
        one.list_version,
        one.item,
        "；".join(one.basis),
        one.reason,
        one.valid_from.isoformat(),
        one.valid_to.isoformat() if one.valid_to else "",
        one.review_on.isoformat(),
        one.ended_reason,
        "是" if one.in_force(renderer.snapshot.today) else "否",
    ]
