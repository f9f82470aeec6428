"""What every published matter must have, and what would contradict itself; pure."""

import re
from typing import Final

from inspect_registry.catalogue.model import DepartmentKind, Disclosure, NewMatter

_LINE: Final = re.compile(r"[A-T][0-9]{0,4}")
_DIGITS: Final = "[一二三四五六七八九十百千〇零]+"
_ARTICLE: Final = rf"第{_DIGITS}条(之{_DIGITS})?(第{_DIGITS}款)?"
_BASIS: Final = re.compile(rf"《[^《》]{{2,60}}》({_ARTICLE})?")
_WITH_ARTICLE: Final = re.compile(rf".+{_ARTICLE}")


MANDATED: Final = "《中华人民共和国行政处罚法》第二十条（书面委托，委托书向社会公布）"
_MANDATE_MAX: Final = 300


def mandate_fault(kind: DepartmentKind, mandate: str) -> str:
    """Say in Chinese what is wrong with the 委托书 of an authority; empty where nothing is."""
    if len(mandate) > _MANDATE_MAX or "\0" in mandate:
        return f"委托书的写法应不超过 {_MANDATE_MAX} 字"
    if kind is DepartmentKind.DELEGATED and not mandate.strip():
        return "受委托的组织须写明委托书（文号、委托机关、事项、期限和公布网址）"
    return ""


def matter_faults(matter: NewMatter) -> tuple[str, ...]:
    """What keeps a matter from being published, each in a Chinese sentence; empty when nothing does.

    Sources: 国办发〔2024〕54号 (published items, standards), 行政处罚法第四十二条 (two officers),
    食品生产经营监督检查管理办法第四十六条 and 医疗器械经营监督管理办法第四十九条 (unannounced stays unannounced).
    """
    faults = []
    if not re.fullmatch(r"[A-Z]{2,8}-[0-9]{3}", matter.code):
        faults.append(f"事项编码“{matter.code}”应为部门简称加三位数字，如 SCJG-001")
    if not matter.name.strip():
        faults.append("事项名称为空")
    if not matter.basis:
        faults.append("缺少检查依据")
    faults += _basis_faults(matter)
    faults += [
        f"行业“{line[:20]}”应为门类字母加至多四位数字（GB/T 4754-2017），如 H62"
        for line in matter.industries
        if not _LINE.fullmatch(line)
    ]
    if not 1 <= len(matter.criteria) <= 60:
        faults.append(f"检查要点应有1至60条，现有{len(matter.criteria)}条")
    if matter.min_inspectors < 2:
        faults.append("每次检查执法人员不得少于2人（行政处罚法第四十二条）")
    return tuple(faults + _disclosure_faults(matter))


def _disclosure_faults(matter: NewMatter) -> list[str]:
    faults = []
    if matter.disclosure is not Disclosure.NAMED and matter.mergeable:
        faults.append("不预先告知的事项不得并入预先公示的检查")
    if matter.disclosure is not Disclosure.NAMED and not matter.disclosure_basis:
        faults.append("不公示名单的事项必须注明依据")
    return faults


def _basis_faults(matter: NewMatter) -> list[str]:
    faults = []
    for basis in matter.basis:
        if not _BASIS.fullmatch(basis):
            faults.append(f"依据“{basis[:80]}”应写作《法规名》第X条")
        elif not matter.sample and not _WITH_ARTICLE.fullmatch(basis):
            faults.append(f"依据“{basis[:80]}”缺少条款；未核实的应标为示例")
    return faults
