"""Draws: reproducible, committed, without bias, fast; and a biased method is caught."""

import hashlib
import itertools
import random
import time
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.plans.draw import (
    ALGORITHM,
    Ball,
    Exclusion,
    PoolUnsound,
    SeedUnsound,
    Urn,
    commitment,
    drawn,
    seed_text,
    urn,
    weights_digest,
)
from inspect_registry.plans.proof import Outcome, PublishedDraw, verify

SALT = b"s" * 32
SEEDS = [f"seed {number}" for number in range(2_000)]


def a_pool(*weights: int) -> list[Ball]:
    return [Ball(f"enterprise{number:03d}", weight) for number, weight in enumerate(weights)]


def an_urn(pool: Sequence[Ball], wanted: int, **changes) -> Urn:
    values = {"draw": "draw1", "excluded": (), "salt": SALT} | changes
    return urn(values["draw"], wanted, pool, values["excluded"], values["salt"])


def test_the_draw_is_what_the_docstring_says_step_by_step() -> None:
    one = an_urn(a_pool(1, 3, 2), 2, excluded=[Exclusion(uid="other", reason="drawn-earlier")])
    weights = hashlib.sha256(SALT + b"1\n3\n2\n").hexdigest()
    committed = hashlib.sha256(
        b"sha256-tickets-1 commitment\ndraw draw1\nwanted 2\npool 3\nenterprise000\nenterprise001\nenterprise002\n"
        b"excluded 1\nother drawn-earlier\nweights " + weights.encode() + b"\n"
    ).hexdigest()
    assert commitment(one).hex() == committed
    key = hashlib.sha256(f"sha256-tickets-1 key\n{committed}\n{SALT.hex()}\n2026134\n".encode()).digest()[:16]
    best = {
        uid: max(
            hashlib.sha256(key + uid.encode() + f"\n{number}".encode()).digest() for number in range(1, weight + 1)
        )
        for uid, weight in (("enterprise000", 1), ("enterprise001", 3), ("enterprise002", 2))
    }
    assert list(drawn(one, "2026134")) == sorted(best, key=best.__getitem__, reverse=True)[:2]


def test_golden_draw_never_changes() -> None:
    assert drawn(an_urn(a_pool(1, 5, 10, 20, 1, 5), 3), "03 11 19 22 30 32 07") == GOLDEN


GOLDEN = ("enterprise004", "enterprise003", "enterprise005")


def test_order_of_input_and_widths_of_the_seed_make_no_difference() -> None:
    pool = a_pool(1, 2, 3, 4, 5)
    one, other = an_urn(pool, 3), an_urn(list(reversed(pool)), 3)
    assert commitment(one) == commitment(other)
    assert drawn(one, "第２０２６１３４期") == drawn(other, " 第2026134期 ")


def test_every_committed_thing_changes_the_commitment_and_the_draw() -> None:
    base = an_urn(a_pool(*[1] * 30), 10)
    others = [
        an_urn(a_pool(*[1] * 30), 9),
        an_urn(a_pool(*[1] * 29, 2), 10),
        an_urn(a_pool(*[1] * 30), 10, draw="draw2"),
        an_urn(a_pool(*[1] * 30), 10, salt=b"t" * 32),
        an_urn(a_pool(*[1] * 30), 10, excluded=[Exclusion(uid="x", reason="cap-reached")]),
    ]
    assert len({commitment(one) for one in [base, *others]}) == 6
    assert len({drawn(one, "same seed")[:9] for one in [base, *others]}) == 6


@given(st.lists(st.integers(1, 30), max_size=40), st.data(), st.text(st.characters(categories=["L", "N"]), min_size=4))
def test_nobody_is_drawn_twice_and_exactly_as_many_as_wanted(
    weights: list[int], data: st.DataObject, seed: str
) -> None:
    wanted = data.draw(st.integers(0, len(weights)))
    chosen = drawn(an_urn(a_pool(*weights), wanted), seed)
    assert len(chosen) == len(set(chosen)) == wanted
    assert set(chosen) <= {ball.uid for ball in a_pool(*weights)}


def pair_statistic(draw: Callable[[str], Sequence[int]], size: int, wanted: int) -> float:
    """Pearson's statistic over all pairs of objects, divided by the number of pairs: near 1 where there is no bias.

    Pairs, because a systematic sample takes every object equally often and still is no random sample.
    """
    counts = dict.fromkeys(itertools.combinations(range(size), 2), 0)
    for seed in SEEDS:
        for pair in itertools.combinations(sorted(draw(seed)), 2):
            counts[pair] += 1
    expected = len(SEEDS) * wanted * (wanted - 1) / (size * (size - 1))
    return sum((count - expected) ** 2 / expected for count in counts.values()) / len(counts)


def test_no_pair_of_objects_is_favoured_over_two_thousand_seeds() -> None:
    one = an_urn(a_pool(*[1] * 20), 5)
    assert 0.5 < pair_statistic(lambda seed: [int(uid[-3:]) for uid in drawn(one, seed)], 20, 5) < 1.6


