"""The acts on codes themselves: issue, replace, revoke, close, and the readings of those who show or print them.

What happens at the door is arrivals.py; what needs a key (signing a presentation, checking a token, comparing a word)
is the desk's (desk.py). Each act here is one transaction with its ledger entries.
"""

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.actor import Role
from inspect_registry.clock import start_of_day
from inspect_registry.codes import store
from inspect_registry.codes.binding import bound_digest, enterprise_commitment, premises_commitment
from inspect_registry.codes.errors import CodeNotFound, CodeNotLive
from inspect_registry.codes.issuing import (
    Subject,
    backfill_due,
    bound_of,
    page_of,
    refuse_unless_issuable,
    window_of,
)
from inspect_registry.codes.model import (
    LIVE_STATES,
    CodePath,
    CodeRow,
    CodeState,
    CodeView,
    InspectorCode,
    NewCode,
    masked_page,
)
from inspect_registry.codes.payload import CODE_ID_BYTES, uid_of
from inspect_registry.codes.subjects import subjects_of
from inspect_registry.db import Tx
from inspect_registry.errors import NotAllowed

RECALLED = "该次检查已取消或者改期，请以新的通知为准"
"""What a scan of the old code says."""


@act(Permission.CODE_ISSUE)
async def issue(tx: Tx, new: NewCode) -> CodeView:
    """Issue the code of an approved visit. Raises the refusal of the rule that is broken (issuing.py)."""
    visit = await store.visit_of_uid(tx, new.visit)
    if visit is None:
        raise CodeNotFound("没有这次检查，或不属于本部门。")
    return await _issue(tx, visit, new.path, new.reason, replaces=None)


@act(Permission.CODE_ISSUE)
async def reissue(tx: Tx, uid: str, reason: str) -> CodeView:
    """Replace a code after its people or matters changed: revoke it and issue one for the visit as it stands."""
    old = await _live_code(tx, uid)
    await _end(tx, old, CodeState.REVOKED, reason)
    return await _issue(tx, old.visit, old.path, old.path_reason, replaces=old)


@act(Permission.CODE_ISSUE)
async def issue_bulk(tx: Tx, visits: Sequence[int]) -> int:
    """Issue the codes of many approved visits under the same rules; the demo's form. Refused if one is refused."""
    await store.hold_visits(tx, visits)
    subjects = await subjects_of(tx, visits)
    drafts = [_draft(tx, subject, CodePath.NORMAL, "", replaces=None) for subject in subjects]
    await store.add_codes(tx, drafts)
    entries = [_issued_entry(draft, subject) for draft, subject in zip(drafts, subjects, strict=True)]
    await ledger.append_many(tx, entries)
    return len(drafts)


@act(Permission.CODE_REVOKE)
async def revoke(tx: Tx, uid: str, reason: str) -> CodeView:
    """Take a live code back; scanners see the reason within two seconds."""
    code = await _live_code(tx, uid)
    await _end(tx, code, CodeState.REVOKED, reason)
    return await _view(tx, uid)


@act(Permission.CODE_REVOKE)
async def recall(tx: Tx, visits: Sequence[int]) -> int:
    """Take back the live codes of visits that were called off or moved; returns how many there were."""
    found = [await store.code_of_visit(tx, visit) for visit in visits]
    live = [code for code in found if code is not None and code.state in LIVE_STATES]
    for code in live:
        await _end(tx, code, CodeState.REVOKED, RECALLED)
    return len(live)


@act(Permission.INSPECTION_RECORD)
async def close(tx: Tx, visit: int) -> None:
    """End the code of a visit that is over; fieldwork calls it. A visit without a live code is left alone."""
    code = await store.code_of_visit(tx, visit)
    if code is not None and code.state in LIVE_STATES:
        await _end(tx, code, CodeState.CLOSED, "")


@reads(Permission.CODE_VERIFY)
async def promise(tx: Tx, uid: str, signer: ledger.SignerClient, origin: str) -> str:
    """Return the log's signed promise that the code's entry will be public within the merge delay (60 s).

    Who keeps it can show, should the entry never appear, that an act was dropped (docs/trust.md). Raises CodeNotFound.
    """
    entry = await store.issued_entry(tx, uid)
    if entry is None:
        raise CodeNotFound
    return await ledger.promise(tx, entry, signer, origin)


@reads(Permission.VISIT_READ)
async def code_of_visit(tx: Tx, visit: int) -> CodeView | None:
    """Return a visit's live code, or its newest one."""
    code = await store.code_of_visit(tx, visit)
    return None if code is None else _shown(code)


