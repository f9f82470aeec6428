"""What a file is, told by its content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.fieldwork.errors import EvidenceTypeNotAllowed
from inspect_registry.fieldwork.media import HEAD_BYTES, media_of, safe_name

HEADS = {
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
    "image/heic": b"\x00\x00\x00\x18ftypheic",
    "audio/wav": b"RIFF\x00\x00\x00\x00WAVEfmt ",
    "audio/mpeg": b"ID3\x04\x00",
    "audio/mp4": b"\x00\x00\x00\x18ftypM4A ",
    "video/mp4": b"\x00\x00\x00\x18ftypisom",
    "video/quicktime": b"\x00\x00\x00\x14ftypqt  ",
    "video/webm": b"\x1a\x45\xdf\xa3",
    "application/pdf": b"%PDF-1.7",
}


@pytest.mark.parametrize(("media_type", "head"), HEADS.items())
def test_accepted_content_is_recognised_whatever_it_is_called(media_type: str, head: bytes) -> None:
    assert media_of(head.ljust(HEAD_BYTES, b"\0"), "照片").media_type == media_type


@pytest.mark.parametrize(
    "head", [b"", b"MZ\x90\x00", b"PK\x03\x04", b"<svg xmlns=", b"<html>", b"\x7fELF", b"GIF89a", b"RIFF\0\0\0\0AVI "]
)
def test_programs_archives_and_markup_are_refused(head: bytes) -> None:
    with pytest.raises(EvidenceTypeNotAllowed):
        media_of(head, "photo.jpg")


def test_a_name_that_claims_something_else_is_refused() -> None:
    with pytest.raises(EvidenceTypeNotAllowed, match="image/png"):
        media_of(HEADS["image/png"], "现场.JPG")
    assert media_of(HEADS["image/jpeg"], "现场.JPG").kind == "photo"


@given(st.text())
def test_a_kept_name_has_no_path_no_control_character_and_is_never_empty(name: str) -> None:
    kept = safe_name(name)
    assert kept
    assert kept.isprintable()
    assert not {"/", "\\"} & set(kept)
    assert len(kept) <= 120
    assert kept not in {".", ".."}
