"""Key sets: which keys may sign and verify, when; and the revocation list. Pure; keyfiles.py reads and writes them.

Rotation overlaps: a new key is published some days before it signs, and stays published for as long as a code it signed
may be shown. A live presentation is signed in its own slot, so the slot must lie in the time its key may sign; a
printed notice is older, so its window must end before the key stops verifying. A withdrawn key verifies nothing.
"""

import hashlib
from datetime import UTC, datetime

import msgspec

from inspect_registry.codes.errors import KeyUnknown, SigningUnavailable
from inspect_registry.codes.payload import PRINTED_SLOT, Algorithm, Payload, Token
from inspect_registry.codes.signing import Signer, Verifier, key_id_of, verifier_for
from inspect_registry.codes.slots import SLOT_SECONDS

KEYS_FORMAT = "inspection-code-keys/1"
REVOCATIONS_FORMAT = "inspection-code-revocations/1"
KEYS_ADDRESS = "/.well-known/inspection-code-keys.json"
REVOCATIONS_ADDRESS = "/.well-known/inspection-code-revocations.json"
_REVOKED = b"inspect-registry/revoked/v1\x00"
_REVOCATIONS = b"inspect-registry/revocations/v1\x00"
ALGORITHM_NAMES = {Algorithm.ED25519: "ed25519", Algorithm.SM2_SM3: "sm2-sm3"}


class PublicKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One published key and the times it is good for."""

    key_id: str
    """Eight hex digits."""
    algorithm: str
    public: bytes
    """Raw 32 bytes for Ed25519, SubjectPublicKeyInfo (DER) for SM2; base64 in JSON."""
    sign_from: datetime
    sign_until: datetime
    """First instant at which it no longer signs."""
    verify_until: datetime
    withdrawn: datetime | None = None
    """When it was declared stolen or void; from then on it verifies nothing."""

    @property
    def number(self) -> int:
        """Return the key id as the token's number."""
        return int(self.key_id, 16)

    @property
    def kind(self) -> Algorithm:
        """Return the algorithm; raises KeyUnknown for a name this program does not know."""
        for algorithm, name in ALGORITHM_NAMES.items():
            if name == self.algorithm:
                return algorithm
        raise KeyUnknown(f"密钥 {self.key_id} 的算法 {self.algorithm!r} 无法识别。")

    def signs_at(self, now: datetime) -> bool:
        """Say whether this key may sign at this instant."""
        return self.withdrawn is None and self.sign_from <= now < self.sign_until

    def covers(self, payload: Payload) -> bool:
        """Say whether a token of this payload can rightly carry this key's signature."""
        if self.withdrawn is not None:
            return False
        if payload.slot == PRINTED_SLOT:
            return payload.ends <= self.verify_until.timestamp()
        return self.sign_from.timestamp() <= payload.slot * SLOT_SECONDS + SLOT_SECONDS - 1 and (
            payload.slot * SLOT_SECONDS < self.sign_until.timestamp()
        )


class KeyDocument(msgspec.Struct, frozen=True, kw_only=True):
    """The published list of keys, as it stands at its well-known address."""

    format: str
    issuer: str
    keys: tuple[PublicKey, ...]


class KeySet:
    """The published keys, ready to verify."""

    def __init__(self, document: KeyDocument) -> None:
        """Take a document; raises KeyUnknown when a key's id is not the one its bytes give, or stands twice."""
        if document.format != KEYS_FORMAT:
            raise KeyUnknown(f"密钥表格式应为 {KEYS_FORMAT}，实际 {document.format!r}。")
        self.document = document
        self._keys: dict[int, tuple[PublicKey, Verifier]] = {}
        for key in document.keys:
            if key_id_of(key.kind, key.public) != key.number or key.number in self._keys:
                raise KeyUnknown(f"密钥 {key.key_id} 的编号与公钥不符或重复。")
            self._keys[key.number] = (key, verifier_for(key.kind, key.public))

    def key(self, key_id: int) -> PublicKey | None:
        """Return a published key, whatever its times."""
        found = self._keys.get(key_id)
        return found[0] if found else None

    def signature_fits(self, token: Token) -> bool:
        """Say whether a published key made this token's signature, at a time it might."""
        found = self._keys.get(token.payload.key_id)
        if found is None or found[0].kind is not token.payload.algorithm:
            return False
        return found[0].covers(token.payload) and found[1].verify(token.signed, token.signature)

    def verify(self, key_id: int, data: bytes, signature: bytes) -> bool:
        """Say whether a published key that is not withdrawn signed these bytes."""
        found = self._keys.get(key_id)
        return found is not None and found[0].withdrawn is None and found[1].verify(data, signature)


class Revocations(msgspec.Struct, frozen=True, kw_only=True):
    """The signed list of codes that were revoked before their window ended.

    `counter` is the number of codes revoked so far, so it only grows: whoever holds list n refuses any list below n,
    and an old list cannot be played back to somebody who has seen a newer one.
    """

    format: str
    counter: int
    at: datetime
    codes: tuple[str, ...]
    """revoked_mark() of each code, sorted."""
    key_id: str = ""
    signature: bytes = b""

    def signed_bytes(self) -> bytes:
        """Return the bytes the signature is over."""
        at = self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return _REVOCATIONS + "\n".join([self.format, str(self.counter), at, *self.codes]).encode()

    def signed_by(self, signer: Signer) -> "Revocations":
        """Return the same list with a signature."""
        signature = signer.sign(self.signed_bytes())
        return msgspec.structs.replace(self, key_id=f"{signer.key_id:08x}", signature=signature)

    def fits(self, keys: KeySet) -> bool:
        """Say whether a published key signed this list."""
        return self.format == REVOCATIONS_FORMAT and keys.verify(
            int(self.key_id or "0", 16), self.signed_bytes(), self.signature
        )

    def has(self, code_id: bytes) -> bool:
        """Say whether a code is on the list."""
        return revoked_mark(code_id) in self.codes


def revoked_mark(code_id: bytes) -> str:
    """Return what the revocation list shows of a code: 32 hex digits of a hash, not the code id itself."""
    return hashlib.sha256(_REVOKED + code_id).hexdigest()[:32]


class KeyRing:
    """What the registry's server holds: published keys, signers and MAC keys, by key id."""

    def __init__(self, published: KeySet, signers: dict[int, Signer], macs: dict[int, bytes]) -> None:
        """Take keys that keyfiles.py has read."""
        self.published = published
        self._signers = signers
        self._macs = macs

    def mac_key(self, key_id: int) -> bytes | None:
        """Return the MAC key of a key id, or None; a withdrawn key has none."""
        key = self.published.key(key_id)
        return self._macs.get(key_id) if key is not None and key.withdrawn is None else None

    def signer_at(self, now: datetime) -> tuple[Signer, bytes]:
        """Return the newest key that may sign now, with its MAC key. Raises SigningUnavailable."""
        usable = [key for key in self.published.document.keys if key.signs_at(now) and key.number in self._signers]
        for key in sorted(usable, key=lambda key: key.sign_from, reverse=True):
            mac = self._macs.get(key.number)
            if mac is not None:
                return self._signers[key.number], mac
        raise SigningUnavailable(
            "没有一把密钥在此刻可以签发。", remedy="请运维运行 inspect-registry keys new 生成新密钥。"
        )
