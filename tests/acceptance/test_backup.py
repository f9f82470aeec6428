"""One command saves everything, one brings it back; neither ever overwrites."""

import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.acceptance.installation import Installation


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for parent in list(tmp_path.parents)[:3]:
        if "pytest" in parent.name:
            parent.chmod(0o755)
    tmp_path.chmod(0o755)
    return tmp_path


def rows(installation: Installation) -> str:
    """How much the demo district holds, asked through the command line: loading again says that it is there."""
    return installation.command("demo").stdout.splitlines()[0]


def test_a_backup_brings_everything_back(home: Path) -> None:
    first = Installation(home / "one" / "var")
    first.command("demo", "--enterprises", "200")
    archive = home / "backup.tar.gz"
    assert "已写" in first.command("backup", str(archive)).stdout
    assert archive.stat().st_mode & 0o777 == 0o600

    second = Installation(home / "two" / "var")
    assert "恢复到" in second.command("restore", str(archive)).stdout
    assert rows(second) == "演示区早已装入，没有改动"
    assert (second.var / "postgres" / "secret").read_text() == (first.var / "postgres" / "secret").read_text()
    again = home / "again.tar.gz"
    second.command("backup", str(again))
    assert names(again) == names(archive)


def names(archive: Path) -> list[str]:
    with tarfile.open(archive) as opened:
        return sorted(name for name in opened.getnames() if "server.log" not in name)


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_nothing_is_ever_overwritten(home: Path, command: str) -> None:
    there = Installation(home / "var")
    there.var.mkdir()
    (there.var / "precious").write_text("keep me")
    target = home / "file.tar.gz"
    target.write_text("not an archive")
    refused: subprocess.CompletedProcess[str] = there.command(command, str(target), check=False)
    assert refused.returncode == 1
    assert "已经存在" in refused.stderr or "不是空的" in refused.stderr
    assert (there.var / "precious").read_text() == "keep me"
    assert target.read_text() == "not an archive"


def test_a_file_that_is_no_archive_leaves_nothing_behind(home: Path) -> None:
    target = home / "file.tar.gz"
    target.write_text("not an archive")
    there = Installation(home / "var")
    refused = there.command("restore", str(target), check=False)
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert not there.var.exists() or not any(there.var.iterdir())
