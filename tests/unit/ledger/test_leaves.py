"""The public leaf: one spelling, nothing personal, and a commitment that can be kept or destroyed."""

import json
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.ledger import leaf
from inspect_registry.ledger.actions import Action
from inspect_registry.ledger.leaf import LeafError, Subject

AT = datetime(2026, 11, 22, 7, 0, 0, 999_999, tzinfo=UTC)


def encode(**changes: object) -> bytes:
    given_ = {"at": AT, "commitment": b"c" * 32, "department": "scjg", "public": {"b": 1, "a": "x"}, **changes}
    return leaf.encode_leaf(Action.CODE_ISSUED, given_.pop("subject", Subject("code", "u1")), **given_)  # type: ignore[arg-type]


def test_golden_leaf() -> None:
    """Others rely on these bytes (docs/ledger-format.md)."""
    assert encode() == (
        b'{"action":"code.issued","at":"2026-11-22T07:00:00Z",'
        b'"commitment":"Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2M=","department":"scjg",'
        b'"public":{"a":"x","b":1},"subject":{"kind":"code","uid":"u1"},"v":1}'
    )


def test_time_is_utc_whatever_zone_it_came_in() -> None:
    shanghai = AT.astimezone(timezone(timedelta(hours=8)))
    assert encode(at=shanghai) == encode()
    with pytest.raises(LeafError, match="time zone"):
        encode(at=AT.replace(tzinfo=None))


@given(
    st.dictionaries(
        st.from_regex(r"\A[a-z][a-z0-9_]{0,39}\Z"),
        st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20).filter(str.isprintable),
        max_size=16,
    )
)
def test_a_leaf_is_read_back_and_any_other_spelling_is_refused(public: dict[str, int | str]) -> None:
    data = encode(public=public)
    assert leaf.decode_leaf(data).public == public
    for other in (data.replace(b'"v":1', b'"v": 1'), data + b" ", json.dumps(json.loads(data), indent=1).encode()):
        with pytest.raises(LeafError, match="canonical"):
            leaf.decode_leaf(other)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"null", b'{"v":2}', b"\xff", encode()[:-1], encode().replace(b'"v"', b'"w"')]
)
def test_what_is_no_leaf_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError):
        leaf.decode_leaf(data)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"public": {"k": 1.5}}, "integer or a printable"),
        ({"public": {"k": True}}, "integer or a printable"),
        ({"public": {"k": None}}, "integer or a printable"),
        ({"public": {"k": "x" * 121}}, "integer or a printable"),
        ({"public": {"k": "a\x00b"}}, "integer or a printable"),
        ({"public": {"k": 2**53}}, "keeps exactly"),
        ({"public": {"K": 1}}, "not a key"),
        ({"public": {f"k{n}": 1 for n in range(17)}}, "at most 16"),
        ({"public": {f"k{n}": "察" * 120 for n in range(16)}}, "at most 4096 bytes"),
        ({"subject": Subject("Code", "u")}, "word of a table"),
        ({"subject": Subject("code", "")}, "outside identity"),
        ({"subject": Subject("code", "a\nb")}, "outside identity"),
        ({"department": "s" * 121}, "code of a department"),
        ({"department": "a\tb"}, "code of a department"),
    ],
)
def test_what_a_leaf_must_not_hold_is_named(changes: dict[str, object], message: str) -> None:
    with pytest.raises(LeafError, match=message):
        encode(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"public": {"words": "一家企业的名称" * 20}}, "integer or a printable"),
        ({"public": {"result": "a\nb"}}, "integer or a printable"),
        ({"public": {"number": 2**53}}, "keeps exactly"),
        ({"public": {"Name": "x"}}, "not a key"),
        ({"public": {f"k{number}": 1 for number in range(17)}}, "at most 16"),
        ({"public": {f"k{number}": "察" * 120 for number in range(16)}}, "at most 4096 bytes"),
        ({"subject": {"kind": "Code", "uid": "u1"}}, "word of a table"),
        ({"subject": {"kind": "code", "uid": ""}}, "outside identity"),
        ({"department": "x" * 121}, "code of a department"),
        ({"action": "somebody did something"}, "not an action"),
        ({"at": "2026-11-22T07:00:00+00:00"}, "not a time"),
        ({"at": "2026-11-22T07:00Z"}, "not a time"),
        ({"at": "2026-02-30T07:00:00Z"}, "day is out of range"),
        ({"at": "2026-11-22T24:00:00Z"}, "hour must be"),
        ({"commitment": "Y2M="}, "not a commitment"),
        ({"commitment": "Y2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2N="}, "not a commitment"),
        ({"commitment": "no base64 at all"}, "Only base64 data|Invalid base64"),
        ({"v": 2}, "Invalid enum value"),
        ({"public": {"k": 1.5}}, "Expected `int . str`"),
        ({"public": {"k": None}}, "Expected `int . str`"),
        ({"public": {"k": True}}, "Expected `int . str`"),
        ({"name": "张三"}, "unknown field"),
    ],
)
def test_a_reader_refuses_what_no_encoder_writes_however_well_it_is_spelt(
    changes: dict[str, object], message: str
) -> None:
    """The planted faults: canonical bytes, as a thief of the signer could publish them, that are no leaf of ours."""
    data = msgspec.json.encode(json.loads(encode()) | changes, order="sorted")
    with pytest.raises(ValueError, match=message):
        leaf.decode_leaf(data)


def test_a_reader_does_not_look_actions_up() -> None:
    """An auditor's older program reads a newer log."""
    assert leaf.decode_leaf(encode().replace(b"code.issued", b"drone.launched")).action == "drone.launched"


def test_a_commitment_depends_on_every_byte_of_salt_and_record() -> None:
    one = leaf.commit(b"s" * 32, b"record")
    assert one != leaf.commit(b"t" + b"s" * 31, b"record")
    assert one != leaf.commit(b"s" * 32, b"recore")
    with pytest.raises(LeafError, match="32 bytes"):
        leaf.commit(b"short", b"record")


def test_a_record_says_who_acted_and_is_deterministic() -> None:
    record = leaf.encode_record({"role": "clerk", "person": 7}, {"b": 1, "a": [2]})
    assert record == b'{"actor":{"person":7,"role":"clerk"},"record":{"a":[2],"b":1},"v":1}'
    with pytest.raises(LeafError, match="at most"):
        leaf.encode_record({}, "x" * leaf.MAX_RECORD_BYTES)


def test_actions_are_nouns_and_past_participles_in_order() -> None:
    names = [action.name for action in Action]
    assert names == sorted(names)
    for action in Action:
        noun, dot, verb = action.value.partition(".")
        assert dot
        assert noun.replace("_", "").isalpha()
        assert verb.replace("_", "").isalpha()
