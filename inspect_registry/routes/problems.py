"""Every error becomes an answer here and nowhere else: RFC 9457 problem+json, or a page for people.

The API's errors carry a stable `code` and a Chinese `title`; a person's browser gets the same words on a page.
Anything unknown is a 500 with an event number and nothing else.
"""

import secrets
from typing import Any

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from inspect_registry.errors import Malformed, Place, RegistryError, refusal_of
from inspect_registry.routes.templates import render

log = structlog.get_logger("registry")
_TITLES = {
    400: ("malformed", "请求格式有误"),
    401: ("not-signed-in", "请先登录"),
    403: ("not-allowed", "您没有此项权限"),
    404: ("not-found", "未找到"),
    405: ("method-not-allowed", "不支持此种请求方法"),
    413: ("too-large", "内容超过上限"),
    415: ("unsupported-media-type", "请求内容的类型不受支持"),
    422: ("invalid", "提交的内容有误"),
    429: ("too-many-requests", "请求过于频繁，请稍后再试"),
    503: ("unavailable", "服务暂时不可用，请稍后重试"),
}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457 problem details with our stable code."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str = ""
    instance: str = ""
    rule: str = ""
    basis: str = ""
    remedy: str = ""
    places: tuple[Place, ...] = ()


def of_registry_error(request: Request[Any, Any, Any], error: RegistryError) -> Response[Any]:
    """Answer one of our own errors."""
    told = refusal_of(error)
    problem = Problem(
        title=told.title,
        status=told.status,
        code=told.code,
        detail=told.detail,
        rule=told.rule,
        basis=told.basis,
        remedy=told.remedy,
        places=told.places,
    )
    return _answer(request, problem)


def of_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer an error of the framework: unknown address, wrong method, unreadable or invalid body."""
    code, title = _TITLES.get(error.status_code, ("error", "出现错误"))
    places: tuple[Place, ...] = ()
    detail = ""
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        places = tuple(_place(extra) for extra in error.extra if isinstance(extra, dict))
        detail = "；".join(f"{place.field}：{place.message}" if place.field else place.message for place in places)
    elif error.status_code < 500 and error.status_code not in (404, 405):
        detail = str(error.detail)[:500]
    headers = {name: value for name, value in (error.headers or {}).items() if name.lower() in ("allow", "retry-after")}
    return _answer(
        request, Problem(title=title, status=error.status_code, code=code, detail=detail, places=places), headers
    )


def of_anything_else(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer a bug: an event number for the person, the trace for the log. A body nested too deep is the client's."""
    if isinstance(error, RecursionError):
        return of_registry_error(request, Malformed("内容嵌套过深"))
    event = secrets.token_hex(8)
    log.error("unexpected", event_number=event, path=request.url.path, exc_info=error)
    problem = Problem(title="系统内部错误", status=500, code="internal", detail=f"请将编号 {event} 告知管理员")
    return _answer(request, problem)


def _place(extra: dict[str, Any]) -> Place:
    return Place(field=str(extra.get("key", "")), message=str(extra.get("message", ""))[:300])


def _answer(request: Request[Any, Any, Any], problem: Problem, headers: dict[str, str] | None = None) -> Response[Any]:
    out = {"cache-control": "no-store", **(headers or {})}
    if problem.status == 503:
        out.setdefault("retry-after", "2")
    path = request.url.path
    if path.startswith("/api/") or "text/html" not in request.headers.get("accept", ""):
        problem = msgspec.structs.replace(problem, instance=path[:300])
        body = msgspec.json.encode(problem)
        return Response(body, status_code=problem.status, media_type="application/problem+json", headers=out)
    after = path if request.method == "GET" else ""
    page = render("error.html", request.app.state.settings, problem=msgspec.to_builtins(problem), after=after)
    return Response(page, status_code=problem.status, media_type="text/html", headers=out)


HANDLERS: dict[Any, Any] = {
    RegistryError: of_registry_error,
    HTTPException: of_http_error,
    Exception: of_anything_else,
}
