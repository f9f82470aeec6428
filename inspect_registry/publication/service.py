"""The use cases of publication: a month, a refresh of the living pages, and finishing what a crash interrupted.

One release is one transaction: the lock is taken, rows are read, everything is rendered and written beside the release
in force, then the row and the ledger's entry are committed; only a committed release is put in force (release.py).
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import date

import msgspec
import structlog

from inspect_registry import ledger
from inspect_registry.access import Permission, act
from inspect_registry.actor import SYSTEM
from inspect_registry.config import Settings
from inspect_registry.db import Acting, Database, Tx
from inspect_registry.enterprises.credit import records as credit_records
from inspect_registry.errors import RegistryError
from inspect_registry.fieldwork import publicity
from inspect_registry.fieldwork import service as fieldwork
from inspect_registry.identifiers import new_uid
from inspect_registry.ledger import Action, Subject
from inspect_registry.ledger.publication import LogFolder
from inspect_registry.plans import months as monthly_plans
from inspect_registry.publication import checking, gather, planned, store
from inspect_registry.publication.build import month_base, release_files
from inspect_registry.publication.checking import CheckRow
from inspect_registry.publication.dates import month_slug
from inspect_registry.publication.errors import (
    MonthUnchanged,
    NothingToPublish,
    RevisionNeedsReason,
)
from inspect_registry.publication.kept import Before, taken_over
from inspect_registry.publication.manifest import Manifest
from inspect_registry.publication.proving import LogFigures
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import Kit, load_kit
from inspect_registry.publication.snapshot import MonthPlan, ReleaseKind, Site, Snapshot
from inspect_registry.publication.staging import Staged
from inspect_registry.visits import service as visits
from inspect_registry.visits.model import VisitId

log = structlog.get_logger()
DEMO_FILE = "demo.json"
"""Lies beside a demo's database: made-up data is marked as such also when a command forgets to say so."""
REASON_LENGTH = 5
"""Characters that a reason for a correction needs at least (release_correction_has_reason)."""
Progress = Callable[[str, int], None]


class Publishing:
    """What a publisher works with: where, as whom, with which templates; says how far it has come."""

    def __init__(
        self,
        site: Site,
        releases: Releases,
        kit: Kit,
        progress: Progress = lambda _step, _count: None,
        log_folder: LogFolder | None = None,
    ) -> None:
        self.site = site
        self.releases = releases
        self.kit = kit
        self.progress = progress
        self._log_folder = log_folder

    def log_figures(self) -> LogFigures | None:
        """Read what the published log counts about its own silences, if it has counted yet."""
        counted = self._log_folder.figures() if self._log_folder else None
        return msgspec.convert(counted, LogFigures, from_attributes=True) if counted else None

    def __repr__(self) -> str:
        """Stay equal between processes: an act's arguments are compared when its idempotency key comes again."""
        return f"Publishing({self.site.region})"


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """What a release brought."""

    number: int
    kind: ReleaseKind
    address: str
    """Path of what was published, from the site's root."""
    revision: int
    files: int
    written: int
    """New or changed files; the others are those of the release before."""
    bytes: int
    manifest: str
    """SHA-256 of manifest.json in hex, as in the ledger's entry."""


def publishing(settings: Settings, progress: Progress = lambda _step, _count: None) -> Publishing:
    """Return the publisher of this installation."""
    site = Site(
        region=settings.region,
        district=settings.district,
        publisher=settings.publisher,
        public_url=settings.public_url,
        demo=settings.demo or (settings.var / DEMO_FILE).exists(),
    )
    return Publishing(
        site,
        Releases(settings.var / "public"),
        load_kit(),
        progress,
        LogFolder(settings.var / "log"),
    )


async def publish_month(acting: Acting, publisher: Publishing, month: date, reason: str = "") -> Published:
    """Publish a month for the whole district: first, or as a correction with its reason.

    Raises NothingToPublish, RevisionNeedsReason, MonthUnchanged; ReleaseNotWritten when the disk refuses, in which case
    nothing has changed.
    """
    published = await register_month(acting, publisher, month.replace(day=1), reason.strip())
    await asyncio.to_thread(publisher.releases.switch, published.number)
    return published


async def refresh(acting: Acting, publisher: Publishing) -> Published | None:
    """Make the living pages anew; None when nothing has changed, and then nothing is written."""
    published = await register_refresh(acting, publisher)
    if published:
        await asyncio.to_thread(publisher.releases.switch, published.number)
    return published


async def recover(database: Database, publisher: Publishing) -> None:
    """Put the newest committed release in force if a crash came before its switch; make it anew if it was lost."""
    async with database.transaction(SYSTEM, read_only=True) as tx:
        newest = await store.newest_release(tx)
    if newest is None:
        return
    holds = await asyncio.to_thread(publisher.releases.holds, newest.number, newest.manifest_hash)
    if holds:
        await asyncio.to_thread(publisher.releases.switch, newest.number, back=True)
    else:
        await refresh(database.acting(SYSTEM), publisher)


async def keep_current(database: Database, publisher: Publishing, stop: asyncio.Event, pause: float = 900.0) -> None:
    """Refresh the living pages every `pause` seconds until `stop` is set; results told today are public today.

    A database or disk that fails is waited for: the release in force stays, and the next round tries again.
    """
    while not stop.is_set():
        try:
            await refresh(database.acting(SYSTEM), publisher)
        except RegistryError as error:
            log.warning("public site not refreshed", code=error.code, detail=error.detail)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pause)


