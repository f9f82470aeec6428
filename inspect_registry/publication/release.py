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
    releases/000012.recipes what its files were made from; beside it, so that no reader ever sees it
Files that did not change are hard links to the release before: a release costs only what is new. A file whose recipe
is that of the release before is not even made; without readable recipes, or with those of another release, all are.
"""

import errno
import fcntl
import shutil
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import Final

import msgspec

from inspect_registry.publication.errors import ReleaseNotWritten
from inspect_registry.publication.manifest import MANIFEST, Manifest, Recipes, read_manifest
from inspect_registry.publication.rendering import File
from inspect_registry.publication.staging import Staged, Staging, sync

KEPT_RELEASES: Final = 5
"""Older release folders are thrown away; every month and revision lives on in the newer ones."""


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
        recipes = self._recipes(*before) if before else {}
        staging = self._folder / f".staging-{number:06d}"
        try:
            self._sweep()
            staging.mkdir(parents=True)
            staged = Staging(staging, before, recipes).write(files, taken_over, progress)
        except OSError as error:
            shutil.rmtree(staging, ignore_errors=True)
            raise _not_written(error) from error
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise
        if staged is None:
            shutil.rmtree(staging)
        return staged

    @staticmethod
    def discard(staged: Staged) -> None:
        """Throw a staged release away."""
        shutil.rmtree(staged.folder, ignore_errors=True)

    def complete(self, number: int, staged: Staged) -> Path:
        """Give a staged release its final name; it is still not in force."""
        folder = self._folder / f"{number:06d}"
        recipes = Recipes(manifest=staged.manifest.digest().hex(), recipes=staged.recipes)
        try:
            self._recipes_file(folder).write_bytes(msgspec.json.encode(recipes))
            if folder.exists():
                shutil.rmtree(folder)  # Left by a crash before its row was committed.
            staged.folder.rename(folder)
            sync(self._folder)
        except OSError as error:
            raise _not_written(error) from error
        return folder

    @staticmethod
    def _recipes_file(folder: Path) -> Path:
        return folder.with_name(f"{folder.name}.recipes")

    def _recipes(self, folder: Path, manifest: Manifest) -> dict[str, str]:
        """Return what the files of this release were made from; nothing where that is not certain."""
        try:
            found = msgspec.json.decode(self._recipes_file(folder).read_bytes(), type=Recipes)
        except (OSError, msgspec.DecodeError):
            return {}
        return found.recipes if found.manifest == manifest.digest().hex() else {}

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
                sync(self._public.parent)
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
                self._recipes_file(folder).unlink(missing_ok=True)


def _not_written(error: OSError) -> ReleaseNotWritten:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ReleaseNotWritten("磁盘空间不足", remedy="请清理磁盘后重新发布；原来的公示不受影响")
    return ReleaseNotWritten(
        f"写入失败：{error.strerror or error}",
        remedy="请检查存储后重新发布；原来的公示不受影响",
    )
