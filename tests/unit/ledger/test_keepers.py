"""Signer and witness: they sign what extends the last tree, and nothing else, whatever happened to them."""

import random
import socket
import sqlite3
import struct
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_registry.clock import SetClock
from inspect_registry.ledger import signer as signers
from inspect_registry.ledger import witness as witnesses
from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.client import KeeperClient, KeeperRefusedError, KeeperUnreachableError
from inspect_registry.ledger.keeper import MEMORY_FILE, KeeperError, Memory, write_request
from inspect_registry.ledger.keys import KEY_FILE, load_key, load_verifier
from inspect_registry.ledger.merkle import leaf_hash, prove_consistency, root_of
from inspect_registry.ledger.note import ED25519, SigningKey, parse_note
from inspect_registry.ledger.promise import promise_for
from inspect_registry.ledger.serving import make_server
from tests.receipt_builders import AT, ORIGIN


def hashes(count: int, word: str = "leaf") -> list[bytes]:
    return [leaf_hash(f"{word} {number}".encode()) for number in range(count)]


def proof(every: list[bytes], old: int) -> list[bytes]:
    return prove_consistency(
        lambda level, number: root_of(every[number << level : (number + 1) << level]), old, len(every)
    )


def checkpoint(every: list[bytes], origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin, len(every), root_of(every))


def ask(every: list[bytes], old: int, **changes: object) -> bytes:
    """A request to the signer."""
    shown: list[bytes] = changes.get("shown", every)  # type: ignore[assignment]
    return write_request(old, proof(every, old), f"{checkpoint(shown).text}\n")


@pytest.fixture
def signer(tmp_path: Path) -> Iterator[signers.Signer]:
    signers.init(tmp_path / "signer", ORIGIN)
    made = signers.Signer(tmp_path / "signer")
    yield made
    made.close()


def test_it_signs_growth_and_remembers_over_a_restart(signer: signers.Signer, tmp_path: Path) -> None:
    every = hashes(9)
    for old, new in ((0, 3), (3, 3), (3, 8), (8, 9)):
        answer = signer.answer("POST", "/add-checkpoint", ask(every[:new], old))
        assert answer.status == 200
        text = checkpoint(every[:new]).text
        assert parse_note(f"{text}\n{answer.body}").opened_by([load_verifier(tmp_path / "signer")])
    signer.close()
    again = signers.Signer(tmp_path / "signer")
    assert again.answer("GET", "/checkpoint", b"").body.split("\n")[1] == "9"
    assert again.answer("POST", "/add-checkpoint", ask(every[:3], 0)).status == 409
    again.close()


def test_it_refuses_shrink_fork_bad_proof_and_another_origin(signer: signers.Signer) -> None:
    every, forged = hashes(8), hashes(8, "forged")
    assert signer.answer("POST", "/add-checkpoint", ask(every[:5], 0)).status == 200
    refusals = {
        "shrink": (ask(every[:3], 0), 409, "5\n"),
        "stale size": (ask(every, 3), 409, "5\n"),
        "fork of the same size": (ask(forged[:5], 5), 409, "5\n"),
        "fork that grows": (ask(forged, 5), 422, None),
        "proof of another tree": (ask(every, 5, shown=every[:7] + forged[:1]), 422, None),
        "another log": (
            write_request(5, proof(every, 5), checkpoint(every, "other.example").text + "\n"), 404, None,
        ),
        "old larger than new": (write_request(6, [], checkpoint(every[:5]).text + "\n"), 400, None),
        "no request": (b"hello", 400, None),
        "not text": (b"\xff\xff", 400, None),
        "64 hashes": (write_request(5, [b"h" * 32] * 64, checkpoint(every).text + "\n"), 400, None),
    }  # fmt: skip
    for what, (body, status, text) in refusals.items():
        answer = signer.answer("POST", "/add-checkpoint", body)
        assert answer.status == status, what
        assert text in (None, answer.body), what
    assert signer.answer("POST", "/add-checkpoint", ask(every, 5)).status == 200
    assert signer.answer("GET", "/nothing", b"").status == 404
    assert signer.answer("GET", "/health", b"").status == 200


def test_the_same_tree_may_be_asked_for_again_and_gets_the_same_signature(signer: signers.Signer) -> None:
    every = hashes(4)
    first = signer.answer("POST", "/add-checkpoint", ask(every, 0))
    assert signer.answer("POST", "/add-checkpoint", ask(every, 4)) == first


def test_it_promises_leaves_of_its_own_log_only(signer: signers.Signer) -> None:
    promise = promise_for(ORIGIN, b"h" * 32, AT)
    assert signer.answer("POST", "/promise", promise.text.encode()).status == 200
    other = promise_for("other.example", b"h" * 32, AT)
    assert signer.answer("POST", "/promise", other.text.encode()).status == 404
    for body in (b"", b"\xff", checkpoint(hashes(3)).text.encode()):
        assert signer.answer("POST", "/promise", body).status == 400


