"""Evidence over HTTP: a file comes in as the bare body of a request, streamed to the disk, and goes out unchanged."""

import datetime as dt
from typing import Any, Final

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import File

from inspect_registry.db import Acting
from inspect_registry.fieldwork import evidence
from inspect_registry.fieldwork.evidence import EvidenceOf, EvidenceView
from inspect_registry.fieldwork.evidence_keeper import EvidenceKeeper
from inspect_registry.routes.frame import signed_in

MOST_BYTES: Final = 512 * 1024 * 1024
"""What the server reads at all; the limit in force is the parameter evidence.bytes_max."""


@post(
    "/inspections/{uid:str}/evidence",
    operation_id="addEvidence",
    guards=[signed_in],
    status_code=201,
    request_max_body_size=MOST_BYTES,
)
async def add_evidence(
    request: Request[Any, Any, Any],
    acting: NamedDependency[Acting],
    uid: FromPath[str],
    name: FromQuery[str],
    taken_at: FromQuery[dt.datetime],
    place: FromQuery[str] = "",
) -> EvidenceView:
    """Take a photo, sound, film or PDF in for an open record; the body is the file (application/octet-stream)."""
    what = EvidenceOf(inspection=uid, name=name[:200], taken_at=taken_at, place=place[:200])
    return await evidence.receive(acting, _keeper(request), what, request.stream(), announced=_announced(request))


@post(
    "/rectifications/{uid:str}/files",
    operation_id="addRectificationFile",
    guards=[signed_in],
    status_code=201,
    request_max_body_size=MOST_BYTES,
)
async def add_file(
    request: Request[Any, Any, Any],
    acting: NamedDependency[Acting],
    uid: FromPath[str],
    name: FromQuery[str],
    taken_at: FromQuery[dt.datetime],
) -> EvidenceView:
    """Take a file in that shows how an order was put right."""
    what = EvidenceOf(rectification=uid, name=name[:200], taken_at=taken_at)
    return await evidence.receive(acting, _keeper(request), what, request.stream(), announced=_announced(request))


@get("/inspections/{uid:str}/evidence", operation_id="listEvidence", guards=[signed_in])
async def list_evidence(acting: NamedDependency[Acting], uid: FromPath[str]) -> list[EvidenceView]:
    """List the evidence of a record."""
    return await evidence.evidence_of(acting, uid)


@get("/evidence/{uid:str}", operation_id="readEvidence", guards=[signed_in])
async def read_evidence(acting: NamedDependency[Acting], uid: FromPath[str]) -> EvidenceView:
    """Read what is known of one piece of evidence."""
    return await evidence.evidence(acting, uid)


@get("/evidence/{uid:str}/content", operation_id="readEvidenceContent", guards=[signed_in])
async def read_content(request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]) -> File:
    """Download one piece of evidence, after it was read through against its hash."""
    view, path = await evidence.content(acting, _keeper(request), uid)
    return File(path=path, filename=view.name, media_type=view.media_type, content_disposition_type="attachment")


def _announced(request: Request[Any, Any, Any]) -> int:
    """How many bytes the sender says that it has; 0 where it does not say. What comes is counted all the same."""
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() else 0


def _keeper(request: Request[Any, Any, Any]) -> EvidenceKeeper:
    return request.app.state.evidence  # type: ignore[no-any-return]  # put there by app.py


handlers = [add_evidence, add_file, list_evidence, read_evidence, read_content]
