"""What the pages of the merge show: runs, reasons, changes, proposals and comparisons, shaped for their templates."""

from datetime import date, timedelta
from typing import Any

import msgspec

from inspect_registry.access.permissions import Permission, may
from inspect_registry.actor import Actor, Role
from inspect_registry.clock import shanghai
from inspect_registry.db import Acting
from inspect_registry.jobs.model import JobState, JobView
from inspect_registry.visits import listing, orders, relaxing, runs
from inspect_registry.visits.differences import LoadLine, PlaceKind, RunComparison
from inspect_registry.visits.errors import NothingToPlan
from inspect_registry.visits.lifecycle import LIVE, PART_TEXT, VISIT_TEXT
from inspect_registry.visits.model import PartState
from inspect_registry.visits.relaxation_store import Decider, RelaxationState
from inspect_registry.visits.relaxing import RelaxationView
from inspect_registry.visits.run_rows import ChangeKind, Purpose, RunLine
from inspect_registry.visits.runs import MergeRunView
from inspect_registry.visits.scenario import told
from inspect_registry.visits.views import VisitView

PAGE = 50
"""Unserved checks or visits on one page."""
PLACES = 20
"""Places of a comparison on one page."""
CHANGE_TEXT = {
    ChangeKind.MOVED: ("改期", "warn"),
    ChangeKind.RESTAFFED: ("换人", "warn"),
    ChangeKind.DROPPED: ("取消", "bad"),
    ChangeKind.NEW: ("新增", "good"),
}
PLACE_TEXT = {
    PlaceKind.FEWER: ("次数减少", "good"),
    PlaceKind.MORE: ("次数增加", "bad"),
    PlaceKind.MOVED: ("改期", "warn"),
    PlaceKind.REGROUPED: ("组合改变", "warn"),
}
STATE_TEXT = {
    RelaxationState.PROPOSED: ("等待决定", "warn"),
    RelaxationState.ACCEPTED: ("已同意，下次合并时生效", "good"),
    RelaxationState.REFUSED: ("不同意", "bad"),
}
STAGE_TEXT = {"search": "正在寻找更好的方案", "alone": "正在测算各部门单独检查所需次数"}


def month_text(month: date) -> str:
    """Say a month in Chinese."""
    return f"{month.year}年{month.month}月"


def day_text(day: date | None) -> str:
    """Say a day of a known year in Chinese."""
    return "" if day is None else f"{day.month}月{day.day}日（周{'一二三四五六日'[day.weekday()]}）"


async def months_of(acting: Acting, today: date) -> dict[str, Any]:
    """Shape the list of months that can be merged."""
    rows = await runs.months(acting)
    coming = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return {
        "months": [
            {"slug": f"{one.month:%Y-%m}", "label": month_text(one.month), "checks": one.checks, "merged": one.newest}
            for one in rows
        ],
        "coming": month_text(coming),
        "may_run": may(acting.actor.role, Permission.MERGE_RUN),
    }


async def month_of(acting: Acting, month: date, start: int, after: str, *, joint: bool) -> dict[str, Any]:
    """Shape everything about one month's merge; a month that was never merged shows how to begin."""
    actor = acting.actor
    try:
        run: MergeRunView | None = await runs.last_run(acting, month)
    except NothingToPlan:
        run = None
    departments = await runs.departments(acting)
    names = {one.uid: one.short_name for one in departments}
    own = next((one.uid for one in departments if one.id == actor.department), "")
    proposals = await relaxing.relaxations(acting, month)
    job = await _job(acting, month)
    waiting = await runs.waiting_for_a_merge(acting, month)
    visits = await listing.standing_visits(acting, month, after, PAGE, joint=joint)
    desk = await runs.desk_checks(acting, month, "", PAGE)
    return {
        "slug": f"{month:%Y-%m}",
        "label": month_text(month),
        "job": job,
        "waiting": {"checks": waiting.checks, "visits": waiting.visits, "late": "、".join(waiting.late)},
        "run": _run(run, proposals, start, actor) if run else None,
        "proposals": [_proposal(one, actor) for one in proposals],
        "visits": [_visit(one, own if may(actor.role, Permission.VISIT_CONFIRM) else "") for one in visits],
        "joint": joint,
        "next_visit": visits[-1].uid if len(visits) == PAGE else "",
        "desk": [{**msgspec.to_builtins(one), "day": day_text(one.day)} for one in desk],
        "runs": [_line(one, names) for one in await runs.runs_of_month(acting, month)],
        "departments": [{"uid": uid, "name": name} for uid, name in names.items()],
        "may_run": may(actor.role, Permission.MERGE_RUN),
    }


