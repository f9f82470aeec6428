"""Numbers that name enterprises, departments and officers: reading, checking, masking; and new random identities.

Rules: GB 32100-2015 (统一社会信用代码, 18 characters, its own check character), GB 11714 (the nine characters inside
it, with a check character of their own), the 15-digit 注册号 of some 个体工商户, the number of an 执法证.
Input is folded (full width to half width, blanks out, upper case) but never guessed at: a letter O is reported, not
read as a zero.
"""

import base64
import enum
import re
import unicodedata
from collections.abc import Callable
from typing import Final, NewType

import msgspec

Uscc = NewType("Uscc", str)
RegNo = NewType("RegNo", str)
CertificateNo = NewType("CertificateNo", str)

USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of GB 32100-2015; I, O, S, V and Z are not among them."""

_USCC_WEIGHTS: Final = tuple(pow(3, i, 31) for i in range(17))
_SUBJECT_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_SUBJECT_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_LOOKALIKES: Final = {"O": "0", "I": "1", "S": "5", "Z": "2"}
_AUTHORITIES: Final = frozenset("123456789ANY")
"""First characters in use (登记管理部门); GB 32100 leaves letters to later notices, so A, N and Y are taken too."""

CERTIFICATE_PATTERN: Final = r"[0-9]{11}"
"""National form of an 执法证 number; other forms are given by the caller (domain.md 4.4)."""


class Fault(enum.StrEnum):
    """What is wrong with a number; stable, so that a place in a spreadsheet can carry it."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTER = "character"
    LOOKALIKE = "lookalike"
    AUTHORITY = "authority"
    REGION = "region"
    SUBJECT_CHECK = "subject-check"
    CODE_CHECK = "code-check"
    DIGIT_CHECK = "digit-check"
    PATTERN = "pattern"


class NumberFault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong with a number, for the person who typed it."""

    fault: Fault
    message: str
    """Chinese: what is wrong, where, and what would be right."""
    position: int | None = None
    """Counted from 1, in the folded text."""
    expected: str | None = None
    """The character that would be right there, where that can be known."""


class BadNumberError(ValueError):
    """A number that cannot be one; `faults` says why, in Chinese."""

    def __init__(self, text: str, faults: tuple[NumberFault, ...]) -> None:
        super().__init__("；".join(fault.message for fault in faults))
        self.text = text
        self.faults = faults


def fold_number(text: str) -> str:
    """Full width to half width, blanks and zero-width characters out, upper case; nothing else is changed."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf").upper()


