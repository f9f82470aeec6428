"""Signatures over tokens: one protocol, one provider per algorithm.

Ed25519 is the provider in use. SM2 with SM3 (GB/T 32918, GB/T 32905) is there for installations that must use national
algorithms; it runs the system's OpenSSL as a program and is tried against it in a test. Neither is a certified
cryptographic module (GB/T 39786): a certified one would be a third provider of the same protocol.
Keys are handed in; keyfiles.py reads them, `inspect-registry keys new` makes them, nothing here makes one in passing.
"""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from inspect_registry.codes.errors import SigningUnavailable
from inspect_registry.codes.payload import SIGNATURE_BYTES, Algorithm

SM2_DISTINGUISHING_ID = "1234567812345678"
"""The default user id of GM/T 0009, which every SM2 implementation knows."""
_OPENSSL_SECONDS = 5.0


class Signer(Protocol):
    """Holds one signing key."""

    algorithm: Algorithm
    key_id: int

    def sign(self, data: bytes) -> bytes:
        """Return a 64-byte signature. May block for milliseconds; raises SigningUnavailable."""
        ...


class Verifier(Protocol):
    """Holds one public key."""

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Say whether the 64-byte signature fits."""
        ...


def key_id_of(algorithm: Algorithm, public: bytes) -> int:
    """Return the key id that tokens carry: it depends on the key alone, so other environments have other ids."""
    return int.from_bytes(hashlib.sha256(bytes([algorithm]) + public).digest()[:4], "big")


class Ed25519Signer:
    """Signs with an Ed25519 key held in memory."""

    algorithm = Algorithm.ED25519

    def __init__(self, seed: bytes) -> None:
        """Take the 32-byte seed of RFC 8032."""
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.key_id = key_id_of(self.algorithm, self.public)

    def sign(self, data: bytes) -> bytes:
        """Sign; the same data always gives the same signature."""
        return self._key.sign(data)


class Ed25519Verifier:
    """Checks Ed25519 signatures with a 32-byte public key."""

    def __init__(self, public: bytes) -> None:
        """Take the raw public key."""
        self._key = Ed25519PublicKey.from_public_bytes(public)

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Say whether the signature fits."""
        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


class Sm2Signer:
    """Signs with an SM2 key (PKCS #8 DER) through the system's OpenSSL."""

    algorithm = Algorithm.SM2_SM3

    def __init__(self, private: bytes, public: bytes) -> None:
        """Take the private key and its SubjectPublicKeyInfo, both DER."""
        self._private = private
        self.public = public
        self.key_id = key_id_of(self.algorithm, public)

    def sign(self, data: bytes) -> bytes:
        """Sign; SM2 signatures differ each time."""
        with tempfile.TemporaryDirectory() as folder:
            key, message = Path(folder, "key.der"), Path(folder, "message")
            key.touch(mode=0o600)
            key.write_bytes(self._private)
            message.write_bytes(data)
            done = _pkeyutl("-sign", "-keyform", "DER", "-inkey", str(key), "-in", str(message))
        if done.returncode:
            raise SigningUnavailable(f"openssl: {done.stderr.decode(errors='replace').strip()[:200]}")
        r, s = decode_dss_signature(done.stdout)
        half = SIGNATURE_BYTES // 2
        return r.to_bytes(half, "big") + s.to_bytes(half, "big")


class Sm2Verifier:
    """Checks SM2 signatures with a SubjectPublicKeyInfo (DER) through the system's OpenSSL."""

    def __init__(self, public: bytes) -> None:
        """Take the public key."""
        self._public = public

    def verify(self, data: bytes, signature: bytes) -> bool:
        """Say whether the signature fits."""
        half = SIGNATURE_BYTES // 2
        r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
        with tempfile.TemporaryDirectory() as folder:
            key, message, given = Path(folder, "key.der"), Path(folder, "message"), Path(folder, "signature")
            key.write_bytes(self._public)
            message.write_bytes(data)
            given.write_bytes(encode_dss_signature(r, s))
            arguments = ("-pubin", "-keyform", "DER", "-inkey", str(key), "-in", str(message), "-sigfile", str(given))
            return _pkeyutl("-verify", *arguments).returncode == 0


def new_sm2_key() -> tuple[bytes, bytes]:
    """Make an SM2 key pair by the system's OpenSSL: PKCS #8 and SubjectPublicKeyInfo, both DER."""
    private = _run("genpkey", "-algorithm", "SM2", "-outform", "DER")
    if private.returncode:
        raise SigningUnavailable(f"openssl: {private.stderr.decode(errors='replace').strip()[:200]}")
    public = _run("pkey", "-inform", "DER", "-pubout", "-outform", "DER", given=private.stdout)
    return private.stdout, public.stdout


def verifier_for(algorithm: Algorithm, public: bytes) -> Verifier:
    """Return the verifier of a published key."""
    return Ed25519Verifier(public) if algorithm is Algorithm.ED25519 else Sm2Verifier(public)


def _pkeyutl(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    sm2 = ("-rawin", "-digest", "sm3", "-pkeyopt", f"distid:{SM2_DISTINGUISHING_ID}")
    return _run("pkeyutl", *arguments, *sm2)


def _run(*arguments: str, given: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    program = shutil.which("openssl")
    if program is None:
        raise SigningUnavailable("系统没有 openssl 程序。", remedy="请安装 OpenSSL 3，或改用 Ed25519 密钥。")
    try:
        return subprocess.run(  # noqa: S603 - a fixed program, no shell, paths of our own.
            [program, *arguments], input=given, capture_output=True, timeout=_OPENSSL_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise SigningUnavailable("openssl 没有在规定时间内应答。") from error
