"""People and their sign-ins, as stored and as told."""

from datetime import datetime
from typing import NewType

import msgspec

from inspect_registry.actor import Actor, Role

PersonId = NewType("PersonId", int)

IDLE_MINUTES = 30
"""A session that nobody used for this long is over (reliability.md 6.2)."""
ABSOLUTE_HOURS = 8
"""A session ends this long after sign-in, whatever happens."""
FAILURES_PER_ACCOUNT = 10
"""Failed sign-ins for one account in one window before it is closed for the rest of the window."""
FAILURES_PER_NETWORK = 50
"""Failed sign-ins from one network (access/networks.py) in one window."""
WINDOW_MINUTES = 15


class NewPerson(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An account to be made."""

    account: str
    name: str
    password: str
    role: Role
    department: int | None = None
    enterprise: int | None = None
    inspector: int | None = None


class PersonRow(msgspec.Struct, frozen=True, kw_only=True):
    """One account with the hash of its password."""

    id: PersonId
    uid: str
    account: str
    name: str
    password_hash: str
    role: Role
    department: int | None
    enterprise: int | None
    inspector: int | None
    disabled_at: datetime | None


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """One live session with who it belongs to."""

    id: PersonId
    name: str
    role: Role
    department: int | None
    enterprise: int | None
    inspector: int | None
    seen_at: datetime

    def actor(self) -> Actor:
        """Return who acts in this session."""
        return Actor(
            role=self.role,
            person=self.id,
            name=self.name,
            department=self.department or 0,
            enterprise=self.enterprise or 0,
            inspector=self.inspector or 0,
        )


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A new session: the only time its token is seen."""

    token: str
    account: str
    name: str
    role: Role
    expires_at: datetime
