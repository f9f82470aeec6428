"""`inspect-registry import annual-plan … --check`: the outer interface, with no database anywhere near."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from inspect_registry.cli import main
from tests.plan_tables import COUNTY, NINGXIA, SHANGGAO, a_csv, a_workbook, xlsx_of


def check(tmp_path: Path, capfd, content: bytes, *options: str, name: str = "计划.csv", year: str = "2026"):
    path = tmp_path / name
    path.write_bytes(content)
    code = main(["import", "annual-plan", str(path), "--year", year, "--check", *options])
    return code, capfd.readouterr().out


def test_a_clean_table_is_printed_as_json_and_exits_with_0(tmp_path: Path, capfd) -> None:
    code, out = check(tmp_path, capfd, xlsx_of(a_workbook(COUNTY, title="2026年计划")), "--json", name="计划.xls")
    said = json.loads(out)
    assert code == 0
    assert said["problems"] == []
    task = said["tasks"][0]
    assert task["ratio"] == {"min": 10, "max": 10}
    assert task["count"] == {"min": 20, "max": 20}
    assert task["selection"] == "random"
    assert task["joint_departments"] == ["区应急局", "区市场监管局", "区消防救援支队"]
    assert task["period"] == {"from": "2026-02-24", "to": "2026-11-30"}
    assert "frequency" not in task
    assert "cap" not in task


def test_problems_are_printed_with_their_cells_and_exit_with_1(tmp_path: Path, capfd) -> None:
    row = list(NINGXIA[1])
    row[4], row[5] = "春、秋季", "待定"
    code, out = check(tmp_path, capfd, a_csv((NINGXIA[0], row), title="2026年计划", encoding="gb18030"), "--json")
    said = json.loads(out)
    assert code == 1
    assert [set(problem) for problem in said["problems"]] == [{"sheet", "row", "column", "code", "message", "text"}] * 2
    assert [(p["sheet"], p["row"], p["column"], p["text"]) for p in said["problems"]] == [
        ("计划", 3, "检查时间", "春、秋季"),
        ("计划", 3, "检查比例", "待定"),
    ]
    assert said["tasks"][0]["frequency"] == {"min": 1, "max": 1, "per": "year"}
    assert said["tasks"][0]["cap"] == 2


def test_a_file_that_is_no_table_is_a_problem_too(tmp_path: Path, capfd) -> None:
    code, out = check(tmp_path, capfd, b"%PDF-1.7", "--json", name="计划.pdf")
    assert code == 1
    assert json.loads(out)["problems"][0]["code"] == "sheet-format-unknown"
    assert check(tmp_path, capfd, b"%PDF-1.7", name="计划.pdf")[0] == 1


def test_people_get_a_table(tmp_path: Path, capfd) -> None:
    code, out = check(tmp_path, capfd, a_csv(SHANGGAO))
    assert code == 0
    assert "读到 2 项任务，0 处需要处理" in out
    assert "2026-03-01~2026-05-31" in out


def test_a_missing_file_or_a_wrong_year_is_a_wrong_call(tmp_path: Path, capfd) -> None:
    assert main(["import", "annual-plan", str(tmp_path / "none.csv"), "--year", "2026", "--check"]) == 2
    with pytest.raises(SystemExit) as stopped:
        check(tmp_path, capfd, b"a", year="二〇二六")
    assert stopped.value.code == 2


def test_the_command_needs_no_database_and_little_memory(tmp_path: Path) -> None:
    table = [NINGXIA[0], *([f"区交通委{n % 7}", f"道路运输企业检查{n}", *NINGXIA[1][2:]] for n in range(5_000))]
    path = tmp_path / "计划.xlsx"
    path.write_bytes(xlsx_of(a_workbook(table)))
    program = (
        "import resource, sys; from inspect_registry.cli import main; sys.stdout = open('/dev/null', 'w');"
        f"code = main(['import', 'annual-plan', {str(path)!r}, '--year', '2026', '--check']);"
        # The kernel hands a parent's peak on to RUSAGE_SELF; VmHWM begins anew with the program.
        "own = int(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0]);"
        "peak = max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss);"
        "sys.stderr.write(f'{code} {peak}')"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        text=True,
        env={"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "PATH": ""},
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    code, peak_kib = run.stderr.split()[-2:]
    assert code == "0"
    assert int(peak_kib) < 300 * 1024


def test_a_published_draw_is_verified_from_its_file(tmp_path: Path, capfd) -> None:
    import msgspec

    from inspect_registry.plans.proof import PublishedDraw  # the builder of the unit tests makes one
    from tests.unit.plans.test_draw import a_published_draw

    path = tmp_path / "draw.json"
    honest: PublishedDraw = a_published_draw()
    path.write_bytes(msgspec.json.encode(honest))
    assert main(["draw", "verify", str(path), "--commitment", honest.commitment]) == 0
    assert "复算得到同样的 3 户" in capfd.readouterr().out
    path.write_bytes(msgspec.json.encode(a_published_draw(seed="another")))
    assert main(["draw", "verify", str(path), "--json"]) == 1
    assert any(finding["outcome"] == "wrong" for finding in json.loads(capfd.readouterr().out))
    path.write_bytes(b'{"algorithm": 5}')
    assert main(["draw", "verify", str(path)]) == 2
