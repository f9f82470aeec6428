r"""Draws of inspectors (随机选派执法检查人员): reproducible by anyone who has the published data; exact integers only.

Algorithm `sha256-crews-1`. A line is one enterprise that was drawn, with the matters of its checks:

    1. Eligible for a line: everybody of the roster who is certified for all its matters, not away, not excluded there.
    2. key    = SHA-256("sha256-crews-1 key\n" commitment(hex) "\n" seed "\n")[:16]
       ticket = SHA-256(key, enterprise, "\n", matters joined by ",", "\n", inspector), read as one number
    3. The lines take their turn in the order of SHA-256(key, enterprise, "\n", matters joined by ","), smallest first.
       A line takes `wanted` people with the highest tickets among its eligible who have fewer than `most` lines so
       far; where these are not enough, those with `most` follow, in the order of their tickets.
    4. The next `reserves` people in the same order are its stand-ins (候补); they do not count towards `most`.
    5. A line with fewer eligible people than wanted draws nobody.

`most` keeps the lot from giving one person everything; it is fixed beforehand like all the rest. The commitment stands
in the ledger before the seed exists:

    commitment = SHA-256("sha256-crews-1 commitment\n" "draw " uid "\n" "reserves " n "\n" "most " n "\n"
                 "roster " count "\n" {inspector {" " matter} "\n"} "away " count "\n" {inspector " " reason "\n"}
                 "lines " count "\n" {"line " enterprise " " matters joined by "," " " wanted " " count "\n"
                 {inspector " " reason "\n"}})
                 with roster, away, matters and excluded sorted, and lines in the order of enterprise and matters.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from inspect_registry.plans.draw import Exclusion, PoolUnsound, seed_text

ALGORITHM = "sha256-crews-1"
_WORD = re.compile(r"[^\s,]+")


class Member(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One inspector of the roster."""

    inspector: str
    """uid."""
    matters: tuple[str, ...]
    """Codes he is certified for, among those asked."""


class Line(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One enterprise that needs a crew."""

    enterprise: str
    """uid."""
    matters: tuple[str, ...]
    wanted: int
    excluded: tuple[Exclusion, ...] = ()
    """Who does not go there although he is certified, with the reason's code."""

    @property
    def name(self) -> str:
        """What stands for the line in a ticket."""
        return f"{self.enterprise}\n{','.join(self.matters)}"


class CrewUrn(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is fixed before the seed exists."""

    draw: str
    """uid of the draw."""
    reserves: int
    most: int
    roster: tuple[Member, ...]
    away: tuple[Exclusion, ...]
    lines: tuple[Line, ...]


class Crew(msgspec.Struct, frozen=True, kw_only=True):
    """Who was drawn for a line, in their order: the first `wanted` go, the others stand in."""

    enterprise: str
    matters: tuple[str, ...]
    inspectors: tuple[str, ...]
    """uids; empty where too few were eligible."""


def crew_urn(
    draw: str,
    *,
    reserves: int,
    most: int,
    roster: Sequence[Member],
    away: Sequence[Exclusion],
    lines: Sequence[Line],
) -> CrewUrn:
    """Put everything in order and check it. Raises PoolUnsound."""
    one = CrewUrn(
        draw=draw,
        reserves=reserves,
        most=most,
        roster=tuple(
            sorted(msgspec.structs.replace(member, matters=tuple(sorted(member.matters))) for member in roster)
        ),
        away=tuple(sorted(away, key=_by_uid)),
        lines=tuple(sorted((_ordered(line) for line in lines), key=lambda line: (line.enterprise, line.matters))),
    )
    known = {member.inspector for member in one.roster}
    if len(known) != len(one.roster):
        raise PoolUnsound("执法人员名单中有重复的人员")
    if len({line.name for line in one.lines}) != len(one.lines):
        raise PoolUnsound("同一企业的同一组事项只能选派一次")
    excluded = [*one.away, *(exclusion for line in one.lines for exclusion in line.excluded)]
    if any(exclusion.uid not in known for exclusion in excluded):
        raise PoolUnsound("被排除的人员不在执法人员名单中")
    if any(line.wanted < 1 for line in one.lines) or reserves < 0 or most < 1:
        raise PoolUnsound("每户至少选派一人，候补不少于零人，任务量上限不少于一户")
    words = [draw, *known, *(code for member in one.roster for code in member.matters)]
    words += [word for line in one.lines for word in (line.enterprise, *line.matters)]
    words += [word for exclusion in excluded for word in (exclusion.uid, exclusion.reason)]
    if not all(_WORD.fullmatch(word) for word in words):
        raise PoolUnsound("标识中不能有空白和逗号")
    return one


def commitment(one: CrewUrn) -> bytes:
    """Return what is written to the ledger before the seed exists."""
    text = [f"{ALGORITHM} commitment\ndraw {one.draw}\nreserves {one.reserves}\nmost {one.most}\n"]
    text.append(f"roster {len(one.roster)}\n")
    text += [" ".join((member.inspector, *member.matters)) + "\n" for member in one.roster]
    text.append(f"away {len(one.away)}\n")
    text += [f"{exclusion.uid} {exclusion.reason}\n" for exclusion in one.away]
    text.append(f"lines {len(one.lines)}\n")
    for line in one.lines:
        text.append(f"line {line.enterprise} {','.join(line.matters)} {line.wanted} {len(line.excluded)}\n")
        text += [f"{exclusion.uid} {exclusion.reason}\n" for exclusion in line.excluded]
    return hashlib.sha256("".join(text).encode()).digest()


def eligible(one: CrewUrn, line: Line) -> list[str]:
    """Return who may be drawn for a line, in the order of the roster."""
    barred = {exclusion.uid for exclusion in (*one.away, *line.excluded)}
    asked = set(line.matters)
    return [
        member.inspector for member in one.roster if member.inspector not in barred and asked <= set(member.matters)
    ]


def crews(one: CrewUrn, seed: str) -> tuple[Crew, ...]:
    """Draw: one crew for each line, in the order of the lines. Raises SeedUnsound."""
    key = hashlib.sha256(f"{ALGORITHM} key\n{commitment(one).hex()}\n{seed_text(seed)}\n".encode()).digest()[:16]
    lines_of: Counter[str] = Counter()
    found: dict[str, Crew] = {}
    for line in sorted(one.lines, key=lambda line: hashlib.sha256(key + line.name.encode()).digest()):
        start = key + f"{line.name}\n".encode()
        pool = eligible(one, line)
        tickets = {who: hashlib.sha256(start + who.encode()).digest() for who in pool}
        # Sorting is stable and the roster is sorted: two equal tickets, which nobody will see, keep its order.
        pool.sort(key=tickets.__getitem__, reverse=True)
        pool.sort(key=lambda who: lines_of[who] >= one.most)
        chosen = tuple(pool[: line.wanted + one.reserves]) if len(pool) >= line.wanted else ()
        lines_of.update(chosen[: line.wanted])
        found[line.name] = Crew(enterprise=line.enterprise, matters=line.matters, inspectors=chosen)
    return tuple(found[line.name] for line in one.lines)


def _ordered(line: Line) -> Line:
    return msgspec.structs.replace(
        line, matters=tuple(sorted(line.matters)), excluded=tuple(sorted(line.excluded, key=_by_uid))
    )


def _by_uid(exclusion: Exclusion) -> tuple[str, str]:
    return exclusion.uid, exclusion.reason
