"""The yearly notices of holidays over JSON: enter, sign off or reject, read."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from inspect_registry.catalogue import holidays
from inspect_registry.catalogue.holidays import NoticeView
from inspect_registry.catalogue.notices import NoticeDraft
from inspect_registry.db import Acting
from inspect_registry.routes.frame import signed_in


class Objection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a notice differs from its document."""

    reason: Annotated[str, msgspec.Meta(max_length=500)]


@post("/holiday-notices", operation_id="proposeHolidayNotice", guards=[signed_in], status_code=201)
async def propose(acting: NamedDependency[Acting], data: JSONBody[NoticeDraft]) -> NoticeView:
    """Enter a year's notice; its year stays provisional until somebody else signs it off."""
    return await holidays.propose_notice(acting, data)


@get("/holiday-notices", operation_id="listHolidayNotices", guards=[signed_in])
async def list_notices(acting: NamedDependency[Acting]) -> list[NoticeView]:
    """List every notice that was entered, newest first."""
    return await holidays.notices(acting)


@post("/holiday-notices/{uid:str}/sign", operation_id="signHolidayNotice", guards=[signed_in], status_code=200)
async def sign(acting: NamedDependency[Acting], uid: FromPath[str]) -> NoticeView:
    """Sign a notice off, as somebody else than who entered it: from now on working days are counted by it."""
    return await holidays.sign_notice(acting, uid)


@post("/holiday-notices/{uid:str}/reject", operation_id="rejectHolidayNotice", guards=[signed_in], status_code=200)
async def reject(acting: NamedDependency[Acting], uid: FromPath[str], data: JSONBody[Objection]) -> NoticeView:
    """Reject a notice that does not say what its document says."""
    return await holidays.reject_notice(acting, uid, data.reason)


handlers = [propose, list_notices, sign, reject]
