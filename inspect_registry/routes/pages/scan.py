"""Pages at the door: the scan, the arrival, the report; and the inspector's live code. None needs a script."""

from datetime import datetime, time, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody

from inspect_registry.actor import Role
from inspect_registry.clock import shanghai
from inspect_registry.codes import service
from inspect_registry.codes.desk import CodeDesk
from inspect_registry.codes.errors import ArrivalWordWrong, VerdictUnavailable
from inspect_registry.codes.model import NewReport, Page, ReportKind
from inspect_registry.codes.qr import in_thread, svg_of
from inspect_registry.codes.verdict import Verdict
from inspect_registry.db import Acting
from inspect_registry.documents.wording import FIVE_PROHIBITIONS, NEVER_SELLS, RIGHTS
from inspect_registry.errors import RegistryError
from inspect_registry.routes.frame import actor_in, only, open_to_all
from inspect_registry.routes.scan_pages import page as rendered

REPORT_KINDS = (
    ("other_person", "来的不是码上的人", "The people are not those on the code"),
    ("money", "索要钱物、推销或要求转账", "They asked for money or a purchase"),
    ("no_code", "没有出示检查码", "No code was shown"),
    ("wrong_enterprise", "码不是本店的", "The code is for another shop"),
    ("other", "其他", "Something else"),
)
LIVE_REFRESH_SECONDS = 10


class WordForm(msgspec.Struct, frozen=True):
    """What the enterprise types to confirm an arrival."""

    word: str = ""


class ReportForm(msgspec.Struct, frozen=True):
    """A report as posted."""

    kind: str = ""
    text: str = ""
    token: str = ""
    place: str = ""


@get(["/c/{token:str}", "/C/{token:str}"], operation_id="scanPage", guards=[open_to_all], include_in_schema=False)
async def scan(request: Request[Any, Any, Any], token: FromPath[str], lang: FromQuery[str] = "zh") -> Response[str]:
    """Answer a scan with a page."""
    settings, desk, actor = request.app.state.settings, _desk(request), actor_in(request)
    lang = "en" if lang == "en" else "zh"
    try:
        answer = await desk.answer(token, actor)
    except VerdictUnavailable:
        return _unavailable(request, lang)
    found: Page | None = msgspec.json.decode(answer.visit, type=Page | None)
    return rendered(
        "scan.html",
        settings,
        lang=lang,
        switch=f"?lang={'zh' if lang == 'en' else 'en'}",
        token=token if found else "",
        answer=msgspec.json.decode(msgspec.json.encode(answer)),
        page=msgspec.to_builtins(found) if found else None,
        window=_window(found) if found else "",
        whole_day=found is not None and len(_window(found)) == len("2026-01-01"),
        checked_at=_second(answer.checked_at),
        arrived_at=_second(answer.arrived_at) if answer.arrived_at else "",
        may_confirm=answer.verdict is Verdict.VALID and answer.arrived_at is None,
        signed_in=actor.role is Role.ENTERPRISE,
        rights=RIGHTS,
        prohibitions=FIVE_PROHIBITIONS,
        never_sells=NEVER_SELLS,
        report_kinds=REPORT_KINDS,
    )


@post("/c/{token:str}/arrival", operation_id="arrivalForm", guards=[open_to_all], include_in_schema=False)
async def confirm(
    request: Request[Any, Any, Any],
    acting: NamedDependency[Acting],
    token: FromPath[str],
    data: URLEncodedBody[WordForm],
) -> Response[str]:
    """Confirm the arrival by account or by the one-time word."""
    desk = _desk(request)
    try:
        if acting.actor.role is Role.ENTERPRISE:
            arrival = await desk.confirm_signed_in(acting, token)
        else:
            arrival = await desk.confirm_with_word(token, data.word[:20])
    except RegistryError as error:
        retry = token if isinstance(error, ArrivalWordWrong) else ""
        return _told(request, error.title, (error.detail, error.remedy), status=error.status, retry=retry)
    found = await desk.page_of(token)
    lines = (f"时间：{_second(arrival.occurred_at)}", "只检查下列要点。要求查别的，可以拒绝并报告。")
    return _told(request, "到场已确认", lines, points=msgspec.to_builtins(found.departments) if found else [])


