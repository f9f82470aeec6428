"""Annual plans over JSON: hand in a spreadsheet, settle its cells, walk the plan to publication."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, JSONBody

from inspect_registry.db import Acting
from inspect_registry.errors import NotFound
from inspect_registry.plans import drafting, export, reading, service
from inspect_registry.plans.arrangement import Arrangement
from inspect_registry.plans.consent import note_city_consent
from inspect_registry.plans.inputs import AnnualUpload, TaskChange, TaskInput
from inspect_registry.plans.minimums import MinimumLine
from inspect_registry.plans.views import AnnualPlanLine, AnnualPlanView, DepartmentRef, SpecialPlan, TaskView
from inspect_registry.routes import queries
from inspect_registry.routes.frame import signed_in
from inspect_registry.sheets.reading import FILE_BYTES_MAX

UPLOAD_BODY_LIMIT = FILE_BYTES_MAX + 64 * 1024
"""The file's own limit, and room for the form around it."""
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
Year = Annotated[int, msgspec.Meta(ge=2000, le=2100)]
Text = Annotated[str, msgspec.Meta(max_length=1000)]


@dataclass(frozen=True)
class UploadForm:
    """One spreadsheet with what it is."""

    file: UploadFile
    year: Year
    department: str = ""
    campaign: str = ""
    approval_document: str = ""
    approved_on: dt.date | None = None
    emergency: bool = False
    upstream_plan_code: str = ""


class Approval(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The approval of a special campaign, or the city's consent to a plan."""

    document: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    """文号."""
    approved_on: dt.date


class Why(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A reason or opinion in words."""

    reason: Text


class Filing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The number a plan is filed under; empty = the registry gives one."""

    number: Annotated[str, msgspec.Meta(max_length=60)] = ""


class Settlement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was decided about one cell."""

    settlement: Annotated[str, msgspec.Meta(max_length=500)]


@post(
    "/annual-plans",
    operation_id="uploadAnnualPlan",
    guards=[signed_in],
    status_code=201,
    request_max_body_size=UPLOAD_BODY_LIMIT,
)
async def upload(
    acting: NamedDependency[Acting],
    data: Annotated[UploadForm, Body(media_type=RequestEncodingType.MULTI_PART)],
) -> AnnualPlanView:
    """Hand in a spreadsheet (XLSX, XLS, CSV; 5 MiB); it is kept as a draft with the cells to be settled."""
    upload = AnnualUpload(
        year=data.year,
        filename=data.file.filename or "",
        content=await data.file.read(),
        department=data.department[:60],
        campaign=data.campaign[:100],
        approval_document=data.approval_document[:100],
        approved_on=data.approved_on,
        emergency=data.emergency,
        upstream_plan_code=data.upstream_plan_code[:60],
    )
    return await drafting.upload_annual_plan(acting, upload)


@get("/annual-plans", operation_id="listAnnualPlans", guards=[signed_in])
async def list_plans(acting: NamedDependency[Acting], year: queries.Year) -> list[AnnualPlanLine]:
    """List the plans of a year: one's own, and every published one."""
    return await reading.annual_plans(acting, year)


@get("/annual-plans/{uid:str}/table/{kind:str}", operation_id="exportAnnualPlan", guards=[signed_in])
async def export_table(acting: NamedDependency[Acting], uid: FromPath[str], kind: FromPath[str]) -> Response[bytes]:
    """Write a plan as a table, XLSX or CSV, with its code in the city's system; the importer reads it back."""
    if kind not in MEDIA:
        raise NotFound(f"没有这种格式：{kind[:10]}", remedy="可以下载 xlsx 或 csv")
    made = await export.annual_plan_table(acting, uid, xlsx=kind == "xlsx")
    disposition = f"attachment; filename*=UTF-8''{quote(made.name)}"
    return Response(made.content, media_type=MEDIA[kind], headers={"content-disposition": disposition})


@get("/annual-plans/late", operation_id="listLateDepartments", guards=[signed_in])
async def late(acting: NamedDependency[Acting], year: queries.Year) -> list[DepartmentRef]:
    """List the departments whose plan of a year was not published in time (by 31 March)."""
    return await reading.late_departments(acting, year)


@get("/annual-plans/special", operation_id="listSpecialPlans", guards=[signed_in])
async def special(acting: NamedDependency[Acting], year: queries.Year) -> list[SpecialPlan]:
    """List a year's special campaigns: approval, last day for publication, how many of the department."""
    return await reading.special_plans(acting, year)


@post("/annual-plans/{uid:str}/approval", operation_id="approveCampaign", guards=[signed_in], status_code=200)
async def approve(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Approval]) -> AnnualPlanView:
    """Note the approval of a special campaign that began in an emergency."""
    return await service.approve_campaign(acting, uid, data.document, data.approved_on)


@post("/annual-plans/{uid:str}/city-consent", operation_id="noteCityConsent", guards=[signed_in], status_code=200)
async def consent(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Approval]) -> AnnualPlanView:
    """Note the city's consent, without which some departments' plans are not published."""
    return await note_city_consent(acting, uid, data.document, data.approved_on)


