"""Cells that name departments, matters, modes, and who leads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.plans.cells.names import (
    read_departments,
    read_matters,
    read_on_site,
    read_selection,
    read_yes,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("市邮政管理局、市公安局", ["市邮政管理局", "市公安局"]),
        ("区应急局;区市场监管局\n区消防救援支队", ["区应急局", "区市场监管局", "区消防救援支队"]),
        ("区应急局，区公安分局； 区卫生健康委", ["区应急局", "区公安分局", "区卫生健康委"]),
        ("区应急局 区公安分局  区卫生健康委", ["区应急局", "区公安分局", "区卫生健康委"]),
        ("区人力资源和社会保障局", ["区人力资源和社会保障局"]),
        ("公安局和消防救援局", ["公安局", "消防救援局"]),
        ("住房和城乡建设局及应急管理局", ["住房和城乡建设局", "应急管理局"]),
        ("市公安局(治安支队)、市场监管局", ["市公安局(治安支队)", "市场监管局"]),
        ("公安局、公安局", ["公安局"]),
        ("公安局等", ["公安局"]),
        ("1.区公安局 2.区消防救援支队", ["区公安局", "区消防救援支队"]),
        ("①区公安局②区消防救援支队", ["区公安局", "区消防救援支队"]),
        ("区公安局（配合）、区应急局（参与单位）", ["区公安局", "区应急局"]),
        ("不联合", []),
        ("无", []),
        ("/", []),
    ],
)
def test_departments_are_parted(text: str, names: list[str]) -> None:
    read = read_departments(text)
    assert (list(read.names), read.lead, read.trouble) == (names, None, None)


@pytest.mark.parametrize("text", ["根据需要", "相关部门", "各部门", "各镇街", "视情况而定", "是"])
def test_what_is_no_department_is_flagged(text: str) -> None:
    read = read_departments(text)
    assert read.names == ()
    assert read.trouble is not None
    assert read.trouble.code == "department-not-named"


def test_a_named_department_survives_beside_a_vague_one() -> None:
    read = read_departments("公安局、其他")
    assert read.names == ("公安局",)
    assert read.trouble is not None


@pytest.mark.parametrize(
    ("text", "lead", "names"),
    [
        ("牵头:规划科;配合:住房科、产业科", "规划科", ["住房科", "产业科"]),
        ("牵头部门：区商务委\n配合部门：区公安分局、区应急局", "区商务委", ["区公安分局", "区应急局"]),
        ("主办：区文旅局；协办：区公安分局", "区文旅局", ["区公安分局"]),
        ("区商务委（牵头）、区公安分局", "区商务委", ["区公安分局"]),
        ("区公安分局、区商务委(牵头部门)", "区商务委", ["区公安分局"]),
    ],
)
def test_who_leads_is_told_from_who_supports(text: str, lead: str, names: list[str]) -> None:
    read = read_departments(text)
    assert (read.lead, list(read.names)) == (lead, names)


@pytest.mark.parametrize(
    ("text", "matters"),
    [
        ("食品经营许可检查", ["食品经营许可检查"]),
        ("1.食品经营许可检查；2.从业人员健康管理检查", ["食品经营许可检查", "从业人员健康管理检查"]),
        ("（一）许可证检查\n（二）台账检查", ["许可证检查", "台账检查"]),
        ("①许可证检查②台账检查", ["许可证检查", "台账检查"]),
        ("食品经营许可检查、特种设备使用检查", ["食品经营许可检查", "特种设备使用检查"]),
        ("对计量器具、标准物质的检查", ["对计量器具、标准物质的检查"]),
    ],
)
def test_matters_are_parted_only_where_they_end(text: str, matters: list[str]) -> None:
    assert list(read_matters(text)) == matters


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        ("双随机", "random"),
        ("不定向", "random"),
        ("定向", "targeted"),
        ("全覆盖检查", "full"),
        ("随机抽查", "random"),
        ("现场检查", None),
    ],
)
def test_how_objects_are_chosen(text: str, selection: str | None) -> None:
    assert read_selection(text) == selection


@pytest.mark.parametrize(
    ("text", "on_site"),
    [
        ("现场检查", True),
        ("非现场检查", False),
        ("书面检查", False),
        ("网络监测", False),
        ("现场检查、书面检查", True),
        ("综合", None),
    ],
)
def test_whether_somebody_comes(text: str, on_site: bool | None) -> None:
    assert read_on_site(text) == on_site


def test_yes_and_no_have_many_spellings() -> None:
    assert [read_yes(text) for text in ("是", "√", "有", "是（双随机）", "Y")] == [True] * 5
    assert [read_yes(text) for text in ("否", "×", "无", "N")] == [False] * 4
    assert read_yes("也许") is None


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    read_departments(text)
    read_matters(text)
    read_on_site(text)
    read_selection(text)
    read_yes(text)
