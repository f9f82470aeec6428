"""Pages of the draws: how anybody repeats one, and each published draw with the file that proves it."""

from collections.abc import Iterator
from datetime import date

import msgspec

from inspect_registry.ledger import addresses
from inspect_registry.publication.dates import month_slug
from inspect_registry.publication.proving import PublicCrewDraw, PublicDraw
from inspect_registry.publication.rendering import File, Renderer
from inspect_registry.publication.site_pages import home_crumb

_METHODS = {"random": "随机抽取", "targeted": "定向", "full": "全覆盖"}
_TO_JSON = msgspec.json.Encoder(order="deterministic")


def draw_pages(renderer: Renderer) -> Iterator[File]:
    """Make draws/index.html, a page for each month, and with the Chinese ones the proofs."""
    months: dict[date, list[PublicDraw]] = {}
    crews: dict[date, list[PublicCrewDraw]] = {}
    for draw in renderer.snapshot.draws:
        months.setdefault(draw.month, []).append(draw)
    for crew in renderer.snapshot.crew_draws:
        months.setdefault(crew.month, [])
        crews.setdefault(crew.month, []).append(crew)
    label = renderer.words.say("双随机抽取")
    yield renderer.page(
        "draws/index.html",
        "draws.html",
        "plans",
        crumbs=[home_crumb(renderer), {"label": label}],
        months=[
            {
                "slug": month_slug(one.month),
                "label": renderer.words.month(one.month),
                "draws": one.draws,
                "drawn": one.drawn,
                "by_lot": one.by_lot,
                "independent": one.independent,
                "crews": one.crews,
            }
            for one in renderer.snapshot.draw_months
        ],
    )
    for month, draws in months.items():
        title = renderer.words.say("{month}的抽取", month=renderer.words.month(month))
        crumbs = [
            home_crumb(renderer),
            {"label": label, "href": "draws/index.html"},
            {"label": title},
        ]
        yield _month(renderer, month, draws, crews.get(month, []), title, crumbs)
        if not renderer.language.folder:
            for draw in (*draws, *crews.get(month, ())):
                content = msgspec.json.format(_TO_JSON.encode(draw.proof), indent=1)
                yield File(path=f"draws/{month_slug(month)}/{draw.uid}.json", content=content)


def _month(
    renderer: Renderer,
    month: date,
    draws: list[PublicDraw],
    crews: list[PublicCrewDraw],
    title: str,
    crumbs: list[dict[str, str]],
) -> File:
    names, say = renderer.names, renderer.words.say
    return renderer.page(
        f"draws/{month_slug(month)}/index.html",
        "draw_month.html",
        "plans",
        crumbs=crumbs,
        title=title,
        draws=[
            {
                "uid": draw.uid,
                "task": draw.task,
                "department": names.department(draw.department, short=True),
                "pool": draw.pool,
                "excluded": draw.excluded,
                "drawn": draw.drawn,
                "method": say(_METHODS.get(draw.method, draw.method)),
                "by_lot": draw.method == "random",
                "independent": draw.independent,
                "source": draw.source,
                "open": draw.open,
                "again": say(
                    "第 {attempt} 次抽取：{reason}",
                    attempt=draw.attempt,
                    reason=draw.reason,
                )
                if draw.attempt > 1
                else "",
                "about": addresses.about("draw", draw.uid).removeprefix("/"),
            }
            for draw in draws
        ],
        crews=[
            {
                "uid": crew.uid,
                "department": names.department(crew.department, short=True),
                "roster": crew.roster,
                "excluded": crew.excluded,
                "lines": crew.lines,
                "reserves": crew.reserves,
                "short": crew.short,
                "independent": crew.independent,
                "source": crew.source,
                "again": say("第 {attempt} 次选派", attempt=crew.attempt) if crew.attempt > 1 else "",
                "about": addresses.about("crew_draw", crew.uid).removeprefix("/"),
            }
            for crew in crews
        ],
    )
