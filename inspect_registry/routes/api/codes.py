"""Codes over JSON: the verdict, issuing, presenting, arrivals, reports, and the published keys."""

from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody

from inspect_registry.codes import arrivals, service
from inspect_registry.codes.desk import Answer, CodeDesk
from inspect_registry.codes.keys import KEYS_ADDRESS, REVOCATIONS_ADDRESS
from inspect_registry.codes.model import (
    AlarmLine,
    ArrivalView,
    CodeView,
    InspectorCode,
    LateArrival,
    NewCode,
    NewReport,
    Reason,
    ReportLine,
)
from inspect_registry.codes.presenting import Presentation
from inspect_registry.codes.qr import in_thread, png_of, svg_of
from inspect_registry.db import Acting
from inspect_registry.ledger import Action, SignerClient
from inspect_registry.ledger.errors import SignerUnavailable
from inspect_registry.ledger.keeper import KeeperError
from inspect_registry.ledger.places import Places
from inspect_registry.routes.frame import actor_in, open_to_all, signed_in
from inspect_registry.routes.standing import Standing, answer, standing_of

_ENCODER = msgspec.json.Encoder()


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A live presentation with the one-time word that goes with it."""

    presentation: Presentation
    word: str


class Confirm(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A confirmation of an arrival from the enterprise's side; the word only where nobody is signed in."""

    token: Annotated[str, msgspec.Meta(max_length=400)]
    word: Annotated[str, msgspec.Meta(max_length=20)] = ""


class EnterpriseCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The enterprise's own number, scanned by the inspector from its licence."""

    identifier: Annotated[str, msgspec.Meta(min_length=15, max_length=18)]


class Filed(msgspec.Struct, frozen=True, kw_only=True):
    """A report's number."""

    uid: str


class IssuedCode(CodeView, frozen=True, kw_only=True):
    """A code with where its issuing stands in the ledger."""

    ledger: Standing


PENDING = {202: ResponseSpec(IssuedCode, description="Issued; its number in the ledger is pending")}


@get("/verdicts/{token:str}", operation_id="checkCode", guards=[open_to_all], responses=None)
async def verdict(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[bytes]:
    """Say whether a scanned code is genuine, in force, fresh, and for whom (codes.desk.Answer)."""
    answer: Answer = await _desk(request).answer(token, actor_in(request))
    return Response(_ENCODER.encode(answer), media_type=MediaType.JSON)


@get("/verdicts/{token:str}/promise", operation_id="promiseOfCode", guards=[open_to_all])
async def promise(request: Request[Any, Any, Any], token: FromPath[str]) -> Response[str]:
    """Return the log's signed promise that the issuing of this code will be public within a minute; keep it."""
    places = Places(request.app.state.settings.var)
    origin = _origin(places)
    note = await _desk(request).promise(token, SignerClient(places.signer_address), origin)
    return Response(note, media_type="text/plain; charset=utf-8")


@post("/codes", operation_id="issueCode", guards=[signed_in], status_code=201, responses=PENDING)
async def issue(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], data: JSONBody[NewCode]
) -> Response[IssuedCode]:
    """Issue the code of an approved visit: 201 with its leaf number, or 202 with where to ask for it."""
    return await _with_standing(request, acting, await service.issue(acting, data))


@post(
    "/codes/{uid:str}/replacement", operation_id="replaceCode", guards=[signed_in], status_code=201, responses=PENDING
)
async def replace(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Reason]
) -> Response[IssuedCode]:
    """Revoke a code and issue another for the visit as it stands now: 201 or 202 as for a first one."""
    return await _with_standing(request, acting, await service.reissue(acting, uid, data.reason))


@post("/codes/{uid:str}/revocation", operation_id="revokeCode", guards=[signed_in], status_code=201)
async def revoke(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Reason]) -> CodeView:
    """Take a code back."""
    return await service.revoke(acting, uid, data.reason)


@get("/codes/today", operation_id="listMyCodes", guards=[signed_in])
async def today(acting: NamedDependency[Acting]) -> list[InspectorCode]:
    """List what the acting inspector may present today."""
    return await service.codes_today(acting)


@get("/codes/{uid:str}/presentation", operation_id="presentCode", guards=[signed_in])
async def present(request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]) -> Shown:
    """Sign a code for the present slot, for its inspector's phone."""
    code, shown = await _desk(request).show(acting, uid)
    return Shown(presentation=shown, word=_desk(request).word(code))


