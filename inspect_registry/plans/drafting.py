"""Use cases that write the content of an annual plan while it is a draft: upload, type, change, settle, take out."""

import asyncio
import datetime as dt
import hashlib
from collections.abc import Sequence

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act
from inspect_registry.catalogue import service as catalogue
from inspect_registry.catalogue.model import Department, DepartmentId
from inspect_registry.db import Acting, Tx
from inspect_registry.errors import NotFound, Place
from inspect_registry.identifiers import new_uid
from inspect_registry.plans import store
from inspect_registry.plans.errors import PlanAlreadyOpen, PlanUploadUnreadable, TaskUnsound
from inspect_registry.plans.inputs import (
    PROBLEM_FIELDS,
    AnnualUpload,
    TaskChange,
    TaskInput,
    changed_fields,
    check_task,
)
from inspect_registry.plans.lifecycle import may_change
from inspect_registry.plans.lookups import (
    acting_department,
    annual_plan_of,
    departments_named,
    matters_named,
    task_of,
)
from inspect_registry.plans.matching import CODE_MAX, Directory, task_draft
from inspect_registry.plans.model import AnnualPlan, Parsed, Task, TaskDraft, Unsettled, Upload
from inspect_registry.plans.reading import annual_plan_view, task_views
from inspect_registry.plans.stated import CellProblem, ReadPlan
from inspect_registry.plans.table import read_plan
from inspect_registry.plans.views import AnnualPlanView, TaskView
from inspect_registry.sheets.reading import read_table


class AnnualDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A whole plan handed in by a program: the demo district, or another system."""

    department: DepartmentId
    year: int
    tasks: tuple[TaskDraft, ...]
    title: str = ""
    campaign: str = ""
    approval_document: str = ""
    approved_on: dt.date | None = None
    emergency: bool = False
    upstream_plan_code: str = ""


async def upload_annual_plan(where: Acting | Tx, upload: AnnualUpload) -> AnnualPlanView:
    """Read a spreadsheet and keep it as a draft, with the cells that must be settled.

    The file is read before the transaction opens. Raises the errors of sheets/, PlanUploadUnreadable where nothing in
    it is a task, PlanStepForbidden where the plan is already on its way.
    """
    read = await asyncio.to_thread(_read, upload)
    return await keep_upload(where, upload, read)


def _read(upload: AnnualUpload) -> ReadPlan:
    return read_plan(read_table(upload.content, upload.filename), upload.year)


@act(Permission.ANNUAL_PLAN_EDIT)
async def keep_upload(tx: Tx, upload: AnnualUpload, read: ReadPlan) -> AnnualPlanView:
    """Store a read spreadsheet as a draft; a draft that is there gets the new tasks, and both files are kept."""
    if not read.tasks:
        raise PlanUploadUnreadable(
            "请核对表头和年份",
            remedy="表头应有任务名称、检查事项、检查对象、检查比例、检查时间等列",
            places=tuple(
                Place(sheet=one.sheet, row=one.row, column=one.column, text=one.text[:200], message=one.message)
                for one in read.problems[:100]
            ),
        )
    department = await acting_department(tx, upload.department, tx.today)
    on = max(tx.today, dt.date(upload.year, 1, 1))
    matters = await catalogue.matters(tx, department.id, on)
    directory = Directory(department, await catalogue.departments(tx), matters, upload.year)
    problems: dict[tuple[str, int], list[CellProblem]] = {}
    for problem in read.problems:
        problems.setdefault((problem.sheet, problem.row), []).append(problem)
    drafts = [task_draft(row, problems.get((row.sheet, row.row), []), directory) for row in read.tasks]
    drafts, code = _with_one_code(drafts, upload.upstream_plan_code)
    plan = await store.open_annual_plan(tx, department.id, upload.year, upload.campaign)
    if plan is None:
        plan = await _open(tx, department, msgspec.structs.replace(upload, upstream_plan_code=code))
    else:
        may_change(plan.state)
        await store.remove_tasks(tx, plan.id)
    await store.add_tasks(tx, plan.id, [new_uid(tx.random) for _ in drafts], drafts, 1)
    digest = hashlib.sha256(upload.content).digest()
    taken = {(row.sheet, row.row) for row in read.tasks}
    kept = Upload(
        file_name=upload.filename[:200],
        digest=digest,
        problems=[
            Unsettled(id=f"{one.sheet}-{one.row}", **msgspec.structs.asdict(one))
            for one in read.problems
            if (one.sheet, one.row) not in taken
        ],
        skipped=list(read.skipped),
        uploaded_at=tx.now,
    )
    await store.add_upload(tx, plan.id, kept, upload.content)
    unsettled = sum(len(draft.problems) for draft in drafts)
    await _record_drafted(tx, plan, tasks=len(drafts), unsettled=unsettled, digest=digest.hex())
    return await annual_plan_view(tx, plan.uid)


def _with_one_code(drafts: list[TaskDraft], given: str) -> tuple[list[TaskDraft], str]:
    """Return the plan's code: as given, or the one that every row has; what is the plan's is no task's own."""
    codes = {draft.upstream_code for draft in drafts}
    code = given.strip() or (codes.pop() if len(codes) == 1 else "")
    return [
        msgspec.structs.replace(draft, upstream_code="") if draft.upstream_code == code else draft for draft in drafts
    ], code


