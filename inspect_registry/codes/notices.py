"""Words of the message that an enterprise's registered contact gets when inspectors show a code at its door."""

from datetime import datetime

from inspect_registry.clock import shanghai
from inspect_registry.codes.model import CodeRow, Contact


def opening_notice(contact: Contact, code: CodeRow, now: datetime) -> tuple[str, str]:
    """Return subject and text. No inspector is named: the names are on the page while the code lives."""
    departments = "、".join(contact.departments)
    subject = f"检查到场提醒：{departments}"
    body = (
        f"{contact.name}：\n"
        f"{shanghai(now):%Y年%m月%d日 %H:%M}，{departments}的执法人员在{contact.address}出示了检查码 {code.uid}。\n"
        "请店里的人当面扫描执法人员手机上的动态码，核对企业名称、地址和人员证件。\n"
        "如果没有人到店，或者来的不是执法人员，请立即拨打 110，并向执法监督机构报告（12345）。\n"
        "检查不收取任何费用。本消息由系统发出，请勿回复。\n"
    )
    return subject, body
