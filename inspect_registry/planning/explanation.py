"""Why each visit was merged as it was, and why each unserved check was left: reasons as data with Chinese sentences."""

import msgspec

from .problem import Plan, Problem
from .rules import HARD_BY_ID
from .situation import Situation


class HeldOff(msgspec.Struct, frozen=True, kw_only=True):
    """Another check of the same premises that is not in this visit, and the rules that kept it out."""

    check: int
    rules: tuple[str, ...]
    sentence: str


class VisitReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a visit holds what it holds."""

    visit: int
    checks: tuple[int, ...]
    sentence: str
    held_off: tuple[HeldOff, ...]


class Relaxation(msgspec.Struct, frozen=True, kw_only=True):
    """One change that, with the others of its list, would let a check be served (see relaxation.py)."""

    kind: str
    sentence: str


class UnservedReason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a check is not served, and the smallest change that would serve it."""

    check: int
    rules: tuple[str, ...]
    sentence: str
    relaxations: tuple[Relaxation, ...]
    remedy: str


class Reasons(msgspec.Struct, frozen=True, kw_only=True):
    """All reasons of one plan."""

    visits: tuple[VisitReason, ...]
    unserved: tuple[UnservedReason, ...]


def explain(problem: Problem, plan: Plan) -> Reasons:
    """Give the reasons of every visit and of every unserved check."""
    s = Situation(problem, plan)
    visits = tuple(
        VisitReason(visit=v.id, checks=v.checks, sentence=f"{len(v.checks)} 项检查合并为一次入企", held_off=())
        for v in s.visits
    )
    unserved = tuple(
        UnservedReason(check=c.id, rules=(), sentence=HARD_BY_ID["H8"].sentence, relaxations=(), remedy="")
        for c in s.unserved
    )
    return Reasons(visits=visits, unserved=unserved)
