"""What a token says by itself, before the register is asked: pure, and the same online and offline.

Online the MAC decides (3 microseconds, no database); offline the signature does, since only servers hold MAC keys.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from inspect_registry.codes.binding import enterprise_commitment, premises_commitment
from inspect_registry.codes.errors import TokenError
from inspect_registry.codes.keys import KeyRing, KeySet
from inspect_registry.codes.mac import mac_fits
from inspect_registry.codes.payload import Payload, Token, parse, uid_of
from inspect_registry.codes.slots import Freshness, freshness


class Origin(StrEnum):
    """Who made a token."""

    REGISTRY = "registry"
    """Its MAC (online) or its signature (offline) is right."""
    NOBODY = "nobody"
    """Unreadable, altered, of another environment, or made up."""
    STOLEN_KEY = "stolen_key"
    """A valid signature that the registry never made: somebody else holds the signing key."""


class Window(StrEnum):
    """How the present stands to the code's window."""

    BEFORE = "before"
    INSIDE = "inside"
    AFTER = "after"


class TokenCheck(msgspec.Struct, frozen=True, kw_only=True):
    """The outcome of looking at a token alone."""

    origin: Origin
    uid: str = ""
    """The code's outside identity; empty when the token is unreadable."""
    payload: Payload | None = None
    window: Window = Window.AFTER
    freshness: Freshness = Freshness.STALE
    fault: str = ""
    """Error code of what could not be read; for `code verify` only, never told to a scanner."""


_NOBODY = TokenCheck(origin=Origin.NOBODY)


def check_online(text: str, keys: KeyRing, now: datetime) -> tuple[TokenCheck, Token | None]:
    """Check a scanned token by its MAC. The token comes along for the (rate limited) signature check of a misfit."""
    try:
        token = parse(text)
    except TokenError as error:
        return msgspec.structs.replace(_NOBODY, fault=error.code), None
    if not mac_fits(keys, token):
        return _NOBODY, token
    return _checked(token, Origin.REGISTRY, now), token


def check_misfit(token: Token, keys: KeySet, now: datetime) -> TokenCheck:
    """Check the signature of a token whose MAC did not fit; costs 0.1 ms, so callers limit its rate."""
    if keys.signature_fits(token):
        return _checked(token, Origin.STOLEN_KEY, now)
    return _NOBODY


def check_offline(text: str, keys: KeySet, now: datetime, *, tolerance: int = 1) -> TokenCheck:
    """Check a token by its signature with pinned public keys; `tolerance` slots for this machine's clock."""
    try:
        token = parse(text)
    except TokenError as error:
        return msgspec.structs.replace(_NOBODY, fault=error.code)
    if not keys.signature_fits(token):
        return msgspec.structs.replace(_NOBODY, fault="code-signature-wrong")
    return _checked(token, Origin.REGISTRY, now, tolerance=tolerance)


def is_for_enterprise(payload: Payload, identifier: str) -> bool:
    """Say whether the code was issued for this 统一社会信用代码 (or registration number)."""
    return enterprise_commitment(payload.code_id, identifier) == payload.enterprise


def is_for_premises(payload: Payload, premises: str) -> bool:
    """Say whether the code was issued for these premises."""
    return premises_commitment(payload.code_id, premises) == payload.premises


def window_at(starts: int, ends: int, now: datetime) -> Window:
    """Place an instant against a window: first second inside, last second outside."""
    seconds = now.timestamp()
    if seconds < starts:
        return Window.BEFORE
    return Window.INSIDE if seconds < ends else Window.AFTER


def _checked(token: Token, origin: Origin, now: datetime, *, tolerance: int = 0) -> TokenCheck:
    payload = token.payload
    return TokenCheck(
        origin=origin,
        uid=uid_of(payload.code_id),
        payload=payload,
        window=window_at(payload.starts, payload.ends, now),
        freshness=freshness(payload.slot, now, tolerance=tolerance),
    )
