"""Make tokens and addresses out of an issued code: fresh for each slot on the phone, slot 0 on paper."""

from datetime import datetime

import msgspec

from inspect_registry.codes.errors import UrlTooLong
from inspect_registry.codes.keys import KeyRing
from inspect_registry.codes.mac import mac_of
from inspect_registry.codes.payload import CONTEXT, PRINTED_SLOT, Payload, body_of, to_text
from inspect_registry.codes.slots import SLOT_SECONDS, slot_at

URL_CHARACTERS_MAX = 262
"""What QR version 9-M holds in alphanumeric mode (ISO/IEC 18004 table 7)."""


class Issued(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of an issued code that each of its tokens repeats."""

    code_id: bytes
    starts: int
    ends: int
    enterprise: bytes
    premises: bytes
    bound: bytes


class Presentation(msgspec.Struct, frozen=True, kw_only=True):
    """One token, and the instant after which a fresher one should be shown."""

    token: str
    url: str
    slot: int
    fresh_until: int
    """Seconds since 1970: the end of the token's own slot; 0 on paper."""


def present(issued: Issued, keys: KeyRing, now: datetime, *, base: str, ahead: int = 0) -> Presentation:
    """Sign the code for the present slot, or one `ahead` of it for a place without a network."""
    slot = slot_at(now) + ahead
    token = token_for(issued, keys, now, slot)
    return Presentation(token=token, url=url_of(base, token), slot=slot, fresh_until=(slot + 1) * SLOT_SECONDS)


def present_printed(issued: Issued, keys: KeyRing, now: datetime, *, base: str) -> Presentation:
    """Sign the code for a printed notice: it says who comes, and that the live code is still to be asked for."""
    token = token_for(issued, keys, now, PRINTED_SLOT)
    return Presentation(token=token, url=url_of(base, token), slot=PRINTED_SLOT, fresh_until=0)


def token_for(issued: Issued, keys: KeyRing, now: datetime, slot: int) -> str:
    """Lay out, sign and MAC one token. Raises SigningUnavailable."""
    signer, mac_key = keys.signer_at(now)
    payload = Payload(
        algorithm=signer.algorithm,
        key_id=signer.key_id,
        code_id=issued.code_id,
        starts=issued.starts,
        ends=issued.ends,
        slot=slot,
        enterprise=issued.enterprise,
        premises=issued.premises,
        bound=issued.bound,
    )
    body = body_of(payload)
    signed = body + signer.sign(CONTEXT + body)
    return to_text(signed + mac_of(mac_key, signed))


def url_of(base: str, token: str) -> str:
    """Return the official address a QR carries: upper case, so that the QR stays in alphanumeric mode."""
    url = f"{base.upper()}/C/{token}"
    if len(url) > URL_CHARACTERS_MAX:
        raise UrlTooLong(
            f"网址共 {len(url)} 个字符，二维码第 9 版（M 级）最多 {URL_CHARACTERS_MAX} 个。",
            remedy="请给 PUBLIC_URL 换一个较短的官方域名。",
        )
    return url


def token_in(url: str) -> str:
    """Return the token inside a scanned address, or the text itself where it is no address."""
    return url.strip().rsplit("/", 1)[-1].split("?", 1)[0]
