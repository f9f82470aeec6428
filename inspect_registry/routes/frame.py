"""What every handler gets, and the guards it must name.

A handler takes `acting: NamedDependency[Acting]`, calls one service function with it and shapes the answer. Who acts
is found once for each request from the session cookie or a bearer token; the idempotency key comes from its header.
"""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from inspect_registry.access.service import actor_of
from inspect_registry.actor import ANONYMOUS, Actor, Role
from inspect_registry.db import Acting, Database
from inspect_registry.errors import NotAllowed, NotSignedIn

SESSION_COOKIE = "sid"
SECURE_SESSION_COOKIE = "__Host-sid"


def session_token(connection: ASGIConnection[Any, Any, Any, Any], *, secure: bool) -> str:
    """Return the token that the client sent, from its cookie or as a bearer token; empty = none."""
    header = connection.headers.get("authorization", "")
    if header.lower().startswith("bearer "):
        return header[7:].strip()
    return connection.cookies.get(SECURE_SESSION_COOKIE if secure else SESSION_COOKIE, "")


class ActorMiddleware(ASGIMiddleware):
    """Finds out who acts, before guards run. No session row is ever written for anonymous visitors."""

    exclude_opt_key = "actorless"
    """Routes that answer everybody alike, from files: no session is looked up for them."""

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Put the actor into the request's state."""
        connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
        state = scope["litestar_app"].state
        token = session_token(connection, secure=state.settings.secure)
        actor = (await actor_of(state.database, token)) if token else None
        scope["state"]["actor"] = actor or ANONYMOUS
        await next_app(scope, receive, send)


def actor_in(connection: ASGIConnection[Any, Any, Any, Any]) -> Actor:
    """Return who acts in this request."""
    return connection.scope["state"].get("actor", ANONYMOUS)  # type: ignore[no-any-return]  # put there by ActorMiddleware


async def provide_database(request: Request[Any, Any, Any]) -> Database:
    """Give a handler the database."""
    return request.app.state.database  # type: ignore[no-any-return]  # put there by app.py


async def provide_acting(request: Request[Any, Any, Any]) -> Acting:
    """Give a handler who acts, with the idempotency key. Raises HTTPException 400 for an overlong key."""
    key = request.headers.get("idempotency-key", "")
    if len(key) > 200:
        raise HTTPException(status_code=400, detail="Idempotency-Key: at most 200 characters")
    return Acting(request.app.state.database, actor_in(request), key)


def open_to_all(_connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Guard of a route that anybody may use: said, not forgotten."""


def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Guard of a route for people who have signed in; what each may do is decided by the act's permission."""
    if actor_in(connection).role is Role.ANONYMOUS:
        raise NotSignedIn


def only(*roles: Role) -> Any:
    """Return the guard of a route for these roles."""

    def guard(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
        actor = actor_in(connection)
        if actor.role is Role.ANONYMOUS:
            raise NotSignedIn
        if actor.role not in roles:
            raise NotAllowed

    return guard
