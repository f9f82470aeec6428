"""What `ledger verify` says while it works and at its end: progress, and leaves by department and kind."""

import pytest

from inspect_registry.cli.ledger import _print, _Progress
from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.completeness import Completeness
from inspect_registry.ledger.verify import Report
from inspect_registry.ledger.waypoints import Late
from tests.receipt_builders import ORIGIN, keys


def a_report(**changes: object) -> Report:
    log, _ = keys()
    head = Checkpoint(ORIGIN, 5, b"r" * 32)
    fields: dict[str, object] = {
        "checkpoint": head,
        "note": f"{head.text}\n{log.sign(head.text)}",
        "actions": {"code.issued": 3, "visit.closed": 2},
        "departments": {"scjg": {"code.issued": 3, "visit.closed": 1}, "": {"visit.closed": 1}},
        "first_at": "2026-11-22T07:00:00Z",
        "last_at": "2026-11-22T08:00:00Z",
        "figures": Completeness().figures(),
        "late": Late(count=0, numbers=[]),
        "compared_with": None,
        "stamps": {},
        **changes,
    }
    return Report(**fields)  # type: ignore[arg-type]


def test_progress_is_told_once_a_percent_and_ends_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    progress = _Progress()
    for done in range(256, 1_001, 8):
        progress(done, 1_000)
    progress(1_000, 1_000)
    shown = capsys.readouterr().err
    assert shown.count("\r") == len({100 * done // 1_000 for done in [*range(256, 1_001, 8), 1_000]})
    assert shown.endswith("已核验 1000 / 1000 条（100%）\n")


def test_leaves_are_told_by_department_and_kind(capsys: pytest.CaptureFixture[str]) -> None:
    _print(a_report(), "信任策略：x", as_json=False, authority=None)
    shown = capsys.readouterr().out
    for words in ("scjg：4 条", "（不属于单个部门）：1 条", "code.issued", "外部时间戳：还没有", "5 条，全部重算无误"):
        assert words in shown
    _print(a_report(stamps={"2026-11-21": 3, "2026-11-22": 5}), "x", as_json=False, authority=None)
    shown = capsys.readouterr().out
    assert "外部时间戳：2 个，最新 2026-11-22（5 条）" in shown
    assert "机构签名未核验" in shown
