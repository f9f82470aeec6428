"""Check a published draw from the outside: its commitment, what the log says, and its result where that can be.

Two kinds of file: the draw of enterprises (`sha256-tickets-1`), and the draw of inspectors (`sha256-crews-1`).
"""

import datetime as dt
import hmac
from enum import StrEnum

import msgspec

from inspect_registry.plans import crew_draw
from inspect_registry.plans.crew_draw import Crew, Line, Member
from inspect_registry.plans.draw import (
    ALGORITHM,
    Ball,
    Exclusion,
    Method,
    PoolUnsound,
    SeedUnsound,
    commitment_of,
    drawn,
    urn,
    weights_digest,
)
from inspect_registry.plans.draw_log import Logged
from inspect_registry.plans.records import crews_digest, result_digest


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


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """What every proof says of itself."""

    algorithm: str
    draw: str


class PublishedDraw(Named, frozen=True, kw_only=True):
    """A draw of enterprises as it is published (draw_shapes.DrawProof); what is more in the file is ignored."""

    wanted: int
    pool: list[str]
    excluded: list[Exclusion]
    weights_digest: str
    commitment: str
    drawn: list[str]
    method: Method = Method.RANDOM
    committed_at: dt.datetime | None = None
    seed: str | None = None
    seed_source: str = ""
    seed_independent: bool = False
    salt: str = ""
    weight: int = 0


class PublishedCrews(Named, frozen=True, kw_only=True):
    """A draw of inspectors as it is published (crew_shapes.CrewProof)."""

    reserves: int
    most: int
    roster: list[Member]
    away: list[Exclusion]
    lines: list[Line]
    commitment: str
    crews: list[Crew]
    committed_at: dt.datetime | None = None
    seed: str | None = None
    seed_source: str = ""
    seed_independent: bool = False


Published = PublishedDraw | PublishedCrews


def read_proof(content: bytes) -> Published:
    """Read a published proof of either kind. Raises msgspec.DecodeError."""
    if msgspec.json.decode(content, type=Named).algorithm == crew_draw.ALGORITHM:
        return msgspec.json.decode(content, type=PublishedCrews)
    return msgspec.json.decode(content, type=PublishedDraw)


def verify(draw: Published, *, ledger_commitment: str = "", logged: Logged | None = None) -> list[Finding]:
    """Check everything that can be checked; the order is that of a draw's life.

    `logged` is what a log says about this draw; `ledger_commitment` is its commitment alone, looked up by hand.
    """
    if draw.algorithm not in {ALGORITHM, crew_draw.ALGORITHM}:
        known = f"{ALGORITHM}、{crew_draw.ALGORITHM}"
        return [_finding("算法", Outcome.UNKNOWN, f"“{draw.algorithm}”不是本程序认识的算法（{known}）")]
    if logged is not None:
        ledger_commitment = logged.commitment
    findings = [
        _commitment(draw) if isinstance(draw, PublishedDraw) else _commitment_of_crews(draw),
        _in_ledger(draw, ledger_commitment),
    ]
    if logged is not None:
        findings.append(_order(draw, logged))
    if isinstance(draw, PublishedDraw):
        return [*findings, _pool(draw), _seed(draw), _result(draw)]
    if findings[0].outcome is Outcome.WRONG:
        return findings  # A roster that is none has no people to judge.
    return [*findings, _people(draw), _seed(draw), _crews(draw)]


def _commitment(draw: PublishedDraw) -> Finding:
    ordered = sorted(draw.pool) == draw.pool and len(set(draw.pool)) == len(draw.pool)
    made = commitment_of(draw.draw, draw.wanted, draw.pool, draw.excluded, draw.weights_digest).hex()
    if ordered and hmac.compare_digest(made, draw.commitment):
        return _finding("承诺值", Outcome.RIGHT, f"名单 {len(draw.pool)} 户、排除 {len(draw.excluded)} 户与承诺值一致")
    return _finding("承诺值", Outcome.WRONG, "名单、排除名单、数量或权重摘要与承诺值不一致")


def _commitment_of_crews(draw: PublishedCrews) -> Finding:
    try:
        made = crew_draw.commitment(_urn_of(draw)).hex()
    except PoolUnsound as error:
        return _finding("承诺值", Outcome.WRONG, f"人员名单不能复算：{error}")
    if hmac.compare_digest(made, draw.commitment):
        detail = f"执法人员 {len(draw.roster)} 名、待派企业 {len(draw.lines)} 户与承诺值一致"
        return _finding("承诺值", Outcome.RIGHT, detail)
    return _finding("承诺值", Outcome.WRONG, "人员名单、排除原因、待派企业或上限与承诺值不一致")


def _in_ledger(draw: Published, ledger_commitment: str) -> Finding:
    if not ledger_commitment:
        action = "draw.committed" if isinstance(draw, PublishedDraw) else "crew.committed"
        detail = f"请在台账中查找抽取 {draw.draw} 的 {action} 记录，用 --site 或 --commitment 比对"
        return _finding("留痕", Outcome.UNKNOWN, detail)
    if hmac.compare_digest(ledger_commitment.strip().lower(), draw.commitment):
        return _finding("留痕", Outcome.RIGHT, "与台账中种子出现之前的承诺值一致")
    return _finding("留痕", Outcome.WRONG, "与台账中的承诺值不同")


