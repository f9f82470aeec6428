"""The ledger: every act leaves a leaf in a Merkle log that outsiders can check.

The format is in docs/ledger-format.md, whom one has to trust for what in docs/trust.md.
"""

from inspect_registry.ledger.actions import Action
from inspect_registry.ledger.client import KeeperClient as SignerClient
from inspect_registry.ledger.errors import LedgerFrozen
from inspect_registry.ledger.leaf import Subject
from inspect_registry.ledger.model import Draft, EntryId, LeafNumber
from inspect_registry.ledger.service import Waiter, append, append_many, erase, numbers_of, promise, wait_for_number

__all__ = [
    "Action",
    "Draft",
    "EntryId",
    "LeafNumber",
    "LedgerFrozen",
    "SignerClient",
    "Subject",
    "Waiter",
    "append",
    "append_many",
    "erase",
    "numbers_of",
    "promise",
    "wait_for_number",
]
