"""kill -9 of the service: what was acknowledged is there after the next start, nothing keeps the port, the log is whole."""

from pathlib import Path

import pytest

from tests.acceptance.installation import Installation


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for parent in [tmp_path, *list(tmp_path.parents)[:2]]:
        parent.chmod(0o755)
    return tmp_path


def reports(installation: Installation) -> set[str]:
    listed = installation.request("xietiao", "GET", "/api/v1/reports")
    assert listed.status_code == 200, listed.text
    return {line["uid"] for line in listed.json()}


def test_acknowledged_reports_survive_kill_9_and_the_next_start_is_clean(home: Path) -> None:
    installation = Installation(home / "var", enterprises=300)
    try:
        installation.start()
        acknowledged: set[str] = set()
        for round_number in range(2):
            for number in range(3):
                words = {"kind": "no_code", "text": f"第{round_number}轮第{number}次：有人未出示检查码"}
                filed = installation.request("", "POST", "/api/v1/reports", json=words)
                assert filed.status_code == 201, filed.text
                acknowledged.add(filed.json()["uid"])
            installation.kill_supervisor()
            installation.start()
            assert acknowledged <= reports(installation)

        def all_numbered() -> bool | None:
            status = installation.request("shenji", "GET", "/api/v1/ledger/status").json()
            return True if status["pending"] == 0 else None

        installation.until(all_numbered)
        assert installation.command("ledger", "verify", f"{installation.url}/log").returncode == 0
    finally:
        installation.stop()
