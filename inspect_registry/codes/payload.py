"""The bytes of a 检查码 token: what stands where, and how they become text.

A token is 140 bytes, big-endian, without gaps:

    offset  length  field
    0       1       version, 1
    1       1       algorithm of the signature: 1 = Ed25519, 2 = SM2 with SM3 (raw r || s)
    2       4       key id: the first 4 bytes of SHA-256(algorithm byte || public key)
    6       16      code id: 128 random bits, the code's identity
    22      4       window start, seconds since 1970-01-01T00:00:00Z, first second inside
    26      4       window end, seconds, first second outside
    30      4       slot: floor(seconds since 1970 / 30); 0 = printed notice
    34      8       enterprise commitment (binding.py)
    42      8       premises commitment (binding.py)
    50      16      digest of the bound fields: departments, matters, inspectors, plan or trigger (binding.py)
    66      64      signature over CONTEXT || bytes 0 to 65
    130     10      MAC: the first 80 bits of HMAC-SHA256(MAC key of the key id, bytes 0 to 129)

As text: base32 (RFC 4648 alphabet), no padding. 140 bytes are exactly 224 characters, so no spare bits exist and one
token has one spelling; the text is upper case in a QR and read in either case.
This module knows no key, no clock and no register: signing.py, mac.py, slots.py and check.py do.
"""

import base64
import struct
from enum import IntEnum

import msgspec

from inspect_registry.codes.errors import (
    TokenAlgorithmUnknown,
    TokenCharacterWrong,
    TokenLengthWrong,
    TokenVersionUnknown,
    TokenWindowWrong,
)

VERSION = 1
CONTEXT = b"inspect-registry/code/v1\x00"
"""Put before the signed bytes, so that no signature made for another purpose with the same key fits a token."""
CODE_ID_BYTES = 16
COMMITMENT_BYTES = 8
DIGEST_BYTES = 16
SIGNATURE_BYTES = 64
MAC_BYTES = 10
TOKEN_BYTES = 140
TOKEN_CHARACTERS = 224
PRINTED_SLOT = 0

_FIELDS = struct.Struct(">BBI16sIII8s8s16s")
BODY_BYTES = _FIELDS.size
"""66: the bytes the signature covers."""
_LATEST = 2**32 - 1
_BASE32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_DIGITS = bytes.maketrans(
    _BASE32 + _BASE32[:26].lower(), b"0123456789abcdefghijklmnopqrstuv" + bytes(range(48, 58)) + b"abcdefghijklmnop"
)
_OUTSIDE = bytes(set(range(256)) - set(_BASE32 + _BASE32.lower()))
"""Every byte that is no base32 character in either case."""


class Algorithm(IntEnum):
    """Signature algorithm of a key."""

    ED25519 = 1
    SM2_SM3 = 2


_ALGORITHMS = frozenset(int(algorithm) for algorithm in Algorithm)


class Payload(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says, before anybody has checked that it is true."""

    algorithm: Algorithm
    key_id: int
    code_id: bytes
    starts: int
    """First second inside the window."""
    ends: int
    """First second outside the window."""
    slot: int
    enterprise: bytes
    """Commitment to the enterprise's identifier."""
    premises: bytes
    """Commitment to the premises."""
    bound: bytes
    """Digest of the bound fields."""

    def __post_init__(self) -> None:
        """Refuse lengths and numbers that do not fit the layout."""
        lengths = (
            (self.code_id, CODE_ID_BYTES),
            (self.enterprise, COMMITMENT_BYTES),
            (self.premises, COMMITMENT_BYTES),
            (self.bound, DIGEST_BYTES),
        )
        if any(len(value) != length for value, length in lengths):
            raise ValueError("a field of the payload has the wrong length")
        if any(not 0 <= number <= _LATEST for number in (self.key_id, self.starts, self.ends, self.slot)):
            raise ValueError("a number of the payload does not fit 32 bits")
        if self.starts >= self.ends:
            raise TokenWindowWrong(remedy="窗口的结束须晚于开始。")


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed token: its payload and the exact bytes that were signed and MACed."""

    payload: Payload
    body: bytes
    signature: bytes
    mac: bytes

    @property
    def signed(self) -> bytes:
        """Return the bytes the signature is over."""
        return CONTEXT + self.body

    @property
    def maced(self) -> bytes:
        """Return the bytes the MAC is over."""
        return self.body + self.signature

    @property
    def text(self) -> str:
        """Return the token's one spelling, upper case."""
        return to_text(self.body + self.signature + self.mac)


def body_of(payload: Payload) -> bytes:
    """Lay the payload out as the 66 bytes that get signed."""
    return _FIELDS.pack(
        VERSION,
        payload.algorithm,
        payload.key_id,
        payload.code_id,
        payload.starts,
        payload.ends,
        payload.slot,
        payload.enterprise,
        payload.premises,
        payload.bound,
    )


def to_text(data: bytes) -> str:
    """Write whole tokens and code ids as unpadded upper-case base32."""
    return base64.b32encode(data).decode("ascii").rstrip("=")


def parse(text: str) -> Token:
    """Read a token in upper or lower case. Raises a TokenError that names what is wrong; checks no signature."""
    if len(text) != TOKEN_CHARACTERS:
        raise TokenLengthWrong(f"应为 {TOKEN_CHARACTERS} 个字符，实际 {len(text)} 个。", remedy="请完整扫描二维码。")
    spelled = text.encode("ascii", "replace")
    if len(spelled.translate(None, _OUTSIDE)) != TOKEN_CHARACTERS:
        raise TokenCharacterWrong("只能是字母 A-Z 和数字 2-7。")
    # int() in base 32 is twenty times faster than base64.b32decode, and this runs for every scan.
    return parse_bytes(int(spelled.translate(_DIGITS), 32).to_bytes(TOKEN_BYTES, "big"))


def parse_bytes(data: bytes) -> Token:
    """Read a token's 140 bytes. Raises a TokenError; checks no signature."""
    if len(data) != TOKEN_BYTES:
        raise TokenLengthWrong(f"应为 {TOKEN_BYTES} 字节，实际 {len(data)} 字节。")
    version, algorithm, key_id, code_id, starts, ends, slot, enterprise, premises, bound = _FIELDS.unpack_from(data)
    if version != VERSION:
        raise TokenVersionUnknown(f"版本 {version}，本程序只认识版本 {VERSION}。", remedy="请更新核验程序。")
    if algorithm not in _ALGORITHMS:
        raise TokenAlgorithmUnknown(f"算法编号 {algorithm}。", remedy="请更新核验程序。")
    payload = Payload(
        algorithm=Algorithm(algorithm),
        key_id=key_id,
        code_id=code_id,
        starts=starts,
        ends=ends,
        slot=slot,
        enterprise=enterprise,
        premises=premises,
        bound=bound,
    )
    return Token(
        payload=payload,
        body=data[:BODY_BYTES],
        signature=data[BODY_BYTES : BODY_BYTES + SIGNATURE_BYTES],
        mac=data[BODY_BYTES + SIGNATURE_BYTES :],
    )


def uid_of(code_id: bytes) -> str:
    """Return a code's outside identity: its 128-bit id as 26 lower-case base32 characters."""
    return to_text(code_id).lower()


def code_id_of(uid: str) -> bytes:
    """Return the 128-bit id behind a code's outside identity. Raises ValueError."""
    return base64.b32decode(uid.upper() + "=" * (-len(uid) % 8))