def _order(draw: Published, logged: Logged) -> Finding:
    """Compare the two entries of the log with each other and with the file."""
    if logged.twice:
        return _finding("先后", Outcome.WRONG, "台账中同一次抽取有两次承诺或两次结果")
    if logged.drawn is None:
        told = Outcome.WRONG if draw.seed else Outcome.UNKNOWN
        return _finding("先后", told, "台账中还没有这次抽取的结果")
    result = result_digest(draw.drawn) if isinstance(draw, PublishedDraw) else crews_digest(draw.crews)
    if logged.seed != draw.seed or not hmac.compare_digest(logged.result, result):
        return _finding("先后", Outcome.WRONG, "公布的种子或结果与台账中的不同")
    detail = f"台账第 {logged.committed} 条为承诺，第 {logged.drawn} 条为种子和结果，与公布的相同"
    return _finding("先后", Outcome.RIGHT, detail)


def _pool(draw: PublishedDraw) -> Finding:
    pool = set(draw.pool)
    if set(draw.drawn) <= pool and len(set(draw.drawn)) == len(draw.drawn) <= draw.wanted:
        return _finding("名单", Outcome.RIGHT, f"抽中的 {len(draw.drawn)} 户都在名单中，没有重复")
    return _finding("名单", Outcome.WRONG, "抽中的企业有的不在名单中、有重复，或多于拟抽数量")


def _people(draw: PublishedCrews) -> Finding:
    one = _urn_of(draw)
    lines = {line.name: line for line in one.lines}
    named = {f"{crew.enterprise}\n{','.join(crew.matters)}": crew for crew in draw.crews}
    if not set(named) <= set(lines):
        return _finding("名单", Outcome.WRONG, "选派的企业有的不在待派名单中")
    for name, crew in named.items():
        may = set(crew_draw.eligible(one, lines[name]))
        if not set(crew.inspectors) <= may or len(set(crew.inspectors)) != len(crew.inspectors):
            return _finding("名单", Outcome.WRONG, f"企业 {crew.enterprise} 的人员未持证、被排除或者重复")
        if 0 < len(crew.inspectors) < lines[name].wanted:
            return _finding("名单", Outcome.WRONG, f"企业 {crew.enterprise} 的人员少于规定人数")
    short = sum(not crew.inspectors for crew in draw.crews)
    return _finding("名单", Outcome.RIGHT, f"选派的人员都持证且未被排除；人员不足的 {short} 户未选派")


def _seed(draw: Published) -> Finding:
    if not draw.seed:
        return _finding("种子", Outcome.UNKNOWN, "尚未抽取")
    if draw.seed_independent:
        return _finding("种子", Outcome.UNKNOWN, f"请按公布的来源“{draw.seed_source}”核对“{draw.seed}”")
    return _finding("种子", Outcome.UNKNOWN, f"“{draw.seed}”未标明在承诺之后出现的独立来源（种子不独立）")


def _result(draw: PublishedDraw) -> Finding:
    if not draw.seed:
        return _finding("结果", Outcome.UNKNOWN, "尚未抽取")
    if draw.method is not Method.RANDOM:
        if draw.drawn == draw.pool:
            return _finding("结果", Outcome.RIGHT, f"不抽签，名单中的 {len(draw.pool)} 户全部列入")
        return _finding("结果", Outcome.WRONG, "不抽签，但列入的与名单不同")
    if not draw.salt or draw.weight < 1:
        return _finding("结果", Outcome.UNKNOWN, "权重不全相同，不对外公布；结果由审计人员复算")
    return _repeated(draw, draw.seed)


def _repeated(draw: PublishedDraw, seed: str) -> Finding:
    try:
        balls = [Ball(uid, draw.weight) for uid in draw.pool]
        one = urn(draw.draw, draw.wanted, balls, draw.excluded, bytes.fromhex(draw.salt))
        again = list(drawn(one, seed))
    except (PoolUnsound, SeedUnsound, ValueError) as error:
        return _finding("结果", Outcome.WRONG, f"不能复算：{error}")
    if weights_digest(one).hex() != draw.weights_digest:
        return _finding("结果", Outcome.WRONG, "公布的权重和盐与承诺的权重摘要不一致")
    if again == draw.drawn:
        return _finding("结果", Outcome.RIGHT, f"复算得到同样的 {len(again)} 户，次序相同")
    return _finding("结果", Outcome.WRONG, "复算的结果与公布的不同")


def _crews(draw: PublishedCrews) -> Finding:
    if not draw.seed:
        return _finding("结果", Outcome.UNKNOWN, "尚未抽取")
    try:
        again = list(crew_draw.crews(_urn_of(draw), draw.seed))
    except (PoolUnsound, SeedUnsound) as error:
        return _finding("结果", Outcome.WRONG, f"不能复算：{error}")
    if again == draw.crews:
        return _finding("结果", Outcome.RIGHT, f"复算得到同样的 {len(again)} 组人员，次序相同")
    return _finding("结果", Outcome.WRONG, "复算的结果与公布的不同")


def _urn_of(draw: PublishedCrews) -> crew_draw.CrewUrn:
    return crew_draw.crew_urn(
        draw.draw,
        reserves=draw.reserves,
        most=draw.most,
        roster=draw.roster,
        away=draw.away,
        lines=draw.lines,
    )


def _finding(what: str, outcome: Outcome, detail: str) -> Finding:
    return Finding(what=what, outcome=outcome, detail=detail)
