"""Who is inspected often: caps that are used up, and exempt visits that are more than reasonable.

Exempt visits (complaint, transfer, data, request, re-check, accident) do not count towards the caps and are counted
apart; where they clearly exceed what is reasonable, supervision has to look (国办发〔2024〕54号).
"""

import msgspec

from inspect_registry import rules as parameters
from inspect_registry.access import Permission, reads
from inspect_registry.actor import SEES_ALL_DEPARTMENTS, Role
from inspect_registry.db import Tx
from inspect_registry.visits.frequency_store import FrequentRow, frequent_rows

LARGEST_PAGE = 500


class Frequent(FrequentRow, frozen=True, kw_only=True):
    """The same with what it means."""

    cap_used_up: bool
    exempt_warned: bool
    """As many visits outside the caps as warn."""


@reads(Permission.VISIT_READ)
async def frequent(tx: Tx, year: int, limit: int = 100) -> list[Frequent]:
    """List enterprises with a used-up cap or many exempt visits in a year, of the acting department or all."""
    if tx.actor.role is Role.ENTERPRISE:
        return []
    warns = parameters.whole("frequency.exempt.warning", on=tx.today)
    department = None if tx.actor.role in SEES_ALL_DEPARTMENTS else tx.actor.department
    rows = await frequent_rows(tx, year, warns, department, max(1, min(limit, LARGEST_PAGE)))
    return [
        Frequent(**msgspec.structs.asdict(row), cap_used_up=row.used >= row.cap, exempt_warned=row.exempt_used >= warns)
        for row in rows
    ]
