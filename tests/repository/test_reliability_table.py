"""docs/ledger-tests.md holds: every reliability test of the ledger has its functions, its long form, its planted fault."""

import ast
import re
from functools import cache
from importlib import util
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "ledger-tests.md"
NUMBERS = [*range(1, 11), 73, 74]
REFERENCE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
WITHOUT_LONG_FORM = {3, 4, 9, 73, 74}
"""Their short forms are whole already; 9 is a benchmark."""


class Row:
    """One line of the table."""

    def __init__(self, line: str) -> None:
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        assert len(cells) == 5, line
        self.number = int(cells[0])
        self.short, self.long, self.planted = (REFERENCE.findall(cell) for cell in cells[2:])


def rows(text: str) -> list[Row]:
    return [Row(line) for line in text.splitlines() if re.match(r"\| \d+ \|", line)]


@cache
def functions(path: str) -> dict[str, bool]:
    """Every test function of a file: name -> whether it, or its file, is marked long."""
    module = ast.parse((ROOT / path).read_text())
    whole = any(
        isinstance(node, ast.Assign) and "pytestmark" in ast.unparse(node) and "mark.long" in ast.unparse(node)
        for node in module.body
    )
    return {
        node.name: whole or any("mark.long" in ast.unparse(mark) for mark in node.decorator_list)
        for node in module.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def faults(text: str) -> list[str]:
    """Name what the table says and the code does not hold."""
    found, table = [], rows(text)
    if [row.number for row in table] != NUMBERS:
        found.append(f"the numbers are {[row.number for row in table]}")
    for row in table:
        if not row.short or not row.planted:
            found.append(f"{row.number} lacks its short form or its planted fault")
        if bool(row.long) == (row.number in WITHOUT_LONG_FORM):
            found.append(f"{row.number} has a long form where it needs none, or the other way round")
        for path, name in (*row.short, *row.long, *row.planted):
            if not (ROOT / path).is_file() or name not in functions(path):
                found.append(f"{row.number}: {path} has no {name}")
            elif functions(path)[name] != ((path, name) in row.long):
                found.append(f"{row.number}: {name} stands in the wrong column for its mark")
    return found


def test_the_table_is_what_the_code_holds() -> None:
    assert faults(PAGE.read_text()) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("test_no_single_bit_may_change`", "test_no_single_bit_may_chance`"),
        ("| 74 |", "| 75 |"),
        ("tests/unit/ledger/test_standalone.py", "tests/unit/ledger/test_standing.py"),
        (
            "| | `tests/acceptance/test_restored_backup.py::test_the_same_dump",
            "| | `tests/acceptance/none.py::test_the_same",
        ),
    ],
)
def test_a_table_that_has_drifted_is_found(old: str, new: str) -> None:
    """The planted faults of this check itself."""
    text = PAGE.read_text()
    assert old in text
    assert faults(text.replace(old, new)) != []


def test_the_benchmark_fails_when_a_figure_is_missed() -> None:
    """The planted fault of test 9, whose figures are measured by a program of its own."""
    spec = util.spec_from_file_location("ledger_benchmark", ROOT / "benchmarks" / "ledger" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.exit_code({"a": {"reached": True}, "b": {"entries/s": 5}}) == 0
    assert module.exit_code({"a": {"reached": True}, "b": {"reached": False}}) == 1
