"""From a department's spreadsheet to the published page and the scanned code, on real processes.

The second walk kills the embedded database (kill -9) between every two steps: nothing acknowledged may be lost.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.acceptance.installation import Installation
from tests.acceptance.main_path import PLANNED_ON, STEPS, Walk


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for parent in [tmp_path, *list(tmp_path.parents)[:2]]:
        parent.chmod(0o755)
    return tmp_path


def walk(home: Path, between: Callable[[Installation], None]) -> Walk:
    installation = Installation(home / "var", today=PLANNED_ON)
    try:
        installation.start()
        walked = Walk(installation)
        for step in STEPS:
            step(walked)
            between(installation)
    finally:
        installation.stop()
    return walked


@pytest.mark.browser
def test_a_month_goes_from_spreadsheet_to_scanned_code(home: Path) -> None:
    walked = walk(home, lambda _installation: None)
    assert walked.log_size > 100


@pytest.mark.browser
def test_nothing_acknowledged_is_lost_when_the_database_is_killed_between_steps(home: Path) -> None:
    killed: list[int] = []

    def kill(installation: Installation) -> None:
        killed.append(installation.kill_database())
        installation.wait_ready()

    walked = walk(home, kill)
    assert len(set(killed)) == len(STEPS)
    assert walked.log_size > 100
