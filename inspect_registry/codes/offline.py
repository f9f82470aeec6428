"""The verdict without a network: what pinned public keys can prove, and what they cannot.

A signature proves that the registry issued the code, for which window, for which shop, and when the picture was made.
It cannot prove that the code was not taken back since, that certificates are valid today, or that the visit is still
open: each of these is named in `unchecked`, so that nobody reads more into the answer than there is.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from inspect_registry.codes.check import (
    Origin,
    TokenCheck,
    Window,
    check_offline,
    is_for_enterprise,
    is_for_premises,
)
from inspect_registry.codes.keys import KeySet, Revocations
from inspect_registry.codes.slots import Freshness
from inspect_registry.codes.verdict import Verdict


class Unchecked(StrEnum):
    """What this verification could not look at."""

    REGISTER = "是否仍在登记簿中、检查是否已结束"
    CERTIFICATES = "执法人员的证件今天是否有效"
    REVOCATION = "是否已被撤销（没有撤销清单）"
    ENTERPRISE = "是否签发给本店（没有给出统一社会信用代码）"
    PREMISES = "是否签发给此处经营场所（没有给出场所编号）"


class OfflineReport(msgspec.Struct, frozen=True, kw_only=True):
    """What was found without a network. `verdict` valid means: everything that could be checked holds."""

    verdict: Verdict
    code: str
    starts: int
    ends: int
    slot: int
    fault: str
    unchecked: tuple[Unchecked, ...]


def verify_offline(
    text: str,
    keys: KeySet,
    now: datetime,
    *,
    revocations: Revocations | None = None,
    enterprise: str = "",
    premises: str = "",
) -> OfflineReport:
    """Verify a token with pinned keys; the revocation list must already have been found to be the registry's."""
    check = check_offline(text, keys, now)
    payload = check.payload
    unchecked = (
        Unchecked.REGISTER,
        Unchecked.CERTIFICATES,
        *((Unchecked.REVOCATION,) if revocations is None else ()),
        *((Unchecked.ENTERPRISE,) if not enterprise else ()),
        *((Unchecked.PREMISES,) if not premises else ()),
    )
    return OfflineReport(
        verdict=_verdict(check, revocations, enterprise, premises),
        code=check.uid,
        starts=payload.starts if payload else 0,
        ends=payload.ends if payload else 0,
        slot=payload.slot if payload else 0,
        fault=check.fault,
        unchecked=unchecked,
    )


def _verdict(check: TokenCheck, revocations: Revocations | None, enterprise: str, premises: str) -> Verdict:
    payload = check.payload
    if check.origin is not Origin.REGISTRY or payload is None:
        return Verdict.UNKNOWN
    reasons_against = (
        (bool(enterprise) and not is_for_enterprise(payload, enterprise), Verdict.WRONG_ENTERPRISE),
        (bool(premises) and not is_for_premises(payload, premises), Verdict.WRONG_ENTERPRISE),
        (revocations is not None and revocations.has(payload.code_id), Verdict.REVOKED),
        (check.window is Window.BEFORE, Verdict.NOT_YET),
        (check.window is Window.AFTER, Verdict.EXPIRED),
        (check.freshness is Freshness.PRINTED, Verdict.PRINTED),
        (check.freshness is not Freshness.FRESH, Verdict.STALE),
    )
    return next((verdict for stands, verdict in reasons_against if stands), Verdict.VALID)