@reads(Permission.CODE_PRESENT)
async def code_to_present(tx: Tx, uid: str) -> CodeRow:
    """Return a code for its inspector to show. Raises NotAllowed for anybody who does not go on this visit."""
    code = known(await store.code_by_uid(tx, uid))
    if tx.actor.role is not Role.SYSTEM and not await store.inspects_in_visit(tx, code.visit, tx.actor.inspector):
        raise NotAllowed("只有这次检查的执法人员可以出示此码。", rule="code-shown-by-its-inspectors")
    if code.state not in LIVE_STATES:
        raise CodeNotLive(f"检查码已{'撤销' if code.state is CodeState.REVOKED else '结束'}。")
    return code


@reads(Permission.VISIT_READ)
async def code_to_print(tx: Tx, uid: str) -> CodeRow:
    """Return a code for the printed notice of its visit."""
    return known(await store.code_by_uid(tx, uid))


@reads(Permission.CODE_PRESENT)
async def codes_today(tx: Tx) -> list[InspectorCode]:
    """List what the acting inspector may present today."""
    start = start_of_day(tx.today)
    return await store.codes_of_inspector(tx, tx.actor.inspector, start, start + timedelta(days=1))


async def _issue(tx: Tx, visit: int, path: CodePath, reason: str, *, replaces: CodeRow | None) -> CodeView:
    await store.hold_visits(tx, [visit])
    (subject,) = await subjects_of(tx, [visit])
    draft = _draft(tx, subject, path, reason, replaces=replaces)
    await store.add_codes(tx, [draft])
    await ledger.append_many(tx, [_issued_entry(draft, subject)])
    return await _view(tx, draft.uid)


def _draft(tx: Tx, subject: Subject, path: CodePath, reason: str, *, replaces: CodeRow | None) -> store.CodeDraft:
    window = window_of(subject, path, tx.now)
    refuse_unless_issuable(subject, path, reason, window, tx.now)
    visit, code_id = subject.visit, tx.random(CODE_ID_BYTES)
    bound, page = bound_of(subject), page_of(subject, path, window)
    return store.CodeDraft(
        uid=uid_of(code_id),
        visit=visit.visit,
        enterprise=visit.enterprise,
        premises=visit.premises,
        opens_at=window.opens_at,
        ends_at=window.ends_at,
        enterprise_commitment=enterprise_commitment(code_id, visit.identifier),
        premises_commitment=premises_commitment(code_id, visit.premises_uid),
        bound=bound_digest(code_id, bound),
        bound_fields=bound,
        path=path,
        path_reason=reason,
        backfill_due=backfill_due(path, tx.now),
        replaces=replaces.id if replaces else 0,
        inspectors=subject.inspector_ids,
        page=msgspec.json.encode(page).decode(),
        masked=msgspec.json.encode(masked_page(page)).decode(),
    )


def _issued_entry(draft: store.CodeDraft, subject: Subject) -> ledger.Draft:
    return ledger.Draft(
        action=ledger.Action.CODE_ISSUED,
        subject=ledger.Subject("code", draft.uid),
        department=subject.visit.lead,
        public={"visit": subject.visit.visit_uid, "bound": draft.bound.hex(), "path": draft.path.value},
        private={"fields": draft.bound_fields, "page": draft.page, "reason": draft.path_reason},
        enterprise=subject.visit.enterprise if subject.visit.announced else None,
    )


async def _end(tx: Tx, code: CodeRow, state: CodeState, reason: str) -> None:
    await store.end(tx, code.id, state, reason)
    action = ledger.Action.CODE_REVOKED if state is CodeState.REVOKED else ledger.Action.CODE_CLOSED
    await ledger.append(
        tx,
        action,
        ledger.Subject("code", code.uid),
        department=tx.actor.department or None,
        public={"visit": code.visit_uid},
        private={"reason": reason},
        enterprise=code.enterprise if code.opened_at else None,
    )


async def _live_code(tx: Tx, uid: str) -> CodeRow:
    code = known(await store.code_to_change(tx, uid))
    if code.state not in LIVE_STATES:
        raise CodeNotLive(f"检查码已{'撤销' if code.state is CodeState.REVOKED else '结束'}。", rule="code-live")
    return code


def known(code: CodeRow | None) -> CodeRow:
    """Insist on a code that exists and is visible. Raises CodeNotFound."""
    if code is None:
        raise CodeNotFound
    return code


async def _view(tx: Tx, uid: str) -> CodeView:
    return _shown(known(await store.code_by_uid(tx, uid)))


def _shown(code: CodeRow) -> CodeView:
    return CodeView(
        uid=code.uid,
        visit=code.visit_uid,
        state=code.state,
        path=code.path,
        opens_at=code.opens_at,
        ends_at=code.ends_at,
        backfill_due=code.backfill_due,
        presented_at=code.presented_at,
        ended_at=code.ended_at,
        end_reason=code.end_reason,
    )
