"""The open data as one Frictionless data package: where each table is and what its columns mean."""

from datetime import date
from typing import Any, Final

import msgspec

from inspect_registry.publication.dates import chinese_month, month_slug
from inspect_registry.publication.list_pages import COLUMNS as LIST_COLUMNS
from inspect_registry.publication.open_data import LICENCE, PLAN_COLUMNS, RESULT_COLUMNS
from inspect_registry.publication.rendering import File, Renderer
from inspect_registry.publication.site_pages import home_crumb, latest_entries

_INTEGERS: Final = frozenset({"序号", "次数", "发现问题数", "版本"})
_MEANINGS: Final = {
    "检查主体": "实施检查的机关，联合检查的发起部门在前",
    "检查事项": "已公布的检查事项，多项以；分隔",
    "检查依据": "法律、法规、规章及条款",
    "检查对象": "经营主体名称；自然人姓名已遮盖；只公布数量的写明",
    "统一社会信用代码": "个体工商户的已遮盖",
    "检查地址": "个体工商户的不公布",
    "检查时间": "计划检查日；只公布数量的为月份",
    "是否综合一次查": "两个以上部门同一次入企为“是”",
    "公开方式": "公布名单或者只公布数量；依法不预先公开的检查不在表中",
    "次数": "公布名单的每行为1次",
    "检查编号": "一次入企检查的编号，计划与结果相同",
    "任务来源": "计划，或者有登记来源的触发式检查",
}
_TO_JSON = msgspec.json.Encoder(order="deterministic")


def data_page(renderer: Renderer) -> File:
    """Make the page that leads to the tables and explains their columns."""
    words = renderer.words
    return renderer.page(
        "data/index.html",
        "data.html",
        "data",
        crumbs=[home_crumb(renderer), {"label": words.say("开放数据")}],
        licence=words.say(LICENCE),
        resources=[
            {
                "title": words.say(phrase, month=words.month(month)),
                "href": path,
            }
            for phrase, month, path in _tables(renderer)
        ]
        + [{"title": words.say("各类清单及历次变更"), "href": "lists/lists.csv"}],
        meanings=[{"name": name, "meaning": meaning} for name, meaning in _MEANINGS.items()],
    )


def data_package(renderer: Renderer) -> File:
    """Make data/datapackage.json."""
    resources = _resources(renderer)
    site = renderer.snapshot.site
    package = {
        "profile": "tabular-data-package",
        "name": f"inspections-{site.region}",
        "title": f"{site.district}涉企行政检查计划和结果" + ("（演示数据）" if site.demo else ""),
        "homepage": f"{site.public_url}/",
        "licenses": [{"name": "open", "title": LICENCE}],
        "contributors": [{"title": site.publisher, "role": "publisher"}],
        "resources": resources,
    }
    return File(
        path="data/datapackage.json",
        content=msgspec.json.format(_TO_JSON.encode(package), indent=1),
    )


def _tables(renderer: Renderer) -> list[tuple[str, date, str]]:
    """Return every table: what it is called, its month and its address."""
    plans = [
        ("{month}检查计划", entry.month, f"plans/{month_slug(entry.month)}/plan.csv")
        for entry in latest_entries(renderer)
    ]
    results = [
        (
            "{month}检查结果",
            month.month,
            f"results/{month_slug(month.month)}/results.csv",
        )
        for month in renderer.snapshot.results
    ]
    return [*plans, *results]


def _resources(renderer: Renderer) -> list[dict[str, Any]]:
    return [
        _resource(
            f"{'plan' if path.startswith('plans') else 'results'}-{month_slug(month)}",
            phrase.format(month=chinese_month(month)),
            path,
            PLAN_COLUMNS if path.startswith("plans") else RESULT_COLUMNS,
        )
        for phrase, month, path in _tables(renderer)
    ] + [_resource("lists", "各类清单及历次变更", "lists/lists.csv", LIST_COLUMNS)]


def _resource(name: str, title: str, path: str, columns: tuple[str, ...]) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "path": f"../{path}",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8-sig",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "header": True},
        "schema": {
            "fields": [
                {"name": column, "type": "integer" if column in _INTEGERS else "string"}
                | ({"description": _MEANINGS[column]} if column in _MEANINGS else {})
                for column in columns
            ]
        },
    }
