# ruff: noqa: T201 - a program of its own, which talks to whoever runs it
"""Check a ledger receipt with nothing but Python: python3 verify.py RECEIPT.zip [POLICY]

The receipt holds a private record, its salt, the public leaf, the proof that the leaf is in the log (C2SP tlog-proof)
and the policy that says whose signatures count. This program reads no network and no other file. Exit 0: the record
stands in the log exactly as it is here. Exit 1: it does not, or something was changed. The policy inside the receipt is
only as good as where you got it from: compare its first line with the key that the registry has published elsewhere, or
give your own.
"""

import base64
import hashlib
import json
import re
import sys
import zipfile

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
I = pow(2, (P - 1) // 4, P)  # noqa: E741 - the name of RFC 8032
Point = tuple[int, int, int, int]
BASE: Point


class Wrong(Exception):
    """The receipt does not prove what it claims."""


class Unwitnessed(Wrong):
    """The log signed, and too few of the policy's witnesses: a newer receipt of the same entry may have them."""


# -- Ed25519 (RFC 8032, section 5.1) -----------------------------------------------------------------------------------


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar: int, p: Point) -> Point:
    q: Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            q = add(q, p)
        p = add(p, p)
        scalar >>= 1
    return q


def decode_point(data: bytes) -> Point:
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        raise Wrong("a key or signature is not a point of the curve")
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * I % P
    if (x * x - square) % P or (x == 0 and sign):
        raise Wrong("a key or signature is not a point of the curve")
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def check_signature(key: bytes, message: bytes, signature: bytes) -> bool:
    if len(key) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    if s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    one, two = multiply(s, BASE), add(decode_point(signature[:32]), multiply(h, decode_point(key)))
    return (one[0] * two[2] - two[0] * one[2]) % P == 0 and (one[1] * two[2] - two[1] * one[2]) % P == 0


# -- Notes, policy, proof ----------------------------------------------------------------------------------------------


def from_base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError:
        raise Wrong(f"{text!r} is not base64") from None
    if base64.b64encode(raw).decode() != text:
        raise Wrong(f"{text!r} is not in canonical base64")
    return raw


def read_key(text: str, kind: int) -> tuple[str, bytes, bytes]:
    """Read a verifier key: name, key id, public key."""
    parts = text.split("+", 2)
    raw = from_base64(parts[2]) if len(parts) == 3 else b""
    if len(raw) != 33 or raw[0] != kind:
        raise Wrong(f"{text!r} is not a key of this kind")
    identity = hashlib.sha256(parts[0].encode() + b"\n" + raw).digest()[:4]
    if identity.hex() != parts[1]:
        raise Wrong(f"the key id of {parts[0]} is wrong")
    return parts[0], identity, raw[1:]


def verified(text: str, lines: list[str], key: tuple[str, bytes, bytes], *, cosigned: bool) -> bool:
    """Tell whether this key signed the text; a line of this key that does not verify makes the receipt worthless."""
    found = False
    for line in lines:
        match = re.fullmatch("\u2014 ([^\\s+]+) ([A-Za-z0-9+/=]+)", line)
        if match is None:
            raise Wrong("a signature line is malformed")
        raw = from_base64(match.group(2))
        if match.group(1) != key[0] or raw[:4] != key[1]:
            continue  # Somebody else's line: ignored, as the format demands.
        message, signature = text.encode(), raw[4:]
        if cosigned:
            message = f"cosignature/v1\ntime {int.from_bytes(raw[4:12], 'big')}\n{text}".encode()
            signature = raw[12:]
        if not check_signature(key[2], message, signature):
            raise Wrong(f"the signature of {key[0]} does not verify")
        found = True
    return found


