"""The one-time word: six digits on the inspector's phone that the enterprise types to confirm the arrival.

It proves that whoever types stands before the phone now: it changes every five minutes, follows from a server-side key
and the code id (nothing is stored), and six wrong tries end it for that code. It says nothing about who typed.
"""

import contextlib
import hmac
import unicodedata
from datetime import datetime, timedelta

from inspect_registry.codes.errors import SigningUnavailable
from inspect_registry.codes.keys import KeyRing

WORD_SECONDS = 300
WORD_DIGITS = 6
TRIES_MAX = 6
_PURPOSE = b"inspect-registry/arrival-word/v1\x00"


def word_at(keys: KeyRing, code_id: bytes, now: datetime) -> str:
    """Return the word shown at this instant. Raises SigningUnavailable."""
    _signer, mac_key = keys.signer_at(now)
    period = int(now.timestamp()) // WORD_SECONDS
    digest = hmac.digest(mac_key, _PURPOSE + code_id + period.to_bytes(8, "big"), "sha256")
    return f"{int.from_bytes(digest[:8], 'big') % 10**WORD_DIGITS:0{WORD_DIGITS}d}"


def word_fits(keys: KeyRing, code_id: bytes, now: datetime, typed: str) -> bool:
    """Say whether the typed word is the present one or the one before, in constant time; full-width digits count.

    The one before may never have been: a key that is younger than it could not sign then.
    Raises SigningUnavailable where no key may sign now.
    """
    given = "".join(unicodedata.normalize("NFKC", typed).split()).encode()
    accepted = [word_at(keys, code_id, now)]
    with contextlib.suppress(SigningUnavailable):
        accepted.append(word_at(keys, code_id, now - timedelta(seconds=WORD_SECONDS)))
    # A list, so that both are always compared.
    return any([hmac.compare_digest(word.encode(), given) for word in accepted])  # noqa: C419
