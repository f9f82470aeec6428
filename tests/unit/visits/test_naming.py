"""Sentences for people carry names; numbers that are nobody's stay as they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.visits.naming import readable
from tests.unit.visits.test_merging import a_check, a_month


def said(sentence: str) -> str:
    month = a_month(
        a_check(1, matters=[5, 6]),
        a_check(2, matters=[7]),
        departments={3: "区市场监管局", 4: "区消防救援支队", 5: "区卫生健康委", 6: "区城管执法局"},
        matters={5: "餐饮检查", 6: "计量检查", 7: "消防检查"},
    )
    return readable(month)(sentence)


@pytest.mark.parametrize(
    ("planner", "person"),
    [
        ("2 个部门联合，部门 4 牵头", "2 个部门联合，区消防救援支队牵头"),
        ("部门 3、4 有资格的人员已排满", "区市场监管局、区消防救援支队有资格的人员已排满"),
        ("（部门 3、4、5、6）", "（区市场监管局、区消防救援支队、区卫生健康委等 4 个）"),
        ("场所 11 的计次入企上限增加 1 次", "一号店的计次入企上限增加 1 次"),
        ("增加 1 名具备事项 0 资格的执法人员", "增加 1 名具备“餐饮检查、计量检查”资格的执法人员"),
        ("部门 99 对场所 98", "部门 99 对场所 98"),
        ("时间窗内有 3 个可行日", "时间窗内有 3 个可行日"),
    ],
)
def test_numbers_become_names(planner: str, person: str) -> None:
    assert said(planner) == person


@given(st.text())
def test_other_text_passes_unchanged(text: str) -> None:
    if not any(word in text for word in ("部门", "场所", "事项")):
        assert said(text) == text