def _run(run: MergeRunView, proposals: list[RelaxationView], start: int, actor: Actor) -> dict[str, Any]:
    proposed = {one.check for one in proposals if one.state is RelaxationState.PROPOSED}
    proposes = may(actor.role, Permission.RELAXATION_PROPOSE)
    unserved = [
        {
            "check": one.check,
            "enterprise": one.enterprise,
            "department": one.department,
            "matters": "、".join(one.matters),
            "mandatory": one.mandatory,
            "bundle": one.bundle,
            "sentence": one.sentence,
            "remedy": one.remedy,
            "may_propose": bool(one.ways) and proposes and one.check not in proposed,
            "proposed": one.check in proposed,
        }
        for one in run.unserved[start : start + PAGE]
    ]
    return {
        "uid": run.uid,
        "visits": run.visits,
        "joint": run.measures.get("joint_visits", run.joint_visits),
        "naive": run.naive_visits,
        "avoided": run.avoided,
        "checks": run.checks,
        "kept": run.kept,
        "withdrawn": run.withdrawn,
        "unserved_total": len(run.unserved),
        "unserved": unserved,
        "start": start,
        "previous": max(start - PAGE, 0) if start else None,
        "next": start + PAGE if start + PAGE < len(run.unserved) else None,
        "changes": [
            {
                "kind": CHANGE_TEXT[one.kind][0],
                "tone": CHANGE_TEXT[one.kind][1],
                "enterprise": one.enterprise,
                "departments": "、".join(one.departments),
                "before": day_text(one.day_before),
                "after": day_text(one.day_after),
                "published": one.published,
                "reason": one.reason,
            }
            for one in run.changes[:PAGE]
        ],
        "changes_total": len(run.changes),
    }


async def _job(acting: Acting, month: date) -> dict[str, Any] | None:
    """Shape the newest job of the month, for those who may watch jobs."""
    if not may(acting.actor.role, Permission.JOB_READ):
        return None
    jobs = await orders.merges_under_way(acting, month)
    if not jobs:
        return None
    newest = jobs[0]
    under_way = newest.state in (JobState.WAITING, JobState.RUNNING)
    failed = newest.state is JobState.FAILED
    if not under_way and not failed:
        return None
    return {
        "uid": newest.uid,
        "under_way": under_way,
        "what": "方案试算" if newest.kind == orders.WHAT_IF_KIND else "合并",
        "stage": STAGE_TEXT.get(newest.progress.get("stage", ""), "排队等候"),
        "stop_asked": newest.stop_asked,
        "progress": _progress(newest),
        "title": (newest.result or {}).get("title", "") if failed else "",
        "detail": (newest.result or {}).get("detail", "") if failed else "",
    }


def _progress(job: JobView) -> dict[str, int] | None:
    found = job.progress
    if "cost" not in found:
        return None
    return {name: int(found.get(name, 0)) for name in ("visits", "unserved", "cost", "bound")}


