"""Records at the door over JSON: open, answer, find, close; results, orders to rectify, corrections, the replay."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post, put
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody

from inspect_registry.db import Acting
from inspect_registry.fieldwork import corrections, drafts, escalation, followup, replay, service, signatures
from inspect_registry.fieldwork.drafts import DraftView
from inspect_registry.fieldwork.escalation_store import Escalation
from inspect_registry.fieldwork.model import DraftSection
from inspect_registry.fieldwork.publicity import PublicityClock, publicity_clocks
from inspect_registry.fieldwork.replay import Timeline
from inspect_registry.fieldwork.rows import LateResult
from inspect_registry.fieldwork.views import (
    AnswerInput,
    ClosingInput,
    CorrectionInput,
    FindingInput,
    InspectionView,
    RecheckInput,
    RectificationView,
    SignatureInput,
)
from inspect_registry.ledger import Action
from inspect_registry.routes.frame import signed_in
from inspect_registry.routes.queries import LongPageSize, PageSize
from inspect_registry.routes.standing import Standing, answer, standing_of
from inspect_registry.triggers.model import TriggerView

Words = Annotated[str, msgspec.Meta(max_length=2000)]


class Opening(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which visit is recorded; a reason where the arrival could not be confirmed."""

    visit: Annotated[str, msgspec.Meta(max_length=40)]
    late_reason: Words = ""


class Answers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Answers given or changed."""

    answers: Annotated[list[AnswerInput], msgspec.Meta(max_length=500)]


class Findings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All findings of the record."""

    findings: Annotated[list[FindingInput], msgspec.Meta(max_length=100)]


class TypedSoFar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A form as it stands: every value of every field."""

    typed: Annotated[
        dict[
            Annotated[str, msgspec.Meta(max_length=200)],
            Annotated[list[Annotated[str, msgspec.Meta(max_length=20_000)]], msgspec.Meta(max_length=50)],
        ],
        msgspec.Meta(max_length=2000),
    ]


class Told(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words from one side."""

    words: Words


class ClosedInspection(InspectionView, frozen=True, kw_only=True):
    """A closed record with where its closing stands in the ledger."""

    ledger: Standing


@post("/inspections", operation_id="openInspection", guards=[signed_in], status_code=201)
async def open_inspection(acting: NamedDependency[Acting], data: JSONBody[Opening]) -> InspectionView:
    """Open the acting department's record of a visit whose arrival is confirmed; again = the same record."""
    return await service.open_inspection(acting, data.visit, data.late_reason)


@get("/inspections/late", operation_id="listLateResults", guards=[signed_in])
async def late_results(acting: NamedDependency[Acting], limit: PageSize = 100) -> list[LateResult]:
    """List results not told on their day or not published in time."""
    return await followup.late_results(acting, limit)


@get("/inspections/publicity", operation_id="listPublicityClocks", guards=[signed_in])
async def clocks(
    acting: NamedDependency[Acting], *, late: FromQuery[bool] = False, limit: LongPageSize = 100
) -> list[PublicityClock]:
    """List results to be published within 20 working days, or taken down within 3, with the days left; or the late."""
    return await publicity_clocks(acting, late=late, limit=limit)


@get("/late", operation_id="listEscalations", guards=[signed_in])
async def escalated(acting: NamedDependency[Acting], limit: LongPageSize = 100) -> list[Escalation]:
    """List what was not done in time and went up to the coordinating office, newest first."""
    return await escalation.escalated(acting, limit)


@get("/inspections/{uid:str}", operation_id="readInspection", guards=[signed_in])
async def read_inspection(acting: NamedDependency[Acting], uid: FromPath[str]) -> InspectionView:
    """Read one version of a record: criteria in force, answers, findings, leniency prompts, orders."""
    return await service.sheet(acting, uid)


@put("/inspections/{uid:str}/answers", operation_id="saveAnswers", guards=[signed_in])
async def save_answers(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Answers]) -> InspectionView:
    """Add or change answers of an open record."""
    return await service.save_answers(acting, uid, data.answers)


@put("/inspections/{uid:str}/findings", operation_id="saveFindings", guards=[signed_in])
async def save_findings(
    acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Findings]
) -> InspectionView:
    """Write the findings of an open record."""
    return await service.save_findings(acting, uid, data.findings)


@put("/inspections/{uid:str}/door", operation_id="noteDoor", guards=[signed_in])
async def note_door(
    acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[ClosingInput]
) -> InspectionView:
    """Note who was there and when, so that the record can be read through and signed."""
    return await signatures.note_door(acting, uid, data)


@put("/inspections/{uid:str}/drafts/{section:str}", operation_id="keepDraft", guards=[signed_in])
async def keep_draft(
    acting: NamedDependency[Acting], uid: FromPath[str], section: FromPath[DraftSection], data: JSONBody[TypedSoFar]
) -> DraftView:
    """Keep what the acting person has typed into one section of an open record and not yet saved."""
    return await drafts.keep(acting, uid, section, data.typed)


