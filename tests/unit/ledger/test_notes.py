"""Signed notes, checkpoints, policies and proofs: C2SP's own example, grease, and everything that must be refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.ledger.checkpoint import Checkpoint, decode_hash, parse_checkpoint, parse_checkpoint_text
from inspect_registry.ledger.note import (
    COSIGNATURE_V1,
    ED25519,
    NoteError,
    SigningKey,
    VerifierKey,
    key_id,
    parse_note,
    parse_signatures,
    signature_line,
)
from inspect_registry.ledger.policy import Policy, PolicyError, parse_policy
from inspect_registry.ledger.promise import Promise, open_promise, parse_promise_text, promise_for
from inspect_registry.ledger.proof import parse_proof, verify_proof
from tests.receipt_builders import AT, ORIGIN, a_receipt, keys

LOG, WITNESSES = keys()
TEXT = Checkpoint(ORIGIN, 5, b"r" * 32).text
GREASE = "".join(
    signature_line(name, identity, signature)
    for name, identity, signature in (
        ("grease.invalid", b"\x00\x01\x02\x03", b"random bytes of no algorithm at all"),
        (ORIGIN, b"\xde\xad\xbe\xef", b"the log's name, but another key"),
        ("registry.example/sm2", b"\x01\x02\x03\x04", b"\xffSM2-SM3-v1"),
    )
)

GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_note_of_gos_documentation_is_read() -> None:
    """golang.org/x/mod/sumdb/note, package example: a stranger's key and signature."""
    key = VerifierKey.parse(GO_KEY)
    assert str(key) == GO_KEY
    assert parse_note(GO_NOTE).opened_by([key]) == {key: None}
    with pytest.raises(NoteError, match="does not verify"):
        parse_note(GO_NOTE.replace("answer", "problem")).opened_by([key])


def test_unknown_lines_are_ignored_whatever_they_hold() -> None:
    note = parse_note(f"{TEXT}\n{GREASE}{LOG.sign(TEXT)}{WITNESSES[0].sign(TEXT, 7)}")
    assert note.opened_by([LOG.verifier, WITNESSES[0].verifier]) == {LOG.verifier: None, WITNESSES[0].verifier: 7}
    assert str(note).count("\u2014") == 5
    assert parse_note(f"{TEXT}\n{GREASE}").opened_by([LOG.verifier]) == {}


def test_a_false_line_of_a_known_key_spoils_the_note_even_beside_a_good_one() -> None:
    false = LOG.sign(TEXT.replace("5", "6"))
    for lines in (false, LOG.sign(TEXT) + false, false + LOG.sign(TEXT)):
        with pytest.raises(NoteError, match="does not verify"):
            parse_note(f"{TEXT}\n{lines}").opened_by([LOG.verifier])


def test_a_cosignature_binds_its_time() -> None:
    line = WITNESSES[0].sign(TEXT, 1_700_000_000)
    raw = bytearray(base64.b64decode(line.split(" ")[2]))
    raw[11] ^= 1
    changed = signature_line(WITNESSES[0].verifier.name, bytes(raw[:4]), bytes(raw[4:]))
    with pytest.raises(NoteError, match="does not verify"):
        parse_note(f"{TEXT}\n{changed}").opened_by([WITNESSES[0].verifier])
    short = signature_line(WITNESSES[0].verifier.name, WITNESSES[0].verifier.id, b"short")
    with pytest.raises(NoteError, match="wrong length"):
        parse_note(f"{TEXT}\n{short}").opened_by([WITNESSES[0].verifier])


@pytest.mark.parametrize("at", [253_402_300_800, 2**63, 2**64 - 1])
def test_a_cosignature_from_beyond_any_calendar_is_refused(at: int) -> None:
    """A witness of ours could otherwise break every page that shows when it signed."""
    key = WITNESSES[0].verifier
    assert parse_note(f"{TEXT}\n{WITNESSES[0].sign(TEXT, 253_402_300_799)}").opened_by([key])
    with pytest.raises(NoteError, match="beyond any calendar"):
        parse_note(f"{TEXT}\n{WITNESSES[0].sign(TEXT, at)}").opened_by([key])


