"""Document numbers of GB/T 9704."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.documents.errors import DocumentNumberMalformed
from inspect_registry.documents.numbers import DocumentNumber, parse_document_number


def test_a_number_is_written_with_the_official_brackets() -> None:
    assert str(DocumentNumber(office="嘉检公告", year=2026, serial=12)) == "嘉检公告〔2026〕12号"


@given(st.integers(2000, 2100), st.integers(1, 999_999))
def test_a_number_is_read_back(year: int, serial: int) -> None:
    number = DocumentNumber(office="嘉市监检通", year=year, serial=serial)
    assert parse_document_number(str(number)) == number


@pytest.mark.parametrize(
    "text",
    [
        "嘉检公告[2026]12号",
        "嘉检公告（2026）12号",
        "嘉检公告〔2026〕第12号",
        "嘉检公告〔2026〕012号",
        "嘉检公告〔2026〕0号",
        "",
    ],
)
def test_the_usual_mistakes_are_refused_with_the_right_form(text: str) -> None:
    with pytest.raises(DocumentNumberMalformed) as caught:
        parse_document_number(text)
    assert "〔2026〕12号" in caught.value.remedy
