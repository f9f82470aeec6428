"""Credit over JSON: the monthly import of classes, inputs of grades, negative records and their repair.

No answer here holds a class: an import says how many rows, inputs say what happened, records what was decided.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath, FromQuery, JSONBody

from inspect_registry.clock import day_of
from inspect_registry.db import Acting
from inspect_registry.enterprises import class_import
from inspect_registry.enterprises.class_import import ClassesImported, ClassUpload
from inspect_registry.enterprises.credit import effects, records, service
from inspect_registry.enterprises.credit.effects import InputPage
from inspect_registry.enterprises.credit.model import Scale
from inspect_registry.enterprises.credit.records import MeasureInput
from inspect_registry.enterprises.credit.service import Application, Verdict
from inspect_registry.enterprises.credit.views import RecordView, RepairView
from inspect_registry.routes.frame import signed_in
from inspect_registry.routes.queries import AfterNumber, PageSize, RegisterPageSize
from inspect_registry.sheets.reading import FILE_BYTES_MAX

UPLOAD_BODY_LIMIT = FILE_BYTES_MAX + 64 * 1024
"""The file's own limit, and room for the form around it."""


@dataclass(frozen=True)
class ClassForm:
    """One table of classes with its month."""

    file: UploadFile
    month: Annotated[str, msgspec.Meta(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
    """Such as 2026-12."""
    check: bool = False
    """Only say what would happen."""


class Performance(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When everything was done."""

    performed_on: dt.date


@post(
    "/credit-classes",
    operation_id="importCreditClasses",
    guards=[signed_in],
    status_code=200,
    request_max_body_size=UPLOAD_BODY_LIMIT,
)
async def import_classes(
    acting: NamedDependency[Acting],
    data: Annotated[ClassForm, Body(media_type=RequestEncodingType.MULTI_PART)],
) -> ClassesImported:
    """Hand in a month's classes (XLSX, XLS, CSV; 5 MiB): every row is right, or none is stored and all faults told."""
    month = dt.date.fromisoformat(f"{data.month}-01")
    upload = ClassUpload(month=month, filename=data.file.filename or "", content=await data.file.read())
    class_import.may_import(acting)
    table = await class_import.read_upload(upload, day_of(acting.database.clock.now()))
    run = class_import.check_class_table if data.check else class_import.import_class_table
    return await run(acting, month, table)


@get("/grade-inputs", operation_id="listGradeInputs", guards=[signed_in])
async def grade_inputs(
    acting: NamedDependency[Acting],
    month: FromQuery[dt.date],
    scale: FromQuery[Scale | None] = None,
    after: AfterNumber = 0,
    limit: RegisterPageSize = 1000,
) -> InputPage:
    """List what counts for the grades of a month: what results feed in, less what has ended."""
    return await effects.grade_inputs(acting, month, scale=scale, after=after, limit=limit)


@get("/credit-records", operation_id="listCreditRecords", guards=[signed_in])
async def list_records(
    acting: NamedDependency[Acting], *, ended: FromQuery[bool] = False, limit: PageSize = 100
) -> list[RecordView]:
    """List negative records of the acting enterprise or department, with what their repair asks for."""
    return await records.credit_records(acting, alive=not ended, limit=limit)


@get("/credit-records/{uid:str}", operation_id="readCreditRecord", guards=[signed_in])
async def read_record(acting: NamedDependency[Acting], uid: FromPath[str]) -> RecordView:
    """Read one record: measure, publicity, the first day for an application, what stands against it."""
    return await records.credit_record(acting, uid)


@post("/credit-records/{uid:str}/measure", operation_id="noteMeasure", guards=[signed_in], status_code=200)
async def note_measure(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[MeasureInput]) -> RecordView:
    """Note what the case of a record ended with."""
    return await records.note_measure(acting, uid, data)


@post("/credit-records/{uid:str}/performance", operation_id="notePerformance", guards=[signed_in], status_code=200)
async def note_performance(
    acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Performance]
) -> RecordView:
    """Note on which day the enterprise had done everything it was told to."""
    return await records.note_performance(acting, uid, data.performed_on)


@post("/credit-records/{uid:str}/repairs", operation_id="applyForRepair", guards=[signed_in], status_code=201)
async def apply(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Application]) -> RepairView:
    """Apply for the repair of a record; what stands against it is told with the first possible day."""
    return await service.apply(acting, uid, data)


@get("/credit-repairs", operation_id="listCreditRepairs", guards=[signed_in])
async def waiting(acting: NamedDependency[Acting], limit: PageSize = 100) -> list[RepairView]:
    """List applications that wait for a decision or for publication to stop, the most urgent first."""
    return await service.waiting(acting, limit)


@get("/credit-repairs/{uid:str}", operation_id="readCreditRepair", guards=[signed_in])
async def read_repair(acting: NamedDependency[Acting], uid: FromPath[str]) -> RepairView:
    """Read one application."""
    return await service.repair(acting, uid)


@post("/credit-repairs/{uid:str}/decision", operation_id="decideCreditRepair", guards=[signed_in], status_code=200)
async def decide(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Verdict]) -> RepairView:
    """Grant or refuse an application, with reasons."""
    return await service.decide(acting, uid, data)


@post("/credit-repairs/{uid:str}/withdrawal", operation_id="withdrawCreditRepair", guards=[signed_in], status_code=200)
async def withdraw(acting: NamedDependency[Acting], uid: FromPath[str]) -> RepairView:
    """Take an open application back."""
    return await service.withdraw(acting, uid)


handlers = [
    import_classes, grade_inputs, list_records, read_record, note_measure, note_performance, apply, waiting,
    read_repair, decide, withdraw,
]  # fmt: skip
