"""What the catalogue needs without anybody asking: versions come into force, and the keeper is told what is due."""

from inspect_registry import ledger
from inspect_registry.access import Permission, act
from inspect_registry.actor import SYSTEM
from inspect_registry.catalogue import listing_store, listings, versions
from inspect_registry.catalogue.listing import LIST_NAMES, Listing
from inspect_registry.db import Database, Tx
from inspect_registry.identifiers import new_uid
from inspect_registry.jobs import service as notices

NOTICE_KIND = "list-review"
_SHOWN = 50
"""Entries named in one message; the rest is counted."""


async def take_care(database: Database, keeper: str) -> None:
    """Do what is due; safe to repeat as often as one likes. `keeper` is the keeper's address, empty for no messages."""
    acting = database.acting(SYSTEM)
    await versions.bring_in_force(acting)
    if keeper:
        await tell_reviews(acting, keeper)


@act(Permission.CATALOGUE_CHANGE)
async def tell_reviews(tx: Tx, keeper: str) -> int:
    """Send the keeper one message about the entries that are due for review and were not told; returns how many."""
    for one in await listings.due_for_review(tx):
        await listings.hold(tx, one.kind, one.subject)  # What came with the program is stored, to be marked.
    due = await listing_store.due_untold(tx)
    if not due:
        return 0
    await listing_store.mark_told(tx, [one.uid for one in due])
    await notices.notify_office(tx, keeper, NOTICE_KIND, f"清单到期复核提醒：{len(due)} 条", _message(due))
    await ledger.append(
        tx,
        ledger.Action.LIST_REVIEW_DUE,
        ledger.Subject("listing", new_uid(tx.random)),
        public={"entries": len(due)},
        private={"entries": [one.uid for one in due]},
    )
    return len(due)


def _message(due: list[Listing]) -> str:
    lines = [f"{LIST_NAMES[one.kind]}：{one.title}（{one.review_on} 到期复核）" for one in due[:_SHOWN]]
    more = [f"另有 {len(due) - _SHOWN} 条，请登录后查看。"] * (len(due) > _SHOWN)
    return "\n".join(["以下清单条目已到复核日期，请核对是否继续有效，并续期、调整或终止：", "", *lines, *more])
