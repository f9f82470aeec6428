"""Print the table of sizes × loads: bound, cost, ratio, seconds, memory, against greedy, CP-SAT and HiGHS.

    python -m benchmarks.planner.run [--sizes 3000,10000] [--loads 0.85] [--seconds 10,60] [--seeds 0] [--rivals]
        [--reading told|strict] [--cpu]

The first line of an instance is its first complete plan (`first plan`, no search); `warm` re-plans after changes to
1 % of the checks and tells the share of other checks that moved; `reasons` explains the last plan. Aims that a line
misses are named behind it. Every line is one process of its own, so that peak memory is its own; a rival's process is
ended after twice its seconds and half a minute, so the time of the whole command is known before.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.planner.greedy import plain_greedy
from benchmarks.planner.instances import SHARE_OF_DAYS, generate, write
from inspect_registry.cli.planner import read_instance, read_plan
from inspect_registry.planning.instance import plan_lines
from inspect_registry.planning.problem import Plan, Problem
from inspect_registry.planning.rules import violations
from inspect_registry.planning.score import measure
from inspect_registry.planning.tightbound import tight_bound

UNITS_OF_A_FREE_SECOND = 80_000  # With both cores.
GRACE = 30.0
"""Seconds a rival may take beyond twice its time: for starting, reading, presolve that looks at no clock, scoring."""
CP_SAT_WORKERS = 8  # Fewer leave out the searches that work on the linear relaxation; they share the processors.
VISITS_OF_A_DAY = 3  # Of one premises, for CP-SAT; where more might be needed it proves nothing.
REASONS_SHARE = 0.25  # Of the time to solve.
MONTH = 20_000  # Checks; bigger instances are years.
COLUMNS = (
    "checks",
    "load",
    "seed",
    "method",
    "seconds",
    "cost",
    "ratio",
    "gap_to_tight_bound",
    "visits",
    "unserved",
    "switches",
    "mb",
)


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="3000,10000")
    parser.add_argument("--loads", default="0.85,1.15,1.3")
    parser.add_argument("--seconds", default="10,60")
    parser.add_argument("--seeds", default="0")
    parser.add_argument(
        "--rivals", action="store_true", help="also CP-SAT and HiGHS, each with the longest of the seconds"
    )
    parser.add_argument(
        "--cpu", action="store_true", help="on a busy machine: the work a free one does in those seconds"
    )
    parser.add_argument("--reading", default="told", choices=sorted(SHARE_OF_DAYS), help="what the loads are shares of")
    parser.add_argument("--one", nargs=3, metavar=("METHOD", "DIR", "SECONDS"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        method, folder, limit = args.one[0], Path(args.one[1]), float(args.one[2])
        print(json.dumps(_timed_reasons(folder) if method == "reasons" else _rival(method, folder, limit)))
        return
    print(" | ".join(COLUMNS))
    for size in map(int, args.sizes.split(",")):
        for load in map(float, args.loads.split(",")):
            for seed in map(int, args.seeds.split(",")):
                _instance(size, load, seed, args)


def _instance(size: int, load: float, seed: int, args: argparse.Namespace) -> None:
    seconds = [float(x) for x in args.seconds.split(",")]
    problem = generate(
        checks=size,
        load=load,
        seed=seed,
        horizon=30 if size <= 20_000 else 365,
        premises=max(20_000, size // 5) if size >= 3000 else size // 2,
        reading=args.reading,
    )
    bound = tight_bound(problem)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "instance"
        write(problem, folder)
        changed = with_changes(problem, seed)
        del problem
        _print_row(size, load, seed, "first plan", _solved(folder, 0, seed, cpu=args.cpu), bound.cost)
        _print_row(size, load, seed, "plain greedy", separately("greedy", folder, max(seconds)), bound.cost)
        for limit in seconds:
            _print_row(size, load, seed, f"planner {limit:g} s", _solved(folder, limit, seed, cpu=args.cpu), bound.cost)
        for name in ("cp-sat", "highs") if args.rivals else ():
            _print_row(size, load, seed, name, separately(name, folder, max(seconds)), bound.cost)
        if size <= MONTH:
            row, moved = _replanned(folder, changed, seed, cpu=args.cpu)
            note = f"{moved:.2%} of other published checks moved or dropped"
            _print_row(size, load, seed, "warm", {**row, "moved_share": moved, "note": note}, None)
        told = _with_share(separately("reasons", folder, max(seconds)), max(seconds))
        _print_row(size, load, seed, "reasons", told, None)
    print(f"{size} | {load} | {seed} | tight bound | – | {bound.cost} | – | 1 | {bound.visits} | – | – | –", flush=True)


def with_changes(problem: Problem, seed: int) -> Problem:
    """Drop one check of 200, ask for as many others more, and let one inspector of 100 be ill for three days."""
    rng = random.Random(f"changes/{seed}")
    free = [c for c in problem.checks if not c.locked and c.bundle is None]
    n = min(max(len(problem.checks) // 200, 1), len(free))
    gone = {c.id for c in rng.sample(free, n)}
    new = [msgspec.structs.replace(c, id=10_000_000 + k, published_day=None) for k, c in enumerate(rng.sample(free, n))]
    held = {(c.department, c.published_day) for c in problem.checks if c.locked}
    people = []
    for inspector in problem.inspectors:
        day = rng.randrange(problem.horizon)
        ill = {d for d in range(day, min(day + 3, problem.horizon)) if (inspector.department, d) not in held}
        is_ill = rng.random() < 0.01
        off = tuple(sorted({*inspector.off_days, *ill})) if is_ill else inspector.off_days
        people.append(msgspec.structs.replace(inspector, off_days=off))
    checks = tuple(c for c in problem.checks if c.id not in gone) + tuple(new)
    return msgspec.structs.replace(problem, checks=checks, inspectors=tuple(people))


def _replanned(folder: Path, changed: Problem, seed: int, *, cpu: bool) -> tuple[dict[str, Any], float]:
    """Re-plan from the plan in the folder; return the row and the share of the other checks that moved or dropped."""
    before = read_plan(folder / "PLAN.csv")
    there = folder / "changed"
    write(changed, there)
    row = _solved(there, 1 if cpu else 3.5, seed, cpu=cpu, warm=folder / "PLAN.csv")
    after = {p.check: p.day for p in read_plan(there / "PLAN.csv").placements}
    kept = [p for p in before.placements if p.check in {c.id for c in changed.checks}]
    return row, sum(after.get(p.check) != p.day for p in kept) / max(len(kept), 1)


def missed(size: int, load: float, method: str, row: dict[str, Any]) -> str:
    """Name the aims of the issue that the row misses; "" when it has none."""
    aims: dict[str, float] = {
        (3000, 0.85, "planner 10 s"): {"ratio": 1.08},
        (10_000, 0.85, "planner 60 s"): {"ratio": 1.13, "switches": 1500},
        (10_000, 1.15, "planner 60 s"): {"ratio": 1.17, "switches": 1500},
        (10_000, 1.3, "planner 60 s"): {"ratio": 1.29, "switches": 1500},
        (10_000, load, "first plan"): {"seconds": 3.0},
    }.get((size, load, method), {})
    if method == "warm" and size <= MONTH:
        aims = {"seconds": 5.0, "moved_share": 0.005}
    if size == 10_000 and (method in ("first plan", "warm") or method.startswith("planner")):
        aims = {**aims, "mb": 400}
    if method == "reasons":
        aims = {"reasons_share": REASONS_SHARE}
    unmet = [f"{name} {row[name]:.4g} > {aim:g}" for name, aim in aims.items() if row[name] > aim]
    return f"missed: {', '.join(unmet)}" if unmet else ("aims met" if aims else "")


def _print_row(size: int, load: float, seed: int, method: str, row: dict[str, Any], bound: int | None) -> None:
    gap = "–" if bound is None or row.get("cost") is None else f"{row['cost'] / bound:.3f}"
    shown = [row.get(name, "–") for name in ("seconds", "cost", "ratio")]
    rest = [row.get(name, "–") for name in ("visits", "unserved", "switches", "mb")]
    print(
        " | ".join(map(str, (size, load, seed, method, *shown, gap, *rest))),
        row.get("note", ""),
        missed(size, load, method, row),
        flush=True,
    )


def _solved(folder: Path, seconds: float, seed: int, *, cpu: bool, warm: Path | None = None) -> dict[str, Any]:
    """Run the command itself: its wall time counts whole."""
    start = time.monotonic()
    command = [sys.executable, "-m", "inspect_registry", "solve", str(folder), "--out", str(folder / "PLAN.csv")]
    units = str(int(seconds * UNITS_OF_A_FREE_SECOND))
    limit = ["--effort", units] if cpu or not seconds else ["--seconds", str(seconds)]
    limit += ["--warm", str(warm)] if warm else []
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run([*command, *limit, "--seed", str(seed)], check=True, capture_output=True, text=True)
    told = json.loads(done.stdout)
    processor = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    return _row(told["measures"], processor if cpu else time.monotonic() - start, told["peak_memory_mb"])


def _row(m: dict[str, Any], seconds: float, memory: object) -> dict[str, Any]:
    return {
        "seconds": round(seconds, 1),
        "cost": m["cost"],
        "ratio": m["cost_ratio"],
        "visits": m["visits"],
        "unserved": m["unserved"],
        "switches": m["zone_switches"],
        "mb": memory,
    }


def separately(method: str, folder: Path, seconds: float) -> dict[str, Any]:
    """Run a rival in a process of its own, which is ended when it takes much longer than it may."""
    command = [sys.executable, "-m", "benchmarks.planner.run", "--one", method, str(folder), str(seconds)]
    wall = 2 * seconds + GRACE
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=wall)
    except subprocess.TimeoutExpired:
        return {"seconds": round(wall, 1), "note": "no plan: ended at its wall limit"}
    except subprocess.CalledProcessError as error:
        return {"seconds": None, "note": f"no plan: failed: {error.stderr.strip().splitlines()[-1:]}"}
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _with_share(row: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Compare the time for the reasons with the time of the search that made the plan."""
    share = row["seconds"] / seconds
    return {**row, "reasons_share": share, "note": f"{row.get('note', '')}{share:.1%} of the {seconds:g} s to solve"}


