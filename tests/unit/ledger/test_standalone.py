"""The verifier that goes out with receipts: no import of ours, Ed25519 as RFC 8032 has it, and no bit may change."""

import ast
import io
import random
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inspect_registry.ledger import receipt as receipts
from inspect_registry.ledger.note import NoteError, signature_line
from inspect_registry.ledger.policy import parse_policy
from tests.receipt_builders import a_receipt
from tests.stranger import PROGRAM, load
from tests.unit.ledger.test_notes import GREASE

verify = load()


def files_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_it_imports_the_standard_library_only() -> None:
    names = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(PROGRAM.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names <= set(sys.stdlib_module_names)


def test_its_signatures_agree_with_the_library_on_good_and_bad_ones() -> None:
    dice = random.Random(1)
    for number in range(12):
        key = Ed25519PrivateKey.from_private_bytes(dice.randbytes(32))
        public, message = key.public_key().public_bytes_raw(), dice.randbytes(number * 7)
        signature = key.sign(message)
        assert verify.check_signature(public, message, signature)
        assert not verify.check_signature(public, message + b"x", signature)
        assert not verify.check_signature(public, message, signature[:32] + dice.randbytes(32))
        malleable = (int.from_bytes(signature[32:], "little") + verify.L).to_bytes(33, "little")[:32]
        assert not verify.check_signature(public, message, signature[:32] + malleable)


def test_rfc_8032_test_vector_2() -> None:
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verify.check_signature(public, b"\x72", signature)


def test_a_receipt_is_accepted_alone_in_a_bare_python(tmp_path: Path) -> None:
    data = receipts.pack(a_receipt())
    path, program = tmp_path / "receipt.zip", tmp_path / "verify.py"
    path.write_bytes(data)
    program.write_bytes(files_of(data)["verify.py"])
    result = subprocess.run(
        [sys.executable, "-I", "-S", str(program), str(path)], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    assert result.returncode == 0, result.stderr
    assert "回执有效" in result.stdout
    assert "inspection.closed" in result.stdout
    path.write_bytes(data.replace(data[:40], b"\x00" * 40))
    assert subprocess.run([sys.executable, "-I", str(program), str(path)], check=False).returncode == 1


@pytest.mark.long
def test_two_hundred_receipts_are_accepted_without_any_network(tmp_path: Path) -> None:
    program = tmp_path / "verify.py"
    program.write_bytes(PROGRAM.read_bytes())
    offline = ["unshare", "--net", "--map-root-user"] if shutil.which("unshare") else []
    for number in range(200):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(receipts.pack(a_receipt(seed=number, leaves=1 + number * 3)))
        command = [*offline, sys.executable, "-I", "-S", str(program), str(path)]
        result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        assert result.returncode == 0, result.stderr


def test_another_policy_than_the_one_inside_decides_when_given(tmp_path: Path) -> None:
    receipt, other = a_receipt(), a_receipt(seed=2)
    path, policy = tmp_path / "receipt.zip", tmp_path / "policy.txt"
    path.write_bytes(receipts.pack(receipt))
    policy.write_text(receipt.policy)
    assert verify.main([str(path), str(policy)]) == 0
    policy.write_text(other.policy)
    assert verify.main([str(path), str(policy)]) == 1
    assert verify.main([]) == 2


def test_a_receipt_without_its_witnesses_says_that_it_waits_for_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    receipt = a_receipt()
    top, _, lines = receipt.proof.rpartition("\n\n")
    log_only = lines.splitlines(keepends=True)[0]
    path = tmp_path / "receipt.zip"
    path.write_bytes(receipts.pack(msgspec.structs.replace(receipt, proof=f"{top}\n\n{log_only}")))
    assert verify.main([str(path)]) == 1
    assert "SIGNED, NOT YET WITNESSED" in capsys.readouterr().err
    witnesses_only = "".join(lines.splitlines(keepends=True)[1:])
    path.write_bytes(receipts.pack(msgspec.structs.replace(receipt, proof=f"{top}\n\n{witnesses_only}")))
    assert verify.main([str(path)]) == 1
    assert "the log did not sign" in capsys.readouterr().err


def test_lines_of_strangers_and_grease_are_ignored_and_false_lines_of_the_known_are_not(tmp_path: Path) -> None:
    receipt = a_receipt()
    policy, path = parse_policy(receipt.policy), tmp_path / "receipt.zip"
    greased = receipt.proof + GREASE
    path.write_bytes(receipts.pack(msgspec.structs.replace(receipt, proof=greased)))
    assert verify.main([str(path)]) == 0
    receipts.verify(msgspec.structs.replace(receipt, proof=greased), policy)
    log = policy.logs[0]
    false = signature_line(log.name, log.id, b"f" * 64)
    path.write_bytes(receipts.pack(msgspec.structs.replace(receipt, proof=receipt.proof + false)))
    assert verify.main([str(path)]) == 1


def flipped(files: dict[str, bytes], dice: random.Random) -> tuple[str, dict[str, bytes]]:
    name = dice.choice(["record.json", "salt", "leaf.json", "receipt.tlog-proof", "receipt.tlog-proof"])
    data = bytearray(files[name])
    at, bit = dice.randrange(len(data)), dice.randrange(8)
    data[at] ^= 1 << bit
    return f"{name} byte {at} bit {bit}", {**files, name: bytes(data)}


def accepted_flips(count: int, seed: int) -> list[str]:
    """Flip so many random bits, one at a time; returns those that both verifiers should have noticed and did not."""
    receipt = a_receipt(leaves=300)
    files, dice = files_of(receipts.pack(receipt)), random.Random(seed)
    policy, accepted = parse_policy(receipt.policy), []
    assert verify.check(files, receipt.policy)
    receipts.verify(receipt, policy)
    for _ in range(count):
        what, broken = flipped(files, dice)
        try:
            verify.check(broken, receipt.policy)
            accepted.append(f"stand-alone: {what}")
        except (verify.Wrong, ValueError, KeyError, TypeError, IndexError):
            pass
        try:
            unpacked = [broken[name] for name in receipts.NAMES[:4]]
            receipts.verify(
                receipts.Receipt(
                    record=unpacked[0], salt=unpacked[1], leaf=unpacked[2], proof=unpacked[3].decode(), policy=""
                ),
                policy,
            )
            accepted.append(f"ours: {what}")
        except ValueError:
            pass
    return accepted


def test_no_single_bit_may_change() -> None:
    assert accepted_flips(150, seed=7) == []


@pytest.mark.long
def test_no_single_bit_may_change_a_thousand_times() -> None:
    assert accepted_flips(1_000, seed=8) == []


def test_a_receipt_with_more_signatures_than_needed_would_let_a_bit_slip(monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: untrimmed receipts carry a third witness, whose line nobody needs."""
    monkeypatch.setattr("tests.receipt_builders.minimal_checkpoint", lambda note, _policy: note)
    assert accepted_flips(400, seed=7) != []


def test_ours_names_what_is_wrong() -> None:
    receipt = a_receipt()
    policy = parse_policy(receipt.policy)
    with pytest.raises(receipts.ReceiptError, match="does not commit"):
        receipts.verify(a_receipt(record=b'{"other":1}', keep_leaf_of=receipt), policy)
    with pytest.raises(receipts.ReceiptError, match="not a receipt"):
        receipts.unpack(b"PK nonsense")
    assert receipts.unpack(receipts.pack(receipt)) == receipt
    with pytest.raises(NoteError):
        receipts.minimal_checkpoint(receipt.proof.partition("\n\n")[2], parse_policy(a_receipt(seed=2).policy))
