"""Zip files that are written as they are read: streamed, and the same contents give the same bytes."""

import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec

CHUNK_BYTES: Final = 256 * 1024
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_STORED: Final = frozenset({".pdf", ".zip", ".jpg", ".jpeg", ".png", ".webp", ".heic", ".mp4", ".mov", ".webm", ".m4a"})
"""Compressed already."""


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One file of an archive: its bytes, or where they lie."""

    name: str
    data: bytes = b""
    path: Path | None = None


class _Sink:
    """Takes what zipfile writes and hands it on; it cannot seek, so zipfile writes sizes after the contents."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Have nothing to flush."""

    def taken(self) -> bytes:
        """Return what came since the last time."""
        data = b"".join(self._parts)
        self._parts.clear()
        return data


def zip_stream(members: Sequence[Member]) -> Iterator[bytes]:
    """Yield a zip file piece by piece; memory holds one piece, however large the members are."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w") as archive:  # type: ignore[call-overload]  # zipfile needs write and flush only
        for member in members:
            about = zipfile.ZipInfo(member.name, _EPOCH)
            about.compress_type = (
                zipfile.ZIP_STORED if Path(member.name).suffix.lower() in _STORED else zipfile.ZIP_DEFLATED
            )
            about.external_attr = 0o644 << 16
            about.create_system = 3
            with archive.open(about, "w", force_zip64=member.path is not None) as out:
                for chunk in _chunks(member):
                    out.write(chunk)
                    if data := sink.taken():
                        yield data
    yield sink.taken()


def _chunks(member: Member) -> Iterator[bytes]:
    if member.path is None:
        yield member.data
        return
    with member.path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
