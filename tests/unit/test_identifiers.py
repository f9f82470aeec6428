"""统一社会信用代码 and its relatives: what is accepted, and what the refusal says."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as oracle

from inspect_registry import identifiers
from inspect_registry.identifiers import BadNumberError, Fault

REAL = ("91110000600037341L", "91350100M000100Y43", "91330000704202954L", "9144030071526726XG")
MADE = ("91310114MA1GT001X1", "92310114MA1GT0028X", "93310114MA1GT0036M", "11310114002450013A")

subjects = st.text(alphabet=identifiers.USCC_ALPHABET, min_size=8, max_size=8)
prefixes = st.builds(
    lambda a, b, r: f"{a}{b}{r:06d}", st.sampled_from("159"), st.sampled_from("123"), st.integers(0, 999_999)
)


@pytest.mark.parametrize("code", REAL + MADE)
def test_good_codes_are_accepted_and_the_oracle_agrees(code):
    assert identifiers.parse_uscc(code) == code
    assert oracle.is_valid(code)


def test_a_code_that_begins_with_a_letter_is_accepted_although_stdnum_refuses_it():
    code = "N2310114MF0000013H"
    assert identifiers.parse_uscc(code) == code
    assert not oracle.is_valid(code)


@given(prefixes, subjects)
def test_made_codes_pass_both_checks_and_the_oracle(prefix, subject):
    code = identifiers.make_uscc(prefix, subject)
    assert identifiers.uscc_faults(code) == ()
    assert oracle.calc_check_digit(code[:17]) == code[17]


@given(prefixes, subjects, st.integers(0, 17), st.sampled_from(identifiers.USCC_ALPHABET))
def test_any_single_wrong_character_is_noticed(prefix, subject, position, other):
    code = identifiers.make_uscc(prefix, subject)
    wrong = code[:position] + other + code[position + 1 :]
    if wrong != code:
        assert identifiers.uscc_faults(wrong)


@given(st.text(max_size=40))
def test_no_text_crashes_the_check(text):
    faults = identifiers.uscc_faults(text)
    assert all(fault.message for fault in faults)
    if not faults:
        assert len(identifiers.parse_uscc(text)) == 18


def test_the_wrong_last_check_character_is_named_with_the_right_one():
    with pytest.raises(BadNumberError) as caught:
        identifiers.parse_uscc("91310114MA1GT001X2")
    (fault,) = caught.value.faults
    assert (fault.fault, fault.position, fault.expected) == (Fault.CODE_CHECK, 18, "1")
    assert "应为“1”" in str(caught.value)


def test_the_wrong_inner_check_character_is_named_with_the_right_one():
    first17 = "91310114MA1GT0017"
    code = first17 + identifiers.uscc_check_character(first17)
    (fault,) = identifiers.uscc_faults(code)
    assert (fault.fault, fault.position, fault.expected) == (Fault.SUBJECT_CHECK, 17, "X")


def test_both_wrong_check_characters_are_named():
    faults = identifiers.uscc_faults("91310114MA1GT00174")
    assert [fault.fault for fault in faults] == [Fault.SUBJECT_CHECK, Fault.CODE_CHECK]


@pytest.mark.parametrize(
    ("text", "position", "expected"), [("9131O114MA1GT001X1", 5, "0"), ("9I310114MA1GT001X1", 2, "1")]
)
def test_lookalike_letters_are_reported_and_never_replaced(text, position, expected):
    (fault,) = identifiers.uscc_faults(text)
    assert (fault.fault, fault.position, fault.expected) == (Fault.LOOKALIKE, position, expected)
    with pytest.raises(BadNumberError):
        identifiers.parse_uscc(text)


@pytest.mark.parametrize(
    "text", ["９１３１０１１４ＭＡ１ＧＴ００１Ｘ１", " 91310114 MA1GT001X1\u200b", "91310114ma1gt001x1"]
)
def test_width_case_and_blanks_are_folded(text):
    assert identifiers.parse_uscc(text) == "91310114MA1GT001X1"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.EMPTY),
        ("9131", Fault.LENGTH),
        ("91310114MA1GT001X1" * 2, Fault.LENGTH),
        ("9131011\x00MA1GT001X1", Fault.CHARACTER),
        ("0131011400000000X1", Fault.AUTHORITY),
        ("913101AAMA1GT001X1", Fault.REGION),
        (str(2**70), Fault.LENGTH),
    ],
)
def test_shape_faults_have_their_own_kind(text, fault):
    assert fault in {found.fault for found in identifiers.uscc_faults(text)}


def test_a_registration_number_knows_its_check_digit():
    number = identifiers.make_reg_no("31011460012345")
    assert identifiers.parse_reg_no(f" {number} ") == number
    wrong = number[:14] + str((int(number[14]) + 1) % 10)
    with pytest.raises(BadNumberError, match=f"应为“{number[14]}”"):
        identifiers.parse_reg_no(wrong)
    with pytest.raises(BadNumberError, match="15位"):
        identifiers.parse_reg_no("12345")


@given(st.text(alphabet="0123456789", min_size=14, max_size=14), st.integers(0, 14), st.integers(1, 9))
def test_any_single_wrong_digit_of_a_registration_number_is_noticed(first14, position, step):
    number = identifiers.make_reg_no(first14)
    wrong = number[:position] + str((int(number[position]) + step) % 10) + number[position + 1 :]
    with pytest.raises(BadNumberError):
        identifiers.parse_reg_no(wrong)


def test_certificate_numbers_follow_a_given_pattern():
    assert identifiers.parse_certificate_no("０９１１４００００１２") == "09114000012"
    with pytest.raises(BadNumberError, match="11位"):
        identifiers.parse_certificate_no("沪公消0123")
    assert identifiers.parse_certificate_no("沪公消0123", r"沪公消[0-9]{4}") == "沪公消0123"
    with pytest.raises(BadNumberError):
        identifiers.parse_certificate_no("09114000012\n0")


@given(st.binary(min_size=16, max_size=16))
def test_an_identity_keeps_all_128_bits(drawn):
    uid = identifiers.new_uid(lambda size: drawn[:size])
    assert len(uid) == 26
    assert identifiers.is_uid(uid)
    assert base64.b32decode(uid.upper() + "======") == drawn


def test_a_short_random_source_is_refused():
    with pytest.raises(ValueError, match="16 bytes"):
        identifiers.new_uid(lambda size: b"\0" * (size - 1))


@pytest.mark.parametrize("text", ["", "a" * 25, "a" * 27, "A" * 26, "a" * 25 + "b", "a" * 25 + "\n", "1" * 26])
def test_what_cannot_be_an_identity_is_known_without_a_query(text):
    assert not identifiers.is_uid(text)


@pytest.mark.parametrize(
    ("name", "natural", "masked"),
    [
        ("上海安亭顺达餐饮有限公司", False, "上海********公司"),
        ("徐行面馆", False, "徐***"),
        ("王小明", True, "王**"),
        ("王", True, "王*"),
    ],
)
def test_strangers_see_a_masked_name(name, natural, masked):
    assert identifiers.mask_name(name, natural=natural) == masked


@given(st.text(min_size=1, max_size=40))
def test_a_mask_always_hides_something(name):
    assert "*" in identifiers.mask_name(name)
    assert "*" in identifiers.mask_name(name, natural=True)
    assert "*" in identifiers.mask_code(name)


def test_codes_and_addresses_are_masked():
    assert identifiers.mask_code("91310114MA1GT001X1") == "91310114********X1"
    assert identifiers.mask_address("安亭镇墨玉路１８号2室") == "安亭镇墨玉路**号*室"