@pytest.mark.parametrize("lost", [KEY_FILE, MEMORY_FILE])
def test_it_does_not_start_without_key_or_memory(tmp_path: Path, lost: str) -> None:
    signers.init(tmp_path, ORIGIN)
    (tmp_path / lost).unlink()
    with pytest.raises(KeeperError, match="is missing"):
        signers.Signer(tmp_path)


def test_it_does_not_start_with_a_damaged_or_foreign_key_or_memory(tmp_path: Path) -> None:
    signers.init(tmp_path / "one", ORIGIN)
    signers.init(tmp_path / "two", "other.example")
    key, memory = tmp_path / "one" / KEY_FILE, tmp_path / "one" / MEMORY_FILE
    good = key.read_text()
    key.write_text(good.replace("+A", "+B", 1))
    with pytest.raises(KeeperError, match=r"damaged|not a key file"):
        signers.Signer(tmp_path / "one")
    key.write_text(good)
    key.chmod(0o644)
    with pytest.raises(KeeperError, match="read by others"):
        signers.Signer(tmp_path / "one")
    key.chmod(0o600)
    memory.write_bytes((tmp_path / "two" / MEMORY_FILE).read_bytes())
    with pytest.raises(KeeperError, match="does not know"):
        signers.Signer(tmp_path / "one")
    memory.write_bytes(b"not a database, but long enough to be looked at" * 20)
    with pytest.raises((KeeperError, sqlite3.DatabaseError)):
        signers.Signer(tmp_path / "one")


def test_keys_and_memories_are_never_replaced(tmp_path: Path) -> None:
    signers.init(tmp_path, ORIGIN)
    before = (tmp_path / KEY_FILE).read_bytes()
    with pytest.raises(KeeperError, match="never replaced"):
        signers.init(tmp_path, ORIGIN)
    with pytest.raises(KeeperError, match="exists already"):
        Memory.create(tmp_path, [ORIGIN])
    assert (tmp_path / KEY_FILE).read_bytes() == before
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeeperError, match="cannot be read"):
        load_verifier(tmp_path / "nowhere")


def test_what_was_answered_is_on_disk_before_the_answer(signer: signers.Signer, tmp_path: Path) -> None:
    signer.answer("POST", "/add-checkpoint", ask(hashes(3), 0))
    with sqlite3.connect(f"file:{tmp_path / 'signer' / MEMORY_FILE}?mode=ro", uri=True) as other:
        assert other.execute("SELECT size FROM head").fetchone() == (3,)
    other.close()
    assert signer._memory._db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


def test_a_failed_write_is_no_signature(signer: signers.Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: Memory, _new: Checkpoint) -> None:
        raise sqlite3.OperationalError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(Memory, "advance", fail)
        with pytest.raises(sqlite3.OperationalError):
            signer.answer("POST", "/add-checkpoint", ask(hashes(3), 0))
    assert signer.answer("GET", "/checkpoint", b"").body.split("\n")[1] == "0"
    assert signer.answer("POST", "/add-checkpoint", ask(hashes(3), 0)).status == 200


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.booleans()), max_size=12))
def test_whatever_is_asked_all_that_was_signed_is_one_history(asked: list[tuple[int, int, bool]]) -> None:
    import tempfile

    true, forged = hashes(30), hashes(30, "forged")
    with tempfile.TemporaryDirectory() as folder:
        signers.init(Path(folder, "s"), ORIGIN)
        signer, signed = signers.Signer(Path(folder, "s")), []
        for old, new, honest in asked:
            every = (true if honest else forged)[:new]
            if old <= new and signer.answer("POST", "/add-checkpoint", ask(every, old)).status == 200:
                signed.append(every)
        signer.close()
    for before, after in pairwise(signed):
        assert after[: len(before)] == before


# -- Witnesses ------------------------------------------------------------------------------------------------------------


class Watched:
    """A log's key and a witness that watches it."""

    def __init__(self, folder: Path) -> None:
        dice = random.Random(5)
        self.log = SigningKey(ORIGIN, dice.randbytes(32), ED25519)
        self.thief = SigningKey(ORIGIN, dice.randbytes(32), ED25519)
        self.clock = SetClock(datetime(2026, 11, 22, tzinfo=UTC))
        witnesses.init(folder, "witness.example/w1", [self.log.verifier])
        self.witness = witnesses.Witness(folder, self.clock)

    def ask(self, every: list[bytes], old: int, key: SigningKey | None = None) -> bytes:
        text = checkpoint(every).text
        return write_request(old, proof(every, old), f"{text}\n{(key or self.log).sign(text)}")


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    made = Watched(tmp_path / "witness")
    yield made
    made.witness.close()


