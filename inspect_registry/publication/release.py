"""A release on disk: staged beside the one before, complete before anybody sees it, switched in one step.

    <public>            symbolic link to releases/000012, the release in force
    releases/000012/    its files, manifest.json (hash and size of each) and a .gz beside what compresses
    releases/.staging-000013/   one that is being written; thrown away at the next start

Order, and what a crash leaves at each step:
1. stage()   writes everything into the staging folder     → a folder nobody links to
2. complete() renames it to releases/000013                → a complete release nobody links to
3. the caller commits its row and ledger entry             → a committed release that is not yet shown
4. switch()  replaces the link (rename is atomic)           → done
After a crash between 3 and 4 the same switch() is called again for the newest committed release.
Files that did not change are hard links to the release before: a release costs only what is new.
"""

import errno
import fcntl
import gzip
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from inspect_registry.publication.errors import PublishedFileChanged, ReleaseNotWritten
from inspect_registry.publication.rendering import File

MANIFEST: Final = "manifest.json"
KEPT_RELEASES: Final = 5
"""Older release folders are thrown away; every month and revision lives on in the newer ones."""
_FOREVER = re.compile(r"(?:en/)?plans/\d{4}-\d{2}/r\d+/|assets/[^/]+\.[0-9a-f]{10}\.[a-z0-9]+$")
_COMPRESSED: Final = frozenset({"html", "css", "js", "json", "csv", "svg", "xml", "ics", "txt"})
_WORTH_COMPRESSING = 400  # Bytes.


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


class Staged(msgspec.Struct, frozen=True, kw_only=True):
    """A release that is written but not in force."""

    folder: Path
    manifest: Manifest
    written: int
    """Files that are new or changed; the others are links to the release before."""


def stays_forever(path: str) -> bool:
    """Say whether a path, once published, must never get other bytes."""
    return _FOREVER.match(path) is not None


