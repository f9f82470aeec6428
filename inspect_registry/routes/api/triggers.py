"""Triggers over JSON: register a documented reason, decide on it, make a visit of it."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody

from inspect_registry.db import Acting
from inspect_registry.routes.frame import signed_in
from inspect_registry.routes.queries import PageSize
from inspect_registry.triggers import service
from inspect_registry.triggers.model import TriggerDraft, TriggerState, TriggerView
from inspect_registry.visits.triggered import (
    JointTriggeredVisit,
    TriggeredVisit,
    joint_visit_from_triggers,
    visit_from_trigger,
)
from inspect_registry.visits.views import VisitView


class Rejection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why nobody is visited for this."""

    reason: Annotated[str, msgspec.Meta(max_length=2000)]


@post("/triggers", operation_id="proposeTrigger", guards=[signed_in], status_code=201)
async def propose(acting: NamedDependency[Acting], data: JSONBody[TriggerDraft]) -> TriggerView:
    """Register a documented reason for an unplanned check."""
    return await service.propose(acting, data)


@get("/triggers", operation_id="listTriggers", guards=[signed_in])
async def triggers(
    acting: NamedDependency[Acting], standing: FromQuery[TriggerState | None] = None, limit: PageSize = 100
) -> list[TriggerView]:
    """List reasons of the acting department, or of all, newest first."""
    return await service.triggers(acting, standing, limit)


@post("/triggers/{uid:str}/approval", operation_id="approveTrigger", guards=[signed_in], status_code=200)
async def approve(acting: NamedDependency[Acting], uid: FromPath[str]) -> TriggerView:
    """Let a visit be made of it."""
    return await service.approve(acting, uid)


@post("/triggers/{uid:str}/rejection", operation_id="rejectTrigger", guards=[signed_in], status_code=200)
async def reject(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Rejection]) -> TriggerView:
    """Decide that nobody is visited for this."""
    return await service.reject(acting, uid, data.reason)


@post("/triggers/{uid:str}/visit", operation_id="makeTriggeredVisit", guards=[signed_in], status_code=201)
async def make_visit(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[TriggeredVisit]) -> VisitView:
    """Make a visit of it; the head approves it beforehand, or in an emergency afterwards."""
    return await visit_from_trigger(acting, uid, data)


@post("/triggers/joint-visit", operation_id="makeJointTriggeredVisit", guards=[signed_in], status_code=201)
async def make_joint_visit(acting: NamedDependency[Acting], data: JSONBody[JointTriggeredVisit]) -> VisitView:
    """Bring several departments' triggers about one place together in one visit."""
    return await joint_visit_from_triggers(acting, data)


handlers = [propose, triggers, approve, reject, make_visit, make_joint_visit]