def check_policy(policy: str, text: str, lines: list[str]) -> list[str]:
    """Check the log's signature and the quorum of witnesses (C2SP tlog-policy); returns who signed."""
    signed: dict[str, bool] = {"none": True}
    log_signed, quorum, who = False, None, []
    for words in (line.split() for line in policy.split("\n")):
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "log":
            key = read_key(words[1], 1)
            if text.startswith(key[0] + "\n") and verified(text, lines, key, cosigned=False):
                log_signed = True
                who.append(key[0])
        elif words[0] == "witness":
            key = read_key(words[2], 4)
            signed[words[1]] = verified(text, lines, key, cosigned=True)
            who += [key[0]] if signed[words[1]] else []
        elif words[0] == "group":
            members = words[3:]
            needed = {"all": len(members), "any": 1}.get(words[2]) or int(words[2])
            signed[words[1]] = sum(signed[member] for member in members) >= needed
        elif words[0] == "quorum" and quorum is None:
            quorum = signed[words[1]]
        else:
            raise Wrong(f"the policy cannot be read at {words[0]!r}")
    if not log_signed:
        raise Wrong("the log did not sign this checkpoint")
    if not quorum:
        raise Unwitnessed("too few witnesses signed this checkpoint; fetch the receipt again later")
    return who


def check_inclusion(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> None:
    """Climb from the leaf to the root (RFC 9162, section 2.1.3.2)."""
    node, last, result = index, size - 1, hashlib.sha256(b"\x00" + leaf).digest()
    if not 0 <= index < size:
        raise Wrong("the log is shorter than the leaf's number")
    for step in path:
        if last == 0 or len(step) != 32:
            raise Wrong("the proof is too long")
        if node & 1 or node == last:
            result = hashlib.sha256(b"\x01" + step + result).digest()
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            result = hashlib.sha256(b"\x01" + result + step).digest()
        node, last = node >> 1, last >> 1
    if last or result != root:
        raise Wrong("the proof does not lead to the signed root")


def check(files: dict[str, bytes], policy: str) -> list[str]:
    """Check a whole receipt; returns sentences about what it proves. Raises Wrong."""
    record, salt, leaf = files["record.json"], files["salt"], files["leaf.json"]
    content = json.loads(leaf)
    if len(salt) != 32:
        raise Wrong("a salt has 32 bytes")
    if from_base64(content["commitment"]) != hashlib.sha256(b"\x02" + salt + record).digest():
        raise Wrong("the leaf does not commit to this record")
    top, _, note = files["receipt.tlog-proof"].decode().partition("\n\n")
    lines = top.split("\n")
    index = re.fullmatch(r"index (0|[1-9][0-9]*)", lines[1])
    if lines[0] != "c2sp.org/tlog-proof@v1" or index is None:
        raise Wrong("this is not a c2sp.org/tlog-proof@v1")
    text, _, tail = note.partition("\n\n")
    signatures = tail.split("\n")
    head = text.split("\n")
    if len(head) != 3 or signatures.pop() != "" or re.fullmatch(r"0|[1-9][0-9]*", head[1]) is None:
        raise Wrong("the checkpoint is malformed")
    who = check_policy(policy, text + "\n", signatures)
    path = [from_base64(line) for line in lines[2:]]
    check_inclusion(leaf, int(index.group(1)), int(head[1]), path, from_base64(head[2]))
    return [
        f"leaf {index.group(1)} of {head[1]} in the log {head[0]}",
        f"{content['action']} of {content['subject']['kind']} {content['subject']['uid']} at {content['at']}",
        f"signed by {', '.join(who)}",
    ]


def main(arguments: list[str]) -> int:
    if not 1 <= len(arguments) <= 2:
        print(__doc__)
        return 2
    try:
        with zipfile.ZipFile(arguments[0]) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        if len(arguments) == 2:
            with open(arguments[1], encoding="utf-8") as file:  # noqa: PTH123 - the fewer imports, the less to read
                policy = file.read()
        else:
            policy = files["policy.txt"].decode()
        sentences = check(files, policy)
    except Unwitnessed as error:
        print(f"已签名，尚未见证 SIGNED, NOT YET WITNESSED: {error}", file=sys.stderr)
        return 1
    except (Wrong, OSError, ValueError, KeyError, TypeError, IndexError, zipfile.BadZipFile) as error:
        print(f"回执无效 NOT VALID: {error}", file=sys.stderr)
        return 1
    print("回执有效 VALID:", "; ".join(sentences))
    if len(arguments) == 1:
        print(f"whose word this is: {policy.partition(chr(10))[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
