"""What a code is bound to, as short digests that the token carries.

Commitments use the code id as salt, so two codes for one shop share no bytes, and whoever holds the token and knows
whom it is for can check it, offline too:

    enterprise commitment = first 8 bytes of SHA-256("inspect-registry/enterprise/v1" 00 || code id || identifier)
    premises commitment   = first 8 bytes of SHA-256("inspect-registry/premises/v1" 00 || code id || premises uid)
    digest                = first 16 bytes of SHA-256("inspect-registry/bound/v1" 00 || code id || canonical JSON)

`identifier` is the 统一社会信用代码 (upper case), or the 15-digit registration number of a 个体工商户 that has none;
`premises uid` is lower case. Canonical JSON: UTF-8, keys sorted, no blanks, lists sorted, strings and integers only.
The two are apart because the keeper of a shop knows its own 统一社会信用代码 by heart and can check that half at the
door; 64 bits each are enough, since the issuer picks the salt and a forger would need the issuer's signature first.
"""

import hashlib

import msgspec

from inspect_registry.codes.payload import COMMITMENT_BYTES, DIGEST_BYTES

_ENTERPRISE = b"inspect-registry/enterprise/v1\x00"
_PREMISES = b"inspect-registry/premises/v1\x00"
_BOUND = b"inspect-registry/bound/v1\x00"


class Bound(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The facts of a visit that its code binds: change one and the code is another."""

    departments: tuple[str, ...]
    """Stable codes of the departments, such as scjg."""
    matters: tuple[str, ...]
    """Codes of the published matters, such as SCJG-012."""
    inspectors: tuple[str, ...]
    """Certificate numbers."""
    plan: str
    """Plan number (备案号), or the trigger's uid."""

    def canonical(self) -> bytes:
        """Return the one JSON spelling that the digest is over."""
        fields = {
            "departments": sorted(self.departments),
            "inspectors": sorted(self.inspectors),
            "matters": sorted(self.matters),
            "plan": self.plan,
        }
        return msgspec.json.encode(fields, order="sorted")


def enterprise_commitment(code_id: bytes, identifier: str) -> bytes:
    """Commit to the enterprise that may be inspected with this code."""
    return hashlib.sha256(_ENTERPRISE + code_id + identifier.upper().encode()).digest()[:COMMITMENT_BYTES]


def premises_commitment(code_id: bytes, premises: str) -> bytes:
    """Commit to the premises that may be entered with this code."""
    return hashlib.sha256(_PREMISES + code_id + premises.lower().encode()).digest()[:COMMITMENT_BYTES]


def bound_digest(code_id: bytes, bound: Bound) -> bytes:
    """Digest the bound fields."""
    return hashlib.sha256(_BOUND + code_id + bound.canonical()).digest()[:DIGEST_BYTES]