def test_a_witness_cosigns_growth_with_its_time(watched: Watched) -> None:
    every = hashes(5)
    answer = watched.witness.answer("POST", "/add-checkpoint", watched.ask(every, 0))
    assert answer.status == 200
    note = parse_note(f"{checkpoint(every).text}\n{answer.body}")
    assert note.opened_by([watched.witness.verifier]) == {
        watched.witness.verifier: int(watched.clock.now().timestamp())
    }


def test_a_witness_refuses_fork_shrink_wrong_key_and_unknown_logs_even_from_the_holder_of_the_key(
    watched: Watched,
) -> None:
    every, forged = hashes(8), hashes(8, "forged")
    answer: Callable[[bytes], int] = lambda body: watched.witness.answer("POST", "/add-checkpoint", body).status  # noqa: E731
    assert answer(watched.ask(every[:5], 0)) == 200
    assert answer(watched.ask(forged, 5)) == 422
    assert answer(watched.ask(forged[:5], 5)) == 409
    assert answer(watched.ask(every[:3], 3)) == 409
    assert answer(watched.ask(every, 5, watched.thief)) == 403
    other = checkpoint(every, "other.example").text
    assert answer(write_request(5, [], f"{other}\n{watched.log.sign(other)}")) == 404
    assert answer(write_request(5, [], f"{checkpoint(every).text}\n")) == 400
    assert answer(b"\xff") == 400
    assert answer(watched.ask(every, 5)) == 200
    assert watched.witness.answer("GET", "/", b"").status == 404
    assert watched.witness.answer("GET", "/health", b"").status == 200


def test_a_witness_without_its_list_of_logs_does_not_start(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.witness.close()
    (tmp_path / witnesses.LOGS_FILE).unlink()
    with pytest.raises(KeeperError, match="cannot be read"):
        witnesses.Witness(tmp_path, watched.clock)


# -- Over the wire --------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["unix", "tcp"])
def client(request: pytest.FixtureRequest, signer: signers.Signer, tmp_path: Path) -> Iterator[KeeperClient]:
    address = f"unix:{tmp_path}/s.sock" if request.param == "unix" else "127.0.0.1:0"
    server = make_server(signer.answer, address)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    if request.param == "tcp":
        host, port = server.socket.getsockname()  # type: ignore[attr-defined]
        address = f"http://{host}:{port}/"
    yield KeeperClient(address)
    server.shutdown()
    server.server_close()


async def test_signer_and_client_speak_the_form_of_tlog_witness(client: KeeperClient) -> None:
    every = hashes(5)
    line = await client.add_checkpoint(0, [], f"{checkpoint(every).text}\n")
    assert (await client.checkpoint()) == f"{checkpoint(every).text}\n{line}"
    with pytest.raises(KeeperRefusedError) as refused:
        await client.add_checkpoint(0, [], f"{checkpoint(every).text}\n")
    assert refused.value.known_size == 5
    assert (await client.promise(promise_for(ORIGIN, b"h" * 32, AT))).startswith(f"{ORIGIN}\npromise/v1\n")
    with pytest.raises(KeeperRefusedError) as refused:
        client.ask("POST", "/add-checkpoint", b"x" * 70_000)
    assert refused.value.status == 413


def test_nobody_at_the_address_is_said_so(tmp_path: Path) -> None:
    for address in (f"unix:{tmp_path}/nobody.sock", "127.0.0.1:1"):
        with pytest.raises(KeeperUnreachableError, match="couldn't ask"):
            KeeperClient(address, patience=0.5).ask("GET", "/health")


def test_a_socket_is_private_and_taken_over_from_the_dead_only(signer: signers.Signer, tmp_path: Path) -> None:
    address = f"unix:{tmp_path}/s.sock"
    first = make_server(signer.answer, address)
    assert (tmp_path / "s.sock").stat().st_mode & 0o777 == 0o600
    with pytest.raises(OSError, match="another process answers"):
        make_server(signer.answer, address)
    first.server_close()  # As after kill -9: the name stays behind.
    second = make_server(signer.answer, address)
    second.server_close()


def test_the_key_file_is_readable_by_other_tools(tmp_path: Path) -> None:
    signers.init(tmp_path, ORIGIN)
    assert (tmp_path / KEY_FILE).read_text().startswith(f"PRIVATE+KEY+{ORIGIN}+")
    assert load_key(tmp_path).verifier == load_verifier(tmp_path)


def test_a_client_that_dies_in_the_midst_of_asking_leaves_no_trace_and_the_server_goes_on(
    signer: signers.Signer, capfd: pytest.CaptureFixture[str]
) -> None:
    server = make_server(signer.answer, "127.0.0.1:0")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    address = server.socket.getsockname()
    for _ in range(3):
        with socket.create_connection(address) as dying:
            dying.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # Closes with a reset.
            dying.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 10\r\n\r\nold")
    assert KeeperClient(f"127.0.0.1:{address[1]}").ask("GET", "/health") == "ok\n"
    server.shutdown()
    server.server_close()
    assert "Traceback" not in capfd.readouterr().err