def test_the_same_test_catches_every_nth_row_and_a_favoured_row() -> None:
    def every_fourth(seed: str) -> list[int]:
        start = random.Random(seed).randrange(4)
        return list(range(start, 20, 4))

    def favourite(seed: str) -> list[int]:
        chosen = random.Random(seed).sample(range(20), 5)
        return chosen if 7 in chosen or random.Random(seed).random() < 0.7 else [7, *chosen[:4]]

    assert pair_statistic(every_fourth, 20, 5) > 10
    assert pair_statistic(favourite, 20, 5) > 1.6


def test_the_first_drawn_follows_the_weights() -> None:
    weights = [1, 5, 10, 20]
    one = an_urn(a_pool(*weights), 1)
    counts = [0] * 4
    for seed in SEEDS:
        counts[int(drawn(one, seed)[0][-3:])] += 1
    expected = [len(SEEDS) * weight / sum(weights) for weight in weights]
    statistic = sum((count - mean) ** 2 / mean for count, mean in zip(counts, expected, strict=True))
    assert statistic < 21.1  # chi-square with 3 degrees of freedom exceeds it once in 10,000 runs; the seeds are fixed
    unweighted = [500.0] * 4
    assert sum((count - mean) ** 2 / mean for count, mean in zip(counts, unweighted, strict=True)) > 21.1


def test_ten_thousand_of_three_hundred_thousand_in_time() -> None:
    dice = random.Random(1)
    weights = dice.choices([1, 5, 10, 20], [65, 25, 8, 2], k=300_000)
    pool = [Ball(f"{number:026d}", weight) for number, weight in enumerate(weights)]
    one = an_urn(pool, 10_000)
    started = time.process_time()
    assert len(drawn(one, "2026134")) == 10_000
    assert time.process_time() - started < 2


def test_unsound_pools_and_seeds_are_refused() -> None:
    for make in (
        lambda: an_urn([Ball("a", 1), Ball("a", 1)], 1),
        lambda: an_urn(a_pool(0), 1),
        lambda: an_urn(a_pool(1), 2),
        lambda: an_urn(a_pool(1), -1),
        lambda: an_urn([Ball("换\n行", 1)], 1),
        lambda: an_urn(a_pool(1), 1, salt=b"short"),
        lambda: an_urn(a_pool(1), 1, excluded=[Exclusion(uid="enterprise000", reason="x")]),
    ):
        with pytest.raises(PoolUnsound):
            make()
    for seed in ("", "   ", "abc", "a\nbcd", "x" * 300):
        with pytest.raises(SeedUnsound):
            seed_text(seed)


def a_published_draw(**changes) -> PublishedDraw:
    one = an_urn(a_pool(*[1] * 8), 3, excluded=[Exclusion(uid="other", reason="cap-reached")])
    values = {
        "algorithm": ALGORITHM,
        "draw": one.draw,
        "wanted": 3,
        "pool": [ball.uid for ball in one.pool],
        "excluded": list(one.excluded),
        "weights_digest": weights_digest(one).hex(),
        "commitment": commitment(one).hex(),
        "seed": "2026134",
        "seed_source": "双色球第2026134期",
        "seed_independent": True,
        "drawn": list(drawn(one, "2026134")),
        "salt": SALT.hex(),
        "weight": 1,
    }
    return PublishedDraw(**(values | changes))


def outcomes(draw: PublishedDraw, ledger_commitment: str = "") -> dict[str, Outcome]:
    return {finding.what: finding.outcome for finding in verify(draw, ledger_commitment=ledger_commitment)}


def test_an_honest_draw_is_repeated_from_what_is_published() -> None:
    draw = a_published_draw()
    assert outcomes(draw, draw.commitment) == {
        "承诺值": Outcome.RIGHT,
        "留痕": Outcome.RIGHT,
        "名单": Outcome.RIGHT,
        "种子": Outcome.UNKNOWN,
        "结果": Outcome.RIGHT,
    }


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"drawn": ["enterprise000", "enterprise001", "enterprise002"]}, "结果"),
        ({"drawn": ["stranger"]}, "名单"),
        ({"seed": "another seed"}, "结果"),
        ({"pool": [f"enterprise{n:03d}" for n in range(7)]}, "承诺值"),
        ({"excluded": []}, "承诺值"),
        ({"wanted": 4}, "承诺值"),
        ({"salt": "00" * 32}, "结果"),
        ({"weight": 2}, "结果"),
    ],
)
def test_a_changed_publication_is_caught(changes: dict[str, object], wrong: str) -> None:
    assert outcomes(a_published_draw(**changes))[wrong] is Outcome.WRONG


def test_a_draw_committed_after_the_seed_is_caught_by_the_ledger() -> None:
    assert outcomes(a_published_draw(), "00" * 32)["留痕"] is Outcome.WRONG


def test_a_weighted_draw_says_that_only_the_auditor_repeats_it() -> None:
    assert outcomes(a_published_draw(salt="", weight=0))["结果"] is Outcome.UNKNOWN
