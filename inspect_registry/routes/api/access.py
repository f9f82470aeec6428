"""Signing in and out over JSON; phones and programs use the token as `Authorization: Bearer …`."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from inspect_registry.access import service
from inspect_registry.access.model import SignedIn
from inspect_registry.actor import Role
from inspect_registry.db import Acting, Database
from inspect_registry.routes.frame import open_to_all, session_token, signed_in

Account = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who somebody says they are."""

    account: Account
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in."""

    name: str
    role: Role


@post("/session", operation_id="signIn", guards=[open_to_all], status_code=201)
async def sign_in(
    request: Request[Any, Any, Any], database: NamedDependency[Database], data: JSONBody[SignIn]
) -> SignedIn:
    """Open a session and return its token, once."""
    return await service.sign_in(database, data.account, data.password, request.client.host if request.client else "")


@get("/session", operation_id="whoAmI", guards=[signed_in])
async def who_am_i(acting: NamedDependency[Acting]) -> Me:
    """Say who is signed in."""
    return Me(name=acting.actor.name, role=acting.actor.role)


@delete("/session", operation_id="signOut", guards=[signed_in], status_code=204)
async def sign_out(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Response[None]:
    """End the session; its token is worthless from now on."""
    secure = request.app.state.settings.secure
    await service.sign_out(database, session_token(request, secure=secure))
    return Response(None, status_code=204)


handlers = [sign_in, who_am_i, sign_out]
