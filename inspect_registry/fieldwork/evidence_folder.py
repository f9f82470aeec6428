"""Evidence as files under their SHA-256, in a folder outside the database.

The order in which a crash can find things, and what each step leaves behind:
1. bytes go to `incoming/<random>`: a crash leaves a stray that `sweep` removes, never a file with a hash;
2. the file is flushed to the disk;
3. it is renamed to `ab/<sha256>` and the folder flushed: a crash leaves a whole file that no row names, which the next
   upload of the same content takes over;
4. the caller commits the row with its ledger entry.
A file with a hash is therefore always whole; nothing here ever changes or removes one.
"""

import asyncio
import hashlib
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from inspect_registry.errors import Place
from inspect_registry.fieldwork.errors import EvidenceDamaged, EvidenceTooLarge
from inspect_registry.fieldwork.media import HEAD_BYTES, Media, media_of

CHUNK_BYTES: Final = 256 * 1024


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A file that is safely on the disk."""

    digest: bytes
    """SHA-256."""
    size: int
    media: Media


def name_of(digest: bytes) -> str:
    """Return the name of a content, the same in every place where it is kept: `ab/<sha256>`."""
    return f"{digest.hex()[:2]}/{digest.hex()}"


class EvidenceFolder:
    """A folder of files named by their content."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def take(self, chunks: AsyncIterator[bytes], *, name: str, most_bytes: int) -> Stored:
        """Store a stream and return its hash; nothing is kept unless all of it is.

        Raises EvidenceTypeNotAllowed as soon as the first bytes show it, EvidenceTooLarge at the first byte too many.
        """
        with self._incoming() as stray:
            with stray.open("xb") as file:
                stored = await _receive(file, chunks, name, most_bytes)
                await asyncio.to_thread(_flush, file)
            await asyncio.to_thread(self._settle, stray, stored.digest)
        return stored

    async def restore(self, chunks: AsyncIterator[bytes], digest: bytes, size: int) -> Path:
        """Put back a content that is kept elsewhere and return its path. Raises EvidenceDamaged for another."""
        with self._incoming() as stray:
            with stray.open("xb") as file:
                async for chunk in chunks:
                    await asyncio.to_thread(file.write, chunk)
                await asyncio.to_thread(_flush, file)
            await asyncio.to_thread(_whole, stray, digest, size)
            await asyncio.to_thread(self._settle, stray, digest)
        return self.path_of(digest)

    def path_of(self, digest: bytes) -> Path:
        """Say where the content of this hash lies, or would."""
        return self._folder / name_of(digest)

    async def check(self, digest: bytes, size: int) -> Path:
        """Read a file through and return its path. Raises EvidenceDamaged when it is not what was taken in."""
        path = self.path_of(digest)
        await asyncio.to_thread(_whole, path, digest, size)
        return path

    def sweep(self) -> int:
        """Remove strays of uploads that a crash cut off; call it while nobody uploads. Returns how many."""
        strays = list((self._folder / "incoming").glob("*"))
        for stray in strays:
            stray.unlink(missing_ok=True)
        return len(strays)

    def forget(self) -> int:
        """Remove every content: only where the folder is a cache of what is kept elsewhere. Returns how many."""
        kept = [path for path in self._folder.glob("??/*") if path.is_file()]
        for path in kept:
            path.unlink(missing_ok=True)
        return len(kept)

    @contextmanager
    def _incoming(self) -> Iterator[Path]:
        """Lend a name in `incoming/`; what still lies there afterwards goes."""
        incoming = self._folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        stray = incoming / secrets.token_hex(16)
        try:
            yield stray
        finally:
            stray.unlink(missing_ok=True)

    def _settle(self, stray: Path, digest: bytes) -> None:
        final = self.path_of(digest)
        final.parent.mkdir(parents=True, exist_ok=True)
        stray.replace(final)
        final.chmod(0o440)
        _flush_folder(final.parent)
        _flush_folder(self._folder)


def too_large(name: str, most_bytes: int) -> EvidenceTooLarge:
    """Return the refusal of a file with too many bytes, the same whether they were announced or came."""
    return EvidenceTooLarge(
        f"文件超过{most_bytes // 1024 // 1024}兆字节。",
        rule="evidence-size",
        basis="区级检查记录规程(sample)",
        remedy="请压缩或者分成几个文件。",
        places=(Place(field="name", text=name[:40]),),
    )


async def _receive(file: BinaryIO, chunks: AsyncIterator[bytes], name: str, most_bytes: int) -> Stored:
    digest, size, head, media = hashlib.sha256(), 0, b"", None
    async for chunk in chunks:
        size += len(chunk)
        if size > most_bytes:
            raise too_large(name, most_bytes)
        if media is None:
            head += chunk[:HEAD_BYTES]
            if len(head) >= HEAD_BYTES:
                media = media_of(head, name)
        digest.update(chunk)
        await asyncio.to_thread(file.write, chunk)
    return Stored(digest=digest.digest(), size=size, media=media or media_of(head, name))


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _whole(path: Path, digest: bytes, size: int) -> None:
    if not _is_whole(path, digest, size):
        raise EvidenceDamaged(f"证据文件{digest.hex()[:12]}…缺失或者已改变。", rule="evidence-unchanged")


def _is_whole(path: Path, digest: bytes, size: int) -> bool:
    if not path.is_file() or path.stat().st_size != size:
        return False
    found = hashlib.sha256()
    for chunk in _chunks_of(path):
        found.update(chunk)
    return found.digest() == digest


def _chunks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
