"""Draws of inspectors: reproducible, committed, without bias, fair in load; and a biased method is caught."""

import hashlib
import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.plans.crew_draw import ALGORITHM, CrewUrn, Line, Member, commitment, crew_urn, crews, eligible
from inspect_registry.plans.draw import Exclusion, PoolUnsound, SeedUnsound

SEEDS = [f"seed {number}" for number in range(2_000)]


def a_member(number: int, *matters: str) -> Member:
    return Member(inspector=f"inspector{number:03d}", matters=matters or ("M-1",))


def a_line(number: int, *excluded: Exclusion, **changes) -> Line:
    values = {"enterprise": f"enterprise{number:03d}", "matters": ("M-1",), "wanted": 2, "excluded": excluded}
    return Line(**(values | changes))


def an_urn(members: Sequence[Member], lines: Sequence[Line], **changes) -> CrewUrn:
    values = {"draw": "draw1", "reserves": 1, "most": 1_000, "away": ()} | changes
    return crew_urn(
        values["draw"],
        reserves=values["reserves"],
        most=values["most"],
        roster=members,
        away=values["away"],
        lines=lines,
    )


def test_the_draw_is_what_the_docstring_says_step_by_step() -> None:
    roster = [a_member(1), a_member(2, "M-1", "M-2"), a_member(3), a_member(4, "M-2"), a_member(5)]
    away = [Exclusion(uid="inspector005", reason="on-leave")]
    line = a_line(1, Exclusion(uid="inspector003", reason="recused"))
    one = an_urn(roster, [line], away=away)
    committed = hashlib.sha256(
        b"sha256-crews-1 commitment\ndraw draw1\nreserves 1\nmost 1000\nroster 5\ninspector001 M-1\n"
        b"inspector002 M-1 M-2\ninspector003 M-1\ninspector004 M-2\ninspector005 M-1\naway 1\ninspector005 on-leave\n"
        b"lines 1\nline enterprise001 M-1 2 1\ninspector003 recused\n"
    ).hexdigest()
    assert commitment(one).hex() == committed
    key = hashlib.sha256(f"sha256-crews-1 key\n{committed}\n2026134\n".encode()).digest()[:16]
    tickets = {
        who: hashlib.sha256(key + f"enterprise001\nM-1\n{who}".encode()).digest()
        for who in ("inspector001", "inspector002")
    }
    (crew,) = crews(one, "2026134")
    assert list(crew.inspectors) == sorted(tickets, key=tickets.__getitem__, reverse=True)


def test_golden_draw_never_changes() -> None:
    one = an_urn([a_member(number) for number in range(6)], [a_line(number) for number in range(3)], most=2)
    assert [crew.inspectors for crew in crews(one, "03 11 19 22 30 32 07")] == GOLDEN
    assert ALGORITHM == "sha256-crews-1"


GOLDEN = [
    ("inspector000", "inspector003", "inspector004"),
    ("inspector005", "inspector003", "inspector004"),
    ("inspector004", "inspector005", "inspector000"),
]


def test_order_of_input_makes_no_difference() -> None:
    members, lines = [a_member(number) for number in range(8)], [a_line(number) for number in range(5)]
    one, other = an_urn(members, lines), an_urn(members[::-1], lines[::-1])
    assert commitment(one) == commitment(other)
    assert crews(one, "第２０２６１３４期") == crews(other, " 第2026134期 ")


def test_every_committed_thing_changes_the_commitment() -> None:
    members, lines = [a_member(number) for number in range(8)], [a_line(number) for number in range(5)]
    gone = Exclusion(uid="inspector001", reason="recused")
    others = [
        an_urn(members[1:], lines),
        an_urn([a_member(0, "M-1", "M-2"), *members[1:]], lines),
        an_urn(members, lines[1:]),
        an_urn(members, [a_line(0, wanted=3), *lines[1:]]),
        an_urn(members, [a_line(0, gone), *lines[1:]]),
        an_urn(members, [a_line(0, msgspec.structs.replace(gone, reason="last-time")), *lines[1:]]),
        an_urn(members, lines, away=[gone]),
        an_urn(members, lines, draw="draw2"),
        an_urn(members, lines, reserves=2),
        an_urn(members, lines, most=3),
    ]
    assert len({commitment(one) for one in [an_urn(members, lines), *others]}) == 11


@given(
    st.integers(1, 12),
    st.lists(st.tuples(st.integers(1, 4), st.sets(st.integers(0, 11), max_size=6)), max_size=10),
    st.integers(0, 2),
    st.integers(1, 4),
)
def test_a_crew_is_whole_and_lawful_or_nobody(
    people: int, wishes: list[tuple[int, set[int]]], reserves: int, most: int
) -> None:
    members = [a_member(number) for number in range(people)]
    lines = [
        a_line(
            place, *(Exclusion(uid=f"inspector{who:03d}", reason="recused") for who in out if who < people), wanted=n
        )
        for place, (n, out) in enumerate(wishes)
    ]
    one = an_urn(members, lines, reserves=reserves, most=most)
    for line, crew in zip(one.lines, crews(one, "the seed"), strict=True):
        may = eligible(one, line)
        assert (crew.enterprise, crew.matters) == (line.enterprise, line.matters)
        assert set(crew.inspectors) <= set(may)
        assert len(crew.inspectors) == len(set(crew.inspectors))
        enough = len(may) >= line.wanted
        assert len(crew.inspectors) == (min(len(may), line.wanted + reserves) if enough else 0)