@get("/codes/{uid:str}/live.svg", operation_id="drawLiveCode", guards=[signed_in])
async def live_picture(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]
) -> Response[str]:
    """Draw the live code for the present slot."""
    _code, shown = await _desk(request).show(acting, uid)
    return Response(await in_thread(svg_of, shown.url), media_type="image/svg+xml")


@get("/codes/{uid:str}/printed.png", operation_id="drawPrintedCode", guards=[signed_in])
async def printed_picture(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]
) -> Response[bytes]:
    """Draw the code for the printed notice."""
    code = await service.code_to_print(acting, uid)
    return Response(await in_thread(png_of, _desk(request).printed(code).url), media_type="image/png")


@post("/arrivals", operation_id="confirmArrival", guards=[open_to_all], status_code=201)
async def confirm(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], data: JSONBody[Confirm]
) -> ArrivalView:
    """Confirm an arrival by the enterprise's account, or by the one-time word."""
    desk = _desk(request)
    if acting.actor.enterprise:
        return await desk.confirm_signed_in(acting, data.token)
    return await desk.confirm_with_word(data.token, data.word)


@post("/codes/{uid:str}/arrival", operation_id="confirmArrivalByEnterpriseCode", guards=[signed_in], status_code=201)
async def confirm_with_enterprise_code(
    acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[EnterpriseCode]
) -> ArrivalView:
    """Confirm an arrival by the enterprise's own code, scanned by the inspector."""
    return await arrivals.confirm_with_enterprise_code(acting, uid, data.identifier)


@post("/codes/{uid:str}/late-arrival", operation_id="confirmArrivalLate", guards=[signed_in], status_code=201)
async def confirm_late(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[LateArrival]) -> ArrivalView:
    """Back-fill an arrival that could not be confirmed at the door."""
    return await arrivals.confirm_late(acting, uid, data)


@post("/reports", operation_id="fileReport", guards=[open_to_all], status_code=201)
async def report(request: Request[Any, Any, Any], acting: NamedDependency[Acting], data: JSONBody[NewReport]) -> Filed:
    """File a report from a door; no name is needed."""
    return Filed(uid=await _desk(request).report(acting, data))


@get("/reports", operation_id="listReports", guards=[signed_in])
async def reports(acting: NamedDependency[Acting]) -> list[ReportLine]:
    """List reports, for supervisors."""
    return await arrivals.reports(acting)


@get("/code-alarms", operation_id="listCodeAlarms", guards=[signed_in])
async def alarms(acting: NamedDependency[Acting]) -> list[AlarmLine]:
    """List what the registry itself noticed, for supervisors."""
    return await arrivals.alarms(acting)


@get(KEYS_ADDRESS, operation_id="codeKeys", guards=[open_to_all], include_in_schema=False)
async def keys(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Publish the keys that verify codes, for offline verifiers."""
    return _published(_ENCODER.encode(_desk(request).keys.published.document))


@get(REVOCATIONS_ADDRESS, operation_id="codeRevocations", guards=[open_to_all], include_in_schema=False)
async def revocations(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Publish the signed list of revoked codes."""
    return _published(_ENCODER.encode(await _desk(request).revocations()))


async def _with_standing(request: Request[Any, Any, Any], acting: Acting, code: CodeView) -> Response[IssuedCode]:
    standing = await standing_of(request, acting, "code", code.uid, [Action.CODE_ISSUED])
    return answer(IssuedCode(**msgspec.structs.asdict(code), ledger=standing), standing)


def _origin(places: Places) -> str:
    try:
        return places.policy().log.name
    except KeeperError as error:
        raise SignerUnavailable("本机没有台账签名服务。") from error


def _published(body: bytes) -> Response[bytes]:
    headers = {"cache-control": "public, max-age=60", "access-control-allow-origin": "*"}
    return Response(body, media_type=MediaType.JSON, headers=headers)


def _desk(request: Request[Any, Any, Any]) -> CodeDesk:
    return request.app.state.codes  # type: ignore[no-any-return]  # put there by app.py


handlers = [
    verdict,
    promise,
    issue,
    replace,
    revoke,
    today,
    present,
    live_picture,
    printed_picture,
    confirm,
    confirm_with_enterprise_code,
    confirm_late,
    report,
    reports,
    alarms,
]
"""Mounted under /api/v1."""
root_handlers = [keys, revocations]
"""Mounted at /."""
