"""Writing one release into a folder that nobody links to: what is new is written, what is not is linked."""

import errno
import gzip
import hashlib
import os
import shutil
from collections import deque
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Final, Self

import msgspec

from inspect_registry.publication.errors import PublishedFileChanged
from inspect_registry.publication.manifest import MANIFEST, Listed, Manifest, stays_forever
from inspect_registry.publication.rendering import File

_COMPRESSED: Final = frozenset({"html", "css", "js", "json", "csv", "svg", "xml", "ics", "txt"})
_WORTH_COMPRESSING = 400  # Bytes.
WRITERS: Final = 8
"""Files that are written at a time."""
WAITING: Final = 64
"""Files that may wait to be written: bounds what is held in memory."""


class Staged(msgspec.Struct, frozen=True, kw_only=True):
    """A release that is written but not in force."""

    folder: Path
    manifest: Manifest
    written: int
    """Files that are new or changed; the others are links to the release before."""
    recipes: dict[str, str]


class Staging:
    """Writes one release into its folder: first what is new, then, if anything differs, links to what is not."""

    def __init__(self, folder: Path, before: tuple[Path, Manifest] | None, recipes: dict[str, str]) -> None:
        self._folder = folder
        self._old_folder = before[0] if before else folder
        self._old = before[1].files if before else {}
        self._old_recipes = recipes
        self._files: dict[str, Listed] = {}
        self._kept: set[str] = set()
        self._recipes: dict[str, str] = {}
        self._made: set[Path] = set()
        self._written = 0

    def write(
        self,
        files: Iterable[File],
        taken_over: Collection[str],
        progress: Callable[[str, int], None],
    ) -> Staged | None:
        for path in self._old:
            if path in taken_over:
                self._keep(path)
        with _Writers() as writers:
            for count, file in enumerate(files, start=1):
                self._put(file, writers)
                if count % 200 == 0:
                    progress("written", count)
        progress("written", len(self._files))
        manifest = Manifest(files=dict(sorted(self._files.items())))
        if manifest.files == self._old and not self._written:
            return None
        for path in sorted(self._kept):
            self._link(path)
        progress("taken over", len(self._kept))
        _save(self._folder / MANIFEST, manifest.encoded())
        for folder in self._made:
            sync(folder)
        progress("staged", len(self._files))
        return Staged(folder=self._folder, manifest=manifest, written=self._written, recipes=self._recipes)

    def _put(self, file: File, writers: "_Writers") -> None:
        if file.recipe:
            self._recipes[file.path] = file.recipe
            if self._old_recipes.get(file.path) == file.recipe and self._there(file.path):
                self._keep(file.path)
                return
        listed = Listed(sha256=hashlib.sha256(file.content).hexdigest(), size=len(file.content))
        known = self._old.get(file.path)
        if known == listed and self._there(file.path):
            self._keep(file.path)
            return
        if known not in (None, listed) and stays_forever(file.path):
            raise PublishedFileChanged(f"文件 {file.path} 已经公布，内容不能改变")
        self._kept.discard(file.path)
        writers.write(self._place(file.path), file.content)
        self._files[file.path] = listed
        self._written += 1

    def _there(self, path: str) -> bool:
        """Say whether the release before really has this file: one that was lost from its folder is made anew."""
        return path in self._old and (self._old_folder / path).is_file()

    def _keep(self, path: str) -> None:
        self._files[path] = self._old[path]
        self._kept.add(path)

    def _link(self, path: str) -> None:
        source = self._old_folder / path
        target = self._place(path)
        _link_or_copy(source, target)
        if _compressed(source).exists():
            _link_or_copy(_compressed(source), _compressed(target))

    def _place(self, path: str) -> Path:
        target = self._folder / path
        if target.parent not in self._made:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._made.add(target.parent)
        return target


class _Writers:
    """Write several files at once: each is made durable by itself, and most of that time is spent waiting for the disk.

    Leaving waits for all of them and raises what the first one that failed raised.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(WRITERS, "publish")
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)
        if kind is None:
            while self._waiting:
                self._waiting.popleft().result()

    def write(self, target: Path, content: bytes) -> None:
        """Write a new file, and beside it a compressed one where that is worth while; waits when too many wait."""
        self._waiting.append(self._pool.submit(_save_both, target, content))
        if len(self._waiting) > WAITING:
            self._waiting.popleft().result()


def _save_both(target: Path, content: bytes) -> None:
    _save(target, content)
    if target.suffix[1:] in _COMPRESSED and len(content) >= _WORTH_COMPRESSING:
        _save(_compressed(target), gzip.compress(content, 9, mtime=0))


def _save(target: Path, content: bytes) -> None:
    with target.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _compressed(path: Path) -> Path:
    return path.with_name(f"{path.name}.gz")


def _link_or_copy(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EMLINK, errno.EXDEV, errno.ENOTSUP):
            raise
        shutil.copyfile(source, target)  # A file system without hard links.


def sync(folder: Path) -> None:
    """Make a folder's names durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