class Releases:
    """The releases of one installation."""

    def __init__(self, public: Path) -> None:
        self._public = public
        self._folder = public.parent / "releases"

    def current(self) -> tuple[Path, Manifest] | None:
        """Return the release in force, if there is one."""
        if not self._public.is_symlink():
            if self._public.exists():
                raise ReleaseNotWritten(
                    f"{self._public} 不是发布程序建立的链接",
                    remedy="请移走该文件夹后再发布",
                )
            return None
        folder = self._public.parent / self._public.readlink()
        return (folder, read_manifest(folder)) if (folder / MANIFEST).exists() else None

    def stage(
        self,
        number: int,
        files: Iterable[File],
        *,
        taken_over: Collection[str] = (),
        progress: Callable[[str, int], None] = lambda _step, _count: None,
    ) -> Staged | None:
        """Write a release; return None, leaving nothing behind, when it equals the one in force.

        `taken_over` are files that come from the release before as they are. Raises ReleaseNotWritten when the disk
        refuses, PublishedFileChanged when a file that stays for ever would change.
        """
        before = self.current()
        staging = self._folder / f".staging-{number:06d}"
        try:
            self._sweep()
            staging.mkdir(parents=True)
            staged = _Staging(staging, before).write(files, taken_over, progress)
        except OSError as error:
            shutil.rmtree(staging, ignore_errors=True)
            raise _not_written(error) from error
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        if before and staged.manifest == before[1]:
            shutil.rmtree(staging)
            return None
        return staged

    @staticmethod
    def discard(staged: Staged) -> None:
        """Throw a staged release away."""
        shutil.rmtree(staged.folder, ignore_errors=True)

    def complete(self, number: int, staged: Staged) -> Path:
        """Give a staged release its final name; it is still not in force."""
        folder = self._folder / f"{number:06d}"
        try:
            if folder.exists():
                shutil.rmtree(folder)  # Left by a crash before its row was committed.
            staged.folder.rename(folder)
            _sync(self._folder)
        except OSError as error:
            raise _not_written(error) from error
        return folder

    def holds(self, number: int, digest: bytes) -> bool:
        """Say whether the complete release with this number and manifest lies on disk."""
        folder = self._folder / f"{number:06d}"
        return (folder / MANIFEST).exists() and read_manifest(folder).digest() == digest

    def switch(self, number: int, *, back: bool = False) -> None:
        """Put a complete release in force, in one step; doing it again changes nothing.

        Of two publishers that finish at once the newer release wins, whoever is slower; only `back` (after a restore)
        goes to an older one.
        """
        folder = self._folder / f"{number:06d}"
        link = self._public.with_name(f".{self._public.name}-{number:06d}")
        try:
            with (self._folder / ".lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                if self._number() > number and not back:
                    return
                link.unlink(missing_ok=True)
                link.symlink_to(folder.relative_to(self._public.parent))
                link.replace(self._public)
                _sync(self._public.parent)
                self._forget(number)
        except OSError as error:
            raise _not_written(error) from error

    def _number(self) -> int:
        """Return the number of the release in force; 0 where there is none."""
        name = self._public.readlink().name if self._public.is_symlink() else ""
        return int(name) if name.isdigit() else 0

    def _sweep(self) -> None:
        """Throw away what an interrupted run left in staging."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for left in self._folder.glob(".staging-*"):
            shutil.rmtree(left)

    def _forget(self, number: int) -> None:
        for folder in self._folder.iterdir():
            if folder.name.isdigit() and int(folder.name) <= number - KEPT_RELEASES:
                shutil.rmtree(folder, ignore_errors=True)


class _Staging:
    """Writes one release into its folder."""

    def __init__(self, folder: Path, before: tuple[Path, Manifest] | None) -> None:
        self._folder = folder
        self._old_folder = before[0] if before else None
        self._old = before[1].files if before else {}
        self._files: dict[str, Listed] = {}
        self._made: set[Path] = set()
        self._written = 0

    def write(
        self,
        files: Iterable[File],
        taken_over: Collection[str],
        progress: Callable[[str, int], None],
    ) -> Staged:
        for path in self._old:
            if path in taken_over:
                self._link(path)
        progress("taken over", len(self._files))
        for count, file in enumerate(files, start=1):
            self._put(file)
            if count % 200 == 0:
                progress("written", count)
        progress("written", len(self._files))
        manifest = Manifest(files=dict(sorted(self._files.items())))
        self._save(self._folder / MANIFEST, manifest.encoded())
        for folder in self._made:
            _sync(folder)
        progress("staged", len(self._files))
        return Staged(folder=self._folder, manifest=manifest, written=self._written)

    def _put(self, file: File) -> None:
        listed = Listed(sha256=hashlib.sha256(file.content).hexdigest(), size=len(file.content))
        known = self._old.get(file.path)
        if known == listed:
            if file.path not in self._files:
                self._link(file.path)
            return
        if known is not None and stays_forever(file.path):
            raise PublishedFileChanged(f"文件 {file.path} 已经公布，内容不能改变")
        target = self._place(file.path)
        self._save(target, file.content)
        if target.suffix[1:] in _COMPRESSED and listed.size >= _WORTH_COMPRESSING:
            self._save(_compressed(target), gzip.compress(file.content, 9, mtime=0))
        self._files[file.path] = listed
        self._written += 1

    def _link(self, path: str) -> None:
        if self._old_folder is None:
            return
        source = self._old_folder / path
        target = self._place(path)
        _link_or_copy(source, target)
        if _compressed(source).exists():
            _link_or_copy(_compressed(source), _compressed(target))
        self._files[path] = self._old[path]

    def _place(self, path: str) -> Path:
        target = self._folder / path
        if target.parent not in self._made:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(target.parent)
        if path in self._files:  # Linked before, and now made anew.
            target.unlink()
            _compressed(target).unlink(missing_ok=True)
        return target

    @staticmethod
    def _save(target: Path, content: bytes) -> None:
        with target.open("xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())


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


def _compressed(path: Path) -> Path:
    return path.with_name(f"{path.name}.gz")


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EMLINK, errno.EXDEV, errno.ENOTSUP):
            raise
        shutil.copyfile(source, target)  # A file system without hard links.


def _sync(folder: Path) -> None:
    """Make a folder's names durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _not_written(error: OSError) -> ReleaseNotWritten:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ReleaseNotWritten("磁盘空间不足", remedy="请清理磁盘后重新发布；原来的公示不受影响")
    return ReleaseNotWritten(
        f"写入失败：{error.strerror or error}",
        remedy="请检查存储后重新发布；原来的公示不受影响",
    )
