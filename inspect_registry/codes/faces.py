"""What a verdict looks and sounds like: one word, one shape, one tone, one piece of advice, in Chinese and English.

Colour is never the only sign: each tone has its own shape, and the word says the same again (WCAG 2.2, 1.4.1).
Refusal words rest on 行政处罚法 第五十五条 and on the district's own rule that a check needs its code.
"""

from enum import StrEnum

import msgspec

from inspect_registry.codes.verdict import Verdict


class Tone(StrEnum):
    """Colour and shape of a verdict."""

    GOOD = "good"
    """Green circle with a tick."""
    CARE = "care"
    """Amber triangle with an exclamation mark."""
    BAD = "bad"
    """Red octagon with a cross."""
    OVER = "over"
    """Grey square with a bar: nothing wrong, but nothing in force."""


class Face(msgspec.Struct, frozen=True, kw_only=True):
    """How one verdict is told."""

    tone: Tone
    word: str
    word_en: str
    advice: str
    advice_en: str


FACES = {
    Verdict.VALID: Face(
        tone=Tone.GOOD,
        word="有效",
        word_en="Valid",
        advice="请核对上方名称和地址是不是本店，再核对来人与下列执法人员、证件是否一致。不是本店，请拒绝并报告。",
        advice_en="Check that the name and address above are yours and that the people and certificates match the list "
        "below. If this is not your shop, refuse and report.",
    ),
    Verdict.PRINTED: Face(
        tone=Tone.CARE,
        word="这是纸面码，请看动态码",
        word_en="Printed code: ask for the live one",
        advice="请让执法人员在手机上出示动态码，再扫一次。纸面码只说明有这次检查，不能确认来的就是这些人。",
        advice_en="Ask the inspector to show the live code on the phone and scan again. Paper only says that there is "
        "such an inspection.",
    ),
    Verdict.STALE: Face(
        tone=Tone.CARE,
        word="画面已过时，请重扫",
        word_en="Picture out of date: scan again",
        advice="动态码每 30 秒更换。请当面重扫执法人员手机上的码；如果对方只能出示照片或截图，请拒绝并报告。",
        advice_en="The live code changes every 30 seconds. Scan the phone again; if they can only show a photo or "
        "screenshot, refuse and report.",
    ),
    Verdict.NOT_YET: Face(
        tone=Tone.CARE,
        word="未到检查时间",
        word_en="Not yet in force",
        advice="现在还不在这次检查的时间内。可以请对方在所列时间再来。",
        advice_en="The inspection's time has not begun. You may ask them to come back at the stated time.",
    ),
    Verdict.CERTIFICATE_INVALID: Face(
        tone=Tone.BAD,
        word="执法证件无效",
        word_en="Inspector's certificate not valid",
        advice="所列执法人员中有人的执法证件今天无效。您可以拒绝检查并报告。",
        advice_en="At least one listed inspector's certificate is not valid today. You may refuse and report.",
    ),
    Verdict.WRONG_ENTERPRISE: Face(
        tone=Tone.BAD,
        word="不是本店的码",
        word_en="Not issued for this shop",
        advice="这个码是签发给另一家的。请拒绝检查并报告，此事已提示监督部门。",
        advice_en="This code was issued for another enterprise. Refuse and report; the supervisor has been alerted.",
    ),
    Verdict.REVOKED: Face(
        tone=Tone.BAD,
        word="已撤销",
        word_en="Revoked",
        advice="这个码已被撤销或更换。请对方出示新码，没有新码可以拒绝检查。",
        advice_en="This code was revoked or replaced. Ask for the new one; without it you may refuse.",
    ),
    Verdict.EXPIRED: Face(
        tone=Tone.OVER,
        word="已过期",
        word_en="Expired",
        advice="这次检查的时间已过。仍以此码要求检查的，可以拒绝并报告。",
        advice_en="The inspection's time is over. You may refuse a check based on this code, and report.",
    ),
    Verdict.CLOSED: Face(
        tone=Tone.OVER,
        word="检查已结束",
        word_en="Inspection closed",
        advice="这次检查已经结束。欢迎评价；仍以此码要求检查的，可以拒绝并报告。",
        advice_en="This inspection is over. Please rate it; you may refuse a further check based on this code.",
    ),
    Verdict.UNKNOWN: Face(
        tone=Tone.BAD,
        word="查无此码，可能是伪造",
        word_en="Unknown code, possibly forged",
        advice="登记簿里没有这个码。没有有效的检查码，您可以拒绝检查，并拨打 12345 或在下面报告。",
        advice_en="The register has no such code. Without a valid code you may refuse the inspection; call 12345 or "
        "report below.",
    ),
}
