"""The verdict: each answer has a situation that gives it, and one that differs by one fact and does not."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.codes.check import Origin, TokenCheck, Window
from inspect_registry.codes.model import CodeState, masked_page
from inspect_registry.codes.slots import Freshness
from inspect_registry.codes.verdict import Shown, Verdict, judge
from tests.code_builders import NOON, a_page, a_verdict_row

GOOD = TokenCheck(origin=Origin.REGISTRY, uid="x", window=Window.INSIDE, freshness=Freshness.FRESH)

checks = st.builds(
    TokenCheck,
    origin=st.sampled_from(Origin),
    window=st.sampled_from(Window),
    freshness=st.sampled_from(Freshness),
)
rows = st.none() | st.builds(
    lambda state, valid: a_verdict_row(state=state, certificates_valid=valid), st.sampled_from(CodeState), st.booleans()
)


def test_a_fresh_code_in_its_window_with_valid_certificates_is_valid():
    assert judge(GOOD, a_verdict_row()).verdict is Verdict.VALID
    assert judge(GOOD, a_verdict_row(), at_enterprise=True).verdict is Verdict.VALID
    assert judge(GOOD, a_verdict_row(state=CodeState.PRESENTED, arrived_at=NOON)).arrived_at == NOON


@given(checks, rows, st.none() | st.booleans())
def test_valid_needs_every_single_condition(check, row, at_enterprise):
    verdict = judge(check, row, at_enterprise=at_enterprise).verdict
    whole = (
        check.origin is Origin.REGISTRY
        and row is not None
        and row.state in {CodeState.ISSUED, CodeState.PRESENTED}
        and row.certificates_valid
        and check.window is Window.INSIDE
        and check.freshness is Freshness.FRESH
        and at_enterprise is not False
    )
    assert (verdict is Verdict.VALID) == whole


@given(checks, rows, st.none() | st.booleans())
def test_names_show_only_while_the_code_lives(check, row, at_enterprise):
    judgement = judge(check, row, at_enterprise=at_enterprise)
    if judgement.shown is Shown.FULL:
        assert check.window is Window.INSIDE
        assert row.state in {CodeState.ISSUED, CodeState.PRESENTED}
        assert at_enterprise is not False
    if judgement.verdict is Verdict.UNKNOWN:
        assert judgement == judge(GOOD, None)


@pytest.mark.parametrize(
    ("check", "row", "expected"),
    [
        ({"origin": Origin.NOBODY}, {}, "unknown"),
        ({"origin": Origin.STOLEN_KEY}, {}, "unknown"),
        ({}, {"state": CodeState.REVOKED}, "revoked"),
        ({}, {"state": CodeState.CLOSED}, "closed"),
        ({"window": Window.BEFORE}, {}, "not_yet"),
        ({"window": Window.AFTER}, {}, "expired"),
        ({}, {"certificates_valid": False}, "certificate_invalid"),
        ({"freshness": Freshness.PRINTED}, {}, "printed"),
        ({"freshness": Freshness.STALE}, {}, "stale"),
        ({"freshness": Freshness.AHEAD}, {}, "stale"),
    ],
)
def test_one_fact_decides(check, row, expected):
    assert judge(msgspec.structs.replace(GOOD, **check), a_verdict_row(**row)).verdict == expected


def test_a_revoked_code_stays_revoked_outside_its_window_and_on_paper():
    check = msgspec.structs.replace(GOOD, window=Window.AFTER, freshness=Freshness.PRINTED)
    assert judge(check, a_verdict_row(state=CodeState.REVOKED)).verdict is Verdict.REVOKED


def test_another_shop_is_told_so_before_anything_else():
    for state in CodeState:
        assert judge(GOOD, a_verdict_row(state=state), at_enterprise=False).verdict is Verdict.WRONG_ENTERPRISE


def test_a_code_the_register_does_not_know_is_unknown():
    assert judge(GOOD, None) == judge(msgspec.structs.replace(GOOD, origin=Origin.NOBODY), a_verdict_row())


def test_a_masked_page_keeps_matters_and_hides_people():
    page = a_page()
    masked = masked_page(page)
    text = msgspec.json.encode(masked).decode()
    for secret in ("张伟", "李娜", "31011400001", "餐饮管理", page.identifier, "56号"):
        assert secret not in text
    assert masked.departments[0].matters == page.departments[0].matters
    assert masked.starts == page.starts - timedelta(0)


def test_a_natural_name_is_hidden_whole_but_one_character():
    assert masked_page(a_page(enterprise="王小明理发店", natural_name=True)).enterprise == "王*****"
