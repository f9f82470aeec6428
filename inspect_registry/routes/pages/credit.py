"""Pages of credit repair (信用修复): an enterprise sees its records and applies; the department decides.

Plain forms, no script. No class and no input of a grade is on these pages.
"""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from inspect_registry.actor import Role
from inspect_registry.db import Acting
from inspect_registry.enterprises.credit import records, service
from inspect_registry.enterprises.credit.model import (
    MEASURE_TEXT,
    PAPER_TEXT,
    REPAIR_STATE_TEXT,
    Condition,
    Ended,
    Paper,
    PaperKind,
    RepairState,
)
from inspect_registry.enterprises.credit.service import Application, Verdict
from inspect_registry.enterprises.credit.views import RecordView, RepairView
from inspect_registry.routes.frame import actor_in, only
from inspect_registry.routes.templates import page

READERS = only(Role.ENTERPRISE, Role.CLERK, Role.HEAD, Role.COORDINATOR, Role.AUDITOR)
APPLICANTS = only(Role.ENTERPRISE, Role.CLERK)
DECIDES = only(Role.HEAD)
_ENDED = {Ended.CORRECTED: "已更正", Ended.REVOKED: "已撤销", Ended.REPAIRED: "已修复"}
_TONE = {
    RepairState.APPLIED: "warn", RepairState.GRANTED: "good", RepairState.REFUSED: "bad", RepairState.WITHDRAWN: "",
}  # fmt: skip


class ApplicationForm(msgspec.Struct, frozen=True):
    """An application as typed."""

    application: str = ""
    performance: str = ""
    commitment_paper: str = ""
    commitment: str = ""


class DecisionForm(msgspec.Struct, frozen=True):
    """A decision as typed; a checked box confirms, or names what is not met."""

    repair: str = ""
    decision: str = ""
    reason: str = ""
    harm_removed: str = ""
    not_listed: str = ""
    unmet: str = ""


class WithdrawalForm(msgspec.Struct, frozen=True):
    """Which application."""

    repair: str = ""


@get("/credit", operation_id="creditPage", guards=[READERS], include_in_schema=False)
async def index(request: Request[Any, Any, Any], acting: NamedDependency[Acting]) -> Response[str]:
    """List records, and the applications that wait."""
    found = await records.credit_records(acting, alive=False, limit=records.LARGEST_PAGE)
    waiting = await service.waiting(acting)
    names = {one.uid: one.enterprise_name for one in found}
    return page(
        request,
        "credit.html",
        mine=actor_in(request).role is Role.ENTERPRISE,
        records=[_line(one) for one in found],
        waiting=[_repair(one) | {"enterprise": names.get(one.record, "")} for one in waiting],
        late=sum(one.late for one in waiting),
    )


@get("/credit/{uid:str}", operation_id="creditRecordPage", guards=[READERS], include_in_schema=False)
async def record(request: Request[Any, Any, Any], acting: NamedDependency[Acting], uid: FromPath[str]) -> Response[str]:
    """Show one record: what its repair asks for, the form that fits the reader, and what became of applications."""
    found = await records.credit_record(acting, uid)
    role = actor_in(request).role
    waiting = next((one for one in found.repairs if one.state is RepairState.APPLIED), None)
    return page(
        request,
        "credit_record.html",
        one=_line(found),
        basis=found.basis,
        minimum=found.minimum_months,
        earliest=found.earliest and _day(found.earliest),
        papers=[{"code": paper.code, "text": paper.text} for paper in found.papers],
        obstacles=[msgspec.to_builtins(one) for one in found.obstacles],
        repairs=[_repair(one) for one in found.repairs],
        may_apply=not found.ended_on and not waiting and role in {Role.ENTERPRISE, Role.CLERK},
        may_withdraw=waiting is not None and role is (Role.CLERK if waiting.on_behalf else Role.ENTERPRISE),
        confirm=[{"code": one.code, "text": one.text} for one in found.confirm],
        decide=_repair(waiting) if waiting and role is Role.HEAD else None,
        unmet=[{"code": one.code, "text": one.text} for one in found.conditions],
    )


