"""The verdict on a scan: one pure function of the token's check, the register's row and who scans.

The order of the questions is the order of what matters at the door: was it made by the registry at all, is it for this
shop, was it taken back, is the visit over, is today the day, may these people inspect, is this the live code.
Law behind the red answers: 行政处罚法 第五十五条 (no certificate shown: the party may refuse); local wording is data.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from inspect_registry.codes.check import Origin, TokenCheck, Window
from inspect_registry.codes.model import CodeState, VerdictRow
from inspect_registry.codes.slots import Freshness


class Verdict(StrEnum):
    """What a scan is told; docs/code-format.md lists each with its condition."""

    VALID = "valid"
    NOT_YET = "not_yet"
    CLOSED = "closed"
    REVOKED = "revoked"
    EXPIRED = "expired"
    STALE = "stale"
    """The picture is older than its slot and one of grace: a photograph, or a slow hand."""
    PRINTED = "printed"
    """A printed notice: true, but the live code is to be asked for."""
    CERTIFICATE_INVALID = "certificate_invalid"
    WRONG_ENTERPRISE = "wrong_enterprise"
    UNKNOWN = "unknown"
    """Forged, altered, malformed or never registered: all alike, so that guessing teaches nothing."""


class Shown(StrEnum):
    """How much of the page a scan sees."""

    FULL = "full"
    MASKED = "masked"
    NOTHING = "nothing"


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict with what goes along."""

    verdict: Verdict
    shown: Shown
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""


_UNKNOWN = Judgement(verdict=Verdict.UNKNOWN, shown=Shown.NOTHING)
_SHOWN = {
    # The picture may be somebody's photograph: whoever holds it learns which door it is for, not who the people are.
    Verdict.STALE: Shown.MASKED,
    Verdict.VALID: Shown.FULL,
    Verdict.PRINTED: Shown.FULL,
    Verdict.CERTIFICATE_INVALID: Shown.FULL,
}


def judge(check: TokenCheck, row: VerdictRow | None, *, at_enterprise: bool | None = None) -> Judgement:
    """Give the verdict. `at_enterprise`: whether the scanner is the bound enterprise; None when nobody knows."""
    if check.origin is not Origin.REGISTRY or row is None:
        return _UNKNOWN
    verdict = _verdict(check, row, at_enterprise=at_enterprise)
    shown = _SHOWN.get(verdict, Shown.MASKED)
    return Judgement(verdict=verdict, shown=shown, arrived_at=row.arrived_at, ended_at=row.ended_at, reason=row.reason)


def _verdict(check: TokenCheck, row: VerdictRow, *, at_enterprise: bool | None) -> Verdict:
    reasons_against = (
        (at_enterprise is False, Verdict.WRONG_ENTERPRISE),
        (row.state is CodeState.REVOKED, Verdict.REVOKED),
        (row.state is CodeState.CLOSED, Verdict.CLOSED),
        (check.window is Window.BEFORE, Verdict.NOT_YET),
        (check.window is Window.AFTER, Verdict.EXPIRED),
        (not row.certificates_valid, Verdict.CERTIFICATE_INVALID),
        (check.freshness is Freshness.PRINTED, Verdict.PRINTED),
        (check.freshness is not Freshness.FRESH, Verdict.STALE),
    )
    return next((verdict for stands, verdict in reasons_against if stands), Verdict.VALID)