@get("/inspections/{uid:str}/drafts", operation_id="listDrafts", guards=[signed_in])
async def list_drafts(acting: NamedDependency[Acting], uid: FromPath[str]) -> list[DraftView]:
    """Read what the acting person typed into a record and did not save."""
    return await drafts.drafts_of(acting, uid)


@post("/inspections/{uid:str}/signatures", operation_id="signInspection", guards=[signed_in], status_code=200)
async def sign(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[SignatureInput]) -> InspectionView:
    """Keep one handwritten signature under the content that was shown."""
    return await signatures.sign(acting, uid, data)


@post(
    "/inspections/{uid:str}/closing",
    operation_id="closeInspection",
    guards=[signed_in],
    status_code=201,
    responses={202: ResponseSpec(ClosedInspection, description="Closed; its number in the ledger is pending")},
)
async def close_inspection(
    request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[ClosingInput]
) -> Response[ClosedInspection]:
    """Close a record: two inspectors present, all answered, all signed. 201 with its leaf number, or 202."""
    closed = await service.close_inspection(acting, uid, data)
    standing = await standing_of(request, acting, "inspection", closed.uid, [Action.INSPECTION_CLOSED])
    return answer(ClosedInspection(**msgspec.structs.asdict(closed), ledger=standing), standing)


@post("/inspections/{uid:str}/telling", operation_id="tellResult", guards=[signed_in], status_code=200)
async def tell_result(acting: NamedDependency[Acting], uid: FromPath[str]) -> InspectionView:
    """Note that the result was told to the enterprise in writing."""
    return await followup.tell_result(acting, uid)


@post("/inspections/{uid:str}/revocation", operation_id="revokeResult", guards=[signed_in], status_code=200)
async def revoke(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Told]) -> InspectionView:
    """Take a result back; publication takes it down in time."""
    return await followup.revoke(acting, uid, data.words)


@post("/inspections/{uid:str}/corrections", operation_id="proposeCorrection", guards=[signed_in], status_code=201)
async def propose_correction(
    acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[CorrectionInput]
) -> InspectionView:
    """Propose the next version of a closed record."""
    return await corrections.propose_correction(acting, uid, data)


@post("/inspections/{uid:str}/confirmation", operation_id="confirmCorrection", guards=[signed_in], status_code=200)
async def confirm_correction(acting: NamedDependency[Acting], uid: FromPath[str]) -> InspectionView:
    """Put a proposed correction in force, as a second person."""
    return await corrections.confirm_correction(acting, uid)


@get("/rectifications", operation_id="listRectifications", guards=[signed_in])
async def rectifications(
    acting: NamedDependency[Acting], *, overdue: FromQuery[bool] = False, limit: PageSize = 100
) -> list[RectificationView]:
    """List orders to rectify that wait, the most urgent first."""
    return await followup.rectifications(acting, overdue=overdue, limit=limit)


@get("/rectifications/{uid:str}", operation_id="readRectification", guards=[signed_in])
async def rectification(acting: NamedDependency[Acting], uid: FromPath[str]) -> RectificationView:
    """Read one order to rectify."""
    return await followup.rectification(acting, uid)


@post(
    "/rectifications/{uid:str}/evidence", operation_id="giveRectificationEvidence", guards=[signed_in], status_code=200
)
async def give_evidence(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Told]) -> RectificationView:
    """Say, for the enterprise, how things were put right."""
    return await followup.give_evidence(acting, uid, data.words)


@post("/rectifications/{uid:str}/recheck-trigger", operation_id="proposeRecheck", guards=[signed_in])
async def propose_recheck(acting: NamedDependency[Acting], uid: FromPath[str]) -> TriggerView:
    """Register the re-check of an order, to go there again outside the caps."""
    return await followup.propose_recheck(acting, uid)


@post("/rectifications/{uid:str}/recheck", operation_id="recheckRectification", guards=[signed_in], status_code=200)
async def recheck(
    acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[RecheckInput]
) -> RectificationView:
    """Note what a re-check found, by documents or on the re-check visit."""
    return await followup.recheck(acting, uid, data)


@post("/rectifications/{uid:str}/closing", operation_id="closeRectification", guards=[signed_in], status_code=200)
async def close_rectification(acting: NamedDependency[Acting], uid: FromPath[str]) -> RectificationView:
    """End an order that was put right and looked at."""
    return await followup.close_rectification(acting, uid)


@get("/visits/{uid:str}/timeline", operation_id="replayVisit", guards=[signed_in])
async def timeline(acting: NamedDependency[Acting], uid: FromPath[str]) -> Timeline:
    """Replay one visit from its plan line to its end, out of the ledger."""
    return await replay.replay(acting, uid)


handlers = [
    open_inspection, late_results, clocks, escalated, read_inspection, save_answers, save_findings, note_door,
    keep_draft, list_drafts, sign,
    close_inspection,
    tell_result, revoke,
    propose_correction, confirm_correction, rectifications, rectification, give_evidence, propose_recheck, recheck,
    close_rectification, timeline,
]  # fmt: skip
