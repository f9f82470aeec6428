#!/usr/bin/env python3
"""Verify an inspection code (检查码) without a network, in one file, with nothing but Python 3.9 or later.

    python3 verify_code.py TOKEN_OR_ADDRESS --keys inspection-code-keys.json [--enterprise 91310114MA...]

The key list is the one published at https://<official host>/.well-known/inspection-code-keys.json, fetched beforehand.
Exit code: 0 everything that can be checked holds, 1 it does not, 2 the question could not be asked. The format is in
docs/code-format.md of the registry; this program shares no line with the registry's own.
"""

# ruff: noqa: ANN001, ANN201, FURB162, PLR0911, PTH123, T201, TRY301, UP017 - it must run on Python 3.9, printed, unannotated.
import argparse
import base64
import hashlib
import json
import struct
import sys
from datetime import datetime, timezone

# Ed25519 verification, RFC 8032 section 5.1.7, in extended coordinates.
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recover_x(y, sign):
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if square == 0:
        return None if sign else 0
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        return None
    return P - x if (x & 1) != sign else x


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    x = recover_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


def add(one, two):
    a = (one[1] - one[0]) * (two[1] - two[0]) % P
    b = (one[1] + one[0]) * (two[1] + two[0]) % P
    c = 2 * one[3] * two[3] * D % P
    d = 2 * one[2] * two[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number, base):
    result = (0, 1, 1, 0)
    while number:
        if number & 1:
            result = add(result, base)
        base = add(base, base)
        number >>= 1
    return result


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = point(BASE_Y.to_bytes(32, "little"))


def ed25519_fits(public, message, signature):
    a, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % Q
    left, right = times(s, BASE), add(r, times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


FIELDS = struct.Struct(">BBI16sIII8s8s16s")


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def key_fits(key, key_id, slot, ends):
    public = base64.b64decode(key["public"])
    derived = hashlib.sha256(b"\x01" + public).hexdigest()[:8]
    if key["algorithm"] != "ed25519" or key["key_id"] != derived or derived != f"{key_id:08x}" or key.get("withdrawn"):
        return False
    if slot == 0:
        return ends <= instant(key["verify_until"])
    return instant(key["sign_from"]) <= slot * 30 + 29 and slot * 30 < instant(key["sign_until"])


def verdict_of(text, keys, now, enterprise):
    token = text.strip().rsplit("/", 1)[-1].split("?", 1)[0].upper()
    if len(token) != 224 or set(token) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):
        return "unknown", "不是检查码：须为 224 个字母 A-Z 和数字 2-7。"
    data = base64.b32decode(token)
    version, algorithm, key_id, code_id, starts, ends, slot, committed, _premises, _bound = FIELDS.unpack_from(data)
    if version != 1 or starts >= ends:
        return "unknown", "版本或有效期无法识别。"
    if algorithm != 1:
        return "unknown", "本程序只核验 Ed25519 签名。"
    usable = [key for key in keys["keys"] if key_fits(key, key_id, slot, ends)]
    message = b"inspect-registry/code/v1\x00" + data[:66]
    if len(usable) != 1 or not ed25519_fits(base64.b64decode(usable[0]["public"]), message, data[66:130]):
        return "unknown", "签名不对，或密钥不在公布的密钥表中：可能是伪造。"
    if enterprise:
        salted = b"inspect-registry/enterprise/v1\x00" + code_id + enterprise.upper().encode()
        if hashlib.sha256(salted).digest()[:8] != committed:
            return "wrong_enterprise", "这个码不是签发给这家企业的。"
    if not starts <= now < ends:
        return ("not_yet" if now < starts else "expired"), "不在检查时间内。"
    if slot == 0:
        return "printed", "这是纸面码，请再扫执法人员手机上的动态码。"
    if not -1 <= int(now) // 30 - slot <= 2:
        return "stale", "画面已过时：可能是照片或截图，请当面重扫。"
    return "valid", "签名、时间和时段都对。"


def main():
    parser = argparse.ArgumentParser(description="离线核验检查码")
    parser.add_argument("token", help="检查码文字或网址")
    parser.add_argument("--keys", required=True, help="公布的密钥表文件")
    parser.add_argument("--enterprise", default="", help="本店的统一社会信用代码")
    parser.add_argument("--at", help="按此时刻核验（ISO 8601，带时区），默认现在")
    arguments = parser.parse_args()
    try:
        with open(arguments.keys, encoding="utf-8") as file:
            keys = json.load(file)
        if keys["format"] != "inspection-code-keys/1":
            raise ValueError("not a key list")
        now = instant(arguments.at) if arguments.at else datetime.now(timezone.utc).timestamp()
        verdict, words = verdict_of(arguments.token, keys, now, arguments.enterprise.strip())
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"无法核验：{error}", file=sys.stderr)
        return 2
    print(f"{verdict}\n{words}")
    unchecked = "没有联网，未核验：是否已撤销、执法证件今天是否有效、检查是否已结束"
    print(unchecked + ("。" if arguments.enterprise else "、是否签发给本店。"))
    return 0 if verdict == "valid" else 1


if __name__ == "__main__":
    sys.exit(main())
