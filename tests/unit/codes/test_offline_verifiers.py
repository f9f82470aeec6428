"""Two verifiers without a network, the command's and the single file's, agree on good tokens and on every damage."""

import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from PIL import Image

from inspect_registry.cli import parser
from inspect_registry.codes.keys import REVOCATIONS_FORMAT, Revocations, revoked_mark
from inspect_registry.codes.payload import TOKEN_BYTES, parse, to_text
from inspect_registry.codes.presenting import present, present_printed
from inspect_registry.codes.qr import png_of
from tests.code_builders import CODE_ID, NOON, SHOP, a_key_ring, an_issued

SINGLE_FILE = Path(__file__).parents[3] / "public_site" / "scan" / "verify_code.py"
BASE = "https://jcm.jiading.gov.cn"


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    file = tmp_path / "keys.json"
    file.write_bytes(msgspec.json.encode(a_key_ring().published.document))
    return file


def command(subject: str, keys: Path, *more: str, at=NOON) -> tuple[int, str]:
    """Run `code verify … --json` in this process; the verdict's word is printed."""
    arguments = parser().parse_args(["code", "verify", subject, "--keys", str(keys), "--at", at.isoformat(), *more])
    return int(arguments.run(arguments)), ""


def single_file(subject: str, keys: Path, *more: str, at=NOON) -> tuple[int, str]:
    """Run the single file with an isolated interpreter: no package, no site-packages."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", SINGLE_FILE, subject, "--keys", keys, "--at", at.isoformat(), *more],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.split("\n", 1)[0]


def both(capsys: pytest.CaptureFixture[str], subject: str, keys: Path, *more: str, at=NOON) -> str:
    """Ask both verifiers, insist that they agree, and return the verdict."""
    exit_code, _ = command(subject, keys, "--json", *more, at=at)
    verdict = json.loads(capsys.readouterr().out)["verdict"]
    assert single_file(subject, keys, *more, at=at) == (exit_code, verdict)
    assert exit_code == (0 if verdict == "valid" else 1)
    return verdict


def test_both_accept_a_fresh_code_as_token_and_as_address(capsys: pytest.CaptureFixture[str], keys_file: Path) -> None:
    shown = present(an_issued(), a_key_ring(), NOON, base=BASE)
    for subject in (shown.token, shown.token.lower(), shown.url):
        assert both(capsys, subject, keys_file) == "valid"
    assert both(capsys, shown.token, keys_file, "--enterprise", SHOP) == "valid"


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(-31, "stale"), (0, "valid"), (89, "valid"), (90, "stale"), (4 * 3600, "expired"), (-4 * 3600 - 1, "not_yet")],
)
def test_both_agree_on_time(capsys: pytest.CaptureFixture[str], keys_file: Path, seconds: int, verdict: str) -> None:
    token = present(an_issued(), a_key_ring(), NOON, base=BASE).token
    assert both(capsys, token, keys_file, at=NOON + timedelta(seconds=seconds)) == verdict


def test_both_know_paper_and_another_shop(capsys: pytest.CaptureFixture[str], keys_file: Path) -> None:
    assert both(capsys, present_printed(an_issued(), a_key_ring(), NOON, base=BASE).token, keys_file) == "printed"
    token = present(an_issued(), a_key_ring(), NOON, base=BASE).token
    assert both(capsys, token, keys_file, "--enterprise", "91310114MA1GT0XJ8A") == "wrong_enterprise"


@pytest.mark.parametrize("byte", [0, 1, 3, 10, 23, 27, 31, 35, 43, 55, 66, 98, 129])
def test_both_refuse_a_flipped_bit_anywhere_under_the_signature(
    capsys: pytest.CaptureFixture[str], keys_file: Path, byte: int
) -> None:
    token = parse(present(an_issued(), a_key_ring(), NOON, base=BASE).token)
    data = bytearray(token.body + token.signature + token.mac)
    data[byte] ^= 4
    assert both(capsys, to_text(bytes(data)), keys_file) == "unknown"


def test_both_refuse_keys_they_were_not_given(capsys: pytest.CaptureFixture[str], keys_file: Path) -> None:
    token = present(an_issued(), a_key_ring(2), NOON, base=BASE).token
    assert both(capsys, token, keys_file) == "unknown"
    assert both(capsys, to_text(bytes(TOKEN_BYTES)), keys_file) == "unknown"
    assert both(capsys, "rubbish", keys_file) == "unknown"


@pytest.mark.parametrize("changes", [{"withdrawn": NOON}, {"sign_until": NOON - timedelta(hours=1)}])
def test_both_heed_the_times_of_a_key(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, changes: dict[str, object]
) -> None:
    token = present(an_issued(), a_key_ring(), NOON, base=BASE).token
    file = tmp_path / "other.json"
    file.write_bytes(msgspec.json.encode(a_key_ring(**changes).published.document))
    assert both(capsys, token, file) == "unknown"


def test_a_picture_is_read(capsys: pytest.CaptureFixture[str], keys_file: Path, tmp_path: Path) -> None:
    picture = tmp_path / "photo.png"
    picture.write_bytes(png_of(present(an_issued(), a_key_ring(), NOON, base=BASE).url))
    assert command(str(picture), keys_file)[0] == 0
    told = capsys.readouterr().out
    assert "有效" in told
    assert "未核验" in told
    blank = tmp_path / "blank.png"
    buffer = io.BytesIO()
    Image.new("L", (50, 50), 255).save(buffer, "PNG")
    blank.write_bytes(buffer.getvalue())
    (tmp_path / "text.png").write_text("no picture")
    for name in ("blank.png", "text.png"):
        assert command(str(tmp_path / name), keys_file)[0] == 2
    assert "图片" in capsys.readouterr().err


def test_a_revocation_list_is_heeded_only_when_the_registry_signed_it(
    capsys: pytest.CaptureFixture[str], keys_file: Path, tmp_path: Path
) -> None:
    ring = a_key_ring()
    token = present(an_issued(), ring, NOON, base=BASE).token
    listed = Revocations(format=REVOCATIONS_FORMAT, counter=1, at=NOON, codes=(revoked_mark(CODE_ID),))
    signed = tmp_path / "revocations.json"
    signed.write_bytes(msgspec.json.encode(listed.signed_by(ring.signer_at(NOON)[0])))
    assert command(token, keys_file, "--json", "--revocations", str(signed))[0] == 1
    assert json.loads(capsys.readouterr().out)["verdict"] == "revoked"
    forged = tmp_path / "forged.json"
    forged.write_bytes(msgspec.json.encode(msgspec.structs.replace(listed, key_id="d2dd6e81", signature=bytes(64))))
    assert command(token, keys_file, "--revocations", str(forged))[0] == 2
    assert "签名" in capsys.readouterr().err


@pytest.mark.parametrize("fault", ["missing", "rubbish", "time"])
def test_questions_that_cannot_be_asked_exit_with_2(
    capsys: pytest.CaptureFixture[str], keys_file: Path, tmp_path: Path, fault: str
) -> None:
    token = present(an_issued(), a_key_ring(), NOON, base=BASE).token
    file = tmp_path / "missing.json" if fault == "missing" else keys_file
    if fault == "rubbish":
        file.write_text("{")
    arguments = ["code", "verify", token, "--keys", str(file)]
    if fault == "time":
        arguments += ["--at", "noon"]
    parsed = parser().parse_args(arguments)
    assert parsed.run(parsed) == 2
    assert capsys.readouterr().err
