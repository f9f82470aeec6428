"""Papers over HTTP: drawing one up, and its PDF."""

import asyncio
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from inspect_registry.codes import service as codes
from inspect_registry.codes.qr import Matrix, matrix_of
from inspect_registry.db import Acting
from inspect_registry.documents import service
from inspect_registry.documents.model import Document, DocumentKind, DocumentView
from inspect_registry.routes.frame import signed_in


@post("/visits/{uid:str}/notice", operation_id="issueNotice", guards=[signed_in], status_code=200)
async def issue_notice(acting: NamedDependency[Acting], uid: FromPath[str]) -> DocumentView:
    """Draw up the notice of a visit; asking again gives the same paper."""
    return await service.issue_notice(acting, uid)


@post("/inspections/{uid:str}/record", operation_id="issueRecord", guards=[signed_in], status_code=200)
async def issue_record(acting: NamedDependency[Acting], uid: FromPath[str]) -> DocumentView:
    """Draw up the on-site record of a closed inspection; asking again gives the same paper."""
    return await service.issue_record(acting, uid)


@get("/documents/{uid:str}/paper.pdf", operation_id="printDocument", guards=[signed_in])
async def paper(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]
) -> Response[bytes]:
    """Print a paper as it was drawn up."""
    found = await service.document(acting, uid)
    picture = await _picture(request, acting, found)
    settings = request.app.state.settings
    mark = "演示数据，不具有法律效力" if settings.demo else ""
    content = await asyncio.to_thread(service.pdf_of, found, picture, mark=mark, base=settings.public_url)
    headers = {"content-disposition": f'inline; filename="{found.uid}.pdf"', "cache-control": "private, no-store"}
    return Response(content, media_type="application/pdf", headers=headers)


async def _picture(request: Request[Any, Any, Any], acting: Acting, found: Document) -> Matrix:
    """Return the printed code's modules; a record prints none."""
    if found.kind is not DocumentKind.NOTICE:
        return ()
    code = await codes.code_to_print(acting, found.code)
    return await asyncio.to_thread(matrix_of, request.app.state.codes.printed(code).url)


handlers = [issue_notice, issue_record, paper]
