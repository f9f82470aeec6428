"""The rules of a trigger, one function each. Pure."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from inspect_registry.errors import Place
from inspect_registry.triggers.errors import (
    NotAnEmergency,
    RecheckNotLinked,
    TriggerInTheFuture,
    TriggerStepNotAllowed,
    TriggerWithoutSource,
)
from inspect_registry.triggers.model import KIND_TEXT, TriggerKind, TriggerState

LONGEST_FACTS: Final = 1000  # characters
_SOURCE_NUMBER: Final = re.compile(r"[\w〔〕\[\]()（）\-/.·号第]{3,64}")
_EMERGENCIES: Final = frozenset({TriggerKind.ACCIDENT, TriggerKind.COMPLAINT, TriggerKind.SUPERIOR})


def source_is_documented(facts: str, source_number: str) -> None:
    """触发式检查应当有事由和来源编号，不得假借投诉举报之名实施检查。

    国办发〔2024〕54号；上海市检查码实施方案：触发式检查须填写检查理由。
    """
    facts, source_number = facts.strip(), source_number.strip()
    places = []
    if not 5 <= len(facts) <= LONGEST_FACTS or "\x00" in facts:
        places.append(Place(field="facts", text=facts[:40], message=f"事由为5至{LONGEST_FACTS}字"))
    if not _SOURCE_NUMBER.fullmatch(source_number) or not any(sign.isdigit() for sign in source_number):
        places.append(Place(field="source_number", text=source_number[:64], message="来源编号为3至64个字符，须含数字"))
    if places:
        raise TriggerWithoutSource(
            "事由或者来源编号缺失或者不成形。",
            rule="trigger-source-documented",
            basis="国办发〔2024〕54号",
            remedy="请填写工单号、转办函号等来源编号，并写明事由。",
            places=tuple(places),
        )


def recheck_is_linked(kind: TriggerKind, rectification: str | None) -> None:
    """复查应当关联所复查的责令改正；其他事由不得以复查名义豁免频次。

    国办发〔2024〕54号；区级频次管理规则(sample)。
    """
    if (kind is TriggerKind.RECHECK) != (rectification is not None):
        raise RecheckNotLinked(
            f"事由为“{KIND_TEXT[kind]}”，{'缺少' if kind is TriggerKind.RECHECK else '不应有'}责令改正的编号。",
            rule="recheck-is-linked",
            basis="国办发〔2024〕54号",
            remedy="复查请选择所复查的责令改正；其他事由请删去该编号。",
            places=(Place(field="rectification", text=rectification or ""),),
        )


def received_before_now(received_at: datetime, now: datetime) -> None:
    """线索的收到时间不得晚于登记时间。

    全过程记录：《中华人民共和国行政处罚法》第四十七条。
    """
    if received_at.tzinfo is None or received_at > now:
        raise TriggerInTheFuture(
            "收到时间晚于现在，或者没有写明时区。",
            rule="trigger-received-before-now",
            basis="《中华人民共和国行政处罚法》第四十七条",
            remedy="请填写实际收到的时间(含时区)。",
            places=(Place(field="received_at", text=received_at.isoformat()),),
        )


def emergency_is_real(kind: TriggerKind, *, emergency: bool) -> None:
    """只有事故、投诉举报和上级部署可以先行检查、后补批准。

    国办发〔2024〕54号：情况紧急的，应当及时报告并补办批准手续。
    """
    if emergency and kind not in _EMERGENCIES:
        raise NotAnEmergency(
            f"“{KIND_TEXT[kind]}”不属于可以先行检查的事由。",
            rule="emergency-is-real",
            basis="国办发〔2024〕54号",
            remedy="请按一般触发式检查报批。",
        )


def is_exempt(kind: TriggerKind, exempt_kinds: Collection[str]) -> bool:
    """Say whether a visit for this reason is outside caps and quiet days: `frequency.exempt.kinds` lists them."""
    return kind.value in exempt_kinds


_AFTER: Final[Mapping[TriggerState, frozenset[TriggerState]]] = MappingProxyType(
    {
        TriggerState.PROPOSED: frozenset({TriggerState.APPROVED, TriggerState.REJECTED, TriggerState.USED}),
        TriggerState.APPROVED: frozenset({TriggerState.USED}),
        TriggerState.REJECTED: frozenset(),
        TriggerState.USED: frozenset(),
    }
)


def step_is_possible(before: TriggerState, after: TriggerState, *, emergency: bool) -> None:
    """触发式检查须先经负责人批准再立项检查；只有紧急检查可以先立项，后补批准。事由只处理一次。

    国办发〔2024〕54号。
    """
    skips = (before, after) == (TriggerState.PROPOSED, TriggerState.USED) and not emergency
    if after not in _AFTER[before] or skips:
        raise TriggerStepNotAllowed(
            "该事由尚未经负责人批准。" if skips else "该事由已经处理。",
            rule="trigger-approved-first",
            basis="国办发〔2024〕54号",
            remedy="请先报负责人批准；已处理的请另行登记新的事由。",
        )


RULES: Final = (source_is_documented, recheck_is_linked, received_before_now, emergency_is_real, step_is_possible)
"""All rules of the room."""
