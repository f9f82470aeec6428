"""The commands `solve` and `score`: the merge planner on the plain instance format, without a database."""

import argparse
import json
import os
import resource
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import msgspec

from inspect_registry.errors import Place
from inspect_registry.planning.errors import LockedChecksDoNotFit, PlanningProblemFlawed
from inspect_registry.planning.instance import COLUMNS, MOST_ROWS, plan_from, plan_lines, problem_from
from inspect_registry.planning.problem import Plan, Problem

WRONG = 2
SHOWN_FLAWS = 20
UNLIMITED = 2**50


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add both commands."""
    solve = commands.add_parser("solve", help="把一个算例的待查项合并成入企检查（格式见 docs/planner.md）")
    solve.add_argument("instance", type=Path, metavar="INSTANCE_DIR", help="算例所在目录")
    solve.add_argument("--out", type=Path, required=True, metavar="PLAN.csv", help="写计划的文件")
    solve.add_argument("--seconds", type=_positive, help="整条命令最多用多少秒")
    solve.add_argument("--seed", type=int, default=0, help="随机种子，默认 0")
    solve.add_argument("--effort", type=_count, metavar="N", help="工作量；同一个 N 在任何机器上得出同一个计划")
    solve.add_argument(
        "--course",
        type=_count,
        metavar="N",
        help="搜索在多少工作量里冷却（用上次运行报告的数）",
    )
    solve.add_argument("--warm", type=Path, metavar="PLAN.csv", help="从这个计划出发，规则允许的日期不动")
    solve.add_argument("--json", type=Path, metavar="REASONS.json", dest="reasons", help="把理由写到这个文件")
    solve.set_defaults(run=run_solve)
    score = commands.add_parser("score", help="按每条硬规则核对一个计划并计算指标；有违反时退出码为 1")
    score.add_argument("instance", type=Path, metavar="INSTANCE_DIR", help="算例所在目录")
    score.add_argument("plan", type=Path, metavar="PLAN.csv", help="要核对的计划")
    score.set_defaults(run=run_score)


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 10_000_000:
        raise argparse.ArgumentTypeError("须为正数")
    return value


def _count(text: str) -> int:
    value = int(text)
    if not 0 <= value <= UNLIMITED:
        raise argparse.ArgumentTypeError("不能为负")
    return value


def process_start() -> float:
    """Return when this process began, on the clock of time.monotonic; now, where the system does not tell."""
    now = time.monotonic()
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return now
    return now - min(max(age, 0.0), 60.0)


def read_instance(folder: Path) -> Problem:
    """Read an instance directory; raise PlanningProblemFlawed for missing files, too many rows and unreadable cells."""
    missing = [name for name in ("meta.json", *COLUMNS) if not (folder / name).is_file()]
    if missing:
        raise PlanningProblemFlawed(
            f"{folder} 缺少文件", places=tuple(Place(sheet=name, message="文件不存在") for name in missing)
        )
    for name in COLUMNS:
        rows = _count_rows(folder / name)
        if rows > MOST_ROWS + 1:
            message = f"共 {rows - 1} 行，超过 {MOST_ROWS} 行的上限，请拆分为多个实例"
            raise PlanningProblemFlawed(places=(Place(sheet=name, row=MOST_ROWS + 2, message=message),))
    try:
        files = {name: (folder / name).open(encoding="utf-8-sig", newline="") for name in COLUMNS}
    except OSError as error:
        place = Place(sheet=Path(str(error.filename)).name, message=f"打不开：{error.strerror}")
        raise PlanningProblemFlawed(places=(place,)) from error
    try:
        return problem_from((folder / "meta.json").read_bytes(), dict(files))
    finally:
        for file in files.values():
            file.close()


def read_plan(path: Path) -> Plan:
    """Read PLAN.csv; raise PlanningProblemFlawed when it is missing or unreadable."""
    if not path.is_file():
        raise PlanningProblemFlawed(places=(Place(sheet=path.name, message="文件不存在"),))
    with path.open(encoding="utf-8-sig", newline="") as file:
        return plan_from(file, path.name)


def _count_rows(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def run_solve(args: argparse.Namespace) -> int:
    """Plan, write the plan (and the reasons), print the measures as JSON."""
    start = process_start()
    if args.seconds is None and args.effort is None:
        print("inspect-registry solve: --seconds 与 --effort 至少给出一个", file=sys.stderr)
        return WRONG
    trouble = _wrong_place(args.instance, args.out, args.reasons)
    if trouble:
        print(f"inspect-registry solve: {trouble}", file=sys.stderr)
        return WRONG
    try:
        problem = read_instance(args.instance)
        warm = read_plan(args.warm) if args.warm else None
        return _solve_and_write(args, problem, warm, start)
    except (PlanningProblemFlawed, LockedChecksDoNotFit) as error:
        _print_flaws("solve", error)
        return WRONG


def _wrong_place(instance: Path, out: Path, reasons: Path | None) -> str:
    """Say, before any work is done, why a result could not be written to where it is asked for; empty where it can."""
    inputs = {(instance / name).resolve() for name in ("meta.json", *COLUMNS)}
    for path in (out, reasons):
        if path is None:
            continue
        if not path.parent.is_dir():
            return f"目录 {path.parent} 不存在"
        if path.is_dir():
            return f"{path} 是目录，不能写入"
        if path.resolve() in inputs:
            return f"{path} 是输入文件，不能覆盖"
        try:
            draft = _draft_of(path)
            draft.touch()
            draft.unlink()
        except OSError as error:
            return f"{path} 不能写入：{error.strerror}"
    if reasons is not None and reasons.resolve() == out.resolve():
        return f"--out 与 --json 指向同一个文件 {out}"
    return ""


def _solve_and_write(args: argparse.Namespace, problem: Problem, warm: Plan | None, start: float) -> int:
    # The compiled core takes half a second to load, so bad input is told before.
    from inspect_registry.planning.solve import UNITS_PER_SECOND, Effort, solve  # noqa: PLC0415

    units = UNLIMITED if args.effort is None else args.effort
    course = args.course or args.effort or int((args.seconds or 0) * UNITS_PER_SECOND)
    effort = Effort(units=units, course=course)
    time_is_up = _Deadline(start, args.seconds, checks=len(problem.checks), reasons=args.reasons is not None)
    report = _Reporter(start)
    with _interruptible() as interrupted:
        solution = solve(
            problem,
            effort=effort,
            seed=args.seed,
            warm=warm,
            progress=report,
            stop=lambda: interrupted() or time_is_up(),
            pace=time_is_up.pace if args.effort is None and args.course is None else None,
            explained=args.reasons is not None,
        )
    results = {args.out: "".join(plan_lines(solution.plan)).encode()}
    if args.reasons is not None:
        results[args.reasons] = msgspec.json.format(msgspec.json.encode(solution.reasons), indent=1)
    try:
        _write(results)
    except OSError as error:
        print(f"inspect-registry solve: {error.filename} 不能写入：{error.strerror}", file=sys.stderr)
        return WRONG
    summary = {
        "measures": msgspec.to_builtins(solution.measures),
        "impossible": list(solution.impossible),
        "effort": solution.effort.units,
        "course": solution.effort.course,
        "seed": args.seed,
        "seconds": round(time.monotonic() - start, 2),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "stopped": interrupted(),
    }
    if solution.impossible:
        print(f"无可行日、未列入的检查 {len(solution.impossible)} 项：{_some(solution.impossible)}", file=sys.stderr)
    print(json.dumps(summary, ensure_ascii=False))
    return 0


def _some(ids: tuple[int, ...]) -> str:
    return "、".join(map(str, ids[:SHOWN_FLAWS])) + (" 等" if len(ids) > SHOWN_FLAWS else "")


class _Deadline:
    """Tells when to stop so that measuring, explaining and writing still fit into the seconds asked for."""

    def __init__(self, start: float, seconds: float | None, *, checks: int, reasons: bool) -> None:
        self.start = start
        self.end = start + seconds if seconds else float("inf")
        self.still_needed = 0.05 + checks / 1000 * (0.11 if reasons else 0.045)
        """Processor seconds; a busy machine takes more by the clock."""

    def __call__(self) -> bool:
        return self._left() <= 0

    def pace(self, trial: Callable[[], int]) -> int:
        """Return the course that fits into what is left, by the time a trial takes."""
        before = time.monotonic()
        units = trial()
        took = max(time.monotonic() - before, 1e-3)
        return max(int(units * max(self._left(), 0) / took), 1)

    def _left(self) -> float:
        """Return the seconds left for searching."""
        now = time.monotonic()
        slowness = max((now - self.start) / max(time.process_time(), 0.01), 1.0)
        return self.end - now - self.still_needed * slowness


class _Reporter:
    """Print a line of progress to standard error, at most four a second."""

    def __init__(self, start: float) -> None:
        self.start = start
        self.last = 0.0

    def __call__(self, progress: object) -> None:
        now = time.monotonic()
        if now - self.last < 0.25:
            return
        self.last = now
        line = " ".join(f"{name}={value}" for name, value in msgspec.to_builtins(progress).items())
        end = "\r" if sys.stderr.isatty() else "\n"
        print(f"t={now - self.start:.1f}s {line}   ", end=end, file=sys.stderr, flush=True)


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Let Ctrl-C and SIGTERM end the search instead of the program; a second one ends the program."""
    caught: list[int] = []
    former: dict[int, Any] = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def note(number: int, _frame: FrameType | None) -> None:
        caught.append(number)
        signal.signal(number, former[number])

    for number in former:
        signal.signal(number, note)
    try:
        yield lambda: bool(caught)
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _draft_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.part")


