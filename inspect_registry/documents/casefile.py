"""Case files (案卷): everything about one visit in one zip that opens without this program, and proves itself.

Gathered in one transaction, in which the export is written into the ledger with the manifest's hash; evidence is read
through against its hash before a byte is sent, what is damaged is told and left out. What the reader may not see (other
departments' papers and private records) is not in it.
"""

import hashlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act
from inspect_registry.clock import shanghai
from inspect_registry.db import Acting, Tx
from inspect_registry.documents import casefile_pages, store
from inspect_registry.documents.archive import Member
from inspect_registry.documents.drafting import fresh_uid
from inspect_registry.documents.model import Document
from inspect_registry.documents.service import pdf_of, view
from inspect_registry.errors import RegistryError
from inspect_registry.fieldwork import evidence, replay, signatures
from inspect_registry.fieldwork import service as fieldwork
from inspect_registry.fieldwork.evidence import EvidenceView
from inspect_registry.fieldwork.evidence_keeper import EvidenceKeeper
from inspect_registry.fieldwork.replay import Timeline
from inspect_registry.fieldwork.replay_store import SubjectRow
from inspect_registry.fieldwork.views import InspectionView
from inspect_registry.ledger import Action, Subject
from inspect_registry.ledger.model import EntryId
from inspect_registry.ledger.places import Places
from inspect_registry.ledger.receipt import pack
from inspect_registry.ledger.receipts import receipt_of
from inspect_registry.sheets.writing import csv_bytes
from inspect_registry.visits import service as visits

FORMAT = "inspect-registry/casefile/v1"


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Every file of a case file with its hash; evidence that could not be read is named, not passed over."""

    format: str
    visit: str
    files: list[dict[str, Any]]
    missing: list[dict[str, Any]]


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """One case file, ready to be sent."""

    name: str
    members: list[Member]
    manifest: str
    """SHA-256 of manifest.json, as the ledger has it."""


class _Evidence(msgspec.Struct, frozen=True, kw_only=True):
    view: EvidenceView
    name: str
    path: Path | None
    """None: damaged."""


async def export(acting: Acting, visit: str, keeper: EvidenceKeeper, places: Places) -> CaseFile:
    """Put a visit's case file together. Raises VisitNotFound."""
    return await _export(acting, visit, keeper, places)


@act(Permission.CASEFILE_EXPORT)
async def _export(tx: Tx, visit: str, keeper: EvidenceKeeper, places: Places) -> CaseFile:
    facts = await visits.facts_by_uid(tx, visit)
    records = [await fieldwork.sheet(tx, uid) for uid in await store.records_of_visit(tx, visit)]
    papers = await store.documents_of_visit(tx, visit)
    pieces = await _evidence(tx, records, keeper)
    timeline = await replay.replay(tx, visit, [SubjectRow(kind="document", uid=one.uid) for one in papers])
    strokes = {
        row.uid: row.strokes
        for record in records
        for row in await signatures.strokes_of(tx, record.uid)
        if row.strokes is not None
    }
    case: dict[str, Any] = {
        "visit": {
            "uid": visit,
            "day": facts.head.day,
            "state": facts.head.state,
            "enterprise": facts.head.enterprise_name,
            "address": facts.head.address,
            "lead": facts.head.lead_name,
            "departments": [part.department_name for part in facts.live_parts],
        },
        "records": [msgspec.to_builtins(one) for one in records],
        "documents": [msgspec.to_builtins(view(one)) for one in papers],
        "evidence": [{"file": one.name, **msgspec.to_builtins(one.view)} for one in pieces],
    }
    members = [
        *_papers(papers),
        *[Member(name=f"signatures/{uid}.json", data=data) for uid, data in sorted(strokes.items())],
        *[Member(name=one.name, path=one.path) for one in pieces if one.path is not None],
        *await _receipts(tx, timeline, places),
        Member(name="timeline.json", data=_json(timeline)),
        Member(name="timeline.csv", data=_timeline_csv(timeline)),
        Member(name="timeline.html", data=casefile_pages.timeline_page(facts.head.enterprise_name, timeline)),
        Member(name="case.json", data=_json(case)),
    ]
    damaged = [{"name": one.name, "sha256": one.view.sha256, "size": one.view.size} for one in pieces if not one.path]
    index = casefile_pages.index_page(case, [one.name for one in members], damaged)
    members += [Member(name="index.html", data=index), Member(name="verify.py", data=_script())]
    manifest = _json(_manifest(visit, members, {one.name: one.view for one in pieces}, damaged))
    digest = hashlib.sha256(manifest).hexdigest()
    uid = fresh_uid(tx)
    await ledger.append(
        tx,
        Action.CASEFILE_EXPORTED,
        Subject("casefile", uid),
        department=tx.actor.department or None,
        public={"visit": visit, "files": len(members), "manifest": digest},
        private={"missing": damaged},
    )
    day = f"{facts.head.day:%Y%m%d}"
    return CaseFile(
        name=f"casefile-{day}-{visit}.zip",
        members=[Member(name="manifest.json", data=manifest), *members],
        manifest=digest,
    )


