"""Printing a department's papers of a day or a month at once: asked for here, done by the worker (`print_work.py`)."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.db import Tx
from inspect_registry.documents import store
from inspect_registry.documents.errors import NothingToPrint, PrintNotReady, TooManyForOneFile
from inspect_registry.documents.model import DocumentKind
from inspect_registry.errors import Place
from inspect_registry.jobs import service as jobs
from inspect_registry.jobs.model import JobState, JobView
from inspect_registry.ledger import Action, Subject

KIND: Final = "papers.print"
"""Of the job."""
MOST_DAYS: Final = 31
MOST_IN_ONE_FILE: Final = 300
PRINTED: Final = (DocumentKind.NOTICE, DocumentKind.RECORD, DocumentKind.RESULT)


class PrintForm(StrEnum):
    """What comes out."""

    PDF = "pdf"
    """One file to send to a printer."""
    ZIP = "zip"
    """One file for each paper, with a list."""


class PrintOrder(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which papers of the acting department's visits, of which days."""

    kind: DocumentKind
    first: date
    last: date
    form: PrintForm = PrintForm.ZIP


class PrintJob(PrintOrder, frozen=True, kw_only=True):
    """The job's argument."""

    department: int


class PrintView(msgspec.Struct, frozen=True, kw_only=True):
    """How a print job stands."""

    uid: str
    state: JobState
    done: int
    papers: int
    left_out: Annotated[list[dict[str, str]], msgspec.Meta(description="visit, code and reason")]
    file: str
    """Its name; empty until it is ready."""
    sha256: str
    cancelled: bool


@act(Permission.DOCUMENT_ISSUE)
async def order(tx: Tx, wanted: PrintOrder) -> PrintView:
    """Ask for the papers. Raises NothingToPrint, TooManyForOneFile."""
    department = tx.actor.department or 0
    if wanted.kind not in PRINTED or not 0 <= (wanted.last - wanted.first).days < MOST_DAYS:
        raise NothingToPrint(
            f"可以批量出具通知书、笔录、结果告知书，一次最多{MOST_DAYS}天。",
            rule="print-range",
            places=(Place(field="kind" if wanted.kind not in PRINTED else "last"),),
        )
    subjects = await subjects_of(tx, PrintJob(**msgspec.structs.asdict(wanted), department=department))
    if not subjects:
        raise NothingToPrint("这些日期没有可以出具的文书。", rule="print-range", places=(Place(field="first"),))
    if wanted.form is PrintForm.PDF and len(subjects) > MOST_IN_ONE_FILE:
        raise TooManyForOneFile(
            f"共{len(subjects)}份，一个PDF最多{MOST_IN_ONE_FILE}份。",
            rule="print-range",
            remedy="请缩短日期或者选择ZIP。",
        )
    argument = PrintJob(**msgspec.structs.asdict(wanted), department=department)
    uid = await jobs.enqueue(tx, KIND, msgspec.to_builtins(argument))
    await ledger.append(
        tx,
        Action.PAPERS_ORDERED,
        Subject("job", uid),
        department=department,
        public={"kind": wanted.kind.value, "papers": len(subjects)},
        private=wanted,
    )
    return _view(await jobs.own_job(tx, uid), len(subjects))


@reads(Permission.DOCUMENT_READ)
async def state(tx: Tx, uid: str) -> PrintView:
    """Return how a print job stands that the actor asked for. Raises NotFound."""
    return _view(await jobs.own_job(tx, uid))


@act(Permission.DOCUMENT_ISSUE)
async def cancel(tx: Tx, uid: str) -> PrintView:
    """Ask a print job to end; papers that were issued stay issued. Raises NotFound, JobEnded."""
    await jobs.own_job(tx, uid)
    stopped = await jobs.ask_stop(tx, uid, [KIND])
    await ledger.append(tx, Action.PAPERS_CANCELLED, Subject("job", uid), department=tx.actor.department)
    return _view(stopped)


@reads(Permission.DOCUMENT_READ)
async def ready_file(tx: Tx, uid: str, folder: Path) -> Path:
    """Return where the result of the actor's own job lies. Raises NotFound, PrintNotReady."""
    found = await state(tx, uid)
    path = folder / uid / found.file
    if not found.file or not path.is_file():
        raise PrintNotReady(remedy="请等待任务完成；超过七天的文件已经清除，请重新出具。")
    return path


@reads(Permission.DOCUMENT_READ)
async def due(tx: Tx, job: PrintJob) -> tuple[list[str], datetime]:
    """Return what a job has to print, and what time it is."""
    return await subjects_of(tx, job), tx.now


async def subjects_of(tx: Tx, job: PrintJob) -> list[str]:
    """Return the uids that papers are drawn up for: visits for notices, closed records for the others."""
    if job.kind is DocumentKind.NOTICE:
        return await store.visits_to_print(tx, job.department, job.first, job.last)
    return await store.records_to_print(tx, job.department, job.first, job.last)


def _view(job: JobView, papers: int = 0) -> PrintView:
    told = (job.result if job.state is JobState.DONE else job.progress) or {}
    return PrintView(
        uid=job.uid,
        state=job.state,
        done=int(told.get("done", 0)),
        papers=int(told.get("papers", papers)),
        left_out=list(told.get("left_out", [])),
        file=str(told.get("file", "")) if job.state is JobState.DONE else "",
        sha256=str(told.get("sha256", "")),
        cancelled=bool(told.get("cancelled", False)),
    )
