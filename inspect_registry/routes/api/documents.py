"""Papers over HTTP: drawing one up, taking one back, handing over, and the PDF."""

import asyncio
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from inspect_registry.db import Acting
from inspect_registry.documents import delivering, service
from inspect_registry.documents.model import DeliveryInput, DocumentView, Press
from inspect_registry.documents.wording import DEMO_WORDS
from inspect_registry.routes.frame import signed_in


class Voiding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a paper is taken back."""

    reason: Annotated[str, msgspec.Meta(max_length=1000)]


@post("/visits/{uid:str}/notice", operation_id="issueNotice", guards=[signed_in], status_code=200)
async def issue_notice(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]
) -> DocumentView:
    """Draw up the notice of a visit; asking again gives the same paper."""
    return await service.issue_notice(acting, uid, press_of(request))


@post("/visits/{uid:str}/approval-form", operation_id="issueApproval", guards=[signed_in], status_code=200)
async def issue_approval(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]
) -> DocumentView:
    """Draw up the approval form of the acting department's share; asking again gives the same paper."""
    return await service.issue_approval(acting, uid, press_of(request))


@post("/inspections/{uid:str}/record", operation_id="issueRecord", guards=[signed_in], status_code=200)
async def issue_record(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]
) -> DocumentView:
    """Draw up the on-site record of a closed inspection; asking again gives the same paper."""
    return await service.issue_record(acting, uid, press_of(request))


@post("/inspections/{uid:str}/result-notice", operation_id="issueResult", guards=[signed_in], status_code=200)
async def issue_result(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]
) -> DocumentView:
    """Draw up the result notice of a closed inspection; asking again gives the same paper."""
    return await service.issue_result(acting, uid, press_of(request))


@post("/inspections/{uid:str}/order", operation_id="issueOrder", guards=[signed_in], status_code=200)
async def issue_order(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]
) -> DocumentView:
    """Draw up the order to rectify of a closed inspection; asking again gives the same paper."""
    return await service.issue_order(acting, uid, press_of(request))


@get("/visits/{uid:str}/documents", operation_id="listDocuments", guards=[signed_in])
async def list_documents(acting: NamedDependency[Acting], uid: FromPath[str]) -> list[DocumentView]:
    """List the papers of a visit; voided ones are told."""
    return await service.documents_of(acting, uid)


@post(
    "/visits/{uid:str}/deliveries",
    operation_id="deliverDocuments",
    guards=[signed_in],
    status_code=201,
    request_max_body_size=256 * 1024,
)
async def deliver(
    request: Request[Any, Any, Any],
    acting: NamedDependency[Acting],
    uid: FromPath[str],
    data: JSONBody[DeliveryInput],
) -> DocumentView:
    """Draw up the receipt of papers that were handed over together."""
    return await delivering.deliver(acting, uid, data, press_of(request))


@post("/documents/{uid:str}/voiding", operation_id="voidDocument", guards=[signed_in], status_code=200)
async def void(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Voiding]) -> DocumentView:
    """Take a paper back; its number stays taken."""
    return await service.void(acting, uid, data.reason)


@get("/documents/{uid:str}/paper.pdf", operation_id="printDocument", guards=[signed_in])
async def paper(
    acting: NamedDependency[Acting], uid: FromPath[str], *, as_issued: FromQuery[bool] = False
) -> Response[bytes]:
    """Print a paper as it was drawn up; a voided one says so unless the file as issued is asked for."""
    found = await service.document(acting, uid)
    content = await asyncio.to_thread(service.pdf_of, found, as_issued=as_issued)
    return Response(content, media_type="application/pdf", headers=_headers(found.uid))


def press_of(request: Request[Any, Any, Any]) -> Press:
    """Return what this installation adds to papers."""
    state = request.app.state
    desk = state.get("codes")
    return Press(
        base=state.settings.public_url,
        mark=DEMO_WORDS if state.settings.demo else "",
        printed=(lambda code: desk.printed(code).url) if desk else None,
    )


def _headers(uid: str) -> dict[str, str]:
    return {"content-disposition": f'inline; filename="{uid}.pdf"', "cache-control": "private, no-store"}


handlers = [
    issue_notice, issue_approval, issue_record, issue_result, issue_order, list_documents, deliver, void, paper,
]  # fmt: skip
