"""Check a published draw from the outside: what it was committed to, and, where the weights are equal, its result."""

import datetime as dt
import hmac
from enum import StrEnum

import msgspec

from inspect_registry.plans.draw import (
    ALGORITHM,
    Ball,
    Exclusion,
    PoolUnsound,
    SeedUnsound,
    commitment_of,
    drawn,
    urn,
    weights_digest,
)


class Outcome(StrEnum):
    """What checking one thing gave."""

    RIGHT = "right"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """It cannot be checked from the outside."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was checked."""

    what: str
    outcome: Outcome
    detail: str


class PublishedDraw(msgspec.Struct, frozen=True, kw_only=True):
    """A draw as it is published (drawing.DrawProof); what is more in the file is ignored."""

    algorithm: str
    draw: str
    wanted: int
    pool: list[str]
    excluded: list[Exclusion]
    weights_digest: str
    commitment: str
    drawn: list[str]
    committed_at: dt.datetime | None = None
    seed: str | None = None
    seed_source: str = ""
    seed_independent: bool = False
    salt: str = ""
    weight: int = 0


def verify(draw: PublishedDraw, *, ledger_commitment: str = "") -> list[Finding]:
    """Check everything that can be checked; the order is that of a draw's life."""
    if draw.algorithm != ALGORITHM:
        return [_finding("算法", Outcome.UNKNOWN, f"“{draw.algorithm}”不是本程序认识的算法（{ALGORITHM}）")]
    return [
        _commitment(draw),
        _in_ledger(draw, ledger_commitment),
        _pool(draw),
        _seed(draw),
        _result(draw),
    ]


def _commitment(draw: PublishedDraw) -> Finding:
    ordered = sorted(draw.pool) == draw.pool and len(set(draw.pool)) == len(draw.pool)
    made = commitment_of(draw.draw, draw.wanted, draw.pool, draw.excluded, draw.weights_digest).hex()
    if ordered and hmac.compare_digest(made, draw.commitment):
        return _finding("承诺值", Outcome.RIGHT, f"名单 {len(draw.pool)} 户、排除 {len(draw.excluded)} 户与承诺值一致")
    return _finding("承诺值", Outcome.WRONG, "名单、排除名单、数量或权重摘要与承诺值不一致")


def _in_ledger(draw: PublishedDraw, ledger_commitment: str) -> Finding:
    if not ledger_commitment:
        return _finding(
            "留痕", Outcome.UNKNOWN, f"请在台账中查找抽取 {draw.draw} 的 draw.committed 记录，用 --commitment 比对"
        )
    if hmac.compare_digest(ledger_commitment.strip().lower(), draw.commitment):
        return _finding("留痕", Outcome.RIGHT, "与台账中种子出现之前的承诺值一致")
    return _finding("留痕", Outcome.WRONG, "与台账中的承诺值不同")


def _pool(draw: PublishedDraw) -> Finding:
    pool = set(draw.pool)
    if set(draw.drawn) <= pool and len(set(draw.drawn)) == len(draw.drawn) <= draw.wanted:
        return _finding("名单", Outcome.RIGHT, f"抽中的 {len(draw.drawn)} 户都在名单中，没有重复")
    return _finding("名单", Outcome.WRONG, "抽中的企业有的不在名单中、有重复，或多于拟抽数量")


def _seed(draw: PublishedDraw) -> Finding:
    if not draw.seed:
        return _finding("种子", Outcome.UNKNOWN, "尚未抽取")
    if draw.seed_independent:
        return _finding("种子", Outcome.UNKNOWN, f"请按公布的来源“{draw.seed_source}”核对“{draw.seed}”")
    return _finding("种子", Outcome.UNKNOWN, f"“{draw.seed}”未标明在承诺之后出现的独立来源（种子不独立）")


def _result(draw: PublishedDraw) -> Finding:
    if not draw.seed:
        return _finding("结果", Outcome.UNKNOWN, "尚未抽取")
    if not draw.salt or draw.weight < 1:
        return _finding("结果", Outcome.UNKNOWN, "权重不全相同，不对外公布；结果由审计人员复算")
    try:
        balls = [Ball(uid, draw.weight) for uid in draw.pool]
        one = urn(draw.draw, draw.wanted, balls, draw.excluded, bytes.fromhex(draw.salt))
        again = list(drawn(one, draw.seed))
    except (PoolUnsound, SeedUnsound, ValueError) as error:
        return _finding("结果", Outcome.WRONG, f"不能复算：{error}")
    if weights_digest(one).hex() != draw.weights_digest:
        return _finding("结果", Outcome.WRONG, "公布的权重和盐与承诺的权重摘要不一致")
    if again == draw.drawn:
        return _finding("结果", Outcome.RIGHT, f"复算得到同样的 {len(again)} 户，次序相同")
    return _finding("结果", Outcome.WRONG, "复算的结果与公布的不同")


def _finding(what: str, outcome: Outcome, detail: str) -> Finding:
    return Finding(what=what, outcome=outcome, detail=detail)
