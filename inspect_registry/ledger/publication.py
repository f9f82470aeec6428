"""The published log: a folder of static files that any web server, mirror or stranger can serve and read.

Rules kept here: a file is complete or absent (temporary name, fsync, rename, fsync of the folder); a tile or bundle
once published under a name never gets other bytes; the checkpoint comes last, so whoever reads it finds all that it
promises. Releases of the public site never touch this folder.
"""

import contextlib
import os
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from inspect_registry.ledger.completeness import Counted
from inspect_registry.ledger.failpoints import failpoint
from inspect_registry.ledger.merkle import HASH_BYTES
from inspect_registry.ledger.tiles import BUNDLE_LEVEL, WIDTH, LogDamagedError, TileName, pack_entries, unpack_entries

CHECKPOINT: Final = "checkpoint"
POLICY: Final = "policy.txt"
FIGURES: Final = "figures.json"
STAMPS: Final = "timestamps"
STAMPED_DAYS: Final = "days.txt"


class PublishedDiffersError(Exception):
    """A file of the published log exists with other bytes: somebody rewrote the log, or the database is not its own."""


class LogFolder:
    """One log's files."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def read(self, name: TileName) -> bytes:
        """Read a tile or bundle; a partial one that is gone is cut out of the full one that replaced it."""
        try:
            return (self.root / name.path).read_bytes()
        except FileNotFoundError as error:
            full = self.root / TileName(name.level, name.number).path
            if name.width == WIDTH or not full.is_file():
                raise LogDamagedError(f"{name.path} is missing") from error
            return cut(full.read_bytes(), name)

    def has(self, name: TileName) -> bool:
        """Tell whether a tile or bundle is published, in this width or in full."""
        full = TileName(name.level, name.number)
        return (self.root / name.path).is_file() or (self.root / full.path).is_file()

    def checkpoint(self) -> str | None:
        """Return the published checkpoint, or None while there is none."""
        path = self.root / CHECKPOINT
        return path.read_text() if path.is_file() else None

    def publish_tiles(self, files: Iterable[tuple[TileName, bytes]]) -> None:
        """Write tiles and bundles that are not there yet; raises `PublishedDiffersError` rather than change one."""
        folders: set[Path] = set()
        for name, data in files:
            path = self.root / name.path
            if path.exists():
                if path.read_bytes() != data:
                    raise PublishedDiffersError(f"{path} is published with other bytes")
                continue
            _make_folders(path.parent, self.root)
            _write(path, data)
            folders.add(path.parent)
            failpoint("after-tile-write")
        for folder in folders:
            _sync_folder(folder)

    def publish_checkpoint(self, note: str) -> None:
        """Put the checkpoint in place; from this moment the leaves below it are public."""
        _write(self.root / CHECKPOINT, note.encode(), before_rename="before-checkpoint-rename")
        _sync_folder(self.root)

    def publish_policy(self, text: str) -> None:
        """Say whose signatures the checkpoint should bear; readers pin this once and do not believe it anew."""
        self.root.mkdir(parents=True, exist_ok=True)
        _write(self.root / POLICY, text.encode())
        _sync_folder(self.root)

    def policy(self) -> str | None:
        """Return the published policy, or None while there is none."""
        path = self.root / POLICY
        return path.read_text() if path.is_file() else None

    def publish_figures(self, counted: Counted) -> None:
        """Publish the count of silences; anybody can recount it from the leaves."""
        self.root.mkdir(parents=True, exist_ok=True)
        _write(self.root / FIGURES, msgspec.json.encode(counted, order="sorted"))
        _sync_folder(self.root)

    def figures(self) -> Counted | None:
        """Return the published count of silences, or None while there is none."""
        try:
            return msgspec.json.decode((self.root / FIGURES).read_bytes(), type=Counted)
        except (FileNotFoundError, msgspec.MsgspecError):
            return None

    def stamped_days(self) -> list[date]:
        """Return the days whose checkpoint was time-stamped, newest first."""
        days = []
        for path in (self.root / STAMPS).glob("*.tsr"):
            with contextlib.suppress(ValueError):  # Somebody else's file.
                days.append(date.fromisoformat(path.stem))
        return sorted(days, reverse=True)

    def has_stamp(self, day: date) -> bool:
        """Tell whether the checkpoint of this day was time-stamped."""
        return (self.root / STAMPS / f"{day}.tsr").is_file()

    def publish_stamp(self, day: date, note: str, answer: bytes) -> None:
        """Publish a time stamp (RFC 3161) beside the checkpoint it covers; the stamp comes last."""
        folder = self.root / STAMPS
        _make_folders(folder, self.root)
        _write(folder / f"{day}.checkpoint", note.encode())
        _write(folder / f"{day}.tsr", answer)
        days = sorted({*self.stamped_days(), day})
        _write(folder / STAMPED_DAYS, "".join(f"{one}\n" for one in days).encode())
        _sync_folder(folder)

    def drop_partials(self, names: Iterable[TileName]) -> None:
        """Remove the partial forms of tiles that are full and published; C2SP allows it and readers fall back."""
        for name in names:
            if (self.root / TileName(name.level, name.number).path).is_file():
                shutil.rmtree(self.root / (TileName(name.level, name.number).path + ".p"), ignore_errors=True)


def cut(full: bytes, name: TileName) -> bytes:
    """Cut the partial tile or bundle of this name out of the full one."""
    if name.level != BUNDLE_LEVEL:
        return full[: name.width * HASH_BYTES]
    return pack_entries(unpack_entries(full, TileName(name.level, name.number))[: name.width])


def _make_folders(folder: Path, top: Path) -> None:
    """Make a folder and those above it, each recorded in its parent before anything is put inside."""
    if folder.is_dir():
        return
    if folder != top:
        _make_folders(folder.parent, top)
    folder.mkdir(parents=folder == top, exist_ok=True)
    _sync_folder(folder.parent)


def _write(path: Path, data: bytes, before_rename: str = "") -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if before_rename:
        failpoint(before_rename)
    temporary.replace(path)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
