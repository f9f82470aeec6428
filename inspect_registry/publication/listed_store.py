"""One typed function for the query of listed.sql."""

from collections.abc import Sequence

from inspect_registry.db import SqlFile, Tx
from inspect_registry.publication.listed import ListedEnterprise

SQL = SqlFile(__file__, "listed.sql")


async def listed_enterprises(tx: Tx, uids: Sequence[str]) -> dict[str, ListedEnterprise]:
    """Return the names of some enterprises by uid. Not for the public: `listed.public_listings` masks them."""
    return {one.uid: one for one in await tx.many(SQL["listed_enterprises"], ListedEnterprise, list(uids))}
