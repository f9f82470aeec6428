"""Key files of signer and witness: made once by an explicit command, readable by their own process only.

The text is Go's note format (`PRIVATE+KEY+<name>+<id>+<base64>`), so other people's tools can use it. The public half
lies beside it as `verifier.txt`: that is what policies are made of.
"""

import base64
import os
import secrets
from pathlib import Path
from typing import Final

from inspect_registry.ledger.keeper import KeeperError
from inspect_registry.ledger.note import NoteError, SigningKey, VerifierKey, key_id

KEY_FILE: Final = "private.key"
VERIFIER_FILE: Final = "verifier.txt"


def new_key(folder: Path, name: str, kind: int) -> VerifierKey:
    """Make a key in this folder; refuses to replace one."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    seed = secrets.token_bytes(32)
    key = SigningKey(name, seed, kind)
    material = base64.b64encode(bytes([kind]) + seed).decode()
    try:
        handle = os.open(folder / KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeeperError(f"{folder / KEY_FILE} exists already: keys are never replaced") from error
    with os.fdopen(handle, "w") as file:
        file.write(f"PRIVATE+KEY+{name}+{key.verifier.id.hex()}+{material}\n")
        file.flush()
        os.fsync(file.fileno())
    (folder / VERIFIER_FILE).write_text(f"{key.verifier}\n")
    return key.verifier


def load_key(folder: Path) -> SigningKey:
    """Read the key of this folder; raises `KeeperError` when it is missing, damaged or readable by others."""
    path = folder / KEY_FILE
    try:
        if path.stat().st_mode & 0o077:
            raise KeeperError(f"{path} can be read by others: chmod 600 it, and make a new key if others did read it")
        prefix, word, name, identity, material = path.read_text().strip().split("+", 4)
        raw = base64.b64decode(material, validate=True)
        key = SigningKey(name, raw[1:], raw[0])
    except FileNotFoundError as error:
        raise KeeperError(f"{path} is missing: make a key with `inspect-registry keys new`") from error
    except (ValueError, NoteError) as error:
        raise KeeperError(f"{path} is not a key file") from error
    if (prefix, word) != ("PRIVATE", "KEY") or key_id(name, raw[0], key.verifier.public).hex() != identity:
        raise KeeperError(f"{path} is damaged: its key id does not belong to its key")
    return key


def load_verifier(folder: Path) -> VerifierKey:
    """Read the public half of the key in this folder."""
    try:
        return VerifierKey.parse((folder / VERIFIER_FILE).read_text())
    except (OSError, NoteError) as error:
        raise KeeperError(f"{folder / VERIFIER_FILE} cannot be read: {error}") from error