@get("/report", operation_id="reportPage", guards=[open_to_all], include_in_schema=False)
async def report_page(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the form for a door where no code was shown."""
    return rendered("report.html", request.app.state.settings, report_kinds=REPORT_KINDS)


@post("/report", operation_id="reportForm", guards=[open_to_all], include_in_schema=False, status_code=201)
async def report(
    request: Request[Any, Any, Any],
    acting: NamedDependency[Acting],
    data: URLEncodedBody[ReportForm],
) -> Response[str]:
    """File a report."""
    kind = data.kind if data.kind in ReportKind.__members__.values() else ReportKind.OTHER
    new = NewReport(kind=ReportKind(kind), text=data.text[:2000], token=data.token[:400], place=data.place[:200])
    try:
        number = await _desk(request).report(acting, new)
    except RegistryError as error:
        return _told(request, error.title, (error.detail, error.remedy), status=error.status)
    return _told(
        request, "报告已收到", (f"编号：{number}", "监督部门会处理；紧急情况请拨打 110 或 12345。"), status=201
    )


@get("/inspector/codes", operation_id="inspectorCodesPage", guards=[only(Role.INSPECTOR)], include_in_schema=False)
async def today(request: Request[Any, Any, Any], acting: NamedDependency[Acting]) -> Response[str]:
    """List the inspector's codes of today."""
    codes = await service.codes_today(acting)
    return rendered("today.html", request.app.state.settings, codes=msgspec.to_builtins(codes))


@get("/inspector/codes/{uid:str}", operation_id="liveCodePage", guards=[only(Role.INSPECTOR)], include_in_schema=False)
async def live(request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]) -> Response[str]:
    """Show the live code and the one-time word; the page renews itself."""
    desk = _desk(request)
    code, presentation = await desk.show(acting, uid)
    shown = {one.uid: one for one in await service.codes_today(acting)}.get(uid)
    return rendered(
        "live.html",
        request.app.state.settings,
        scripted=True,
        refresh=LIVE_REFRESH_SECONDS,
        svg=await in_thread(svg_of, presentation.url),
        word=desk.word(code),
        code={"enterprise": shown.enterprise if shown else "", "address": shown.address if shown else ""},
        presented=_second(code.presented_at) if code.presented_at else "",
    )


def _desk(request: Request[Any, Any, Any]) -> CodeDesk:
    return request.app.state.codes  # type: ignore[no-any-return]  # put there by app.py


def _window(page: Page) -> str:
    start, end = shanghai(page.starts), shanghai(page.ends)
    if end - start == timedelta(days=1) and start.time() == time():
        return f"{start:%Y-%m-%d}"
    return f"{start:%Y-%m-%d %H:%M} — {end:%Y-%m-%d %H:%M}"


def _second(instant: datetime) -> str:
    return f"{shanghai(instant):%Y-%m-%d %H:%M:%S}"


def _unavailable(request: Request[Any, Any, Any], lang: str) -> Response[str]:
    words = (
        (
            "Cannot be checked right now",
            "Do not treat this inspection as verified. Scan again in a minute, or call 12345.",
        )
        if lang == "en"
        else ("暂时无法核验", "现在不能确认这次检查的真假，请不要当作已核验。请一分钟后重扫，或拨打 12345 查询。")
    )
    return _told(request, words[0], words[1:], status=503, lang=lang)


def _told(
    request: Request[Any, Any, Any], word: str, lines: tuple[str, ...], *, status: int = 200, **context: Any
) -> Response[str]:
    settings = request.app.state.settings
    return rendered("told.html", settings, status=status, word=word, lines=[one for one in lines if one], **context)


handlers = [scan, confirm, report_page, report, today, live]
