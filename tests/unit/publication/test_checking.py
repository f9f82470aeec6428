"""Export = database = ledger: a difference planted anywhere stops the release and is named."""

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspect_registry.catalogue.model import Disclosure
from inspect_registry.publication import checking
from inspect_registry.publication.build import release_files
from inspect_registry.publication.checking import CheckRow, Kind
from inspect_registry.publication.errors import ExportDiffers
from inspect_registry.publication.figures import month_entry
from inspect_registry.publication.proving import Check
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.snapshot import MonthPlan, Result, Snapshot
from tests.publication_builders import (
    DEPARTMENTS,
    MONTH,
    a_plan,
    a_result_row,
    a_row,
    a_snapshot,
    many_rows,
)

CODES = [one.code for one in DEPARTMENTS]
NOVEMBER = date(2026, 11, 1)


def stored_rows(plan: MonthPlan, results: tuple[Result, ...] = ()) -> list[CheckRow]:
    """Say what the database would count for a plan and results that agree with it."""
    planned = [
        CheckRow(
            month=plan.month, department=department, kind=Kind.JOINT if visit.joint else Kind.ALONE,
            uid=visit.uid, visits=1, logged=True,
        )
        for visit in plan.visits
        for department in visit.departments
    ]  # fmt: skip
    numbers = [
        CheckRow(
            month=plan.month,
            department=line.department,
            kind=Kind.UNNAMED,
            uid="",
            visits=line.visits,
            logged=True,
        )
        for line in plan.unnamed
    ]
    closed = [
        CheckRow(
            month=result.day.replace(day=1), department=result.department,
            kind=Kind.PLANNED if result.planned else Kind.TRIGGERED, uid=result.uid, visits=1, logged=True,
        )
        for result in results
    ]  # fmt: skip
    return [*planned, *numbers, *closed]


def a_release(folder: Path, plan: MonthPlan, snapshot: Snapshot, rows: list[CheckRow]) -> Snapshot:
    """Write the files of a release and return its snapshot with what they must agree with."""
    planned = [row for row in rows if row.kind in checking.PLAN_KINDS]
    others = [row for row in rows if row.kind not in checking.PLAN_KINDS]
    snapshot = msgspec.structs.replace(
        snapshot,
        checks=(
            Check(
                month=plan.month,
                revision=plan.revision,
                lines=checking.lines(planned, CODES),
            ),
            Check(month=NOVEMBER, lines=checking.lines(others, CODES)),
        ),
    )
    for file in release_files(load_kit(), snapshot):
        if file.path.endswith((".csv", ".json", ".xlsx")):
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
            (folder / file.path).write_bytes(file.content)
    return snapshot


@pytest.fixture
def released(tmp_path: Path) -> tuple[Path, Snapshot, list[CheckRow]]:
    rows = [
        *many_rows(20),
        a_row(visit="n1", disclosure=Disclosure.NUMBERS),
        a_row(visit="n2", disclosure=Disclosure.NUMBERS),
    ]
    plan = a_plan(rows)
    outcomes = [
        a_result_row(),
        a_result_row(inspection="t" * 26, planned=False, department="wjw"),
    ]
    snapshot = a_snapshot(plan, outcomes)
    stored = stored_rows(plan, snapshot.results[0].results)
    return tmp_path, a_release(tmp_path, plan, snapshot, stored), stored


def said(folder: Path, snapshot: Snapshot, rows: list[CheckRow]) -> str:
    with pytest.raises(ExportDiffers) as refused:
        checking.verify(folder, snapshot, rows)
    return refused.value.detail


def test_files_that_say_what_database_and_ledger_say_are_released(
    released: tuple[Path, Snapshot, list[CheckRow]],
) -> None:
    checking.verify(*released)


def without_line(content: bytes) -> bytes:
    lines = content.split(b"\r\n")
    return b"\r\n".join([*lines[:1], *lines[2:]])


def renamed(content: bytes) -> bytes:
    return content.replace("嘉定区应急管理局".encode(), "嘉定区卫生健康委员会".encode(), 1)


def without_visit(content: bytes) -> bytes:
    document = msgspec.json.decode(content)
    document["visits"].pop(2)
    return msgspec.json.encode(document)


def other_number(content: bytes) -> bytes:
    document = msgspec.json.decode(content)
    document["unnamed"][0]["visits"] += 1
    return msgspec.json.encode(document)


def other_visit(content: bytes) -> bytes:
    document = msgspec.json.decode(content)
    document["visits"][0]["uid"] = "somebody-else"
    return msgspec.json.encode(document)


@pytest.mark.parametrize(
    ("file", "spoil", "named"),
    [
        ("plans/2026-12/plan.csv", without_line, "plan.csv"),
        (
            "plans/2026-12/plan.csv",
            renamed,
            "嘉定区卫生健康委员会“公布名单，综合一次查”文件里 1，数据库里 0",
        ),
        ("plans/2026-12/plan.json", without_visit, "文件里缺 v"),
        (
            "plans/2026-12/plan.json",
            other_number,
            "嘉定区市场监督管理局“只公布数量”文件里 3，数据库里 2",
        ),
        ("plans/2026-12/plan.json", other_visit, "文件里多 somebody-else"),
        ("results/2026-11/results.csv", without_line, "results.csv"),
    ],
)
def test_a_difference_planted_in_a_file_is_named(
    released: tuple[Path, Snapshot, list[CheckRow]],
    file: str,
    spoil: Callable[[bytes], bytes],
    named: str,
) -> None:
    folder, snapshot, rows = released
    (folder / file).write_bytes(spoil((folder / file).read_bytes()))
    found = said(folder, snapshot, rows)
    assert file in found
    assert named in found