@post(
    "/credit/{uid:str}/application", operation_id="creditApplicationForm", guards=[APPLICANTS], include_in_schema=False,
    status_code=303,
)  # fmt: skip
async def apply(
    acting: NamedDependency[Acting],
    uid: FromPath[str],
    data: URLEncodedBody[ApplicationForm],
) -> Redirect:
    """Hand in an application."""
    typed = {
        PaperKind.APPLICATION: data.application,
        PaperKind.PERFORMANCE: data.performance,
        PaperKind.COMMITMENT: data.commitment_paper,
    }
    papers = [Paper(kind=kind, reference=text.strip()[:200]) for kind, text in typed.items() if text.strip()]
    await service.apply(acting, uid, Application(papers=papers, commitment=data.commitment[:2000]))
    return Redirect(f"/credit/{uid}", status_code=303)


@post(
    "/credit/{uid:str}/decision", operation_id="creditDecisionForm", guards=[DECIDES], include_in_schema=False,
    status_code=303,
)  # fmt: skip
async def decide(
    acting: NamedDependency[Acting],
    uid: FromPath[str],
    data: URLEncodedBody[DecisionForm],
) -> Redirect:
    """Grant or refuse."""
    boxes = {Condition.HARM_REMOVED: data.harm_removed, Condition.NOT_LISTED: data.not_listed}
    verdict = Verdict(
        granted=data.decision == "grant",
        reason=data.reason[:2000],
        confirmed=[condition for condition, box in boxes.items() if box],
        unmet=[condition for condition in Condition if condition.value == data.unmet],
    )
    await service.decide(acting, data.repair[:40], verdict)
    return Redirect(f"/credit/{uid}", status_code=303)


@post(
    "/credit/{uid:str}/withdrawal", operation_id="creditWithdrawalForm", guards=[APPLICANTS], include_in_schema=False,
    status_code=303,
)  # fmt: skip
async def withdraw(
    acting: NamedDependency[Acting],
    uid: FromPath[str],
    data: URLEncodedBody[WithdrawalForm],
) -> Redirect:
    """Take an application back."""
    await service.withdraw(acting, data.repair[:40])
    return Redirect(f"/credit/{uid}", status_code=303)


def _line(one: RecordView) -> dict[str, Any]:
    open_ones = [repair for repair in one.repairs if repair.state is RepairState.APPLIED]
    if one.ended_why is not None:
        state, tone = _ENDED[one.ended_why], "good"
    elif open_ones:
        state, tone = "修复申请办理中", "warn"
    elif not one.obstacles:
        state, tone = "可以申请修复", "good"
    else:
        state, tone = "暂不能申请", ""
    return {
        "uid": one.uid,
        "enterprise": one.enterprise_name,
        "department": one.department,
        "measure": MEASURE_TEXT[one.measure],
        "document": one.measure_document,
        "found": _day(one.found_on),
        "published": one.published_on and _day(one.published_on),
        "performed": one.performed_on and _day(one.performed_on),
        "ends": one.publicity_ends and _day(one.publicity_ends),
        "ended": one.ended_on and _day(one.ended_on),
        "state": state,
        "tone": tone,
    }


def _repair(one: RepairView) -> dict[str, Any]:
    return {
        "uid": one.uid,
        "record": one.record,
        "state": REPAIR_STATE_TEXT[one.state],
        "tone": _TONE[one.state],
        "applied": _day(one.applied_on),
        "on_behalf": one.on_behalf,
        "due": _day(one.decide_due),
        "provisional": one.provisional,
        "decided": one.decided_on and _day(one.decided_on),
        "decision": one.decision,
        "unmet": one.unmet,
        "share_due": one.share_due and _day(one.share_due),
        "shared": one.shared_on and _day(one.shared_on),
        "commitment": one.commitment,
        "papers": [{"name": PAPER_TEXT[paper.kind], "reference": paper.reference} for paper in one.papers],
        "late": one.late,
    }


def _day(day: Any) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


handlers = [index, record, apply, decide, withdraw]