async def _evidence(tx: Tx, records: Sequence[InspectionView], keeper: EvidenceKeeper) -> list[_Evidence]:
    found: dict[str, _Evidence] = {}
    for record in records:
        for one in await evidence.evidence_of(tx, record.uid):
            name = f"evidence/{one.sha256}{PurePosixPath(one.name).suffix.lower()[:6]}"
            if name in found:
                continue
            try:
                path = await keeper.check(bytes.fromhex(one.sha256), one.size)
            except RegistryError:
                found[name] = _Evidence(view=one, name=name, path=None)
            else:
                found[name] = _Evidence(view=one, name=name, path=path)
    return [found[name] for name in sorted(found)]


def _papers(papers: Sequence[Document]) -> list[Member]:
    return [
        Member(name=f"documents/{place:02d}-{one.kind.value}-{one.uid}.pdf", data=pdf_of(one))
        for place, one in enumerate(papers, start=1)
    ]


async def _receipts(tx: Tx, timeline: Timeline, places: Places) -> list[Member]:
    """Return the receipt of every entry that has its number and whose record the reader may see."""
    members = []
    for line in timeline.lines:
        if line.leaf_number is None or line.record is None:
            continue
        try:
            receipt = await receipt_of(tx, EntryId(line.entry), places)
        except RegistryError:  # Not published yet, or erased by law: the timeline says so.
            continue
        members.append(Member(name=f"receipts/{line.leaf_number}.zip", data=pack(receipt)))
    return members


def _timeline_csv(timeline: Timeline) -> bytes:
    rows = [
        (
            f"{shanghai(line.at):%Y-%m-%d %H:%M:%S}",
            line.text,
            line.action,
            line.subject_kind,
            line.subject,
            line.department,
            line.actor_role,
            "" if line.leaf_number is None else str(line.leaf_number),
            casefile_pages.INTACT[line.intact],
            msgspec.json.encode(line.record).decode() if line.record is not None else "",
        )
        for line in timeline.lines
    ]
    head = ("时间", "事项", "动作", "对象类别", "对象编号", "部门", "身份", "台账序号", "记录核对", "记录")
    return csv_bytes(head, rows)


def _manifest(
    visit: str, members: Sequence[Member], views: dict[str, EvidenceView], damaged: list[dict[str, Any]]
) -> Manifest:
    files = [
        {"name": one.name, "size": views[one.name].size, "sha256": views[one.name].sha256}
        if one.path is not None
        else {"name": one.name, "size": len(one.data), "sha256": hashlib.sha256(one.data).hexdigest()}
        for one in members
    ]
    return Manifest(format=FORMAT, visit=visit, files=files, missing=damaged)


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="deterministic"), indent=1)


def _script() -> bytes:
    return resources.files("inspect_registry.documents").joinpath("standalone/verify_casefile.py").read_bytes()