def test_a_row_lost_from_the_workbook_alone_is_named(
    released: tuple[Path, Snapshot, list[CheckRow]],
) -> None:
    from inspect_registry.publication.open_data import PLAN_COLUMNS
    from inspect_registry.sheets.writing import xlsx_bytes

    folder, snapshot, rows = released
    table = list(csv.reader(io.StringIO((folder / "plans/2026-12/plan.csv").read_text("utf-8-sig"))))[1:]
    numbers = {"序号", "次数"}
    typed = [
        [int(cell) if name in numbers else cell for name, cell in zip(PLAN_COLUMNS, row, strict=True)] for row in table
    ]
    (folder / "plans/2026-12/plan.xlsx").write_bytes(xlsx_bytes("x", PLAN_COLUMNS, typed[1:]))
    found = said(folder, snapshot, rows)
    assert "plan.xlsx" in found
    assert "plan.csv" not in found


def test_a_visit_that_the_ledger_does_not_have_is_named(
    released: tuple[Path, Snapshot, list[CheckRow]],
) -> None:
    folder, snapshot, rows = released
    rows[3] = msgspec.structs.replace(rows[3], logged=False)
    assert f"{rows[3].uid} 在台账里没有条目" in said(folder, snapshot, rows)


def test_a_row_that_only_the_database_has_is_named(
    released: tuple[Path, Snapshot, list[CheckRow]],
) -> None:
    folder, snapshot, rows = released
    extra = CheckRow(
        month=MONTH,
        department="wjw",
        kind=Kind.ALONE,
        uid="lost",
        visits=1,
        logged=True,
    )
    planned = [row for row in [*rows, extra] if row.kind in checking.PLAN_KINDS]
    check = msgspec.structs.replace(snapshot.checks[0], lines=checking.lines(planned, CODES))
    found = said(
        folder,
        msgspec.structs.replace(snapshot, checks=(check, snapshot.checks[1])),
        [*rows, extra],
    )
    assert "嘉定区卫生健康委员会“公布名单，单独检查”文件里 0，数据库里 1，文件里缺 lost" in found


def test_a_month_of_before_is_compared_with_what_was_kept_of_it(
    released: tuple[Path, Snapshot, list[CheckRow]],
) -> None:
    """Its visits may have been carried out since, so the tables no longer say what was published."""
    folder, snapshot, rows = released
    results = [row for row in rows if row.kind not in checking.PLAN_KINDS]
    checking.verify(folder, snapshot, results)
    file = folder / "plans/2026-12/plan.json"
    file.write_bytes(without_visit(file.read_bytes()))
    assert "plan.json" in said(folder, snapshot, results)


def test_a_release_of_before_without_its_entry_is_named(
    released: tuple[Path, Snapshot, list[CheckRow]],
) -> None:
    folder, snapshot, rows = released
    entry = msgspec.structs.replace(month_entry(snapshot.plans[0]), logged=False)
    assert "2026年12月第 1 版的发布在台账里没有条目" in said(
        folder, msgspec.structs.replace(snapshot, months=(entry,)), rows
    )


def test_the_message_names_some_and_counts_the_rest(
    released: tuple[Path, Snapshot, list[CheckRow]],
) -> None:
    folder, snapshot, rows = released
    none = [msgspec.structs.replace(row, logged=False) for row in rows]
    found = said(folder, snapshot, none)
    assert found.count("在台账里没有条目") == checking.SHOWN
    assert "；另有" in found


def test_the_page_shows_what_agreed_with_the_hash_of_each_file(
    released: tuple[Path, Snapshot, list[CheckRow]],
) -> None:
    import hashlib

    _folder, snapshot, _rows = released
    files = {file.path: file.content for file in release_files(load_kit(), snapshot)}
    page = files["data/check.html"].decode()
    for name in ("plan.csv", "plan.xlsx", "plan.json", "plan.pdf"):
        assert hashlib.sha256(files[f"plans/2026-12/r1/{name}"]).hexdigest() in page
    assert "嘉定区应急管理局" in page
    document = msgspec.json.decode(files["data/check.json"])
    assert {part["what"] for part in document} == {"plan-2026-12", "results-2026-11"}
    joint = [line for line in document[0]["lines"] if (line["department"], line["kind"]) == ("yjgl", Kind.JOINT.value)]
    assert [(line["stored"], line["logged"]) for line in joint] == [(4, 4)]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(gone=st.integers(0, 19), data=st.data())
def test_whichever_visit_is_lost_from_the_export_is_noticed(
    tmp_path_factory: pytest.TempPathFactory, gone: int, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("release")
    whole = a_plan(many_rows(20))
    file = data.draw(st.sampled_from(["plan.csv", "plan.json"]))
    snapshot = a_release(folder, whole, a_snapshot(whole, []), stored_rows(whole))
    place = folder / "plans/2026-12" / file
    if file == "plan.json":
        document = msgspec.json.decode(place.read_bytes())
        lost = document["visits"].pop(gone)["uid"]
        place.write_bytes(msgspec.json.encode(document))
    else:
        lines = place.read_bytes().split(b"\r\n")
        lost = lines.pop(gone + 1).rpartition(b",")[2].decode()
        place.write_bytes(b"\r\n".join(lines))
    assert lost in said(folder, snapshot, stored_rows(whole))
