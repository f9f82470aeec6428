"""Objections and off-site checks over JSON."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from inspect_registry.db import Acting
from inspect_registry.fieldwork import objections, offsite, service
from inspect_registry.fieldwork.objections import ObjectionView
from inspect_registry.fieldwork.offsite import OffsiteDraft, OffsiteView
from inspect_registry.routes.frame import signed_in
from inspect_registry.routes.queries import PageSize
from inspect_registry.triggers.model import TriggerDraft, TriggerView

Words = Annotated[str, msgspec.Meta(max_length=2000)]


class Objecting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wrong with a result."""

    words: Words


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What comes of an objection."""

    upheld: bool
    decision: Words


class Review(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether what was seen from afar is enough."""

    sufficient: bool


class Deed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was done about it."""

    action: Words


@post("/inspections/{uid:str}/objections", operation_id="raiseObjection", guards=[signed_in], status_code=201)
async def object_to(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Objecting]) -> ObjectionView:
    """Object, for the inspected enterprise, to a closed record."""
    return await objections.object_to(acting, uid, data.words)


@get("/objections", operation_id="listObjections", guards=[signed_in])
async def list_objections(acting: NamedDependency[Acting], limit: PageSize = 100) -> list[ObjectionView]:
    """List objections that wait, the most urgent first."""
    return await objections.objections(acting, limit)


@post("/objections/{uid:str}/mark", operation_id="markObjection", guards=[signed_in], status_code=200)
async def mark(acting: NamedDependency[Acting], uid: FromPath[str]) -> ObjectionView:
    """Show the result as objected to."""
    return await objections.mark(acting, uid)


@post("/objections/{uid:str}/decision", operation_id="decideObjection", guards=[signed_in], status_code=200)
async def decide(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Decision]) -> ObjectionView:
    """Uphold or reject an objection, as somebody who did not make the record."""
    return await objections.decide(acting, uid, upheld=data.upheld, decision=data.decision)


@post("/inspections/{uid:str}/triggers", operation_id="proposeBeyondScope", guards=[signed_in], status_code=201)
async def beyond_scope(
    acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[TriggerDraft]
) -> TriggerView:
    """Register what was seen outside the code's matters as a new trigger."""
    return await service.propose_beyond_scope(acting, uid, data)


@post("/offsite-checks", operation_id="findOffsite", guards=[signed_in], status_code=201)
async def find(acting: NamedDependency[Acting], data: JSONBody[OffsiteDraft]) -> OffsiteView:
    """Register what was seen without going there."""
    return await offsite.find(acting, data)


@get("/offsite-checks", operation_id="listOffsite", guards=[signed_in])
async def list_offsite(acting: NamedDependency[Acting], limit: PageSize = 100) -> list[OffsiteView]:
    """List off-site checks whose loop is not closed."""
    return await offsite.open_loops(acting, limit)


@post("/offsite-checks/{uid:str}/review", operation_id="reviewOffsite", guards=[signed_in], status_code=200)
async def review(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Review]) -> OffsiteView:
    """Say, as a second person, whether it is enough to do without a visit."""
    return await offsite.review(acting, uid, sufficient=data.sufficient)


@post("/offsite-checks/{uid:str}/action", operation_id="actOnOffsite", guards=[signed_in], status_code=200)
async def act_on(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Deed]) -> OffsiteView:
    """Close the loop."""
    return await offsite.act_on(acting, uid, data.action)


handlers = [object_to, list_objections, mark, decide, beyond_scope, find, list_offsite, review, act_on]