def _write(results: dict[Path, bytes]) -> None:
    """Write every file whole, or none of them."""
    try:
        for path, content in results.items():
            _draft_of(path).write_bytes(content)
        for path in results:
            _draft_of(path).replace(path)
    finally:
        for path in results:
            _draft_of(path).unlink(missing_ok=True)


def _print_flaws(command: str, error: PlanningProblemFlawed | LockedChecksDoNotFit) -> None:
    print(f"inspect-registry {command}: {error.code}: {error.title}　{error.detail}", file=sys.stderr)
    for place in error.places[:SHOWN_FLAWS]:
        row = f" 第 {place.row} 行" if place.row else ""
        column = f" {place.column}" if place.column else ""
        text = f"（{place.text}）" if place.text else ""
        print(f"  {place.sheet}{row}{column}：{place.message}{text}", file=sys.stderr)
    if len(error.places) > SHOWN_FLAWS:
        print(f"  …… 另有 {len(error.places) - SHOWN_FLAWS} 处", file=sys.stderr)


def run_score(args: argparse.Namespace) -> int:
    """Print violations and measures as JSON."""
    from inspect_registry.planning.flaws import flaws_of  # noqa: PLC0415
    from inspect_registry.planning.rules import violations  # noqa: PLC0415
    from inspect_registry.planning.score import measure  # noqa: PLC0415

    try:
        problem = read_instance(args.instance)
        plan = read_plan(args.plan)
    except PlanningProblemFlawed as error:
        _print_flaws("score", error)
        return WRONG
    flaws = flaws_of(problem)
    if flaws:
        _print_flaws("score", PlanningProblemFlawed(f"共 {len(flaws)} 处错误", places=tuple(flaws)))
        return WRONG
    found = violations(problem, plan)
    result = {
        "hard_violations": len(found),
        "by_rule": dict(sorted(Counter(v.rule for v in found).items())),
        "violations": msgspec.to_builtins(found[:100]),
        "measures": msgspec.to_builtins(measure(problem, plan)),
    }
    print(json.dumps(result, ensure_ascii=False))
    return 1 if found else 0
