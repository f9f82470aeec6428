"""What a release consists of: its files with hash and size, and what they were made from."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

MANIFEST: Final = "manifest.json"
_FOREVER = re.compile(r"(?:en/)?plans/\d{4}-\d{2}/r\d+/|assets/[^/]+\.[0-9a-f]{10}\.[a-z0-9]+$")


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One file as the manifest lists it."""

    sha256: str
    size: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a release consists of."""

    files: dict[str, Listed]

    def encoded(self) -> bytes:
        """Return manifest.json: the same files give the same bytes."""
        return msgspec.json.format(msgspec.json.Encoder(order="deterministic").encode(self), indent=1) + b"\n"

    def digest(self) -> bytes:
        """Return SHA-256 of manifest.json, which the ledger's entry carries."""
        return hashlib.sha256(self.encoded()).digest()

    def size(self) -> int:
        """Return the sum of all files' sizes in bytes."""
        return sum(listed.size for listed in self.files.values())


class Recipes(msgspec.Struct, frozen=True, kw_only=True):
    """What the files of a release were made from, as far as they have a recipe."""

    manifest: str
    """SHA-256 of the release's manifest in hex: after a crash the recipes of another release may lie here."""
    recipes: dict[str, str]
    """By path."""


def stays_forever(path: str) -> bool:
    """Say whether a path, once published, must never get other bytes."""
    return _FOREVER.match(path) is not None


def read_manifest(folder: Path) -> Manifest:
    """Read a release's manifest."""
    return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Manifest)


def differences(folder: Path) -> Iterator[str]:
    """Compare a release's files with its manifest and yield one line for each that is missing, changed or too many."""
    manifest = read_manifest(folder)
    for path, listed in manifest.files.items():
        file = folder / path
        if not file.is_file():
            yield f"missing: {path}"
        elif hashlib.sha256(file.read_bytes()).hexdigest() != listed.sha256:
            yield f"changed: {path}"
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if file.is_file() and path.removesuffix(".gz") not in manifest.files and path != MANIFEST:
            yield f"not listed: {path}"
