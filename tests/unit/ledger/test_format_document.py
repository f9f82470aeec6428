"""The worked example of docs/ledger-format.md, verified by a program that was written from that page alone.

Nothing here imports the registry. Ed25519, policy and audit path come from the stand-alone verifier that goes out with
receipts (standard library only); bundle, tile, tree and promise are read as the page says.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.stranger import load

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "ledger-format.md").read_text()
BLOCK = re.compile(r"^`([^`\n]+)`\n\n```\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


verify = load()


def example() -> dict[str, bytes]:
    """The files of the example, under their names."""
    found = {}
    for name, body in BLOCK.findall(PAGE[PAGE.index("## A whole log as bytes") :]):
        plain, _, coding = name.partition(" ")
        text = plain in {"checkpoint", "policy.txt", "receipt.tlog-proof", "promise"}
        found[plain] = bytes.fromhex(body.replace("\n", "")) if coding else (body + "\n" * text).encode()
    return found


def leaves_of(bundle: bytes) -> list[bytes]:
    """Read "each after its length (2 bytes, big-endian)"."""
    leaves = []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        leaves.append(bundle[2 : 2 + length])
        assert len(leaves[-1]) == length, "cut off"
        bundle = bundle[2 + length :]
    return leaves


def root_of(hashes: list[bytes]) -> bytes:
    """RFC 6962, section 2.1."""
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root_of(hashes[:split]) + root_of(hashes[split:])).digest()


def check_leaf(leaf: bytes) -> None:
    """Refuse a leaf that an encoder of the page's table would not have written."""
    content = json.loads(leaf)
    assert set(content) == {"action", "at", "commitment", "department", "public", "subject", "v"}
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    assert written == leaf, "not canonical"
    assert len(leaf) <= 4096


def check_log(files: dict[str, bytes]) -> None:
    """Bundle, tile, root, signatures, quorum: what a mirror's auditor does."""
    leaves = leaves_of(files["tile/entries/000.p/3"])
    for leaf in leaves:
        check_leaf(leaf)
    hashes = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in leaves]
    assert files["tile/0/000.p/3"] == b"".join(hashes), "tile"
    text, _, lines = files["checkpoint"].decode().partition("\n\n")
    _origin, size, root = text.split("\n")
    assert (int(size), base64.b64decode(root)) == (len(leaves), root_of(hashes)), "root"
    verify.check_policy(files["policy.txt"].decode(), text + "\n", lines.rstrip("\n").split("\n"))


def check_receipt(files: dict[str, bytes]) -> None:
    verify.check(files, files["policy.txt"].decode())


def check_promise(files: dict[str, bytes]) -> None:
    """The leaf of the receipt, promised by the log for 60 seconds after its time."""
    text, _, lines = files["promise"].decode().partition("\n\n")
    origin, kind, leaf, by = text.split("\n")
    key = verify.read_key(files["policy.txt"].decode().split("\n")[0].split(" ")[1], 1)
    assert verify.verified(text + "\n", lines.rstrip("\n").split("\n"), key, cosigned=False)
    assert (origin, kind) == (key[0], "promise/v1")
    assert leaf == "leaf " + base64.b64encode(hashlib.sha256(b"\x00" + files["leaf.json"]).digest()).decode()
    assert by == "by 1795330860"


CHECKS: list[tuple[Callable[[dict[str, bytes]], None], set[str]]] = [
    (check_log, {"tile/entries/000.p/3", "tile/0/000.p/3", "checkpoint", "policy.txt"}),
    (check_receipt, {"record.json", "salt", "leaf.json", "receipt.tlog-proof", "policy.txt"}),
    (check_promise, {"promise", "leaf.json"}),
]


def test_the_page_holds_every_file_and_each_check_accepts_it() -> None:
    files = example()
    assert set(files) == set().union(*(names for _, names in CHECKS))
    for check, _names in CHECKS:
        check(files)


@pytest.mark.parametrize(("check", "name"), [(check, name) for check, names in CHECKS for name in sorted(names)])
def test_a_changed_byte_of_any_file_is_noticed(check: Callable[[dict[str, bytes]], None], name: str) -> None:
    """The planted faults: a check that looked away would accept one of these."""
    files = example()
    places = range(0, len(files[name]), max(1, len(files[name]) // 12))
    if name == "policy.txt":  # Its group and quorum lines may be loosened by whoever trusts it; its used keys may not.
        places = range(4, files[name].index(b"witness w3"), 23)
    for place in places:
        changed = bytearray(files[name])
        changed[place] ^= 1
        with pytest.raises((verify.Wrong, AssertionError, ValueError, KeyError, IndexError, TypeError)):
            check({**files, name: bytes(changed)})