@pytest.mark.parametrize(
    "note",
    [
        b"\xff\xfe\n\n",
        "no newline at the end",
        "text without signatures\n",
        "text\n\n",
        "text\n\nnot a signature line\n",
        "text\n\n\u2014 name\n",
        "text\n\n\u2014 na+me AAAAAAAA\n",
        "text\n\n\u2014 name !!!!\n",
        "text\n\n\u2014 name AAAA\n",
        "text\n\n\u2014 name AAAAAAB=\n",
        "te\x07xt\n\n\u2014 name AAAAAAAA\n",
        "te\rxt\n\n\u2014 name AAAAAAAA\n",
        "text\n\n" + "\u2014 name AAAAAAAA\n" * 101,
        "x" * 1_000_001 + "\n",
    ],
)
def test_what_is_no_note_is_refused(note: bytes | str) -> None:
    with pytest.raises(NoteError):
        parse_note(note)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_readers(data: bytes) -> None:
    for read in (parse_note, parse_checkpoint, parse_policy):
        try:
            read(data)
        except (NoteError, PolicyError):
            continue


@pytest.mark.parametrize(
    "text",
    [
        "origin\n05\n" + base64.b64encode(b"r" * 32).decode() + "\n",
        "origin\n-1\n" + base64.b64encode(b"r" * 32).decode() + "\n",
        "origin\n5\n" + base64.b64encode(b"r" * 31).decode() + "\n",
        "origin\n5\n" + base64.b64encode(b"r" * 32).decode() + "\nextension\n",
        "or igin\n5\n" + base64.b64encode(b"r" * 32).decode() + "\n",
        "\n5\n" + base64.b64encode(b"r" * 32).decode() + "\n",
        "origin\n5\n",
        "origin\n99999999999999999999\n" + base64.b64encode(b"r" * 32).decode() + "\n",
    ],
)
def test_a_checkpoint_has_one_spelling(text: str) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint_text(text)


def test_a_hash_has_one_spelling() -> None:
    good = base64.b64encode(b"\x00" * 32).decode()
    assert decode_hash(good) == b"\x00" * 32
    for bad in (good[:-2] + "B=", good + "\n", good[:-1], "!" * 44):
        with pytest.raises(NoteError):
            decode_hash(bad)


