"""Signatures and key sets: Ed25519, SM2 through OpenSSL, rotation, withdrawal, the revocation list."""

import subprocess
from datetime import timedelta

import msgspec
import pytest

from inspect_registry.codes.check import Origin, check_offline, check_online
from inspect_registry.codes.errors import KeyFileWrong, KeyUnknown, SigningUnavailable
from inspect_registry.codes.keyfiles import FollowedKeys, key_ring, key_set, new_key, published, withdraw_key
from inspect_registry.codes.keys import REVOCATIONS_FORMAT, KeyRing, Revocations, revoked_mark
from inspect_registry.codes.payload import Algorithm
from inspect_registry.codes.presenting import present
from inspect_registry.codes.signing import Ed25519Signer, Ed25519Verifier, Sm2Signer, Sm2Verifier, new_sm2_key
from tests.code_builders import CODE_ID, NOON, a_key_ring, a_key_set, a_public_key, a_signer, an_issued

RFC8032_SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
RFC8032_SIGNATURE = (
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555f"
    "b8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)


def make_key(folder, *, at=NOON, days=30, algorithm=Algorithm.ED25519):
    return new_key(folder, algorithm=algorithm, issuer="嘉定区", sign_from=at, sign_days=days, verify_days=30)


def test_ed25519_is_the_one_of_rfc_8032():
    assert Ed25519Signer(RFC8032_SEED).sign(b"").hex() == RFC8032_SIGNATURE


def test_ed25519_refuses_another_message_or_signature():
    signer = a_signer()
    verifier, signature = Ed25519Verifier(signer.public), signer.sign(b"data")
    assert verifier.verify(b"data", signature)
    assert not verifier.verify(b"dato", signature)
    assert not verifier.verify(b"data", bytes(64))


def test_sm2_signatures_are_those_of_the_systems_openssl(tmp_path):
    private, public = new_sm2_key()
    signer = Sm2Signer(private, public)
    signature = signer.sign(b"data")
    assert len(signature) == 64
    assert Sm2Verifier(public).verify(b"data", signature)
    assert not Sm2Verifier(public).verify(b"dato", signature)
    assert not Sm2Verifier(public).verify(b"data", signature[:-1] + bytes([signature[-1] ^ 1]))
    described = subprocess.run(
        ["openssl", "pkey", "-pubin", "-inform", "DER", "-text", "-noout"],
        input=public,
        capture_output=True,
        check=True,
    )
    assert b"SM2" in described.stdout


def test_a_token_signed_with_sm2_is_verified_offline():
    private, public = new_sm2_key()
    signer = Sm2Signer(private, public)
    keys = a_key_set(a_public_key(signer, algorithm="sm2-sm3"))
    ring = KeyRing(keys, {signer.key_id: signer}, {signer.key_id: bytes(32)})
    token = present(an_issued(), ring, NOON, base="http://x").token
    assert check_offline(token, keys, NOON).origin is Origin.REGISTRY
    assert check_online(token, ring, NOON)[0].origin is Origin.REGISTRY


def test_keys_are_made_read_and_used(tmp_path):
    key = make_key(tmp_path / "keys")
    ring = key_ring(tmp_path / "keys")
    token = present(an_issued(), ring, NOON, base="http://x").token
    assert check_online(token, ring, NOON)[0].origin is Origin.REGISTRY
    assert check_offline(token, key_set(tmp_path / "keys" / "keys.json"), NOON).origin is Origin.REGISTRY
    for secret in ("signing", "mac"):
        assert (tmp_path / "keys" / f"{secret}-{key.key_id}.json").stat().st_mode & 0o777 == 0o600
    assert b"secret" not in (tmp_path / "keys" / "keys.json").read_bytes()


def test_rotation_overlaps(tmp_path):
    old = make_key(tmp_path, at=NOON - timedelta(days=25))
    new = make_key(tmp_path, at=NOON + timedelta(days=1))
    ring = key_ring(tmp_path)
    assert ring.signer_at(NOON)[0].key_id == old.number
    assert ring.signer_at(NOON + timedelta(days=2))[0].key_id == new.number
    before = present(an_issued(), ring, NOON, base="http://x").token
    assert check_offline(before, published(tmp_path), NOON).origin is Origin.REGISTRY


def test_without_a_key_for_today_nothing_is_signed(tmp_path):
    make_key(tmp_path, at=NOON + timedelta(days=1))
    with pytest.raises(SigningUnavailable):
        key_ring(tmp_path).signer_at(NOON)


def test_no_key_is_ever_made_by_reading(tmp_path):
    with pytest.raises(KeyFileWrong) as refusal:
        key_ring(tmp_path)
    assert "keys new" in refusal.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_withdrawn_key_signs_and_verifies_nothing(tmp_path):
    key = make_key(tmp_path)
    ring = key_ring(tmp_path)
    token = present(an_issued(), ring, NOON, base="http://x").token
    withdraw_key(tmp_path, key.key_id, NOON)
    after = key_ring(tmp_path)
    assert check_online(token, after, NOON)[0].origin is Origin.NOBODY
    assert check_offline(token, after.published, NOON).origin is Origin.NOBODY
    with pytest.raises(SigningUnavailable):
        after.signer_at(NOON)


@pytest.mark.parametrize("fault", ["rubbish", "other key", "world readable", "other public"])
def test_planted_faults_in_key_files_are_found(tmp_path, fault):
    key = make_key(tmp_path)
    file = tmp_path / f"signing-{key.key_id}.json"
    if fault == "rubbish":
        file.write_text("{")
    elif fault == "other key":
        file.write_text(file.read_text().replace(key.key_id, "00000000"))
    elif fault == "world readable":
        file.chmod(0o644)
    else:
        other = make_key(tmp_path / "other")
        text = (tmp_path / "other" / f"signing-{other.key_id}.json").read_text()
        file.write_text(text.replace(other.key_id, key.key_id))
    with pytest.raises(KeyFileWrong):
        key_ring(tmp_path)


def test_a_key_set_whose_id_does_not_fit_the_key_is_refused():
    with pytest.raises(KeyUnknown):
        a_key_set(a_public_key(a_signer(), key_id="00000001"))
    with pytest.raises(KeyUnknown):
        a_key_set(a_public_key(a_signer()), a_public_key(a_signer()))


def test_revocation_lists_are_signed_and_counted():
    ring = a_key_ring()
    plain = Revocations(format=REVOCATIONS_FORMAT, counter=7, at=NOON, codes=(revoked_mark(CODE_ID),))
    listed = plain.signed_by(ring.signer_at(NOON)[0])
    back = msgspec.json.decode(msgspec.json.encode(listed), type=Revocations)
    assert back.fits(ring.published)
    assert back.has(CODE_ID)
    assert not back.has(bytes(16))
    assert CODE_ID.hex() not in msgspec.json.encode(listed).decode()
    for altered in (
        msgspec.structs.replace(back, counter=8),
        msgspec.structs.replace(back, codes=()),
        msgspec.structs.replace(back, at=NOON + timedelta(seconds=1)),
        msgspec.structs.replace(back, key_id="00000000"),
    ):
        assert not altered.fits(ring.published)


def test_a_followed_folder_is_read_again_when_it_changes_and_only_then(tmp_path):
    old = make_key(tmp_path, at=NOON - timedelta(days=1))
    followed = FollowedKeys(tmp_path)
    assert followed.changed() is None
    new = make_key(tmp_path, at=NOON)
    ring = followed.changed()
    assert ring is not None
    assert ring.signer_at(NOON)[0].key_id == new.number
    assert followed.changed() is None
    withdraw_key(tmp_path, new.key_id, NOON)
    assert followed.changed().signer_at(NOON)[0].key_id == old.number
    (tmp_path / "keys.json").write_text("{")
    for _ in range(2):
        with pytest.raises(KeyFileWrong):
            followed.changed()
