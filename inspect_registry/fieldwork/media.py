"""What a file is, told by its first bytes: evidence is taken for its content, not for what its name claims. Pure."""

from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

import msgspec

from inspect_registry.errors import Place
from inspect_registry.fieldwork.errors import EvidenceTypeNotAllowed
from inspect_registry.fieldwork.model import EvidenceKind

HEAD_BYTES: Final = 64
"""So many first bytes decide."""
LONGEST_NAME: Final = 120  # characters


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """One accepted kind of content."""

    kind: EvidenceKind
    media_type: str
    endings: tuple[str, ...]
    """What a name may end with; a name without an ending is taken too."""


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda head: head.startswith(marks)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[:4] == b"RIFF" and head[8:12] == form


def _brand(*brands: bytes) -> Callable[[bytes], bool]:
    return lambda head: head[4:8] == b"ftyp" and head[8:12] in brands


_P, _S, _V, _F = EvidenceKind.PHOTO, EvidenceKind.SOUND, EvidenceKind.VIDEO, EvidenceKind.FILE
_ACCEPTED: Final[tuple[tuple[Callable[[bytes], bool], Media], ...]] = (
    (_starts(b"\xff\xd8\xff"), Media(kind=_P, media_type="image/jpeg", endings=("jpg", "jpeg"))),
    (_starts(b"\x89PNG\r\n\x1a\n"), Media(kind=_P, media_type="image/png", endings=("png",))),
    (_riff(b"WEBP"), Media(kind=_P, media_type="image/webp", endings=("webp",))),
    (_brand(b"heic", b"heix", b"mif1"), Media(kind=_P, media_type="image/heic", endings=("heic", "heif"))),
    (_riff(b"WAVE"), Media(kind=_S, media_type="audio/wav", endings=("wav",))),
    (_starts(b"ID3", b"\xff\xfb", b"\xff\xf3"), Media(kind=_S, media_type="audio/mpeg", endings=("mp3",))),
    (_brand(b"M4A "), Media(kind=_S, media_type="audio/mp4", endings=("m4a",))),
    (_starts(b"OggS"), Media(kind=_S, media_type="audio/ogg", endings=("ogg", "opus"))),
    (_starts(b"#!AMR"), Media(kind=_S, media_type="audio/amr", endings=("amr",))),
    (
        _brand(b"isom", b"iso2", b"mp41", b"mp42", b"avc1", b"3gp4", b"3gp5"),
        Media(kind=_V, media_type="video/mp4", endings=("mp4", "3gp")),
    ),
    (_brand(b"qt  "), Media(kind=_V, media_type="video/quicktime", endings=("mov",))),
    (_starts(b"\x1a\x45\xdf\xa3"), Media(kind=_V, media_type="video/webm", endings=("webm",))),
    (_starts(b"%PDF-"), Media(kind=_F, media_type="application/pdf", endings=("pdf",))),
)


def media_of(head: bytes, name: str) -> Media:
    """Tell what the content is. Raises EvidenceTypeNotAllowed for other content, or a name that claims another."""
    media = next((media for looks_like, media in _ACCEPTED if looks_like(head)), None)
    if media is None:
        raise EvidenceTypeNotAllowed(
            "文件内容不是可接受的照片、录音、录像或者PDF。",
            rule="evidence-type",
            remedy="照片用JPEG、PNG、WebP或HEIC；录音用WAV、MP3、M4A、OGG或AMR；录像用MP4、MOV或WebM；文书用PDF。",
            places=(Place(field="name", text=name[:40]),),
        )
    ending = PurePosixPath(name).suffix.lower().lstrip(".")
    if ending and ending not in media.endings:
        raise EvidenceTypeNotAllowed(
            f"文件名以.{ending[:10]}结尾，内容却是{media.media_type}。",
            rule="evidence-type",
            remedy="请使用与内容一致的文件名。",
            places=(Place(field="name", text=name[:40]),),
        )
    return media


def safe_name(name: str) -> str:
    """Keep the last part of a name, without control characters and path signs; never empty, never long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable()).strip(". ")
    return kept[-LONGEST_NAME:] or "证据"