@act(Permission.RELEASE_PUBLISH)
async def register_month(tx: Tx, publisher: Publishing, month: date, reason: str) -> Published:
    """Render, write and commit a month's release; the caller puts it in force."""
    await store.lock_releases(tx, int(publisher.site.region))
    plan = msgspec.structs.replace(await planned.next_plan(tx, month, reason), release=new_uid(tx.random))
    _check(plan, reason)
    for uid in await store.filed_monthly_plans(tx, month):
        await monthly_plans.publish_monthly_plan(tx, uid)
    named = [visit.uid for visit in plan.visits]
    await visits.mark_published(
        tx,
        [VisitId(visit) for visit in await store.unpublished_visits(tx, month, named)],
    )
    published = await _release(tx, publisher, plan)
    if published is None:
        raise MonthUnchanged(remedy="内容没有变化，不需要更正")
    return published


@act(Permission.RELEASE_PUBLISH)
async def register_refresh(tx: Tx, publisher: Publishing) -> Published | None:
    """Render, write and commit the living pages, unless nothing has changed."""
    await store.lock_releases(tx, int(publisher.site.region))
    return await _release(tx, publisher, None)


def _check(plan: MonthPlan, reason: str) -> None:
    if not plan.visits and not plan.unnamed and plan.revision == 1:
        raise NothingToPublish(
            f"{month_slug(plan.month)}没有已批准的检查",
            remedy="请先完成合并、部门确认和负责人批准",
        )
    if plan.revision > 1 and len(reason) < REASON_LENGTH:
        raise RevisionNeedsReason(
            f"{month_slug(plan.month)}已公布第{plan.revision - 1}版",
            remedy=f"请写明更正原因，不少于{REASON_LENGTH}个字",
        )


async def _release(tx: Tx, publisher: Publishing, plan: MonthPlan | None) -> Published | None:
    current = await asyncio.to_thread(publisher.releases.current)
    manifest = current[1] if current else Manifest(files={})
    newest = await store.newest_release(tx)
    number = newest.number + 1 if newest else 1

    uid = plan.release if plan else new_uid(tx.random)
    await credit_records.stop_publicity(tx)
    rows = await gather.check_rows(tx, plan)
    own = planned.own_entry(plan, rows, await gather.department_codes(tx)) if plan else None
    snapshot = await gather.snapshot(tx, publisher.site, plan, own, rows, publisher.log_figures(), Before(manifest))
    staged = await asyncio.to_thread(_stage, publisher, number, snapshot, manifest, rows)
    if staged is None:
        return None
    shown = [result.uid for month in snapshot.results for result in month.results]
    fresh = await store.unpublished_inspections(tx, shown)
    if fresh:
        await fieldwork.mark_published(tx, fresh)
        await credit_records.mark_published(tx, shown)
    gone = [one.uid for month in snapshot.results for one in month.withdrawn]
    if gone:
        await publicity.mark_withdrawn(tx, gone)
    kind = ReleaseKind.MONTH if plan else ReleaseKind.REFRESH
    await store.add_release(
        tx,
        store.NewRelease(
            uid=uid,
            number=number,
            kind=kind,
            month=plan.month if plan else None,
            revision=plan.revision if plan else None,
            reason=plan.reason if plan else "",
            manifest_hash=staged.manifest.digest(),
            files=len(staged.manifest.files),
            bytes=staged.manifest.size(),
            summary=msgspec.to_builtins(own) if own else {},
            plan=msgspec.to_builtins(plan) if plan else {},
        ),
    )
    published = Published(
        number=number,
        kind=kind,
        address=f"/{month_base(plan.month)}" if plan else "/",
        revision=plan.revision if plan else 0,
        files=len(staged.manifest.files),
        written=staged.written,
        bytes=staged.manifest.size(),
        manifest=staged.manifest.digest().hex(),
    )
    await ledger.append(
        tx,
        Action.RELEASE_PUBLISHED,
        Subject("release", uid),
        department=None,
        public={
            "number": number,
            "kind": kind.value,
            "month": month_slug(plan.month) if plan else "",
            "revision": published.revision,
            "files": published.files,
            "manifest": published.manifest,
        },
        private=published,
    )
    await asyncio.to_thread(publisher.releases.complete, number, staged)
    return published


def _stage(
    publisher: Publishing,
    number: int,
    snapshot: Snapshot,
    before: Manifest,
    rows: list[CheckRow],
) -> Staged | None:
    """Write the release and read it again: what differs from the database or the ledger leaves nothing behind."""
    kept = taken_over(snapshot, before)
    hashes = {path: before.files[path].sha256 for path in kept}
    staged = publisher.releases.stage(
        number,
        release_files(publisher.kit, snapshot, hashes),
        taken_over=kept,
        progress=publisher.progress,
    )
    if staged is None:
        return None
    try:
        checking.verify(staged.folder, snapshot, rows)
    except BaseException:
        publisher.releases.discard(staged)
        raise
    publisher.progress("checked", len(staged.manifest.files))
    return staged