@pytest.mark.parametrize(
    "key",
    ["", "name", "name+00000000+AA==", "na me+00000000+AA==", GO_KEY.replace("c74f20a3", "c74f20a4"), "n+1+!!"],
)
def test_a_key_with_a_wrong_id_or_kind_is_refused(key: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(key)


def test_only_printable_names_sign_and_only_whole_lines_are_signed() -> None:
    with pytest.raises(NoteError, match="cannot be the name"):
        SigningKey("with space", b"x" * 32)
    with pytest.raises(NoteError, match="newline"):
        LOG.sign("no newline")
    with pytest.raises(NoteError, match="between 1 and"):
        parse_signatures("")
    assert key_id("a", ED25519, b"k") != key_id("a", COSIGNATURE_V1, b"k")


# -- Policies -------------------------------------------------------------------------------------------------------------


def policy_text(threshold: str = "2") -> str:
    lines = [f"# who must have signed\nlog {LOG.verifier} https://registry.example/log"]
    lines += [f"witness w{number} {key.verifier}" for number, key in enumerate(WITNESSES, 1)]
    return "\n".join([*lines, f"group most {threshold} w1 w2 w3", "\tquorum   most", ""])


def note_of(*signers: SigningKey) -> str:
    return f"{TEXT}\n" + "".join(key.sign(TEXT, 9) for key in signers)


def test_a_quorum_is_counted_over_groups() -> None:
    policy = parse_policy(policy_text())
    assert policy.accept(note_of(LOG, *WITNESSES[:2])).size == 5
    for signers in ((LOG,), (LOG, WITNESSES[0]), (LOG, WITNESSES[0], WITNESSES[0])):
        with pytest.raises(NoteError, match="too few witnesses"):
            policy.accept(note_of(*signers))
    with pytest.raises(NoteError, match="no log of the policy"):
        policy.accept(note_of(*WITNESSES))
    assert parse_policy(policy_text("any")).accept(note_of(LOG, WITNESSES[2]))
    with pytest.raises(NoteError):
        parse_policy(policy_text("all")).accept(note_of(LOG, *WITNESSES[:2]))


def test_a_log_signs_for_its_own_origin_only() -> None:
    other = Checkpoint("other.example", 5, b"r" * 32).text
    policy = Policy.of(LOG.verifier)
    with pytest.raises(NoteError, match="no log of the policy"):
        policy.accept(f"{other}\n{LOG.sign(other)}")


def test_a_policy_that_is_written_is_read_back() -> None:
    for policy in (
        Policy.of(LOG.verifier),
        Policy.of(LOG.verifier, [key.verifier for key in WITNESSES], 2),
        parse_policy(policy_text()),
    ):
        assert parse_policy(str(policy)) == policy


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no quorum"),
        ("quorum none\nquorum none", "one quorum line"),
        ("quorum missing", "not defined"),
        ("group g 1 missing\nquorum g", "not defined"),
        ("frobnicate", "cannot read"),
        ("log nonsense\nquorum none", "line 1"),
        ("quorum none\n\x07", "line 2: control"),
        (f"log {LOG.verifier}\nlog {LOG.verifier}\nquorum none", "line 2: the key"),
        (f"log {WITNESSES[0].verifier}\nquorum none", "line 1: the key"),
        (f"witness w {LOG.verifier}\nquorum w", "line 1: the key"),
        (f"witness none {WITNESSES[0].verifier}\nquorum none", "is taken"),
        (f"witness w {WITNESSES[0].verifier}\nwitness w {WITNESSES[1].verifier}\nquorum w", "is taken"),
        (f"witness w {WITNESSES[0].verifier}\ngroup g 2 w\nquorum g", "cannot need 2"),
        (f"witness w {WITNESSES[0].verifier}\ngroup g 0 w\nquorum g", "cannot need 0"),
        (f"witness w {WITNESSES[0].verifier}\ngroup g any w w\nquorum g", "member twice"),
    ],
)
def test_a_policy_that_cannot_be_meant_names_its_line(text: str, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        parse_policy(text)


# -- Proofs and promises --------------------------------------------------------------------------------------------------


def test_a_proof_comes_back_as_it_went_and_proves_its_leaf_only() -> None:
    receipt = a_receipt()
    proof, policy = parse_proof(receipt.proof), parse_policy(receipt.policy)
    assert str(proof) == receipt.proof
    assert verify_proof(proof, receipt.leaf, policy).size == 5
    with pytest.raises(ValueError, match="another root"):
        verify_proof(proof, receipt.leaf + b" ", policy)


@pytest.mark.parametrize("change", [("@v1", "@v2"), ("index 2", "index 02"), ("index", "indx"), ("\n\n", "\n")])
def test_a_malformed_proof_is_refused(change: tuple[str, str]) -> None:
    with pytest.raises(NoteError):
        parse_proof(a_receipt().proof.replace(*change))


def test_a_promise_is_no_checkpoint_and_a_checkpoint_no_promise() -> None:
    promise = promise_for(ORIGIN, b"h" * 32, AT)
    assert (promise.deadline - AT).total_seconds() == 60
    assert parse_promise_text(promise.text) == promise == Promise(ORIGIN, b"h" * 32, promise.by)
    signed = f"{promise.text}\n{LOG.sign(promise.text)}"
    assert open_promise(signed, [LOG.verifier]) == promise
    with pytest.raises(NoteError, match=r"tree|lines"):
        parse_checkpoint(signed)
    with pytest.raises(NoteError, match="four lines"):
        open_promise(f"{TEXT}\n{LOG.sign(TEXT)}", [LOG.verifier])
    with pytest.raises(NoteError, match="no key"):
        open_promise(f"{promise.text}\n{WITNESSES[0].sign(promise.text)}", [LOG.verifier])
