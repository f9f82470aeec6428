"""The MAC over a whole token: a made-up token is told from a real one without a database and without a signature.

The key never leaves the registry's servers; it is another key than the signing key (a thief needs both), and rotates
with it under the same key id.
"""

import hmac
from typing import Protocol

from inspect_registry.codes.payload import MAC_BYTES, Token

MAC_KEY_BYTES = 32


class MacKeys(Protocol):
    """Finds the MAC key of a key id."""

    def mac_key(self, key_id: int) -> bytes | None:
        """Return the key, or None for an id the registry does not use."""
        ...


_DECOY = bytes(MAC_KEY_BYTES)
"""Used for unknown key ids, so that they take the same time as a wrong MAC."""


def mac_of(key: bytes, maced: bytes) -> bytes:
    """Return the 80-bit MAC over body and signature."""
    return hmac.digest(key, maced, "sha256")[:MAC_BYTES]


def mac_fits(keys: MacKeys, token: Token) -> bool:
    """Say whether the registry made this token, in constant time."""
    key = keys.mac_key(token.payload.key_id)
    fits = hmac.compare_digest(mac_of(key or _DECOY, token.maced), token.mac)
    return fits and key is not None
