"""MAC first, signature offline: what a made-up, altered or stolen token is taken for."""

import random
from datetime import timedelta

import pytest

from inspect_registry.codes.check import (
    Origin,
    Window,
    check_misfit,
    check_offline,
    check_online,
    is_for_enterprise,
    is_for_premises,
)
from inspect_registry.codes.payload import TOKEN_BYTES, parse, to_text
from inspect_registry.codes.presenting import present, present_printed, token_for, token_in
from inspect_registry.codes.slots import Freshness, slot_at
from tests.code_builders import NOON, PREMISES, SHOP, a_key_ring, a_key_set, a_public_key, a_signer, an_issued

BASE = "https://jcm.example.cn"


def bytes_of(text: str) -> bytes:
    token = parse(text)
    return token.body + token.signature + token.mac


def test_a_fresh_presentation_is_the_registrys_and_inside():
    keys = a_key_ring()
    shown = present(an_issued(), keys, NOON, base=BASE)
    for check in (check_online(shown.token, keys, NOON)[0], check_offline(shown.token, keys.published, NOON)):
        assert check.origin is Origin.REGISTRY
        assert check.window is Window.INSIDE
        assert check.freshness is Freshness.FRESH
        assert check.uid == "aaaqeayeaudaocajbifqydiob4"


def test_every_single_bit_flip_is_refused_online_and_offline():
    keys = a_key_ring()
    whole = bytes_of(present(an_issued(), keys, NOON, base=BASE).token)
    for bit in range(TOKEN_BYTES * 8):
        altered = bytearray(whole)
        altered[bit // 8] ^= 1 << bit % 8
        text = to_text(bytes(altered))
        assert check_online(text, keys, NOON)[0].origin is Origin.NOBODY, bit
        if bit // 8 < 130:  # The MAC itself is for servers; offline it is not looked at.
            assert check_offline(text, keys.published, NOON).origin is Origin.NOBODY, bit


def test_slots_cannot_be_swapped_between_presentations():
    keys = a_key_ring()
    old = bytes_of(present(an_issued(), keys, NOON - timedelta(minutes=10), base=BASE).token)
    new = bytes_of(present(an_issued(), keys, NOON, base=BASE).token)
    forged = to_text(old[:30] + new[30:34] + old[34:])
    assert check_online(forged, keys, NOON)[0].origin is Origin.NOBODY
    assert check_offline(forged, keys.published, NOON).origin is Origin.NOBODY


def test_a_token_of_another_environment_is_nobodys():
    ours, theirs = a_key_ring(1), a_key_ring(2)
    text = present(an_issued(), theirs, NOON, base=BASE).token
    assert check_online(text, ours, NOON)[0].origin is Origin.NOBODY
    assert check_offline(text, ours.published, NOON).origin is Origin.NOBODY


def test_a_right_signature_with_a_wrong_mac_means_a_stolen_key():
    ours, thief = a_key_ring(1), a_key_ring(1, mac=b"x")
    text = present(an_issued(), thief, NOON, base=BASE).token
    check, token = check_online(text, ours, NOON)
    assert check.origin is Origin.NOBODY
    assert check_misfit(token, ours.published, NOON).origin is Origin.STOLEN_KEY


def test_a_right_mac_cannot_be_made_without_its_key():
    keys = a_key_ring()
    rng = random.Random(5)
    for _ in range(2000):
        assert check_online(to_text(b"\x01\x01" + rng.randbytes(138)), keys, NOON)[0].origin is Origin.NOBODY


@pytest.mark.parametrize("text", ["", "A", "A" * 224, "中" * 224, "../../etc/passwd", "a" * 100_000, "\x00" * 224])
def test_rubbish_is_nobodys_and_never_an_exception(text):
    keys = a_key_ring()
    assert check_online(text, keys, NOON)[0].origin is Origin.NOBODY
    assert check_offline(text, keys.published, NOON).fault.startswith("code-")


def test_the_window_is_half_open():
    keys = a_key_ring()
    issued = an_issued()
    for seconds, expected in (
        (-1, Window.BEFORE),
        (0, Window.INSIDE),
        (8 * 3600 - 1, Window.INSIDE),
        (8 * 3600, Window.AFTER),
    ):
        now = NOON - timedelta(hours=4) + timedelta(seconds=seconds)
        token = token_for(issued, keys, now, slot_at(now))
        assert check_online(token, keys, now)[0].window is expected


def test_a_printed_token_is_the_registrys_but_printed():
    keys = a_key_ring()
    shown = present_printed(an_issued(), keys, NOON, base=BASE)
    assert check_online(shown.token, keys, NOON)[0].freshness is Freshness.PRINTED
    assert check_offline(shown.token, keys.published, NOON).freshness is Freshness.PRINTED


def test_commitments_tell_one_shop_from_another_offline():
    payload = parse(present(an_issued(), a_key_ring(), NOON, base=BASE).token).payload
    assert is_for_enterprise(payload, SHOP.lower())
    assert not is_for_enterprise(payload, SHOP[:-1] + "A")
    assert is_for_premises(payload, PREMISES)
    assert not is_for_premises(payload, "b" + PREMISES[1:])


def test_a_key_signs_only_in_its_time():
    signer = a_signer()
    token = present(an_issued(), a_key_ring(), NOON, base=BASE).token
    for changes in (
        {"sign_until": NOON - timedelta(seconds=30)},
        {"sign_from": NOON + timedelta(minutes=1)},
        {"withdrawn": NOON},
    ):
        keys = a_key_set(a_public_key(signer, **changes))
        assert check_offline(token, keys, NOON).origin is Origin.NOBODY, changes


def test_a_withdrawn_key_is_refused_online_too():
    token = present(an_issued(), a_key_ring(), NOON, base=BASE).token
    assert check_online(token, a_key_ring(withdrawn=NOON), NOON)[0].origin is Origin.NOBODY


def test_a_printed_token_outlives_the_signing_time_but_not_the_verifying_time():
    printed = present_printed(an_issued(), a_key_ring(), NOON, base=BASE).token
    retired = a_key_set(a_public_key(a_signer(), sign_until=NOON - timedelta(days=1)))
    gone = a_key_set(a_public_key(a_signer(), verify_until=NOON))
    assert check_offline(printed, retired, NOON).origin is Origin.REGISTRY
    assert check_offline(printed, gone, NOON).origin is Origin.NOBODY


@pytest.mark.parametrize("wrap", ["{0}", "https://x.cn/C/{0}", "HTTPS://X.CN/C/{0}?utm=1", " http://x/c/{0}\n"])
def test_the_token_is_found_in_an_address(wrap):
    token = present(an_issued(), a_key_ring(), NOON, base=BASE).token
    assert token_in(wrap.format(token)) == token
