"""The case file of a visit over HTTP: one zip, streamed."""

from typing import Any

from litestar import Request, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from inspect_registry.db import Acting
from inspect_registry.documents import casefile
from inspect_registry.documents.archive import zip_stream
from inspect_registry.ledger.places import Places
from inspect_registry.routes.frame import signed_in


@post("/visits/{uid:str}/casefile", operation_id="exportCaseFile", guards=[signed_in], status_code=200)
async def export(request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]) -> Stream:
    """Export everything about one visit; the export is an entry of the ledger, with the manifest's hash."""
    state = request.app.state
    made = await casefile.export(acting, uid, state.evidence, Places(state.settings.var))
    headers = {
        "content-disposition": f'attachment; filename="{made.name}"',
        "cache-control": "private, no-store",
        "x-manifest-sha256": made.manifest,
    }
    return Stream(zip_stream(made.members), media_type="application/zip", headers=headers)


handlers = [export]
