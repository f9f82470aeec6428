"""Key files on disk: made by `inspect-registry keys new`, read at the start of the service, never made in passing.

A folder (mode 0700) holds, for each key id, `signing-<id>.json` and `mac-<id>.json` (mode 0600), and `keys.json`, the
public list. They are three files so that a host which only verifies gets `keys.json`, one that also answers scans the
MAC keys, and only one that presents codes the signing keys.
Crash order of making a key: secrets first, then the public list by rename; a secret without a public entry never signs.
"""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inspect_registry.codes.errors import KeyFileWrong
from inspect_registry.codes.keys import ALGORITHM_NAMES, KEYS_FORMAT, KeyDocument, KeyRing, KeySet, PublicKey
from inspect_registry.codes.mac import MAC_KEY_BYTES
from inspect_registry.codes.payload import Algorithm
from inspect_registry.codes.signing import Ed25519Signer, Signer, Sm2Signer, key_id_of, new_sm2_key

PUBLIC_FILE = "keys.json"
Content = TypeVar("Content")
_SIGNING_FORMAT = "inspection-code-signing-key/1"
_MAC_FORMAT = "inspection-code-mac-key/1"


class SecretFile(msgspec.Struct, frozen=True, kw_only=True):
    """One secret on disk."""

    format: str
    key_id: str
    secret: bytes


def new_key(
    folder: Path,
    *,
    algorithm: Algorithm,
    issuer: str,
    sign_from: datetime,
    sign_days: int,
    verify_days: int,
    random: bytes | None = None,
) -> PublicKey:
    """Make a signing key and its MAC key, and publish it in the folder's list.

    `verify_days` run from the end of signing. `random` (64 bytes: seed, MAC key) is for the demo and for tests only.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    seed, mac = (
        (random[:32], random[32:64]) if random else (secrets.token_bytes(32), secrets.token_bytes(MAC_KEY_BYTES))
    )
    private, public = (seed, _ed25519_public(seed)) if algorithm is Algorithm.ED25519 else new_sm2_key()
    key_id = f"{key_id_of(algorithm, public):08x}"
    sign_until = sign_from + timedelta(days=sign_days)
    key = PublicKey(
        key_id=key_id,
        algorithm=ALGORITHM_NAMES[algorithm],
        public=public,
        sign_from=sign_from,
        sign_until=sign_until,
        verify_until=sign_until + timedelta(days=verify_days),
    )
    known = published(folder).document.keys if (folder / PUBLIC_FILE).exists() else ()
    document = KeyDocument(format=KEYS_FORMAT, issuer=issuer, keys=(*known, key))
    KeySet(document)
    _write(folder / f"signing-{key_id}.json", SecretFile(format=_SIGNING_FORMAT, key_id=key_id, secret=private), 0o600)
    _write(folder / f"mac-{key_id}.json", SecretFile(format=_MAC_FORMAT, key_id=key_id, secret=mac), 0o600)
    _write(folder / PUBLIC_FILE, document, 0o644)
    return key


def withdraw_key(folder: Path, key_id: str, at: datetime) -> None:
    """Mark a key as stolen or void in the public list: from the next reading on it signs and verifies nothing."""
    document = published(folder).document
    if key_id not in {key.key_id for key in document.keys}:
        raise KeyFileWrong(f"{folder / PUBLIC_FILE} 中没有密钥 {key_id}。")
    keys = tuple(msgspec.structs.replace(key, withdrawn=at) if key.key_id == key_id else key for key in document.keys)
    _write(folder / PUBLIC_FILE, msgspec.structs.replace(document, keys=keys), 0o644)


def published(folder: Path) -> KeySet:
    """Read the folder's public list. Raises KeyFileWrong."""
    return KeySet(_read(folder / PUBLIC_FILE, KeyDocument))


def key_set(file: Path) -> KeySet:
    """Read a public list from any file. Raises KeyFileWrong."""
    return KeySet(_read(file, KeyDocument))


def key_ring(folder: Path) -> KeyRing:
    """Read what this host holds: the public list, and whichever secrets lie beside it. Raises KeyFileWrong."""
    keys = published(folder)
    signers: dict[int, Signer] = {}
    macs: dict[int, bytes] = {}
    for key in keys.document.keys:
        signing, mac = folder / f"signing-{key.key_id}.json", folder / f"mac-{key.key_id}.json"
        if signing.exists():
            signers[key.number] = _signer(key, _secret(signing, _SIGNING_FORMAT, key.key_id))
        if mac.exists():
            macs[key.number] = _secret(mac, _MAC_FORMAT, key.key_id)
    return KeyRing(keys, signers, macs)


class FollowedKeys:
    """Notices that the folder's public list was replaced, so that rotation and withdrawal need no restart."""

    def __init__(self, folder: Path) -> None:
        """Take the folder as it stands; the ring read so far is the caller's."""
        self._folder = folder
        self._seen = self._mark()

    def changed(self) -> KeyRing | None:
        """Return the new ring after a change, else None. A list that cannot be read raises KeyFileWrong, each time."""
        mark = self._mark()
        if mark == self._seen:
            return None
        ring = key_ring(self._folder)
        self._seen = mark
        return ring

    def _mark(self) -> tuple[int, int]:
        try:
            found = (self._folder / PUBLIC_FILE).stat()
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_ino)


def _signer(key: PublicKey, secret: bytes) -> Signer:
    signer: Signer = Ed25519Signer(secret) if key.kind is Algorithm.ED25519 else Sm2Signer(secret, key.public)
    if signer.key_id != key.number:
        raise KeyFileWrong(f"signing-{key.key_id}.json 的私钥与公布的公钥不是一对。")
    return signer


def _secret(file: Path, expected: str, key_id: str) -> bytes:
    found = _read(file, SecretFile)
    if found.format != expected or found.key_id != key_id:
        raise KeyFileWrong(f"{file} 的格式或编号与文件名不符。")
    if file.stat().st_mode & 0o077:
        raise KeyFileWrong(f"{file} 可被其他用户读取。", remedy=f"请运行 chmod 600 {file}")
    return found.secret


def _ed25519_public(seed: bytes) -> bytes:
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def _read(file: Path, kind: type[Content]) -> Content:
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except OSError as error:
        raise KeyFileWrong(
            f"读不到 {file}：{error.strerror}。", remedy="密钥只由 inspect-registry keys new 生成。"
        ) from error
    except msgspec.MsgspecError as error:
        raise KeyFileWrong(f"{file} 不是密钥文件：{error}") from error


def _write(file: Path, content: SecretFile | KeyDocument, mode: int) -> None:
    draft = file.with_suffix(".new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(handle, "wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n")
        out.flush()
        os.fsync(out.fileno())
    draft.rename(file)
