"""Lists that the district keeps in the open, entry by entry and version by version; pure.

Five lists with one manner of history: every version of an entry says from which day to which it held, why it was made,
on what basis, and on which day somebody must look whether it still holds.

- `key_industry` 重点行业（跨部门综合监管）: one industry whose matters several departments check as one
  (上海市优化营商环境条例第六十一条、第七十条);
- `quiet_enterprise` 无感监管对象: one enterprise that planned on-site checks leave alone (国市监信发〔2022〕6号);
- `quiet_matter` 无事不扰事项: one matter that they leave alone (国办发〔2024〕54号);
- `no_penalty` 轻微违法不予处罚: one violation that is not punished where its conditions are met
  (上海市优化营商环境条例第六十条);
- `no_coercion` 不予实施行政强制措施: one situation in which nothing is seized (the same, 第七十一条).
"""

import datetime as dt
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

TITLE_MAX: Final = 100
REASON_MIN, REASON_MAX = 4, 500
_CLASS_WORDS: Final = re.compile(
    r"信用(风险)?\s*(分类|等级|类别|评级|分级)|信用风险|[ABCDＡ-Ｄ]\s*[类级]|[类级]别?为?\s*[ABCDＡ-Ｄ](?![A-Za-z])",
    re.IGNORECASE,
)


class ListKind(StrEnum):
    """Which list."""

    KEY_INDUSTRY = "key_industry"
    QUIET_ENTERPRISE = "quiet_enterprise"
    QUIET_MATTER = "quiet_matter"
    NO_PENALTY = "no_penalty"
    NO_COERCION = "no_coercion"


LIST_NAMES: Final = {
    ListKind.KEY_INDUSTRY: "重点行业（跨部门综合监管）清单",
    ListKind.QUIET_ENTERPRISE: "无感监管对象清单",
    ListKind.QUIET_MATTER: "无事不扰事项清单",
    ListKind.NO_PENALTY: "轻微违法不予处罚清单",
    ListKind.NO_COERCION: "不予实施行政强制措施清单",
}
QUIET: Final = frozenset({ListKind.QUIET_ENTERPRISE, ListKind.QUIET_MATTER})
LENIENT: Final = frozenset({ListKind.NO_PENALTY, ListKind.NO_COERCION})


class ListEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What one version of one entry of one list says to everybody."""

    kind: ListKind
    subject: str
    """The same in all versions: a code, or an enterprise's uid."""
    version: int
    title: str
    content: dict[str, Any]
    """Of KeyIndustry or LeniencyContent; empty for the quiet lists."""
    basis: list[str]
    reason: str
    """Why this version was made; public."""
    sample: bool
    valid_from: dt.date
    valid_to: dt.date | None
    """Last day in force; the day before `valid_from` where it was taken back before it began."""
    review_on: dt.date
    ended_reason: str


class Listing(ListEntry, frozen=True, kw_only=True):
    """One version of one entry of one list."""

    uid: str

    def in_force(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def open(self, day: dt.date) -> bool:
        """Say whether it is in force or will be."""
        return self.valid_to is None or max(day, self.valid_from) <= self.valid_to

    def review_due(self, day: dt.date) -> bool:
        """Say whether the day has come on which somebody must look at it, and no end of it is settled."""
        return self.review_on <= day and self.valid_to is None


class KeyIndustry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is inspected as one comprehensive matter in an industry, and by whom together."""

    object_class: str
    """检查对象."""
    industries: tuple[str, ...] = ()
    """GB/T 4754-2017 prefixes with section letter."""
    tags: tuple[str, ...] = ()
    lead: str
    """Code of the leading department."""
    departments: tuple[str, ...]
    """Codes of all departments that take part, the lead among them."""
    matters: tuple[str, ...]
    """Codes of the matters that form the comprehensive matter."""


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One condition of a leniency item."""

    code: str
    text: str


class LeniencyContent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One item of an issued leniency list."""

    list: str
    """Title of the issued list."""
    version: str
    """As the issuing office numbers it, such as 2023."""
    item: str
    source: str = ""
    """Evidence mark of the sources list."""
    conditions: tuple[Condition, ...]
    matters: tuple[str, ...] = ()
    """Prefixes of matter codes; empty for every matter."""
    words: tuple[str, ...] = ()
    """Any of these in the facts prompts the item."""


class ListEntryInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the keeper says of every new version of an entry."""

    basis: tuple[str, ...]
    reason: str
    valid_from: dt.date
    review_on: dt.date
    sample: bool = False


class KeyIndustryInput(ListEntryInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An entry of the key-industry list, or its next version."""

    code: str
    title: str
    content: KeyIndustry


class LeniencyInput(ListEntryInput, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An item of a leniency list, or its next version."""

    violation: str
    content: LeniencyContent


def leniency_subject(content: LeniencyContent) -> str:
    """Return what an item is called in all its versions: the list and its number there."""
    return f"{content.list}#{content.item}"


def tells_credit_class(text: str) -> bool:
    """Say whether a public text speaks of an enterprise's credit risk class, which never leaves the inside."""
    return _CLASS_WORDS.search(text) is not None


def listing_faults(
    *, title: str, basis: Sequence[str], reason: str, valid_from: dt.date, review_on: dt.date, quiet: bool
) -> list[tuple[str, str]]:
    """Return what no entry of any list may lack, as field and Chinese sentence; empty for a sound one."""
    faults = []
    if not 1 <= len(title.strip()) <= TITLE_MAX:
        faults.append(("title", f"名称应为 1 至 {TITLE_MAX} 字"))
    if not REASON_MIN <= len(reason.strip()) <= REASON_MAX:
        faults.append(("reason", f"请说明理由（{REASON_MIN} 至 {REASON_MAX} 字），理由将公开"))
    if any(not one.isprintable() and one != "\n" for text in (title, reason, *basis) for one in text):
        faults.append(("reason", "含有不可见的控制字符"))
    if review_on <= valid_from:
        faults.append(("review_on", "复核日应在生效日之后"))
    if not quiet and not any(one.strip() for one in basis):
        faults.append(("basis", "请写明依据"))
    if quiet and tells_credit_class(reason):
        faults.append(("reason", "理由将公开，不得写入企业信用风险分类（内部参考，不对外公布）"))
    return faults
