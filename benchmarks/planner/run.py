"""Print the table of sizes × loads: bound, cost, ratio, seconds, memory, against greedy, CP-SAT and HiGHS.

    python -m benchmarks.planner.run [--sizes 3000,10000] [--loads 0.85] [--seconds 10,60] [--seeds 0] [--rivals]
        [--cpu]

Every line is one process of its own, so that peak memory is its own.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.planner.greedy import plain_greedy
from benchmarks.planner.instances import generate, write
from inspect_registry.cli.planner import read_instance
from inspect_registry.planning.score import measure
from inspect_registry.planning.tightbound import tight_bound

UNITS_OF_A_FREE_SECOND = 45_000
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
    parser.add_argument("--one", nargs=3, metavar=("METHOD", "DIR", "SECONDS"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(_rival(args.one[0], Path(args.one[1]), float(args.one[2]))))
        return
    print(" | ".join(COLUMNS))
    for size in map(int, args.sizes.split(",")):
        for load in map(float, args.loads.split(",")):
            for seed in map(int, args.seeds.split(",")):
                _instance(
                    size, load, seed, [float(x) for x in args.seconds.split(",")], rivals=args.rivals, cpu=args.cpu
                )


def _instance(size: int, load: float, seed: int, seconds: list[float], *, rivals: bool, cpu: bool) -> None:
    problem = generate(
        checks=size,
        load=load,
        seed=seed,
        horizon=30 if size <= 20_000 else 365,
        premises=20_000 if size >= 3000 else size // 2,
    )
    bound = tight_bound(problem)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "instance"
        write(problem, folder)
        del problem
        _print_row(size, load, seed, "plain greedy", _separately("greedy", folder, 0), bound.cost)
        for limit in seconds:
            _print_row(size, load, seed, f"planner {limit:g} s", _solved(folder, limit, seed, cpu=cpu), bound.cost)
        for name in ("cp-sat", "highs") if rivals else ():
            _print_row(size, load, seed, name, _separately(name, folder, max(seconds)), bound.cost)
    print(f"{size} | {load} | {seed} | tight bound | – | {bound.cost} | – | 1 | {bound.visits} | – | – | –", flush=True)


def _print_row(size: int, load: float, seed: int, method: str, row: dict[str, Any], bound: int) -> None:
    gap = "–" if row.get("cost") is None else f"{row['cost'] / bound:.3f}"
    shown = (row["seconds"], row.get("cost"), row.get("ratio"), gap, row.get("visits"), row.get("unserved"))
    print(" | ".join(map(str, (size, load, seed, method, *shown, row.get("switches"), row["mb"]))), flush=True)


def _solved(folder: Path, seconds: float, seed: int, *, cpu: bool) -> dict[str, Any]:
    """Run the command itself: its wall time counts whole."""
    start = time.monotonic()
    command = [sys.executable, "-m", "inspect_registry", "solve", str(folder), "--out", str(folder / "PLAN.csv")]
    limit = ["--effort", str(int(seconds * UNITS_OF_A_FREE_SECOND))] if cpu else ["--seconds", str(seconds)]
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


def _separately(method: str, folder: Path, seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.planner.run", "--one", method, str(folder), str(seconds)]
    answer: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return answer


def _rival(method: str, folder: Path, seconds: float) -> dict[str, Any]:
    """Solve an instance in this process with another method."""
    problem = read_instance(folder)
    start = time.monotonic()
    if method == "greedy":
        plan = plain_greedy(problem)
        took = time.monotonic() - start
        row = _row(msgspec.to_builtins(measure(problem, plan)), took, 0)
    # ortools and highspy each bring a HiGHS library of their own: one process may load only one of them.
    elif method == "cp-sat":
        from benchmarks.planner.exact import optimum  # noqa: PLC0415

        answer = optimum(problem, seconds=seconds, slots=3)
        row = {"seconds": round(time.monotonic() - start, 1), "cost": answer.cost, "bound": round(answer.bound)}
    else:
        from benchmarks.planner.highs import aggregated_bound_and_plan  # noqa: PLC0415

        row = aggregated_bound_and_plan(problem, seconds)
        row["seconds"] = round(time.monotonic() - start, 1)
    row["mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return row


if __name__ == "__main__":
    main()