def uscc_check_character(first17: str) -> str:
    """Character 18 for the first seventeen (GB 32100-2015, weights 3^i mod 31)."""
    total = sum(USCC_ALPHABET.index(c) * w for c, w in zip(first17, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[-total % 31]


def subject_check_character(first8: str) -> str:
    """Character 9 of the 主体标识码 for the first eight (GB 11714)."""
    total = sum(_SUBJECT_ALPHABET.index(c) * w for c, w in zip(first8, _SUBJECT_WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


def make_uscc(prefix: str, subject8: str) -> Uscc:
    """Join an eight-character prefix (authority, kind, region) and eight of the subject, with both check characters."""
    first17 = prefix + subject8 + subject_check_character(subject8)
    return Uscc(first17 + uscc_check_character(first17))


def uscc_faults(text: str) -> tuple[NumberFault, ...]:
    """Everything wrong with a 统一社会信用代码; empty when good. Check characters are only judged on a clean text."""
    code = fold_number(text)
    shape = _uscc_shape_faults(code)
    return shape or _uscc_check_faults(code)


def parse_uscc(text: str) -> Uscc:
    """Fold and check a 统一社会信用代码; raises BadNumberError with the wrong check character and the right one."""
    faults = uscc_faults(text)
    if faults:
        raise BadNumberError(text, faults)
    return Uscc(fold_number(text))


def _uscc_shape_faults(code: str) -> tuple[NumberFault, ...]:
    if not code:
        return (NumberFault(fault=Fault.EMPTY, message="统一社会信用代码为空，应为18位"),)
    faults = [_character_fault(c, i) for i, c in enumerate(code, start=1) if c not in USCC_ALPHABET]
    if len(code) != 18:
        faults.append(NumberFault(fault=Fault.LENGTH, message=f"统一社会信用代码应为18位，现为{len(code)}位"))
    if faults:
        return tuple(faults)
    if code[0] not in _AUTHORITIES:
        message = f"第1位“{code[0]}”不是登记管理部门代码（1至9，或A、N、Y）"
        return (NumberFault(fault=Fault.AUTHORITY, message=message, position=1),)
    if not code[2:8].isdigit():
        message = f"第3至8位“{code[2:8]}”应为6位行政区划数字"
        return (NumberFault(fault=Fault.REGION, message=message, position=3),)
    return ()


def _character_fault(character: str, position: int) -> NumberFault:
    meant = _LOOKALIKES.get(character)
    if meant:
        message = f"第{position}位是字母“{character}”，代码不使用该字母；是否应为“{meant}”？请核对证照后改正"
        return NumberFault(fault=Fault.LOOKALIKE, message=message, position=position, expected=meant)
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    message = f"第{position}位“{shown}”不是代码允许的字符（数字或不含I、O、S、V、Z的大写字母）"
    return NumberFault(fault=Fault.CHARACTER, message=message, position=position)


def _uscc_check_faults(code: str) -> tuple[NumberFault, ...]:
    faults = []
    subject = subject_check_character(code[8:16])
    if code[16] != subject:
        message = f"第17位（主体标识码校验位）为“{code[16]}”，按前8位主体标识码应为“{subject}”"
        faults.append(NumberFault(fault=Fault.SUBJECT_CHECK, message=message, position=17, expected=subject))
    check = uscc_check_character(code[:17])
    if code[17] != check:
        message = f"第18位（总校验位）为“{code[17]}”，按前17位应为“{check}”"
        faults.append(NumberFault(fault=Fault.CODE_CHECK, message=message, position=18, expected=check))
    return tuple(faults)


def reg_no_check_digit(first14: str) -> str:
    """Digit 15 of a 注册号 (ISO 7064 MOD 11,10, as GS 15-2006 says)."""
    remainder = 10
    for digit in first14:
        remainder = (remainder + int(digit)) % 10 or 10
        remainder = remainder * 2 % 11
    return str((11 - remainder) % 10)


def make_reg_no(first14: str) -> RegNo:
    """Fourteen digits and their check digit."""
    return RegNo(first14 + reg_no_check_digit(first14))


def parse_reg_no(text: str) -> RegNo:
    """Fold and check a 15-digit 注册号; raises BadNumberError."""
    number = fold_number(text)
    if not re.fullmatch(r"[0-9]{15}", number):
        message = f"注册号应为15位数字，现为“{text.strip()[:40]}”"
        raise BadNumberError(text, (NumberFault(fault=Fault.PATTERN, message=message),))
    expected = reg_no_check_digit(number[:14])
    if number[14] != expected:
        message = f"注册号第15位（校验位）为“{number[14]}”，按前14位应为“{expected}”"
        raise BadNumberError(
            text, (NumberFault(fault=Fault.DIGIT_CHECK, message=message, position=15, expected=expected),)
        )
    return RegNo(number)


def parse_certificate_no(text: str, pattern: str = CERTIFICATE_PATTERN) -> CertificateNo:
    """Fold an 执法证 number and match it whole against a pattern; raises BadNumberError."""
    number = fold_number(text)
    if not re.fullmatch(pattern, number):
        message = f"执法证号“{text.strip()[:40]}”不符合规定格式（全国统一式样为11位数字）"
        raise BadNumberError(text, (NumberFault(fault=Fault.PATTERN, message=message),))
    return CertificateNo(number)


def new_uid(random_bytes: Callable[[int], bytes]) -> str:
    """A new 128-bit identity: 26 characters of lower-case base32 (RFC 4648, without padding)."""
    drawn = random_bytes(16)
    if len(drawn) != 16:
        msg = f"a random source must give 16 bytes, not {len(drawn)}"
        raise ValueError(msg)
    return base64.b32encode(drawn).decode("ascii").rstrip("=").lower()


def is_uid(text: str) -> bool:
    """Whether a text has the shape of `new_uid`: a cheap test before a query, never a proof."""
    return re.fullmatch(r"[a-z2-7]{25}[aeimquy4]", text) is not None


def mask_code(code: str) -> str:
    """What a stranger sees of a code: kind and region, then the last two characters."""
    return code[:8] + "*" * max(len(code) - 10, 0) + code[-2:] if len(code) > 10 else "*" * len(code)


def mask_name(name: str, *, natural: bool = False) -> str:
    """What a stranger sees of a name: its two ends; of a natural person's own name only the first character."""
    if natural:
        return name[:1] + "*" * max(len(name) - 1, 1)
    if len(name) <= 4:
        return name[:1] + "*" * max(len(name) - 1, 1)
    return name[:2] + "*" * (len(name) - 4) + name[-2:]


def mask_address(address: str) -> str:
    """What a stranger sees of an address: town and road, every digit a star."""
    return re.sub(r"[0-9０-９]", "*", address)