def _proposal(one: RelaxationView, actor: Actor) -> dict[str, Any]:
    mine = one.decider is (Decider.COORDINATOR if actor.role is Role.COORDINATOR else Decider.DEPARTMENT)
    return {
        "uid": one.uid,
        "enterprise": one.enterprise,
        "department": one.department,
        "decider": one.department if one.decider is Decider.DEPARTMENT else "统筹部门",
        "sentence": one.sentence,
        "state": STATE_TEXT[one.state][0],
        "tone": STATE_TEXT[one.state][1],
        "reason": one.reason,
        "may_decide": mine and one.state is RelaxationState.PROPOSED and may(actor.role, Permission.RELAXATION_DECIDE),
    }


def _visit(one: VisitView, own: str) -> dict[str, Any]:
    """Shape a visit; `own` is the department (its uid) that may answer for its share."""
    live = [part for part in one.parts if part.state in LIVE]
    names = [part.short_name for part in live]
    return {
        "uid": one.uid,
        "enterprise": one.enterprise,
        "address": one.address,
        "day": day_text(one.day),
        "state": VISIT_TEXT[one.state],
        "departments": "、".join(f"{name}（牵头）" if name == one.lead else name for name in names),
        "sentences": [reason.get("sentence", "") for reason in one.reasons],
        "shares": [
            {
                "department": part.short_name,
                "matters": "、".join(matter.name for matter in part.matters),
                "inspectors": "、".join(person.name for person in part.inspectors),
                "state": PART_TEXT[part.state],
            }
            for part in live
        ],
        "answer_due": next(
            (day_text(p.answer_due) for p in live if p.department_uid == own and p.state is PartState.PROPOSED), None
        ),
    }


def _line(one: RunLine, names: dict[str, str]) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "label": "正式安排" if one.purpose is Purpose.MERGE else told(one.scenario, names),
        "purpose": "合并" if one.purpose is Purpose.MERGE else "试算",
        "made": f"{shanghai(one.created_at):%m月%d日 %H:%M:%S}",
        "visits": one.visits,
        "avoided": max(one.naive_visits - one.visits, 0) if one.naive_visits else None,
        "unserved": one.unserved,
    }


def comparison_of(found: RunComparison, start: int) -> dict[str, Any]:
    """Shape a comparison."""
    return {
        "slug": f"{found.month:%Y-%m}",
        "label": month_text(found.month),
        "before": found.before,
        "after": found.after,
        "before_told": found.before_told,
        "after_told": found.after_told,
        "figures": [
            {
                "label": one.label,
                "unit": one.unit,
                "before": f"{one.before:g}",
                "after": f"{one.after:g}",
                "difference": f"{one.after - one.before:+g}" if one.after != one.before else "不变",
                "tone": "" if one.better is None else "good" if one.better else "bad",
                "word": "" if one.better is None else "较好" if one.better else "较差",
            }
            for one in found.figures
        ],
        "loads": [_load(one) for one in found.loads],
        "places": [
            {
                "enterprise": one.enterprise,
                "kind": PLACE_TEXT[one.kind][0],
                "tone": PLACE_TEXT[one.kind][1],
                "before": [f"{day_text(knock.day)}　{'、'.join(knock.departments)}" for knock in one.before],
                "after": [f"{day_text(knock.day)}　{'、'.join(knock.departments)}" for knock in one.after],
            }
            for one in found.places
        ],
        "places_total": found.places_total,
        "start": start,
        "previous": max(start - PLACES, 0) if start else None,
        "next": start + PLACES if start + PLACES < found.places_total else None,
        "moved": found.moved,
        "regrouped": found.regrouped,
        "newly_served": msgspec.to_builtins(found.newly_served[:PAGE]),
        "newly_total": len(found.newly_served),
        "no_longer_served": msgspec.to_builtins(found.no_longer_served[:PAGE]),
        "no_longer_total": len(found.no_longer_served),
    }


def _load(one: LoadLine) -> dict[str, Any]:
    return {
        "department": one.department,
        "before": one.before or 0,
        "after": one.after or 0,
        "before_text": "无人员" if one.before is None else f"{one.before:g}%",
        "after_text": "无人员" if one.after is None else f"{one.after:g}%",
        "visits_before": one.visits_before,
        "visits_after": one.visits_after,
    }
