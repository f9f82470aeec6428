"""What every published matter must have: one test where each rule bites, one where none does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.catalogue.model import Disclosure, applies
from inspect_registry.catalogue.soundness import matter_faults
from tests.district_builders import a_criterion, a_matter


def test_a_plain_matter_is_sound():
    assert matter_faults(a_matter(1)) == ()


def test_an_unannounced_matter_with_its_basis_is_sound():
    matter = a_matter(1, disclosure=Disclosure.NUMBERS, disclosure_basis="《某办法》第四十九条", mergeable=False)
    assert matter_faults(matter) == ()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"code": "scjg1"}, "事项编码"),
        ({"name": " "}, "名称为空"),
        ({"basis": ()}, "缺少检查依据"),
        ({"basis": ("食品安全法",)}, "应写作"),
        ({"basis": ("《食品安全法》第110条",)}, "应写作"),
        ({"basis": ("《食品安全法》",)}, "缺少条款"),
        ({"industries": ("62",)}, "门类字母"),
        ({"industries": ("H%",)}, "门类字母"),
        ({"criteria": ()}, "检查要点"),
        ({"criteria": tuple(a_criterion(str(n)) for n in range(61))}, "检查要点"),
        ({"min_inspectors": 1}, "第四十二条"),
        ({"disclosure": Disclosure.AFTERWARDS, "disclosure_basis": "《某法》第一条"}, "不得并入"),
        ({"disclosure": Disclosure.AFTERWARDS, "mergeable": False}, "必须注明依据"),
    ],
)
def test_each_rule_bites(changes, fault):
    faults = matter_faults(a_matter(1, **changes))
    assert len(faults) == 1
    assert fault in faults[0]


def test_an_unverified_basis_may_lack_its_article_when_it_says_so():
    assert matter_faults(a_matter(1, basis=("《食品安全法》",), sample=True)) == ()


@pytest.mark.parametrize(
    ("industries", "activities", "industry", "tags", "fits"),
    [
        ([], [], "H6210", [], True),
        (["H62"], [], "H6210", [], True),
        (["F5251", "F5252"], [], "F5252", [], True),
        (["F5251"], [], "F5252", [], False),
        ([], ["catering"], "F5212", ["catering"], True),
        (["H62"], ["catering"], "F5212", ["catering"], False),
        (["H62"], ["catering"], "H6210", ["gas_user"], False),
    ],
)
def test_objects_are_chosen_by_line_and_activity(industries, activities, industry, tags, fits):
    assert applies(industries, activities, industry, tags) is fits


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_crashes_the_check(code, basis):
    assert isinstance(matter_faults(a_matter(1, code=code, basis=(basis,))), tuple)
