"""Document numbers (发文字号) in the form of GB/T 9704-2012 7.2.5: 机关代字〔2026〕12号.

The year stands in 六角括号 (U+3014, U+3015); the serial has neither 第 nor leading zeros.
"""

import re

import msgspec

from inspect_registry.documents.errors import DocumentNumberMalformed

_FORM = re.compile(r"(?P<office>[一-鿿]{1,20})〔(?P<year>[0-9]{4})〕(?P<serial>[1-9][0-9]{0,5})号")


class DocumentNumber(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One document number of one office and year."""

    office: str
    """机关代字, such as 嘉检公告."""
    year: int
    serial: int

    def __str__(self) -> str:
        return f"{self.office}〔{self.year}〕{self.serial}号"


def parse_document_number(text: str) -> DocumentNumber:
    """Read a document number; raises DocumentNumberMalformed with the usual mistakes named."""
    found = _FORM.fullmatch(text)
    if found:
        return DocumentNumber(office=found["office"], year=int(found["year"]), serial=int(found["serial"]))
    remedy = "正确写法如“嘉检公告〔2026〕12号”：年份用六角括号〔〕，序号不加“第”、不编虚位"
    raise DocumentNumberMalformed(f"“{text[:40]}”不是规范的发文字号", basis="GB/T 9704-2012 7.2.5", remedy=remedy)
