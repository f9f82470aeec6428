"""Bad input of `solve` and `score`: what is wrong is told with file, row and reason; exit 2; nothing is written."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.planner.instances import write
from inspect_registry.cli import main
from tests.planner_builders import a_check, a_problem

ITEMS = "item,dept,ent,matter,start,end,minutes,n_insp,onsite,mergeable,exempt,bundle,mandatory,pub_day,locked\n"
GOOD = "1,1,1,11,0,9,30,2,1,1,0,-1,0,-1,0\n"
Change = Callable[[Path], None]


def text(file: str, content: str | bytes) -> Change:
    """Replace a file."""
    return lambda folder: (
        (folder / file).write_bytes(content.encode() if isinstance(content, str) else content) and None
    )


def without(file: str) -> Change:
    return lambda folder: (folder / file).unlink()


def both(*changes: Change) -> Change:
    def change(folder: Path) -> None:
        for one in changes:
            one(folder)

    return change


def row(line: str) -> Change:
    return text("items.csv", ITEMS + GOOD + line)


def meta(**changes: object) -> Change:
    def change(folder: Path) -> None:
        content = json.loads((folder / "meta.json").read_text())
        (folder / "meta.json").write_text(json.dumps(content | changes))

    return change


def more(file: str, line: str) -> Change:

    def change(folder: Path) -> None:
        (folder / file).write_text((folder / file).read_text() + line)

    return change


CASES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "missing file": (without("used.csv"), ("used.csv", "文件不存在")),
    "missing meta": (without("meta.json"), ("meta.json", "文件不存在")),
    "empty file": (text("items.csv", ""), ("items.csv", "第 1 行", "缺少列")),
    "missing column": (text("items.csv", "item,dept\n1,2\n"), ("items.csv", "第 1 行", "缺少列：ent")),
    "column twice": (text("items.csv", ITEMS.replace("item,", "item,item,")), ("items.csv", "第 1 行", "item", "重复")),
    "short row": (row("2,1,1\n"), ("items.csv", "第 3 行", "只有 3 列")),
    "no number": (row("2,1,1,11,0,x,30,2,1,1,0,-1,0,-1,0\n"), ("items.csv", "第 3 行 end", "“x”")),
    "nan": (row("2,1,1,11,0,nan,30,2,1,1,0,-1,0,-1,0\n"), ("items.csv", "第 3 行 end", "“nan”")),
    "fraction": (row("2,1,1,11,0,9,30.5,2,1,1,0,-1,0,-1,0\n"), ("items.csv", "第 3 行 minutes", "“30.5”")),
    "underscore": (row("2,1,1,11,0,9,3_0,2,1,1,0,-1,0,-1,0\n"), ("items.csv", "第 3 行 minutes", "“3_0”")),
    "huge integer": (row(f"2,1,1,11,0,{10**30},30,2,1,1,0,-1,0,-1,0\n"), ("items.csv", "第 3 行 end")),
    "endless integer": (row(f"2,1,1,11,0,{'9' * 6000},30,2,1,1,0,-1,0,-1,0\n"), ("items.csv", "第 3 行 end")),
    "flag": (row("2,1,1,11,0,9,30,2,7,1,0,-1,0,-1,0\n"), ("items.csv", "第 3 行 onsite", "只能是 0 或 1")),
    "negative minutes": (row("2,1,1,11,0,9,-5,2,1,1,0,-1,0,-1,0\n"), ("items.csv", "第 3 行 minutes", "分钟数")),
    "no people": (row("2,1,1,11,0,9,30,0,1,1,0,-1,0,-1,0\n"), ("items.csv", "第 3 行 n_insp", "人数")),
    "negative people": (row("2,1,1,11,0,9,30,-2,1,1,0,-1,0,-1,0\n"), ("items.csv", "第 3 行 n_insp", "人数")),
    "repeated item": (row(GOOD), ("items.csv", "第 3 行 item", "编号 1 重复")),
    "unknown enterprise": (row("2,1,77,11,0,9,30,2,1,1,0,-1,0,-1,0\n"), ("items.csv", "第 3 行 ent", "场所 77 不存在")),
    "unknown inspector": (more("recusals.csv", "999,1\n"), ("recusals.csv", "第 2 行 insp", "999 不存在")),
    "unknown enterprise used": (more("used.csv", "999,1,1\n"), ("used.csv", "第 2 行 ent", "999 不存在")),
    "negative used": (more("used.csv", "1,1,-1\n"), ("used.csv", "第 2 行 n", "不能为负")),
    "empty window": (row("2,1,1,11,5,0,30,2,1,1,0,-1,0,-1,0\n"), ("items.csv", "第 3 行 start", "时间窗为空")),
    "locked without day": (row("2,1,1,11,0,9,30,2,1,1,0,-1,0,-1,1\n"), ("items.csv", "第 3 行 locked", "没有公布日")),
    "locked on closed day": (
        both(meta(nonwork_days=[5]), row("2,1,1,11,0,9,30,2,1,1,0,-1,0,5,1\n")),
        ("items.csv", "第 3 行 pub_day", "非工作日"),
    ),
    "locked on quiet day": (
        both(meta(quiet_days=[5]), row("2,1,1,11,0,9,30,2,1,1,0,-1,0,5,1\n")),
        ("items.csv", "第 3 行 pub_day", "安静期"),
    ),
    "locked outside window": (row("2,1,1,11,0,3,30,2,1,1,0,-1,0,8,1\n"), ("第 3 行 pub_day", "不在时间窗")),
    "bundle over two": (
        both(
            more("enterprises.csv", "2,0,127,A,9,9\n"),
            row("2,1,1,11,0,9,30,2,1,1,0,5,0,-1,0\n3,1,2,11,0,9,30,2,1,1,0,5,0,-1,0\n"),
        ),
        ("items.csv", "第 4 行 bundle", "跨越场所"),
    ),
    "bundle that must be alone": (
        row("2,1,1,11,0,9,30,2,1,0,0,5,0,-1,0\n3,1,1,11,0,9,30,2,1,1,0,5,0,-1,0\n"),
        ("items.csv", "第 3 行 mergeable", "矛盾"),
    ),
    "bundle with desk work": (
        row("2,1,1,11,0,9,30,2,0,1,0,5,0,-1,0\n3,1,1,11,0,9,30,2,1,1,0,5,0,-1,0\n"),
        ("items.csv", "第 3 行 onsite", "矛盾"),
    ),
    "bundle locked on two days": (
        row("2,1,1,11,0,9,30,2,1,1,0,5,0,1,1\n3,1,1,11,0,9,30,2,1,1,0,5,0,2,1\n"),
        ("items.csv", "第 4 行 locked", "不同的日期"),
    ),
    "zones one-sided": (meta(n_zones=2, near=[[0, 1], [1]]), ("meta.json", "near", "对称")),
    "zone not near itself": (meta(n_zones=1, near=[[]]), ("meta.json", "near", "自身相邻")),
    "unknown zone": (meta(n_zones=1, near=[[0, 9]]), ("meta.json", "near", "不存在")),
    "zones uncounted": (meta(n_zones=7), ("meta.json", "near", "n_zones=7")),
    "horizon nan": (text("meta.json", '{"horizon": NaN}'), ("meta.json", "无法读取")),
    "horizon endless": (meta(horizon=10**9), ("meta.json", "horizon", "天数")),
    "horizon none": (meta(horizon=0), ("meta.json", "horizon", "天数")),
    "negative overhead": (meta(visit_overhead=-1), ("meta.json", "visit_overhead")),
    "no department": (meta(max_depts=0), ("meta.json", "max_depts")),
    "bad start": (meta(start_date="2026-13-01"), ("meta.json", "无法读取")),
    "no object": (text("meta.json", "[]"), ("meta.json", "无法读取")),
    "not utf-8": (text("items.csv", b"item\xff\n"), ("items.csv", "UTF-8")),
    "nul": (row("2,1,1,11,0,9,\x0030,2,1,1,0,-1,0,-1,0\n"), ("items.csv", "第 3 行")),
    "directory for a file": (
        both(without("items.csv"), lambda folder: (folder / "items.csv").mkdir()),
        ("items.csv", "文件不存在"),
    ),
}


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    write(a_problem(), tmp_path / "instance")
    return tmp_path / "instance"


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_told_and_nothing_is_written(
    case: str, instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change, words = CASES[case]
    plan = tmp_path / "PLAN.csv"
    assert main(["solve", str(instance), "--out", str(plan), "--effort", "1"]) == 0, "the instance is good as it is"
    plan.rename(tmp_path / "former.csv")
    change(instance)
    before = contents(tmp_path)
    for command in (
        ["solve", str(instance), "--out", str(plan), "--effort", "1", "--json", str(tmp_path / "R.json")],
        ["score", str(instance), str(tmp_path / "former.csv")],
    ):
        capsys.readouterr()
        assert main(command) == 2, case
        told = capsys.readouterr()
        assert told.out == ""
        assert all(word in told.err for word in words), told.err
        assert "Traceback" not in told.err
    assert contents(tmp_path) == before


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def marked(folder: Path) -> None:
    """Put a byte order mark before meta.json, as Windows' editor does."""
    (folder / "meta.json").write_bytes(b"\xef\xbb\xbf" + (folder / "meta.json").read_bytes())


