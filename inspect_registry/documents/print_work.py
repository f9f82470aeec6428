"""The worker's part of printing many papers: it can be killed at any step and goes on where it stopped.

In order, and what a crash leaves:
1. a paper is drawn up in its own transaction: done or not, and done again gives the same paper;
2. its file goes to `parts/` under another name and is renamed: a part is whole or not there, and a whole one is kept;
3. the result is written under another name, flushed and renamed; only then the job ends.
"""

import asyncio
import hashlib
import os
import shutil
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from inspect_registry.actor import SYSTEM
from inspect_registry.db import Acting, Database
from inspect_registry.documents import papers, service
from inspect_registry.documents.archive import Member, zip_stream
from inspect_registry.documents.model import Document, DocumentKind, DocumentView, Press
from inspect_registry.documents.printing import PrintForm, PrintJob, due
from inspect_registry.errors import RegistryError
from inspect_registry.jobs.model import Job, Report, Work
from inspect_registry.sheets.writing import csv_bytes

KEPT = timedelta(days=7)
_STEP = 5
"""Papers between two reports."""
_Issue = Callable[[Acting, str, Press], Awaitable[DocumentView]]
_ISSUE: dict[DocumentKind, _Issue] = {
    DocumentKind.NOTICE: service.issue_notice,
    DocumentKind.RECORD: service.issue_record,
    DocumentKind.RESULT: service.issue_result,
}


def work(database: Database, folder: Path, press: Press) -> Work:
    """Return the work of print jobs; results lie in `folder/<job>/`."""

    async def run(job: Job, report: Report) -> dict[str, Any]:
        argument = msgspec.convert(job.argument, PrintJob)
        subjects, now = await due(database.acting(SYSTEM), argument)
        await asyncio.to_thread(_sweep, folder, (now - KEPT).timestamp())
        own = folder / job.uid
        (own / "parts").mkdir(parents=True, exist_ok=True)
        drawn: list[Document] = []
        left_out: list[dict[str, str]] = []
        for done, subject in enumerate(subjects, start=1):
            try:
                view = await _ISSUE[argument.kind](database.acting(SYSTEM), subject, press)
            except RegistryError as error:
                left_out.append({"subject": subject, "code": error.code, "reason": error.detail or error.title})
            else:
                paper = await service.document(database.acting(SYSTEM), view.uid)
                drawn.append(paper)
                if argument.form is PrintForm.ZIP:
                    await asyncio.to_thread(_part, own / "parts", paper)
            if done % _STEP and done != len(subjects):
                continue
            if await report({"done": done, "papers": len(subjects), "left_out": left_out}):
                return {"done": done, "papers": len(subjects), "left_out": left_out, "cancelled": True}
        name, digest = await asyncio.to_thread(_finish, own, argument, drawn)
        told = {"done": len(subjects), "papers": len(subjects), "left_out": left_out}
        return {**told, "file": name, "sha256": digest}

    return run


def _part(folder: Path, paper: Document) -> None:
    """Print one paper into its part, unless a whole one is there from before a crash."""
    path = folder / f"{paper.uid}.pdf"
    if path.exists():
        return
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(service.pdf_of(paper))
    unfinished.replace(path)


def _finish(folder: Path, job: PrintJob, drawn: list[Document]) -> tuple[str, str]:
    """Write the result and return its name and SHA-256."""
    title = f"{papers.PAPERS[job.kind].title}{job.first:%Y%m%d}-{job.last:%Y%m%d}"
    if not drawn:
        return "", ""
    path = folder / f"papers.{job.form.value}"
    unfinished = path.with_suffix(".unfinished")
    digest = hashlib.sha256()
    with unfinished.open("wb") as file:
        if job.form is PrintForm.PDF:
            author = papers.content_of(drawn[0]).department
            pieces = iter([papers.bound(drawn, title=title, author=author)])
        else:
            pieces = zip_stream(_members(folder / "parts", drawn))
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return path.name, digest.hexdigest()


def _members(parts: Path, drawn: list[Document]) -> list[Member]:
    rows = [
        (str(place), paper.content["number"], paper.content["enterprise"], paper.uid, paper.digest.hex())
        for place, paper in enumerate(drawn, start=1)
    ]
    listing = csv_bytes(("序号", "文号", "检查对象", "文书编号", "SHA-256"), rows)
    named = [
        Member(name=f"{place:04d}-{paper.kind.value}-{paper.year}-{paper.ordinal}.pdf", path=parts / f"{paper.uid}.pdf")
        for place, paper in enumerate(drawn, start=1)
    ]
    return [Member(name="list.csv", data=listing), *named]


def _sweep(folder: Path, before: float) -> None:
    """Remove results of old jobs."""
    for old in folder.glob("*"):
        if old.is_dir() and old.stat().st_mtime < before:
            shutil.rmtree(old, ignore_errors=True)
