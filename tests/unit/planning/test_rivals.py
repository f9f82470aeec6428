"""The benchmark's rivals make lawful plans, keep to their time, and missed aims are named."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks.planner import run
from benchmarks.planner.exact import optimum
from benchmarks.planner.greedy import plain_greedy
from benchmarks.planner.instances import generate, write
from inspect_registry.cli.planner import read_plan
from inspect_registry.planning.problem import Plan
from inspect_registry.planning.rules import violations
from inspect_registry.planning.score import measure
from inspect_registry.planning.solve import Effort, solve
from inspect_registry.planning.tightbound import tight_bound

FORTY = {"checks": 40, "load": 1.15, "premises": 20}


@pytest.mark.parametrize("method", ["greedy", "cp-sat", "highs"])
def test_at_40_checks_every_rival_finds_a_lawful_plan(method: str, tmp_path: Path) -> None:
    problem = generate(seed=1, **FORTY)
    write(problem, tmp_path)
    row = run.separately(method, tmp_path, 4)
    plan = read_plan(tmp_path / f"{method}.csv")
    assert violations(problem, plan) == []
    assert row["cost"] == measure(problem, plan).cost
    assert tight_bound(problem).cost <= row["cost"]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_ours_is_within_two_percent_of_the_proven_optimum_of_40_checks(seed: int) -> None:
    problem = generate(seed=seed, **FORTY)
    best = optimum(problem, seconds=40, workers=8, hint=plain_greedy(problem))
    assert best.proven
    assert best.plan is not None
    assert best.cost is not None
    assert violations(problem, best.plan) == []
    assert measure(problem, best.plan).cost == best.cost
    ours = solve(problem, effort=Effort.of(2_000), explained=False)
    assert ours.measures is not None
    assert best.cost <= ours.measures.cost <= 1.02 * best.cost


def test_where_visits_of_a_day_are_cut_short_nothing_is_called_proven() -> None:
    problem = generate(seed=0, checks=12, premises=1)
    cut = optimum(problem, seconds=5, workers=8, slots=1)
    assert cut.plan is not None
    assert not cut.proven


def test_a_rival_that_takes_too_long_is_ended_and_said_to_have_no_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "GRACE", 0.05)
    row = run.separately("greedy", tmp_path, 0)
    assert row["note"] == "no plan: ended at its wall limit"


def test_a_rival_that_fails_is_a_line_of_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = run.separately("cp-sat", tmp_path / "missing", 1)
    assert row["note"].startswith("no plan: failed")
    run._print_row(40, 1.15, 0, "cp-sat", row, 21)
    assert "cp-sat" in capsys.readouterr().out


def test_an_unlawful_plan_of_a_rival_is_said_to_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = generate(seed=1, **FORTY)
    write(problem, tmp_path)
    plan = plain_greedy(problem)
    broken = Plan(placements=(msgspec.structs.replace(plan.placements[0], inspectors=()), *plan.placements[1:]))
    monkeypatch.setattr(run, "plain_greedy", lambda _: broken)
    assert run._rival("greedy", tmp_path, 1)["note"].startswith("NOT LAWFUL: 1 violations")


def test_the_plain_greedy_tries_the_named_days_first() -> None:
    problem = generate(seed=3, **FORTY)
    free = [c for c in problem.checks if c.onsite and not c.locked and c.bundle is None]
    first = plain_greedy(problem)
    day_of = {p.check: p.day for p in first.placements}
    again = {p.check: p.day for p in plain_greedy(problem, {c.id: day_of[c.id] for c in free}).placements}
    assert all(again[c.id] == day_of[c.id] for c in free)
    last = {p.check: p.day for p in plain_greedy(problem, {c.id: c.end for c in free}).placements}
    assert sum(last.get(c.id) == c.end for c in free) > 2 * sum(day_of[c.id] == c.end for c in free)


@pytest.mark.parametrize(
    ("method", "row", "said"),
    [
        ("warm", {"seconds": 4.9, "moved_share": 0.005, "mb": 300}, "aims met"),
        ("warm", {"seconds": 5.1, "moved_share": 0.001, "mb": 300}, "missed: seconds 5.1 > 5"),
        ("warm", {"seconds": 1.0, "moved_share": 0.006, "mb": 300}, "missed: moved_share 0.006 > 0.005"),
        ("warm", {"seconds": 1.0, "moved_share": 0.001, "mb": 401}, "missed: mb 401 > 400"),
        ("planner 10 s", {"mb": 401}, "missed: mb 401 > 400"),
        ("planner 60 s", {"ratio": 1.18, "switches": 10, "mb": 200}, "missed: ratio 1.18 > 1.17"),
        ("first plan", {"seconds": 3.0, "mb": 200}, "aims met"),
        ("reasons", {"reasons_share": 0.26}, "missed: reasons_share 0.26 > 0.25"),
        ("reasons", {"reasons_share": 0.25}, "aims met"),
        ("cp-sat", {"seconds": 99.0}, ""),
    ],
)
def test_missed_aims_are_named(method: str, row: dict[str, Any], said: str) -> None:
    assert run.missed(10_000, 1.15, method, row) == said
