"""What makes a problem contradict itself, with file, row and reason.

Rows count from 1 as the file shows them, the header being row 1. A check that merely has no allowed day, or whom
nobody may serve, is no flaw: it is listed as unserved and the rest is planned.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from inspect_registry.errors import Place

from .problem import Check, Plan, Problem
from .situation import Situation

MOST_PEOPLE = 60
MOST_MINUTES = 100_000
MOST_DAYS = 3_700


def flaws_of(problem: Problem) -> list[Place]:
    """List every flaw; an empty list means the problem can be solved."""
    flaws = [*_frame(problem), *_identities(problem), *_references(problem), *_values(problem)]
    if not flaws:
        situation = Situation(problem, Plan())
        flaws = [*_bundles(problem, situation), *_locked(problem, situation)]
    return flaws


def place(file: str, index: int, column: str, text: object, message: str) -> Place:
    """Name one cell; index counts data rows from 0."""
    return Place(sheet=file, row=index + 2, column=column, text=str(text), message=message)


def _meta(column: str, text: object, message: str) -> Place:
    return Place(sheet="meta.json", column=column, text=str(text), message=message)


def _frame(p: Problem) -> Iterator[Place]:
    if not 1 <= p.horizon <= MOST_DAYS:
        yield _meta("horizon", p.horizon, f"天数须在 1 至 {MOST_DAYS} 之间")
    if not 0 <= p.visits_per_inspector_day <= 1000:
        yield _meta("K", p.visits_per_inspector_day, "每人每日入企次数须在 0 至 1000 之间")
    for name, value in (
        ("day_minutes", p.day_minutes),
        ("visit_overhead", p.visit_overhead),
        ("max_visit_minutes", p.max_visit_minutes),
    ):
        if not 0 <= value <= MOST_MINUTES:
            yield _meta(name, value, f"分钟数须在 0 至 {MOST_MINUTES} 之间")
    if p.max_departments < 1:
        yield _meta("max_depts", p.max_departments, "至少允许一个部门")
    for zone, others in enumerate(p.near):
        for other in others:
            if not 0 <= other < len(p.near):
                yield _meta("near", other, f"片区 {zone} 的邻区 {other} 不存在")
            elif zone not in p.near[other]:
                yield _meta("near", f"{zone}→{other}", f"相邻关系须对称：{other} 未把 {zone} 列为邻区")
        if zone not in others:
            yield _meta("near", zone, f"片区 {zone} 须与自身相邻")


def _identities(p: Problem) -> Iterator[Place]:
    tables: tuple[tuple[str, str, Iterable[Any], Callable[[Any], object]], ...] = (
        ("enterprises.csv", "ent", p.premises, lambda row: row.id),
        ("inspectors.csv", "insp", p.inspectors, lambda row: row.id),
        ("items.csv", "item", p.checks, lambda row: row.id),
        ("used.csv", "ent", p.used, lambda row: (row.premises, row.department)),
    )
    for file, column, rows, key_of in tables:
        seen: set[object] = set()
        for index, row in enumerate(rows):
            key = key_of(row)
            if key in seen:
                yield place(file, index, column, key, f"编号 {key} 重复")
            seen.add(key)


def _references(p: Problem) -> Iterator[Place]:
    premises = {row.id for row in p.premises}
    inspectors = {row.id for row in p.inspectors}
    for index, row in enumerate(p.premises):
        if not 0 <= row.zone < len(p.near):
            yield place("enterprises.csv", index, "zone", row.zone, f"片区 {row.zone} 不存在")
    for index, used in enumerate(p.used):
        if used.premises not in premises:
            yield place("used.csv", index, "ent", used.premises, f"场所 {used.premises} 不存在")
    for index, recusal in enumerate(p.recusals):
        if recusal.inspector not in inspectors:
            yield place("recusals.csv", index, "insp", recusal.inspector, f"执法人员 {recusal.inspector} 不存在")
        if recusal.premises not in premises:
            yield place("recusals.csv", index, "ent", recusal.premises, f"场所 {recusal.premises} 不存在")
    for index, check in enumerate(p.checks):
        if check.premises not in premises:
            yield place("items.csv", index, "ent", check.premises, f"场所 {check.premises} 不存在")


def _values(p: Problem) -> Iterator[Place]:
    for index, row in enumerate(p.premises):
        if not 0 <= row.open_weekdays <= 127:
            yield place("enterprises.csv", index, "open_mask", row.open_weekdays, "营业日掩码须在 0 至 127 之间")
        for column, cap in (("cap_total", row.cap_total), ("cap_dept", row.cap_department)):
            if cap < 0:
                yield place("enterprises.csv", index, column, cap, "上限不能为负")
    for index, used in enumerate(p.used):
        if used.count < 0:
            yield place("used.csv", index, "n", used.count, "已用次数不能为负")
    for index, check in enumerate(p.checks):
        yield from _values_of_check(index, check)


def _values_of_check(index: int, c: Check) -> Iterator[Place]:
    if c.start > c.end:
        yield place("items.csv", index, "start", f"{c.start}..{c.end}", "时间窗为空：开始晚于结束")
    if not 0 <= c.minutes <= MOST_MINUTES:
        yield place("items.csv", index, "minutes", c.minutes, f"分钟数须在 0 至 {MOST_MINUTES} 之间")
    if not 1 <= c.inspectors <= MOST_PEOPLE:
        yield place("items.csv", index, "n_insp", c.inspectors, f"人数须在 1 至 {MOST_PEOPLE} 之间")
    if c.locked and c.published_day is None:
        yield place("items.csv", index, "locked", c.id, "已锁定的检查没有公布日")


def _bundles(p: Problem, s: Situation) -> Iterator[Place]:
    row_of = {check.id: index for index, check in enumerate(p.checks)}
    for bundle, members in s.bundles.items():
        first, *others = members
        for check in others:
            if check.premises != first.premises:
                message = f"组合 {bundle} 跨越场所 {first.premises} 与 {check.premises}"
                yield place("items.csv", row_of[check.id], "bundle", bundle, message)
        for check in members if others else ():
            if not check.mergeable:
                yield place(
                    "items.csv", row_of[check.id], "mergeable", 0, f"组合 {bundle} 含有须单独进行的检查，二者矛盾"
                )
            if not check.onsite:
                yield place("items.csv", row_of[check.id], "onsite", 0, f"组合 {bundle} 含有书面检查，二者矛盾")
        locked_days: dict[int | None, Check] = {c.published_day: c for c in members if c.locked}
        if len(locked_days) > 1:
            check = list(locked_days.values())[-1]
            yield place("items.csv", row_of[check.id], "locked", bundle, f"组合 {bundle} 的检查被锁定在不同的日期")


def _locked(p: Problem, s: Situation) -> Iterator[Place]:
    for index, c in enumerate(p.checks):
        if c.locked and c.published_day is not None and not s.day_allowed(c, c.published_day):
            yield place(
                "items.csv",
                index,
                "pub_day",
                c.published_day,
                f"锁定日第 {c.published_day} 天{_why_closed(s, c, c.published_day)}",
            )
        elif c.locked and c.bundle is not None and not s.allowed_days(tuple(s.bundles[c.bundle])):
            yield place(
                "items.csv",
                index,
                "pub_day",
                c.published_day,
                f"锁定日第 {c.published_day} 天不在组合 {c.bundle} 其他检查的可行日内",
            )


def _why_closed(s: Situation, c: Check, day: int) -> str:
    if not max(c.start, 0) <= day <= min(c.end, s.problem.horizon - 1):
        return f"不在时间窗 {c.start}—{c.end} 内"
    if day in s.nonwork:
        return "是非工作日"
    if c.onsite and not c.exempt and day in s.quiet:
        return "在安静期内"
    return f"场所 {c.premises} 不营业"
