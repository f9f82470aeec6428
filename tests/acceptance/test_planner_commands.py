"""`inspect-registry solve` and `score` as a coordinator without a database meets them."""

import csv
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from benchmarks.planner.instances import generate, write
from inspect_registry.cli import main
from inspect_registry.cli.planner import read_plan
from inspect_registry.planning.problem import Problem
from tests.planner_builders import a_check, a_problem, an_inspector

ITEMS = "item,dept,ent,matter,start,end,minutes,n_insp,onsite,mergeable,exempt,bundle,mandatory,pub_day,locked\n"
HARD_RULES = tuple(f"H{n}" for n in range(1, 14))


@pytest.fixture
def month(tmp_path: Path) -> Path:
    write(generate(checks=300, seed=11, premises=300), tmp_path / "month")
    return tmp_path / "month"


def written(tmp_path: Path, problem: Problem) -> Path:
    write(problem, tmp_path / "instance")
    return tmp_path / "instance"


def scored(instance: Path, plan: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    capsys.readouterr()
    code = main(["score", str(instance), str(plan)])
    return code, json.loads(capsys.readouterr().out)


def test_a_month_is_solved_scored_and_explained(
    month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, reasons = tmp_path / "PLAN.csv", tmp_path / "REASONS.json"
    assert (
        main(["solve", str(month), "--out", str(plan), "--effort", "2000", "--seed", "3", "--json", str(reasons)]) == 0
    )
    out = capsys.readouterr()
    summary = json.loads(out.out)
    assert "cost=" in out.err
    assert "bound=" in out.err
    code, result = scored(month, plan, capsys)
    assert (code, result["hard_violations"]) == (0, 0)
    assert result["measures"] == summary["measures"]
    told = json.loads(reasons.read_bytes())
    assert len(told["visits"]) == summary["measures"]["visits"]
    assert all(r["remedy"] for r in told["unserved"])


def test_the_same_effort_and_seed_write_the_same_bytes(month: Path, tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        assert main(["solve", str(month), "--out", str(tmp_path / name), "--effort", "500", "--seed", "9"]) == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_a_stopped_run_can_be_repeated_from_its_report(
    month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", str(month), "--out", str(tmp_path / "a.csv"), "--seconds", "1.37", "--seed", "2"]) == 0
    told = json.loads(capsys.readouterr().out)
    again = ["--effort", str(told["effort"]), "--course", str(told["course"]), "--seed", "2"]
    assert main(["solve", str(month), "--out", str(tmp_path / "b.csv"), *again]) == 0
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_a_warm_plan_is_kept(month: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    main(["solve", str(month), "--out", str(first), "--effort", "3000"])
    main(["solve", str(month), "--out", str(second), "--effort", "100", "--warm", str(first)])
    before = {p.check: p.day for p in read_plan(first).placements}
    after = {p.check: p.day for p in read_plan(second).placements}
    assert before.items() <= after.items()


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "inspect_registry", *arguments]


def test_ctrl_c_keeps_the_best_plan(month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "PLAN.csv"
    process = subprocess.Popen(
        command("solve", str(month), "--out", str(plan), "--seconds", "120"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    process.stderr.readline()  # The first progress: the search is under way.
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert json.loads(out)["stopped"] is True
    assert scored(month, plan, capsys)[0] == 0


def test_seconds_are_those_of_the_whole_command(month: Path, tmp_path: Path) -> None:
    start = time.monotonic()
    done = subprocess.run(
        command("solve", str(month), "--out", str(tmp_path / "p.csv"), "--seconds", "4"),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout)["seconds"] < 15  # Wide, for a busy machine; without a limit it would never end.
    assert time.monotonic() - start < 30


BAD_INPUT = [
    ("items.csv", None, "文件不存在"),
    ("items.csv", "item,dept\n1,2\n", "缺少列"),
    (
        "items.csv",
        ITEMS + "1,1,77,1,0,5,30,2,1,1,0,-1,0,-1,0\n",
        "第 2 行 ent",
    ),
    (
        "items.csv",
        ITEMS + "1,1,1,1,5,0,30,2,1,1,0,-1,0,-1,0\n",
        "时间窗为空",
    ),
    ("items.csv", b"item\xff\n", "UTF-8"),
    ("meta.json", "{}", "meta.json"),
]


@pytest.mark.parametrize(("file", "content", "message"), BAD_INPUT)
def test_bad_input_is_told_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, content: str | bytes | None, message: str
) -> None:
    folder = written(tmp_path, a_problem())
    if content is None:
        (folder / file).unlink()
    else:
        (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    out, reasons = tmp_path / "PLAN.csv", tmp_path / "R.json"
    assert main(["solve", str(folder), "--out", str(out), "--seconds", "1", "--json", str(reasons)]) == 2
    err = capsys.readouterr().err
    assert file in err
    assert message in err
    assert not out.exists()
    assert not reasons.exists()


def test_locked_checks_that_exclude_each_other_end_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checks = tuple(a_check(k, minutes=300, published_day=0, locked=True, mergeable=False) for k in (1, 2))
    folder = written(tmp_path, a_problem(checks=checks))
    assert main(["solve", str(folder), "--out", str(tmp_path / "p.csv"), "--seconds", "1"]) == 2
    assert "items.csv 第" in capsys.readouterr().err


def test_impossible_checks_are_listed_and_the_rest_is_planned(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path, a_problem(nonwork_days=(5, 6), checks=(a_check(7, start=5, end=6), a_check(8))))
    assert main(["solve", str(folder), "--out", str(tmp_path / "p.csv"), "--effort", "10"]) == 0
    out = capsys.readouterr()
    assert json.loads(out.out)["impossible"] == [7]
    assert "7" in out.err
    assert [p.check for p in read_plan(tmp_path / "p.csv").placements] == [8]


def test_no_effort_writes_the_first_complete_plan(
    month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["solve", str(month), "--out", str(tmp_path / "p.csv"), "--effort", "0"]) == 0
    assert scored(month, tmp_path / "p.csv", capsys)[0] == 0


def test_neither_seconds_nor_effort_is_a_wrong_call(month: Path, tmp_path: Path) -> None:
    assert main(["solve", str(month), "--out", str(tmp_path / "p.csv")]) == 2


def test_an_out_folder_that_is_not_there_is_told_before_the_work(month: Path, tmp_path: Path) -> None:
    assert main(["solve", str(month), "--out", str(tmp_path / "none" / "p.csv"), "--seconds", "60"]) == 2


# Planted faults: one small lawful plan, and for each rule a change that breaks it.

PLANTED = a_problem(
    nonwork_days=(5, 6),
    quiet_days=(4,),
    inspectors=(*a_problem().inspectors, an_inspector(5), an_inspector(6)),
    checks=(
        a_check(1, bundle=1, end=7),
        a_check(2, bundle=1, department=2, matter=21, end=7),
        a_check(3, published_day=2, locked=True, mergeable=False),
        a_check(4, onsite=False),
        a_check(5, minutes=100, start=8),
        a_check(6, minutes=60, start=8),
    ),
)
ROWS = {
    1: ["1", "0", "1", "1;2", "1"], 2: ["1", "0", "2", "3;4", "1"], 3: ["2", "2", "3", "1;2", "1"], 4: ["", "3", "4", "1;2", ""],
    5: ["3", "8", "5", "1;2", "1"], 6: ["3", "8", "6", "1;2", "1"],
}  # fmt: skip
VISIT, DAY, ITEM, PEOPLE, LEAD = range(5)
FAULTS = {
    "H1": [(5, ITEM, "99")], "H2": [(5, DAY, "7"), (6, DAY, "7")], "H3": [(1, DAY, "5"), (2, DAY, "5")], "H4": [(1, DAY, "4"), (2, DAY, "4")],
    "H6": [(4, VISIT, "9"), (4, LEAD, "1")], "H7": [(2, VISIT, "8"), (2, LEAD, "2")], "H8": [(5, PEOPLE, "1;3")],
    "H9": [(4, DAY, "8"), (3, DAY, "8")], "H12": [(3, DAY, "3")], "H13": [(1, LEAD, ""), (2, LEAD, "")],
}  # fmt: skip
CHANGED_PROBLEMS = {
    "H5": {"premises": ({"open_weekdays": 0b1110110},)},
    "H10": {"premises": ({"cap_total": 2},)},
    "H11": {"max_visit_minutes": 150},
}


def plan_file(folder: Path, rows: dict[int, list[str]]) -> Path:
    with (folder / "PLAN.csv").open("w", newline="") as file:
        csv.writer(file).writerows([["visit", "day", "item", "inspectors", "lead"], *rows.values()])
    return folder / "PLAN.csv"


def test_the_lawful_plan_scores_without_violations(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, result = scored(written(tmp_path, PLANTED), plan_file(tmp_path, ROWS), capsys)
    assert (code, result["by_rule"]) == (0, {})


@pytest.mark.parametrize("rule", sorted(FAULTS))
def test_the_scorer_finds_each_planted_fault(rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = {check: list(row) for check, row in ROWS.items()}
    for check, column, value in FAULTS[rule]:
        rows[check][column] = value
    problem = PLANTED if rule != "H9" else _with_day_minutes(PLANTED, 200)
    code, result = scored(written(tmp_path, problem), plan_file(tmp_path, rows), capsys)
    assert code == 1
    assert rule in result["by_rule"]  # type: ignore[operator]


def _with_day_minutes(problem: Problem, minutes: int) -> Problem:
    return msgspec.structs.replace(problem, day_minutes=minutes)


@pytest.mark.parametrize("rule", sorted(CHANGED_PROBLEMS))
def test_the_scorer_finds_a_plan_that_a_stricter_problem_forbids(
    rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changes = dict(CHANGED_PROBLEMS[rule])
    if "premises" in changes:
        changes["premises"] = tuple(
            msgspec.structs.replace(p, **c) for p, c in zip(PLANTED.premises, changes["premises"], strict=True)
        )
    problem = msgspec.structs.replace(PLANTED, **changes)
    code, result = scored(written(tmp_path, problem), plan_file(tmp_path, ROWS), capsys)
    assert code == 1
    assert set(result["by_rule"]) == {rule}  # type: ignore[call-overload]


def test_every_hard_rule_has_a_planted_fault() -> None:
    assert sorted((*FAULTS, *CHANGED_PROBLEMS), key=lambda rule: int(rule[1:])) == list(HARD_RULES)


def test_a_plan_that_cannot_be_read_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = written(tmp_path, PLANTED)
    (tmp_path / "PLAN.csv").write_text("visit,day,item,inspectors,lead\n1,x,1,1;2,1\n")
    assert main(["score", str(folder), str(tmp_path / "PLAN.csv")]) == 2
    assert "第 2 行 day" in capsys.readouterr().err
    assert main(["score", str(folder), str(tmp_path / "missing.csv")]) == 2
    assert not (tmp_path / "missing.csv").exists()
