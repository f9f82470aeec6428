"""Strokes and the content they stand under: judged and hashed the same way every time."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_registry.fieldwork.errors import SignatureMissing, SignatureNotDrawn
from inspect_registry.fieldwork.model import Present, PresentRole, SignatureSide, Signed
from inspect_registry.fieldwork.rules import record_has_all_signatures, signature_is_drawn
from inspect_registry.fieldwork.signing import BOX_HEIGHT, BOX_WIDTH, Strokes, refusal_digest
from tests.fieldwork_doors import a_hand

NUMBERS = st.integers(-32768, 32767)
LINES = st.lists(st.lists(NUMBERS, max_size=60).map(tuple), max_size=20).map(tuple)
CREW = [
    Present(name="甲", role=PresentRole.INSPECTOR, inspector=1),
    Present(name="乙", role=PresentRole.INSPECTOR, inspector=2),
]


def test_a_written_name_is_a_signature() -> None:
    signature_is_drawn(a_hand())


@settings(deadline=None)
@given(LINES)
def test_whatever_is_accepted_can_be_drawn_in_the_box(lines) -> None:
    strokes = Strokes(lines=lines)
    try:
        signature_is_drawn(strokes)
    except SignatureNotDrawn:
        return
    assert all(len(line) % 2 == 0 for line in lines)
    assert all(0 <= x <= BOX_WIDTH for line in lines for x in line[::2])
    assert all(0 <= y <= BOX_HEIGHT for line in lines for y in line[1::2])
    assert strokes.width >= 80
    assert strokes.length >= 250


@settings(deadline=None)
@given(LINES, LINES)
def test_the_same_strokes_have_the_same_digest_and_others_another(one, two) -> None:
    assert (Strokes(lines=one).digest == Strokes(lines=two).digest) == (one == two)


@settings(deadline=None)
@given(st.binary(min_size=32, max_size=32), st.text(max_size=40), st.text(max_size=40))
def test_a_witness_signs_the_reason(content, one, two) -> None:
    assert (refusal_digest(content, one) == refusal_digest(content, two)) == (one == two)
    assert refusal_digest(content, one) != content


@settings(deadline=None)
@given(
    st.sets(st.sampled_from(list(SignatureSide))),
    st.sets(st.sampled_from([1, 2])),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_only_all_current_signatures_let_a_record_close(sides, inspectors, refused, recorded, current) -> None:
    signed = [Signed(side=SignatureSide.INSPECTOR, inspector=one, current=current) for one in inspectors]
    signed += [Signed(side=one, inspector=None, current=current) for one in sides - {SignatureSide.INSPECTOR}]
    other = (SignatureSide.WITNESS in sides or recorded) if refused else SignatureSide.ENTERPRISE in sides
    whole = inspectors == {1, 2} and current and other
    if whole:
        record_has_all_signatures(signed, CREW, refused=refused, recorded=recorded)
        return
    with pytest.raises(SignatureMissing) as raised:
        record_has_all_signatures(signed, CREW, refused=refused, recorded=recorded)
    assert raised.value.places


@pytest.mark.parametrize("role", [PresentRole.ASSISTANT, PresentRole.THIRD_PARTY])
def test_companions_need_not_sign(role) -> None:
    signed = [Signed(side=SignatureSide.INSPECTOR, inspector=one, current=True) for one in (1, 2)]
    signed.append(Signed(side=SignatureSide.ENTERPRISE, inspector=None, current=True))
    record_has_all_signatures(signed, [*CREW, Present(name="丙", role=role)], refused=False, recorded=False)
