"""Where an auditor reads from: whatever a server does, it is said in one line and never believed."""

import argparse
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspect_registry.cli.ledger import run_prove, run_verify
from inspect_registry.ledger.source import FolderSource, LogRejectedError, UrlSource, open_site

ANSWERS = {
    "cut off": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc",
    "no HTTP": b"220 mail.example ready\r\n",
    "a fault": b"HTTP/1.1 503 Unavailable\r\nContent-Length: 0\r\n\r\n",
    "nothing": b"",
    "no length": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.fixture(params=sorted(ANSWERS))
def odd(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server that answers everything so."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(4096)
                    connection.sendall(ANSWERS[request.param])

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_a_server_that_answers_nonsense_is_a_file_that_cannot_be_read(odd: str) -> None:
    with pytest.raises(OSError, match=r"127\.0\.0\.1|closed|reset"):
        UrlSource(odd).get("checkpoint")


def test_the_commands_say_so_in_one_line(odd: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    verifying = argparse.Namespace(site=odd, policy=None, state=tmp_path / "state", authority=None, json=False)
    assert run_verify(verifying) == 1
    assert run_prove(argparse.Namespace(site=odd, number=0, out=None)) == 1
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2
    assert all(line.startswith("台账不可信或无法核验：no checkpoint at") for line in said)
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("site", ["ftp://x/log", "http://[", "http://a b/", "/nowhere/at/all"])
def test_what_is_no_site_is_said(site: str) -> None:
    with pytest.raises(LogRejectedError):
        open_site(site)


def test_a_folder_is_found_itself_or_below_log(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "checkpoint").write_bytes(b"c")
    for site in (tmp_path, tmp_path / "log"):
        found = open_site(str(site))
        assert isinstance(found, FolderSource)
        assert found.get("checkpoint") == b"c"
