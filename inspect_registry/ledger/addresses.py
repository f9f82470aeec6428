"""Addresses below /log/ that pages and papers of other rooms name; the ledger's routes answer at exactly these.

All of them are paths from the registry's own root, so they hold on the service and on a mirror of the whole site.
"""

from inspect_registry.ledger.model import LeafNumber


def about(kind: str, uid: str) -> str:
    """Return the page of what the log says about one subject: good before and after its entries have numbers."""
    return f"/log/about/{kind}/{uid}"


def entry(number: LeafNumber | int) -> str:
    """Return the page of one leaf, which proves it in the reader's own browser."""
    return f"/log/entries/{number}"


def proof(number: LeafNumber | int) -> str:
    """Return the proof of one leaf as a file to keep (C2SP tlog-proof)."""
    return f"/log/entries/{number}.tlog-proof"
