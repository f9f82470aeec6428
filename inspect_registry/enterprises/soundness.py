"""What an enterprise's entry must have; pure."""

import re
from typing import Final

from inspect_registry.enterprises.model import NewEnterprise
from inspect_registry.identifiers import BadNumberError, parse_reg_no, parse_uscc

_INDUSTRY: Final = re.compile(r"[A-T][0-9]{4}")


def enterprise_faults(new: NewEnterprise) -> tuple[tuple[str, str], ...]:
    """What keeps an enterprise from being entered: (field, Chinese sentence) for each fault; empty when nothing does.

    Numbers after GB 32100-2015; industry after GB/T 4754-2017 with its section letter.
    """
    faults = [*_number_faults(new)]
    if not new.name.strip():
        faults.append(("name", "名称为空"))
    if not _INDUSTRY.fullmatch(new.industry):
        faults.append(("industry", f"行业代码“{new.industry[:20]}”应为门类字母加四位数字（GB/T 4754-2017），如 H6210"))
    if not new.premises:
        faults.append(("premises", "至少应有一处经营场所"))
    return tuple(faults)


def _number_faults(new: NewEnterprise) -> list[tuple[str, str]]:
    if new.uscc is None and new.reg_no is None:
        return [("uscc", "统一社会信用代码和注册号至少填一项")]
    faults = []
    for field, number, parse in (("uscc", new.uscc, parse_uscc), ("reg_no", new.reg_no, parse_reg_no)):
        try:
            if number is not None and parse(number) != number:
                faults.append((field, f"“{number[:40]}”应写作半角大写、不含空格"))
        except BadNumberError as fault:
            faults.append((field, str(fault)))
    return faults