@act(Permission.ANNUAL_PLAN_EDIT)
async def draft_annual_plan(tx: Tx, draft: AnnualDraft) -> AnnualPlanView:
    """Open a plan with its tasks. Raises PlanAlreadyOpen, PlanAlreadyThere."""
    department = await catalogue.department(tx, draft.department)
    department = await acting_department(tx, department.uid, tx.today)
    await check_none_open(tx, department.id, draft.year, draft.campaign)
    plan = await _open(tx, department, draft, draft.title)
    for position, task in enumerate(draft.tasks, start=1):
        _check_draft(task, plan, position)
    await store.add_tasks(tx, plan.id, [new_uid(tx.random) for _ in draft.tasks], draft.tasks, 1)
    await _record_drafted(tx, plan, tasks=len(draft.tasks), unsettled=0, digest="")
    return await annual_plan_view(tx, plan.uid)


@act(Permission.ANNUAL_PLAN_EDIT)
async def add_task(tx: Tx, plan_uid: str, typed: TaskInput) -> TaskView:
    """Add a task to an open plan. Raises TaskUnsound, PlanAlreadyPublished, PlanStepForbidden."""
    plan = await annual_plan_of(tx, plan_uid, lock=True)
    may_change(plan.state)
    position = await store.last_position(tx, plan.id) + 1
    matters = await matters_named(tx, typed.matters, plan.department, max(tx.today, typed.starts))
    basis = typed.basis
    if not basis and matters:
        found = await catalogue.matters_by_id(tx, matters)
        basis = "；".join(dict.fromkeys(one for matter in found.values() for one in matter.basis))
    draft = TaskDraft(
        name=typed.name,
        matters=matters,
        joint_departments=await departments_named(tx, typed.joint_departments),
        objects=typed.objects,
        kind=typed.kind,
        mode=typed.mode,
        selection=typed.selection,
        ratio=typed.ratio,
        count=typed.count,
        frequency=typed.frequency,
        cap=typed.cap,
        starts=typed.starts,
        ends=typed.ends,
        basis=basis,
    )
    _check_draft(draft, plan, position)
    uid = new_uid(tx.random)
    await store.add_tasks(tx, plan.id, [uid], [draft], position)
    await _record_task(tx, plan, uid, "added", draft)
    return await _task_view(tx, uid)


@act(Permission.ANNUAL_PLAN_EDIT)
async def change_task(tx: Tx, task_uid: str, change: TaskChange) -> TaskView:
    """Set some fields of a task and settle the problems of those fields.

    Raises TaskUnsound, PlanAlreadyPublished, PlanStepForbidden.
    """
    task, plan = await task_of(tx, task_uid)
    may_change(plan.state)
    fields = changed_fields(change)
    if not fields:
        raise TaskUnsound("没有要修改的内容", remedy="请至少给出一个字段")
    new = msgspec.structs.replace(task, **{name: getattr(change, name) for name in fields if name in _PLAIN})
    amounts = {name: getattr(change, name) for name in fields if name in _AMOUNTS}
    new = msgspec.structs.replace(new, parsed=msgspec.structs.replace(task.parsed, **amounts))
    on = max(tx.today, new.starts or tx.today)
    if change.matters is not msgspec.UNSET:
        named = await matters_named(tx, change.matters, plan.department, on)
        new = msgspec.structs.replace(new, matters=list(named))
    if change.joint_departments is not msgspec.UNSET:
        joint = await departments_named(tx, change.joint_departments)
        new = msgspec.structs.replace(new, joint_departments=list(joint))
    settled = {field for name in fields for field in PROBLEM_FIELDS[name]}
    new = msgspec.structs.replace(new, problems=[one for one in task.problems if one.field not in settled])
    check_task(new)
    await store.change_task(tx, new)
    await _record_task(tx, plan, task.uid, ",".join(fields), {"before": task, "after": new})
    return await _task_view(tx, task.uid)


_PLAIN = frozenset({"name", "objects", "kind", "mode", "selection", "starts", "ends", "basis"})
_AMOUNTS = frozenset({"ratio", "count", "frequency", "cap"})


