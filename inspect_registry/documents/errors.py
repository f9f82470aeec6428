"""What can go wrong when a paper is made."""

from inspect_registry.errors import Invalid


class GlyphMissing(Invalid):
    """No font in the repository has a glyph for a character: it would be printed as a blank."""

    code = "glyph-missing"
    title = "文书中有字库里没有的字，无法排印"


class DocumentNumberMalformed(Invalid):
    """A document number is not in the form of GB/T 9704."""

    code = "document-number-malformed"
    title = "发文字号格式有误"
