"""Cells that name things: departments, lead and support, matters, modes, selection, yes and no."""

import re
from typing import Literal

import msgspec

from inspect_registry.plans.cells.text import is_nothing, is_undetermined, plain, spaced, tidy
from inspect_registry.plans.cells.values import Trouble

Selection = Literal["random", "targeted", "full"]

_SEPARATORS = re.compile(r"[、,;\n]|(?<=[^\d])/(?=[^\d])")
_AUTHORITY = re.compile(
    r"(?:局|委|委员会|办|办公室|队|所|中心|站|署|院|会|处|科|科室|股|室|部|厅|社|馆|政府|公司|大厅|街道|镇|乡|区|关|行|厂|庭|组|台|库|单位|部门)(?:\([^()]*\))?$"
)
_NAMED_ROLE = r"(?P<role>牵头|主办|主责|发起|组织|配合|协办|参与|协同|联合|参加)(?:部门|单位|科室|股室|处室|机关)?"
_ROLE, _ROLE_AFTER = re.compile(f"{_NAMED_ROLE}:"), re.compile(rf"\({_NAMED_ROLE}\)$")
_LEADS = frozenset({"牵头", "主办", "主责", "发起", "组织"})
_NOBODY = re.compile(
    r"^(?:是|各街?镇(?:街道?)?|各?(?:相关|有关|涉及|其他)(?:业务|监管|行政执法|执法|职能)?(?:部门|单位|科室|机关)|各部门|各单位|多部门|视情况.*|.*(?:需要|待定|确定).*|其他|等)$"
)
_NUMBERED = re.compile(r"(?:^|[\n;\s])\(?(?:\d{1,2}|[一二三四五六七八九十]{1,3})(?:[.、)]|\)[.、]?)(?!\d)")
_MATTER_END = re.compile(r"(?:检查|监管|抽查|核查|监测|巡查|抽检|稽查|情况|监督|管理|行为|执行|落实)$")
_YES, _NO = (
    frozenset({"是", "√", "✓", "✔", "有", "y", "yes", "true", "1", "☑"}),
    frozenset({"否", "×", "✗", "✘", "无", "n", "no", "false", "0", "不是", "□"}),
)


class Departments(msgspec.Struct, frozen=True, kw_only=True):
    """Who a department cell names."""

    lead: str | None = None
    """Only where the cell says who leads."""
    names: tuple[str, ...] = ()
    """Everybody else it names, in its order."""
    trouble: Trouble | None = None


def read_departments(text: str) -> Departments:
    """Read a list of departments or offices, with or without 牵头 and 配合."""
    cell = spaced(text)
    if not cell or is_nothing(cell):
        return Departments()
    cell = _NUMBERED.sub("\n", cell)
    roles = list(_ROLE.finditer(cell))
    lead: list[str] = []
    support: list[str] = []
    troubles: list[Trouble] = []
    pieces = [(None, cell[: roles[0].start()] if roles else cell)] + [
        (role["role"], cell[role.end() : roles[index + 1].start() if index + 1 < len(roles) else len(cell)])
        for index, role in enumerate(roles)
    ]
    for role, piece in pieces:
        names, trouble = _names(piece)
        for name in names:
            after = _ROLE_AFTER.search(name)
            leads = (after["role"] if after else role) in _LEADS
            (lead if leads else support).append(_ROLE_AFTER.sub("", name))
        if trouble:
            troubles.append(trouble)
    return Departments(
        lead=lead[0] if lead else None,
        names=tuple(dict.fromkeys(lead[1:] + support)),
        trouble=troubles[0] if troubles else None,
    )


def _names(cell: str) -> tuple[tuple[str, ...], Trouble | None]:
    parts: list[str] = []
    for piece in _SEPARATORS.split(cell):
        parts.extend(_by_blanks(tidy(piece)))
    parts = [part.strip(" 。.:()") if part.count("(") != part.count(")") else part.strip(" 。.:") for part in parts]
    parts = [re.sub(r"等(?:\d*(?:个|家)?(?:部门|单位))?$", "", part) for part in parts]
    parts = [part for part in parts if part and not is_nothing(part)]
    vague = [part for part in parts if _NOBODY.match(part) or is_undetermined(part)]
    names = tuple(dict.fromkeys(part for part in parts if part not in vague))
    trouble = None
    if vague:
        trouble = Trouble(
            code="department-not-named", message=f"“{vague[0]}”不是部门名称；请写出部门全称，没有则填“无”"
        )
    return names, trouble


def _by_blanks(piece: str) -> list[str]:
    """Split at blanks and at 和/及/与 where both sides end like an authority: 人力资源和社会保障局 is one."""
    words = [word for word in piece.split(" ") if word]
    if len(words) > 1 and all(_AUTHORITY.search(word) for word in words):
        return [name for word in words for name in _by_blanks(word)]
    joined = "".join(words)
    for mark in re.finditer(r"[和及与]|以及", joined):
        left, right = joined[: mark.start()], joined[mark.end() :]
        if _AUTHORITY.search(left) and _AUTHORITY.search(right):
            return [left, *_by_blanks(right)]
    return [joined] if joined else []


def read_matters(text: str) -> tuple[str, ...]:
    """Read the matters of a cell: one a line, numbered, or between semicolons; 、 only between whole matters."""
    cell = spaced(text)
    if not cell or is_nothing(cell):
        return ()
    pieces = [piece for part in _NUMBERED.split(cell) for piece in re.split(r"[;\n]", part)]
    matters: list[str] = []
    for piece in pieces:
        words = [word for word in piece.split("、") if word.strip()]
        if len(words) > 1 and all(_MATTER_END.search(word.strip(" 。,.")) for word in words):
            matters.extend(words)
        else:
            matters.append(piece)
    return tuple(dict.fromkeys(name for matter in matters if (name := matter.strip(" 。,.、"))))


def read_yes(text: str) -> bool | None:
    """Read 是 or 否 in its spellings; None where the cell says neither."""
    cell = plain(text).lower().strip("()")
    if cell in _YES or cell.startswith("是"):
        return True
    return False if cell in _NO or cell.startswith("否") else None


def read_selection(text: str) -> Selection | None:
    """Read how the objects are chosen; None where the cell says nothing of it."""
    cell = plain(text)
    if re.search(r"不定向|双随机|随机|抽取", cell) and not re.search(r"非双随机|不.{0,2}随机", cell):
        return "random"
    if re.search(r"全覆盖|全面检查|普查|全量|应查尽查|逐户", cell):
        return "full"
    if re.search(r"定向|重点|指定|非双随机|专项", cell):
        return "targeted"
    return None


def read_on_site(text: str) -> bool | None:
    """Tell whether a mode means a visit to the premises; None where the cell does not say."""
    cell = plain(text)
    off_site = bool(re.search(r"非现场|书面|网络|线上|远程|视频|监测|数据比对|系统核查|材料审查|信息化", cell))
    on_site = bool(re.search(r"(?<!非)现场|实地|入企|上门|抽样|抽检|实地核查|飞行|突击|巡查", cell))
    if on_site:
        return True
    return False if off_site else None