@act(Permission.ANNUAL_PLAN_EDIT)
async def settle_problem(tx: Tx, task_uid: str, problem_id: str, settlement: str) -> TaskView:
    """Say of one cell what was meant, where no field has to change. Raises TaskUnsound, NotFound.

    What the plan must hold is checked again when it is submitted, so settling cannot leave an element out.
    """
    task, plan = await task_of(tx, task_uid)
    may_change(plan.state)
    problem = next((one for one in task.problems if one.id == problem_id), None)
    if problem is None:
        raise NotFound("该任务没有这处待处理内容")
    if not settlement.strip() or len(settlement) > 500:
        raise TaskUnsound("请说明如何处理（不超过 500 字）", places=(Place(field="settlement"),))
    rest = [one for one in task.problems if one.id != problem_id]
    await store.change_task(tx, msgspec.structs.replace(task, problems=rest))
    await ledger.append(
        tx,
        ledger.Action.PROBLEM_SETTLED,
        ledger.Subject("task", task.uid),
        department=plan.department,
        public={"plan": plan.uid, "code": problem.code, "row": problem.row},
        private={"problem": problem, "settlement": settlement},
    )
    return await _task_view(tx, task.uid)


@act(Permission.ANNUAL_PLAN_EDIT)
async def remove_task(tx: Tx, task_uid: str, reason: str) -> None:
    """Take a task out of an open plan, with the reason. Raises TaskUnsound, PlanAlreadyPublished."""
    task, plan = await task_of(tx, task_uid)
    may_change(plan.state)
    if not reason.strip():
        raise TaskUnsound("请说明删除该任务的理由", places=(Place(field="reason"),))
    await store.remove_task(tx, task.id)
    await _record_task(tx, plan, task.uid, "removed", {"task": task, "reason": reason[:500]})


async def check_none_open(tx: Tx, department: DepartmentId, year: int, campaign: str) -> None:
    """Pass where no revision is being worked on. Raises PlanAlreadyOpen."""
    plan = await store.open_annual_plan(tx, department, year, campaign)
    if plan is not None:
        raise PlanAlreadyOpen(f"“{plan.title}”第 {plan.revision} 稿正在办理", remedy="请先办完，或在该稿上修改")


async def _open(tx: Tx, department: Department, wanted: AnnualUpload | AnnualDraft, title: str = "") -> AnnualPlan:
    name = f"{wanted.campaign}专项检查计划" if wanted.campaign else "行政检查计划"
    plan = await store.add_annual_plan(
        tx,
        new_uid(tx.random),
        department=department.id,
        year=wanted.year,
        campaign=wanted.campaign[:100],
        approval_document=wanted.approval_document[:100],
        approved_on=wanted.approved_on,
        emergency=wanted.emergency,
        revision=1,
        title=title or f"{department.name}{wanted.year}年度{name}",
        number=None,
        reason="",
        upstream_plan_code=wanted.upstream_plan_code.strip()[:CODE_MAX],
    )
    await store.add_steps(tx, [(plan.id, None, plan.department)], "draft", plan.state, "")
    return plan


def _check_draft(draft: TaskDraft, plan: AnnualPlan, position: int) -> None:
    parsed: Parsed = draft.parsed
    fields = {name: getattr(draft, name) for name in _PLAIN}
    check_task(
        Task(
            id=0,  # type: ignore[arg-type]  # not stored yet
            uid="",
            plan=plan.id,
            position=position,
            matters=list(draft.matters),
            joint_departments=list(draft.joint_departments),
            cells={},
            parsed=parsed,
            problems=[],
            source_sheet="",
            source_row=0,
            **fields,
        )
    )


async def _record_drafted(tx: Tx, plan: AnnualPlan, *, tasks: int, unsettled: int, digest: str) -> None:
    public: dict[str, int | str] = {
        "year": plan.year,
        "revision": plan.revision,
        "tasks": tasks,
        "unsettled": unsettled,
    }
    if digest:
        public["upload"] = digest
    await ledger.append(
        tx,
        ledger.Action.ANNUAL_PLAN_DRAFTED,
        ledger.Subject("annual_plan", plan.uid),
        department=plan.department,
        public=public,
        private={"title": plan.title},
    )


async def _record_task(tx: Tx, plan: AnnualPlan, task_uid: str, change: str, private: object) -> None:
    await ledger.append(
        tx,
        ledger.Action.TASK_CHANGED,
        ledger.Subject("task", task_uid),
        department=plan.department,
        public={"plan": plan.uid, "change": change[:120]},
        private=private,
    )


async def _task_view(tx: Tx, uid: str) -> TaskView:
    task, _ = await task_of(tx, uid)
    return (await task_views(tx, [task]))[0]


def problems_left(tasks: Sequence[Task]) -> int:
    """Count the cells that are still to be settled."""
    return sum(len(task.problems) for task in tasks)
