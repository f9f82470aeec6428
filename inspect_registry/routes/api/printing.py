"""Printing many papers over HTTP: ask, look how far it is, cancel, fetch."""

from typing import Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import File

from inspect_registry.db import Acting
from inspect_registry.documents import printing
from inspect_registry.documents.printing import PrintOrder, PrintView
from inspect_registry.routes.frame import signed_in


@post("/prints", operation_id="orderPrint", guards=[signed_in], status_code=202)
async def order(acting: NamedDependency[Acting], data: JSONBody[PrintOrder]) -> PrintView:
    """Ask for the papers of a department's visits of some days; the worker draws them up and prints them."""
    return await printing.order(acting, data)


@get("/prints/{uid:str}", operation_id="readPrint", guards=[signed_in])
async def state(acting: NamedDependency[Acting], uid: FromPath[str]) -> PrintView:
    """Read how far it is."""
    return await printing.state(acting, uid)


@post("/prints/{uid:str}/cancellation", operation_id="cancelPrint", guards=[signed_in], status_code=200)
async def cancel(acting: NamedDependency[Acting], uid: FromPath[str]) -> PrintView:
    """Ask it to end; papers that were issued stay issued."""
    return await printing.cancel(acting, uid)


@get("/prints/{uid:str}/file", operation_id="fetchPrint", guards=[signed_in])
async def fetch(request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]) -> File:
    """Download the result."""
    path = await printing.ready_file(acting, uid, request.app.state.settings.var / "prints")
    media = "application/pdf" if path.suffix == ".pdf" else "application/zip"
    return File(path=path, filename=path.name, media_type=media, content_disposition_type="attachment")


handlers = [order, state, cancel, fetch]
