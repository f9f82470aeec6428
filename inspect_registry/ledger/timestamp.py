"""Time stamps of the checkpoint by an outside authority (RFC 3161): proof of "not later than".

One a day is enough: the checkpoint covers everything before it. The request is built and the answer looked at here (was
it granted, for these bytes, with our nonce); whether its signature holds is checked by whoever relies on it:

    openssl ts -verify -data 2026-11-22.checkpoint -in 2026-11-22.tsr -CAfile authority.pem
"""

import hashlib
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final, Protocol

from inspect_registry.ledger.publication import LogFolder

PATIENCE: Final = 20.0  # seconds
MAX_ANSWER: Final = 65_536
NONCE_BYTES: Final = 16
_SHA256: Final = bytes.fromhex("300d06096086480165030402010500")
"""AlgorithmIdentifier of SHA-256 with NULL parameters, in DER."""
_GRANTED: Final = (b"\x02\x01\x00", b"\x02\x01\x01")
"""PKIStatus granted and grantedWithMods, in DER."""


class StampRefusedError(Exception):
    """The authority gave no time stamp for what was asked; asking again later is right."""


class Authority(Protocol):
    """A time-stamping authority, behind whatever transport."""

    def stamp(self, query: bytes) -> bytes:
        """Answer a TimeStampReq (DER) with a TimeStampResp (DER). Raises StampRefusedError."""
        ...


class HttpAuthority:
    """An authority that answers over HTTP (RFC 3161 section 3.4)."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise StampRefusedError(f"{url} is no http(s) address")
        self._url = url

    def stamp(self, query: bytes) -> bytes:
        """Post the query."""
        kind = {"Content-Type": "application/timestamp-query"}
        request = urllib.request.Request(self._url, query, kind)  # noqa: S310 - the scheme was checked above.
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:  # noqa: S310 - as above.
                answer: bytes = response.read(MAX_ANSWER)
                return answer
        except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
            raise StampRefusedError(f"couldn't ask {self._url}: {error}") from error


def make_query(digest: bytes, nonce: bytes) -> bytes:
    """Write a TimeStampReq for a SHA-256 digest that asks for the authority's certificate, too."""
    imprint = _der(0x30, _SHA256 + _der(0x04, digest))
    return _der(0x30, _der(0x02, b"\x01") + imprint + _der(0x02, nonce) + _der(0x01, b"\xff"))


def check_answer(answer: bytes, digest: bytes, nonce: bytes) -> None:
    """Check that the answer grants a stamp for this digest and nonce. Raises StampRefusedError."""
    try:
        status = _content(_content(answer, 0x30), 0x30)
    except (IndexError, ValueError) as error:
        raise StampRefusedError("the authority's answer is no TimeStampResp") from error
    if not status.startswith(_GRANTED):
        raise StampRefusedError("the authority did not grant the time stamp")
    if _der(0x04, digest) not in answer or nonce not in answer:
        raise StampRefusedError("the time stamp is for something else")


def stamped_at(answer: bytes, digest: bytes) -> datetime:
    """Return the time that a granted answer states for this digest. Raises StampRefusedError.

    Reads TSTInfo behind the imprint: serial number, then genTime (RFC 3161 section 2.4.2). The authority's signature
    is not looked at here.
    """
    imprint = _der(0x04, digest)
    try:
        if not _content(_content(answer, 0x30), 0x30).startswith(_GRANTED):
            raise StampRefusedError("the authority did not grant the time stamp")
        rest = answer[answer.index(imprint) + len(imprint) :]
        serial = _content(rest, 0x02)
        text = _content(rest[len(_der(0x02, serial)) :], 0x18).decode("ascii")
        return datetime.strptime(text.rstrip("Z").partition(".")[0], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except (IndexError, ValueError) as error:
        raise StampRefusedError("the time stamp is for something else, or is no time stamp") from error


def stamp_checkpoint(folder: LogFolder, authority: Authority, day: date, random: Callable[[int], bytes]) -> bool:
    """Have the published checkpoint stamped and publish both; False when this day has its stamp already."""
    note = folder.checkpoint()
    if note is None:
        raise StampRefusedError("there is no published checkpoint yet")
    if folder.has_stamp(day):
        return False
    digest = hashlib.sha256(note.encode()).digest()
    nonce = b"\x40" + random(NONCE_BYTES - 1)  # Positive and without a leading zero, so DER has it as it is.
    answer = authority.stamp(make_query(digest, nonce))
    check_answer(answer, digest, nonce)
    folder.publish_stamp(day, note, answer)
    return True


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(size)]) + size + content


def _content(data: bytes, tag: int) -> bytes:
    """Take the content of the DER element that `data` begins with."""
    if data[0] != tag:
        raise ValueError(f"tag {data[0]:#x} instead of {tag:#x}")
    length, start = data[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[2:start], "big")
    if start + length > len(data):
        raise ValueError("cut off")
    return data[start : start + length]