def _timed_reasons(folder: Path) -> dict[str, Any]:
    """Explain the plan in the folder; loading the compiled core counts."""
    from inspect_registry.planning.explanation import explain  # noqa: PLC0415

    problem, plan = read_instance(folder), read_plan(folder / "PLAN.csv")
    start = time.monotonic()
    told = explain(problem, plan)
    took = time.monotonic() - start
    memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    note = f"{len(told.visits)} visits and {len(told.unserved)} unserved checks explained, "
    return {"seconds": round(took, 2), "mb": memory, "note": note}


def _rival(method: str, folder: Path, seconds: float) -> dict[str, Any]:
    """Solve an instance in this process with another method; write its plan beside it and tell what it is worth."""
    problem = read_instance(folder)
    start = time.monotonic()
    plan, note = _rivals_plan(method, problem, seconds)
    took = time.monotonic() - start
    memory = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    if plan is None:
        return {"seconds": round(took, 1), "mb": memory, "note": f"no plan; {note}"}
    (folder / f"{method}.csv").write_text("".join(plan_lines(plan)), encoding="utf-8")
    found = violations(problem, plan)
    note = f"NOT LAWFUL: {len(found)} violations; {note}" if found else note
    return {**_row(msgspec.to_builtins(measure(problem, plan)), took, memory), "note": note}


def _rivals_plan(method: str, problem: Problem, seconds: float) -> tuple[Plan | None, str]:
    if method == "greedy":
        return plain_greedy(problem), ""
    # ortools and highspy each bring a HiGHS library of their own: one process may load only one of them.
    if method == "cp-sat":
        from benchmarks.planner.exact import optimum  # noqa: PLC0415

        start = time.monotonic()
        hint = plain_greedy(problem)
        left = seconds - (time.monotonic() - start)
        exact = optimum(problem, seconds=left, workers=CP_SAT_WORKERS, slots=VISITS_OF_A_DAY, hint=hint)
        return exact.plan, f"proven optimum {exact.cost}" if exact.proven else f"bound {exact.bound:.0f}, not proven"
    from benchmarks.planner.highs import staffed  # noqa: PLC0415

    answer = staffed(problem, seconds=seconds)
    bound = "no bound" if answer.bound is None else f"bound {answer.bound:.0f}"
    return answer.plan, f"{bound}, cost before people are assigned {answer.aggregated_cost}"


if __name__ == "__main__":
    main()