ACCEPTED: dict[str, Change] = {
    "byte order mark": text("items.csv", (ITEMS + GOOD).encode("utf-8-sig")),
    "byte order mark in meta": lambda folder: (
        (folder / "meta.json").write_bytes(b"\xef\xbb\xbf" + (folder / "meta.json").read_bytes()) and None
    ),
    "windows line ends": text("items.csv", (ITEMS + GOOD).replace("\n", "\r\n")),
    "no last line end": text("items.csv", (ITEMS + GOOD).rstrip("\n")),
    "empty lines": text("items.csv", ITEMS + "\n" + GOOD + "\n\n"),
    "columns in another order": text("items.csv", "note," + ITEMS + "x," + GOOD),
    "far beyond the horizon": row(f"2,1,1,11,{2**52},{2**53},30,2,1,1,0,-1,0,-1,0\n"),
    "far before the horizon": row(f"2,1,1,11,-{2**53},-1,30,2,1,1,0,-1,0,-1,0\n"),
    "giant ids": row(f"{2**53},1,1,11,0,9,30,2,1,1,0,{2**53},0,-1,0\n"),
    "a cap used up a million million times": more("used.csv", f"1,1,{2**41}\n"),
    "a giant cap": text("enterprises.csv", f"ent,zone,open_mask,grade,cap_total,cap_dept\n1,0,127,A,{2**53},{2**53}\n"),
    "days off that never come": more("inspectors.csv", f"90,1,11,{2**50};-4\n"),
    "nobody at all": text("inspectors.csv", "insp,dept,matters,off_days\n"),
    "nothing to do": text("items.csv", ITEMS),
    "nonwork days outside": meta(nonwork_days=[-3, 10**12]),
    "longer than any day": row("2,1,1,11,0,9,100000,2,1,1,0,-1,0,-1,0\n"),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_what_is_odd_but_clear_is_planned(
    case: str, instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ACCEPTED[case](instance)
    plan, reasons = tmp_path / "PLAN.csv", tmp_path / "R.json"
    assert main(["solve", str(instance), "--out", str(plan), "--effort", "20", "--json", str(reasons)]) == 0
    capsys.readouterr()
    assert main(["score", str(instance), str(plan)]) == 0
    assert json.loads(capsys.readouterr().out)["hard_violations"] == 0


def test_impossible_checks_are_listed_with_reasons_and_the_rest_is_planned(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meta(nonwork_days=[5, 6])(instance)
    row("2,1,1,11,5,6,30,2,1,1,0,-1,0,-1,0\n3,1,1,11,50,60,30,2,1,1,0,-1,0,-1,0\n")(instance)
    plan, reasons = tmp_path / "PLAN.csv", tmp_path / "R.json"
    assert main(["solve", str(instance), "--out", str(plan), "--effort", "20", "--json", str(reasons)]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["impossible"] == [2, 3]
    assert "无可行日、未列入的检查 2 项：2、3" in told.err
    why = {one["check"]: one for one in json.loads(reasons.read_bytes())["unserved"]}
    assert set(why) == {2, 3}
    assert all(one["sentence"] and one["remedy"] for one in why.values())
    assert len(plan.read_text().splitlines()) == 2


def test_ten_million_rows_are_refused_before_they_are_read(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (instance / "items.csv").open("wb") as file:
        file.write(ITEMS.encode())
        for _ in range(100):
            file.write(b"1\n" * 100_000)
    assert main(["solve", str(instance), "--out", str(tmp_path / "p.csv"), "--seconds", "5"]) == 2
    told = capsys.readouterr().err
    assert "items.csv" in told
    assert "10000000 行" in told
    assert "上限" in told


WRONG_PLACES: dict[str, tuple[list[str], str]] = {
    "out is an input": (["--out", "{i}/items.csv"], "items.csv"),
    "out is an input by another way": (["--out", "{i}/../instance/used.csv"], "used.csv"),
    "reasons are an input": (["--out", "{t}/p.csv", "--json", "{i}/meta.json"], "meta.json"),
    "out and reasons are one": (["--out", "{t}/p", "--json", "{t}/p"], "同一个文件"),
    "out is a folder": (["--out", "{i}"], "目录"),
    "out has no folder": (["--out", "{t}/none/p.csv"], "不存在"),
    "out lies in a file": (["--out", "{i}/items.csv/p.csv"], "不存在"),
    "reasons have no folder": (["--out", "{t}/p.csv", "--json", "{t}/x/r"], "不存在"),
    "nowhere to write": (["--out", "/proc/p.csv"], "/proc/p.csv 不能写入"),
    "no instance": (["--out", "{t}/p.csv"], "缺少文件"),
    "warm is missing": (["--out", "{t}/p.csv", "--warm", "{t}/w.csv"], "w.csv"),
    "warm cannot be read": (["--out", "{t}/p.csv", "--warm", "{i}/items.csv"], "缺少列"),
}


@pytest.mark.parametrize("case", WRONG_PLACES)
def test_places_that_cannot_be_are_told_before_the_work(
    case: str, instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments, word = WRONG_PLACES[case]
    options = [one.format(i=instance, t=tmp_path) for one in arguments]
    if case == "no instance":
        shutil.rmtree(instance)
    before = contents(tmp_path)
    assert main(["solve", str(instance), "--effort", "5", *options]) == 2
    told = capsys.readouterr()
    assert word in told.err
    assert told.out == ""
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "options",
    [["--seconds", "nan"], ["--seconds", "-1"], ["--seconds", "0"], ["--seconds", "inf"], ["--seconds", "soon"],
     ["--effort", "-1"], ["--effort", "1e9"], ["--seconds", "1", "--seed", "x"], []],
)  # fmt: skip
def test_wrong_numbers_on_the_command_line(instance: Path, tmp_path: Path, options: list[str]) -> None:
    plan = tmp_path / "p.csv"
    try:
        code = main(["solve", str(instance), "--out", str(plan), *options])
    except SystemExit as end:
        code = int(end.code or 0)
    assert code == 2
    assert not plan.exists()


def test_a_warm_plan_about_other_days_and_people_is_no_crash(instance: Path, tmp_path: Path) -> None:
    (tmp_path / "w.csv").write_text(
        f"visit,day,item,inspectors,lead\n1,{2**40},1,1;2,1\n2,-5,77,8;8;8,\n3,3,1,{2**50},9\n,0,1,,\n"
    )
    plan = tmp_path / "p.csv"
    assert main(["solve", str(instance), "--out", str(plan), "--effort", "5", "--warm", str(tmp_path / "w.csv")]) == 0
    assert main(["score", str(instance), str(plan)]) == 0


def test_a_plan_about_nothing_that_exists_is_scored_not_crashed(
    instance: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "p.csv").write_text(
        f"visit,day,item,inspectors,lead\n1,{2**50},1,{2**50},{2**50}\n{2**50},-{2**50},{2**50},1;1;1,-1\n,0,1,,5\n"
    )
    assert main(["score", str(instance), str(tmp_path / "p.csv")]) == 1
    assert json.loads(capsys.readouterr().out)["hard_violations"] > 0


def test_the_good_instance_holds_what_the_cases_change() -> None:
    problem = a_problem()
    assert [check.id for check in problem.checks] == [a_check(1).id]
    assert {place.id for place in problem.premises} == {1}
    assert problem.recusals == problem.used == ()
