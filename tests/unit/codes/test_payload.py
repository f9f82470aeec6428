"""The token's bytes and text: golden vectors, round trips, and every kind of damage."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.codes.errors import (
    TokenAlgorithmUnknown,
    TokenCharacterWrong,
    TokenError,
    TokenLengthWrong,
    TokenVersionUnknown,
    TokenWindowWrong,
)
from inspect_registry.codes.payload import (
    BODY_BYTES,
    TOKEN_BYTES,
    TOKEN_CHARACTERS,
    Algorithm,
    Payload,
    body_of,
    code_id_of,
    parse,
    parse_bytes,
    to_text,
    uid_of,
)

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "code-vectors.json").read_text("utf-8"))

payloads = st.builds(
    lambda start, length, **fields: Payload(starts=start, ends=start + length, **fields),
    start=st.integers(0, 2**32 - 2),
    length=st.just(1),
    algorithm=st.sampled_from(Algorithm),
    key_id=st.integers(0, 2**32 - 1),
    code_id=st.binary(min_size=16, max_size=16),
    slot=st.integers(0, 2**32 - 1),
    enterprise=st.binary(min_size=8, max_size=8),
    premises=st.binary(min_size=8, max_size=8),
    bound=st.binary(min_size=16, max_size=16),
)


def a_token(payload: Payload) -> bytes:
    return body_of(payload) + bytes(74)


@given(payloads)
def test_what_is_laid_out_is_read_back(payload):
    assert parse(to_text(a_token(payload))).payload == payload


@given(st.binary(min_size=TOKEN_BYTES, max_size=TOKEN_BYTES))
def test_text_agrees_with_the_standard_library(data):
    text = to_text(data)
    assert len(text) == TOKEN_CHARACTERS
    assert base64.b32decode(text) == data
    try:
        token = parse(text)
    except TokenError:
        return
    assert token.text == text


@given(payloads)
def test_a_token_has_one_spelling_but_for_case(payload):
    text = to_text(a_token(payload))
    assert parse(text.lower()) == parse(text)
    assert parse(text.lower()).text == text


@pytest.mark.parametrize("vector", VECTORS["tokens"], ids=lambda vector: vector["name"])
def test_golden_vectors_stay_as_they_are(vector):
    token = parse(vector["token"])
    fields = vector["fields"]
    assert token.payload == Payload(
        algorithm=Algorithm(fields["algorithm"]),
        key_id=int(fields["key_id"], 16),
        code_id=bytes.fromhex(fields["code_id"]),
        starts=fields["starts"],
        ends=fields["ends"],
        slot=fields["slot"],
        enterprise=bytes.fromhex(fields["enterprise"]),
        premises=bytes.fromhex(fields["premises"]),
        bound=bytes.fromhex(fields["bound"]),
    )
    assert token.signature.hex() == vector["signature"]
    assert token.mac.hex() == vector["mac"]


def test_lengths_one_off_are_refused():
    whole = VECTORS["tokens"][0]["token"]
    for text in ("", whole[:-1], whole + "A", whole + "=" * 0 + "\n"):
        with pytest.raises(TokenLengthWrong):
            parse(text)
    with pytest.raises(TokenLengthWrong):
        parse_bytes(bytes(TOKEN_BYTES - 1))


@pytest.mark.parametrize("character", ["0", "1", "8", "9", "=", "_", " ", "+", "-", "Ａ", "ı", "\x00", "é", "\u212a"])
def test_characters_outside_the_alphabet_are_refused(character):
    whole = VECTORS["tokens"][0]["token"]
    for place in (0, 100, 223):
        with pytest.raises(TokenCharacterWrong):
            parse(whole[:place] + character + whole[place + 1 :])


def test_unknown_versions_and_algorithms_are_named():
    data = bytearray(parse(VECTORS["tokens"][0]["token"]).body + bytes(74))
    with pytest.raises(TokenVersionUnknown, match="2"):
        parse_bytes(bytes([2]) + bytes(data[1:]))
    with pytest.raises(TokenAlgorithmUnknown, match="9"):
        parse_bytes(bytes([1, 9]) + bytes(data[2:]))


def test_a_window_that_ends_before_it_begins_is_refused():
    data = bytearray(parse(VECTORS["tokens"][0]["token"]).body + bytes(74))
    data[22:26], data[26:30] = data[26:30], data[22:26]
    with pytest.raises(TokenWindowWrong):
        parse_bytes(bytes(data))


@pytest.mark.parametrize("field", ["code_id", "enterprise", "premises", "bound"])
def test_fields_of_another_length_cannot_be_laid_out(field):
    token = parse(VECTORS["tokens"][0]["token"])
    fields = {name: getattr(token.payload, name) for name in Payload.__struct_fields__}
    with pytest.raises(ValueError, match="length"):
        Payload(**{**fields, field: b"short"})


def test_numbers_that_do_not_fit_are_refused():
    fields = {name: getattr(parse(VECTORS["tokens"][0]["token"]).payload, name) for name in Payload.__struct_fields__}
    for field in ("key_id", "slot", "ends"):
        with pytest.raises(ValueError, match="32 bits"):
            Payload(**{**fields, field: 2**32})


def test_the_signature_covers_everything_before_it():
    assert BODY_BYTES + 64 + 10 == TOKEN_BYTES


@given(st.binary(min_size=16, max_size=16))
def test_uid_and_code_id_are_one_identity(code_id):
    assert code_id_of(uid_of(code_id)) == code_id
    assert len(uid_of(code_id)) == 26
