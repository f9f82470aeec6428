r"""Draws (抽取): reproducible by anyone who has the published data; exact integers only, so every machine agrees.

Algorithm `sha256-tickets-1`, weighted random choice without replacement:

    1. Every enterprise of the pool has as many tickets as its weight says (a natural number).
    2. key    = SHA-256("sha256-tickets-1 key\n" commitment(hex) "\n" salt(hex) "\n" seed "\n")[:16]
       ticket = SHA-256(key, uid, "\n", number in decimal) with number from 1 to the weight, read as one number.
    3. An enterprise counts by its highest ticket. The `wanted` enterprises with the highest are drawn, in that order
       (two equal tickets, which nobody will see: the smaller uid first).

The highest of w independent uniform numbers is distributed as u^(1/w): this is the draw of Efraimidis and Spirakis, in
which the first one drawn is each enterprise with probability weight / sum of weights, and so on among the rest.

The commitment stands in the ledger before the seed exists:

    commitment = SHA-256("sha256-tickets-1 commitment\n" "draw " uid "\n" "wanted " n "\n"
                 "pool " count "\n" {uid "\n"}
                 "excluded " count "\n" {uid " " reason "\n"} "weights " SHA-256(salt, {weight "\n"})(hex) "\n")
                 with pool and exclusions in the order of their uids.

Weights follow the internal 企业信用风险分类, which is never public; so weights and salt stay inside unless all weights
are equal. Without the salt nobody can compute a ticket, so winners tell nothing of a class. Where all are equal, the
salt is published and anybody repeats the draw; else an outsider checks commitment, pool and seed, and the auditor
repeats the draw.
"""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from inspect_registry.errors import Invalid

ALGORITHM = "sha256-tickets-1"
WEIGHT_MAX = 1_000
"""Tickets of one enterprise; more would only cost time."""
SEED_MAX = 120
"""Characters; a seed stands whole in the public leaf."""


class Method(StrEnum):
    """How the objects of a task are chosen."""

    RANDOM = "random"
    """随机: by lot."""
    TARGETED = "targeted"
    """定向: named one by one, with a reason."""
    FULL = "full"
    """全覆盖: everybody."""


class PoolUnsound(Invalid):
    """A pool that no draw can be made from: the caller built it wrong."""

    code = "draw-pool-unsound"
    title = "抽取名单不符合要求"


class SeedUnsound(Invalid):
    """The seed is empty or not a plain line of text."""

    code = "draw-seed-unsound"
    title = "抽取种子不符合要求"


class Ball(msgspec.Struct, frozen=True, array_like=True):
    """One enterprise of the pool."""

    uid: str
    weight: int


class Exclusion(msgspec.Struct, frozen=True, kw_only=True):
    """One enterprise that was kept out of the pool, and the rule that kept it out."""

    uid: str
    reason: str
    """A code such as `drawn-earlier`; never a class or grade."""


class Urn(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is fixed before the seed exists."""

    draw: str
    """uid of the draw: two draws with one seed are still independent."""
    wanted: int
    pool: tuple[Ball, ...]
    """In the order of their uids."""
    excluded: tuple[Exclusion, ...]
    salt: bytes
    """32 random bytes."""

    @property
    def weights_equal(self) -> bool:
        """Whether an outsider can be given everything."""
        return len({ball.weight for ball in self.pool}) <= 1


def urn(draw: str, wanted: int, pool: Sequence[Ball], excluded: Sequence[Exclusion], salt: bytes) -> Urn:
    """Put the pool in order and check it. Raises PoolUnsound."""
    ordered = tuple(sorted(pool, key=lambda ball: ball.uid))
    out = tuple(sorted(excluded, key=lambda exclusion: (exclusion.uid, exclusion.reason)))
    uids = {ball.uid for ball in ordered}
    if len(uids) != len(ordered):
        raise PoolUnsound("名单中有重复的企业")
    if any(not 1 <= ball.weight <= WEIGHT_MAX for ball in ordered):
        raise PoolUnsound(f"权重应为 1 至 {WEIGHT_MAX} 的整数", remedy="不免抽：任何企业的权重都不为零")
    if any(exclusion.uid in uids for exclusion in out):
        raise PoolUnsound("同一企业不能既在名单中又被排除")
    if not 0 <= wanted <= len(ordered):
        raise PoolUnsound(f"拟抽取 {wanted} 户，名单中只有 {len(ordered)} 户")
    if len(salt) != 32:
        raise PoolUnsound("随机盐应为 32 字节")
    if not re.fullmatch(r"[!-~]*", "".join([draw, *uids, *(text for one in out for text in (one.uid, one.reason))])):
        raise PoolUnsound("标识只能由可见的 ASCII 字符组成")
    return Urn(draw=draw, wanted=wanted, pool=ordered, excluded=out, salt=salt)


def weights_digest(one: Urn) -> bytes:
    """Return the digest that stands for the weights in the commitment."""
    return hashlib.sha256(one.salt + "".join(f"{ball.weight}\n" for ball in one.pool).encode()).digest()


def commitment(one: Urn) -> bytes:
    """Return what is written to the ledger before the seed exists."""
    return commitment_of(one.draw, one.wanted, [ball.uid for ball in one.pool], one.excluded, weights_digest(one).hex())


def commitment_of(
    draw: str, wanted: int, pool: Sequence[str], excluded: Sequence[Exclusion], weights_hex: str
) -> bytes:
    """Return the commitment from what is public: the weights stand as their digest only."""
    digest = hashlib.sha256()
    digest.update(f"{ALGORITHM} commitment\ndraw {draw}\nwanted {wanted}\npool {len(pool)}\n".encode())
    digest.update("".join(f"{uid}\n" for uid in pool).encode())
    digest.update(f"excluded {len(excluded)}\n".encode())
    digest.update("".join(f"{exclusion.uid} {exclusion.reason}\n" for exclusion in excluded).encode())
    digest.update(f"weights {weights_hex}\n".encode())
    return digest.digest()


def seed_text(text: str) -> str:
    """Return the seed as it enters the draw: NFKC, one line, blanks trimmed. Raises SeedUnsound."""
    seed = unicodedata.normalize("NFKC", text).strip()
    if not 4 <= len(seed) <= SEED_MAX or not seed.isprintable():
        raise SeedUnsound(f"种子应为 4 至 {SEED_MAX} 个可见字符的一行文字", remedy="例如开奖号码或公开信标的数值")
    return seed


def drawn(one: Urn, seed: str) -> tuple[str, ...]:
    """Draw: the uids of the chosen, in the order drawn. Raises SeedUnsound."""
    key = hashlib.sha256(
        f"{ALGORITHM} key\n{commitment(one).hex()}\n{one.salt.hex()}\n{seed_text(seed)}\n".encode()
    ).digest()[:16]
    sha256 = hashlib.sha256
    numbers = [b"\n%d" % number for number in range(1, max((ball.weight for ball in one.pool), default=0) + 1)]

    def highest(ball: Ball) -> bytes:
        start = key + ball.uid.encode()
        if ball.weight == 1:
            return sha256(start + numbers[0]).digest()
        return max([sha256(start + number).digest() for number in numbers[: ball.weight]])

    # The pool is in the order of the uids and sorting is stable, so equal tickets keep that order.
    tickets = [highest(ball) for ball in one.pool]
    order = sorted(range(len(tickets)), key=tickets.__getitem__, reverse=True)
    return tuple(one.pool[place].uid for place in order[: one.wanted])