def test_who_is_excluded_away_or_not_certified_is_never_drawn() -> None:
    members = [a_member(0), a_member(1), a_member(2, "M-2"), a_member(3), a_member(4)]
    out = Exclusion(uid="inspector000", reason="last-time")
    one = an_urn(members, [a_line(0, out)], away=[Exclusion(uid="inspector001", reason="certificate-invalid")])
    for seed in SEEDS[:200]:
        (crew,) = crews(one, seed)
        assert set(crew.inspectors) == {"inspector003", "inspector004"}


def test_too_few_people_draw_nobody_rather_than_one() -> None:
    (crew,) = crews(an_urn([a_member(0)], [a_line(0)]), "the seed")
    assert crew.inspectors == ()


def pair_statistic(draw: Callable[[str], Sequence[str]], people: int) -> float:
    """Pearson's statistic over all pairs of people, divided by their number: near 1 where there is no bias."""
    names = [f"inspector{number:03d}" for number in range(people)]
    counts = dict.fromkeys(itertools.combinations(names, 2), 0)
    for seed in SEEDS:
        counts[tuple(sorted(draw(seed)))] += 1
    expected = len(SEEDS) / len(counts)
    return sum((count - expected) ** 2 / expected for count in counts.values()) / len(counts)


def test_no_pair_of_people_is_favoured_over_two_thousand_seeds() -> None:
    one = an_urn([a_member(number) for number in range(8)], [a_line(number) for number in range(4)], reserves=0)
    for place in range(4):
        assert pair_statistic(lambda seed, place=place: crews(one, seed)[place].inspectors, 8) < 1.9


def test_the_same_test_catches_fixed_teams_and_a_rota() -> None:
    names = [f"inspector{number:03d}" for number in range(8)]

    def fixed_teams(seed: str) -> list[str]:
        team = random.Random(seed).randrange(4)
        return names[2 * team : 2 * team + 2]

    def neighbours(seed: str) -> list[str]:
        start = random.Random(seed).randrange(8)
        return [names[start], names[(start + 1) % 8]]

    assert pair_statistic(fixed_teams, 8) > 10
    assert pair_statistic(neighbours, 8) > 10


def test_most_levels_the_load_and_still_leaves_it_to_the_lot() -> None:
    members, lines = [a_member(number) for number in range(10)], [a_line(number) for number in range(50)]
    free, level = an_urn(members, lines, reserves=0), an_urn(members, lines, reserves=0, most=11)

    def loads(one: CrewUrn, seed: str) -> list[int]:
        return list(Counter(who for crew in crews(one, seed) for who in crew.inspectors).values())

    assert max(max(loads(free, seed)) for seed in SEEDS[:50]) > 14
    assert max(max(loads(level, seed)) for seed in SEEDS[:50]) <= 11
    assert len({crews(level, seed) for seed in SEEDS[:50]}) == 50


def test_most_gives_way_where_nobody_else_is_left() -> None:
    one = an_urn([a_member(0), a_member(1)], [a_line(number) for number in range(5)], most=1)
    assert all(len(crew.inspectors) == 2 for crew in crews(one, "the seed"))


def test_a_whole_department_in_time() -> None:
    one = an_urn([a_member(number) for number in range(200)], [a_line(number) for number in range(999)])
    started = time.process_time()
    assert len(crews(one, "2026134")) == 999
    assert time.process_time() - started < 3


def test_unsound_rosters_and_seeds_are_refused() -> None:
    two = [a_member(0), a_member(1)]
    for make in (
        lambda: an_urn([a_member(0), a_member(0)], []),
        lambda: an_urn(two, [a_line(0), a_line(0)]),
        lambda: an_urn(two, [a_line(0, Exclusion(uid="stranger", reason="recused"))]),
        lambda: an_urn(two, [], away=[Exclusion(uid="stranger", reason="on-leave")]),
        lambda: an_urn(two, [a_line(0, wanted=0)]),
        lambda: an_urn(two, [], most=0),
        lambda: an_urn(two, [], reserves=-1),
        lambda: an_urn(two, [a_line(0, matters=("a b",))]),
        lambda: an_urn(two, [a_line(0, matters=("a,b",))]),
        lambda: an_urn([Member(inspector="换\n行", matters=())], []),
    ):
        with pytest.raises(PoolUnsound):
            make()
    with pytest.raises(SeedUnsound):
        crews(an_urn(two, [a_line(0)]), "x")