@get("/tasks/{uid:str}/minimums", operation_id="readMinimumConflicts", guards=[signed_in])
async def minimums(acting: NamedDependency[Acting], uid: FromPath[str]) -> list[MinimumLine]:
    """Say where grades demand more inspections than a task's cap allows or the task guarantees."""
    return await reading.minimum_conflicts(acting, uid)


@get("/tasks/{uid:str}/arrangement", operation_id="readClassArrangement", guards=[signed_in])
async def arrangement(acting: NamedDependency[Acting], uid: FromPath[str]) -> Arrangement:
    """Say how often and in what manner the tables by credit class and risk have a task's objects checked; internal."""
    return await reading.class_arrangement(acting, uid)


@get("/annual-plans/{uid:str}", operation_id="readAnnualPlan", guards=[signed_in])
async def read_plan(acting: NamedDependency[Acting], uid: FromPath[str]) -> AnnualPlanView:
    """Read one plan with its tasks, problems, files and steps."""
    return await reading.annual_plan_view(acting, uid)


@post("/annual-plans/{uid:str}/tasks", operation_id="addTask", guards=[signed_in], status_code=201)
async def add_task(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[TaskInput]) -> TaskView:
    """Add a task to a draft."""
    return await drafting.add_task(acting, uid, data)


@patch("/tasks/{uid:str}", operation_id="changeTask", guards=[signed_in])
async def change_task(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[TaskChange]) -> TaskView:
    """Set fields of a task; settles the problems of those fields."""
    return await drafting.change_task(acting, uid, data)


@delete("/tasks/{uid:str}", operation_id="removeTask", guards=[signed_in])
async def remove_task(acting: NamedDependency[Acting], uid: FromPath[str], reason: queries.Reason) -> None:
    """Take a task out of a draft."""
    await drafting.remove_task(acting, uid, reason)


@post("/tasks/{uid:str}/problems/{problem:str}", operation_id="settleProblem", guards=[signed_in], status_code=200)
async def settle(
    acting: NamedDependency[Acting], uid: FromPath[str], problem: FromPath[str], data: JSONBody[Settlement]
) -> TaskView:
    """Say what was meant by a cell, where no field has to change."""
    return await drafting.settle_problem(acting, uid, problem, data.settlement)


@post("/annual-plans/{uid:str}/submit", operation_id="submitAnnualPlan", guards=[signed_in], status_code=200)
async def submit(acting: NamedDependency[Acting], uid: FromPath[str]) -> AnnualPlanView:
    """Hand a draft to the coordinator."""
    return await service.submit_annual_plan(acting, uid)


@post("/annual-plans/{uid:str}/return", operation_id="returnAnnualPlan", guards=[signed_in], status_code=200)
async def give_back(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Why]) -> AnnualPlanView:
    """Give a plan back to its department, with the reason."""
    return await service.return_annual_plan(acting, uid, data.reason)


@post("/annual-plans/{uid:str}/review", operation_id="reviewAnnualPlan", guards=[signed_in], status_code=200)
async def review(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Why]) -> AnnualPlanView:
    """Pass the legal review (法制审核), with the opinion."""
    return await service.review_annual_plan(acting, uid, data.reason)


@post("/annual-plans/{uid:str}/file", operation_id="fileAnnualPlan", guards=[signed_in], status_code=200)
async def file_plan(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Filing]) -> AnnualPlanView:
    """File a plan (备案): it gets its number."""
    return await service.file_annual_plan(acting, uid, data.number)


@post("/annual-plans/{uid:str}/publish", operation_id="publishAnnualPlan", guards=[signed_in], status_code=200)
async def publish(acting: NamedDependency[Acting], uid: FromPath[str]) -> AnnualPlanView:
    """Publish a filed plan; from now on only a revision changes it."""
    return await service.publish_annual_plan(acting, uid)


@post("/annual-plans/{uid:str}/revise", operation_id="reviseAnnualPlan", guards=[signed_in], status_code=201)
async def revise(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Why]) -> AnnualPlanView:
    """Open a numbered revision of a published plan, with the reason."""
    return await service.revise_annual_plan(acting, uid, data.reason)


@post("/annual-plans/{uid:str}/close", operation_id="closeAnnualPlan", guards=[signed_in], status_code=200)
async def close(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Why]) -> AnnualPlanView:
    """Close a published plan: carried out, or ended early."""
    return await service.close_annual_plan(acting, uid, data.reason)


handlers = [
    export_table,
    upload,
    list_plans,
    late,
    special,
    approve,
    consent,
    minimums,
    arrangement,
    read_plan,
    add_task,
    change_task,
    remove_task,
    settle,
    submit,
    give_back,
    review,
    file_plan,
    publish,
    revise,
    close,
]
