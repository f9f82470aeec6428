"""A checkpoint stamped by an RFC 3161 authority of our own, made with OpenSSL, and checked by OpenSSL."""

import http.server
import subprocess
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from inspect_registry.db import Database
from inspect_registry.ledger.publication import LogFolder
from inspect_registry.ledger.timestamp import (
    HttpAuthority,
    StampRefusedError,
    check_answer,
    make_query,
    stamp_checkpoint,
)
from tests.ledger_builders import Keepers, grow
from tests.ledger_processes import environment, run

DAY = date(2026, 11, 22)
CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {0}/serial
signer_cert = {0}/tsa.pem
signer_key = {0}/tsa.key
certs = {0}/ca.pem
default_policy = 1.2.3.4.1
digests = sha256
signer_digest = sha256
accuracy = secs:1
ordering = no
tsa_name = no
ess_cert_id_chain = no
[ext]
extendedKeyUsage = critical,timeStamping
basicConstraints = CA:false
"""


class OpensslAuthority:
    """A time-stamping authority of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "config").write_text(CONFIG.format(folder))
        (folder / "serial").write_text("01\n")
        self._openssl(
            "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=CA"
        )
        self._openssl(
            "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=TSA"
        )
        sign = (
            "x509",
            "-req",
            "-in",
            "tsa.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-out",
            "tsa.pem",
        )
        self._openssl(*sign, "-extfile", "config", "-extensions", "ext")

    def stamp(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        self._openssl("ts", "-reply", "-config", "config", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()

    def verify(self, data: Path, answer: Path) -> bool:
        command = ["ts", "-verify", "-data", str(data), "-in", str(answer), "-CAfile", "ca.pem"]
        return self._run(*command).returncode == 0

    def _openssl(self, *arguments: str) -> None:
        done = self._run(*arguments)
        assert done.returncode == 0, done.stderr

    def _run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            ["openssl", *arguments], cwd=self.folder, capture_output=True, text=True, check=False, timeout=60
        )


@pytest.fixture
def authority(tmp_path: Path) -> OpensslAuthority:
    return OpensslAuthority(tmp_path / "authority")


@pytest.fixture
def url(authority: OpensslAuthority) -> Iterator[str]:
    """The same authority behind HTTP."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            answer = authority.stamp(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_args: object) -> None:
            return

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


async def test_a_days_checkpoint_is_stamped_once_and_openssl_agrees(
    database: Database, sequencing: Database, keepers: Keepers, authority: OpensslAuthority
) -> None:
    await grow(database, keepers, sequencing, [5])
    assert stamp_checkpoint(keepers.folder, authority, DAY, database.random)
    await grow(database, keepers, sequencing, [5])
    assert not stamp_checkpoint(keepers.folder, authority, DAY, database.random)
    stamps = keepers.folder.root / "timestamps"
    data, answer = stamps / f"{DAY}.checkpoint", stamps / f"{DAY}.tsr"
    assert data.read_text().split("\n")[1] == "5"
    assert authority.verify(data, answer)
    data.write_text(data.read_text().replace("\n5\n", "\n6\n"))
    assert not authority.verify(data, answer)


async def test_the_command_stamps_over_http(
    database: Database, sequencing: Database, keepers: Keepers, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await grow(database, keepers, sequencing, [5])
    for name, value in environment(keepers.places.var, "", "", "").items():
        monkeypatch.setenv(name, value)
    done = run("ledger", "stamp", "--authority", url)
    assert done.returncode == 0, done.stderr
    assert len(list((keepers.folder.root / "timestamps").glob("*.tsr"))) == 1
    nobody = run("ledger", "stamp", "--authority", "http://127.0.0.1:1/")
    assert nobody.returncode == 0  # The day has its stamp already.


def test_an_answer_for_something_else_is_refused(authority: OpensslAuthority, tmp_path: Path) -> None:
    nonce, digest = b"\x40" + b"n" * 15, b"d" * 32
    answer = authority.stamp(make_query(digest, nonce))
    check_answer(answer, digest, nonce)
    for other in ((b"e" * 32, nonce), (digest, b"\x41" + b"n" * 15)):
        with pytest.raises(StampRefusedError, match="something else"):
            check_answer(answer, *other)
    refused = authority.stamp(
        make_query(digest, nonce).replace(
            bytes.fromhex("0609608648016503040201"), bytes.fromhex("0609608648016503040202")
        )
    )
    with pytest.raises(StampRefusedError, match="did not grant"):
        check_answer(refused, digest, nonce)
    for nonsense in (b"", b"<html>", b"\x30\x82\xff\xff"):
        with pytest.raises(StampRefusedError, match="no TimeStampResp"):
            check_answer(nonsense, digest, nonce)
    with pytest.raises(StampRefusedError, match="no published checkpoint"):
        stamp_checkpoint(LogFolder(tmp_path), authority, DAY, lambda count: b"n" * count)


def test_only_web_addresses_that_answer_are_asked() -> None:
    with pytest.raises(StampRefusedError, match="no http"):
        HttpAuthority("file:///etc/passwd")
    with pytest.raises(StampRefusedError, match="couldn't ask"):
        HttpAuthority("http://127.0.0.1:1/").stamp(b"")
