"""The sign-in page and the page of who is signed in: plain forms that work without script."""

import re
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody

from inspect_registry.access import Permission, service
from inspect_registry.access.permissions import may
from inspect_registry.actor import Role
from inspect_registry.db import Database
from inspect_registry.errors import NotSignedIn, RegistryError
from inspect_registry.routes.frame import (
    SECURE_SESSION_COOKIE,
    SESSION_COOKIE,
    actor_in,
    open_to_all,
    session_token,
    signed_in,
)
from inspect_registry.routes.templates import page

ROLE_NAMES = {
    "clerk": "经办人", "head": "负责人", "coordinator": "统筹部门（区司法局）", "inspector": "执法人员",
    "enterprise": "经营主体", "auditor": "监督审计", "operator": "系统运维",
}  # fmt: skip


_OWN_PAGE = re.compile(r"/(me|inspector|merges|credit|prints)(/[A-Za-z0-9_-]{1,60}){0,4}")
"""Pages that ask for a sign-in; ASCII only, no query, no second slash."""
MERGE_READERS = (Role.COORDINATOR, Role.CLERK, Role.HEAD, Role.AUDITOR)


class SignInForm(msgspec.Struct, frozen=True):
    """The form as posted; lengths are checked by the service, so that nothing typed is lost in an error."""

    account: str = ""
    password: str = ""
    next: str = ""


@get("/sign-in", operation_id="signInPage", guards=[open_to_all], include_in_schema=False)
async def sign_in_page(request: Request[Any, Any, Any], next: FromQuery[str] = "") -> Response[str]:  # noqa: A002 - in the address
    """Show the form; `next` is the page that asked for it."""
    return _form(request, account="", after=own_page(next), problem=None, status=200)


@post("/sign-in", operation_id="signInForm", guards=[open_to_all], include_in_schema=False, status_code=303)
async def sign_in(
    request: Request[Any, Any, Any],
    database: NamedDependency[Database],
    data: URLEncodedBody[SignInForm],
) -> Response[str]:
    """Open a session and go to the account page, or show the form again with what was typed and why not."""
    address = request.client.host if request.client else ""
    try:
        session = await service.sign_in(database, data.account[:500], data.password[:500], address)
    except RegistryError as error:
        after = own_page(data.next)
        return _form(request, account=data.account[:200], after=after, problem=error, status=error.status)
    secure = request.app.state.settings.secure
    cookie = Cookie(
        key=SECURE_SESSION_COOKIE if secure else SESSION_COOKIE,
        value=session.token,
        path="/",
        httponly=True,
        secure=secure,
        samesite="strict",
    )
    headers = {"location": own_page(data.next) or "/me", "cache-control": "no-store"}
    return Response("", status_code=303, headers=headers, cookies=[cookie])


@get("/me", operation_id="mePage", guards=[signed_in], include_in_schema=False)
async def me_page(request: Request[Any, Any, Any]) -> Response[str]:
    """Show who is signed in and how to sign out."""
    actor = actor_in(request)
    role = ROLE_NAMES.get(actor.role.value, actor.role.value)
    receipts = bool(actor.enterprise or actor.department)
    inspector, merges = actor.role is Role.INSPECTOR, actor.role in MERGE_READERS
    enterprise = actor.role is Role.ENTERPRISE
    return page(
        request,
        "me.html",
        name=actor.name,
        role=role,
        inspector=inspector,
        enterprise=enterprise,
        prints=may(actor.role, Permission.DOCUMENT_ISSUE),
        receipts=receipts,
        merges=merges,
        credit=may(actor.role, Permission.CREDIT_RECORD_READ) and not inspector,
    )


@post("/sign-out", operation_id="signOutForm", guards=[open_to_all], include_in_schema=False, status_code=303)
async def sign_out(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[str]:
    """End the session; also right for one that is over already."""
    secure = request.app.state.settings.secure
    token = session_token(request, secure=secure)
    if token:
        await service.sign_out(database, token)
    out = Response("", status_code=303, headers={"location": "/", "cache-control": "no-store"})
    out.delete_cookie(SECURE_SESSION_COOKIE if secure else SESSION_COOKIE, path="/")
    return out


def own_page(path: str) -> str:
    """Return a path that leads to a page of this service and nowhere else; empty for any other text."""
    return path if _OWN_PAGE.fullmatch(path) else ""


def _form(
    request: Request[Any, Any, Any], *, account: str, after: str, problem: RegistryError | None, status: int
) -> Response[str]:
    told = None
    if problem is not None:
        told = {"title": problem.title, "remedy": problem.remedy}
        status = 403 if isinstance(problem, NotSignedIn) else status
    return page(request, "sign_in.html", status=status, account=account, after=after, problem=told)


handlers = [sign_in_page, sign_in, me_page, sign_out]
