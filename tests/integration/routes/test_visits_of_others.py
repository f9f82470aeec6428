"""Whoever asks for another department's or enterprise's visit, record or order learns no more than that there is none."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from inspect_registry.access.model import NewPerson
from inspect_registry.access.service import add_people
from inspect_registry.actor import SYSTEM, Role
from inspect_registry.db import Database
from inspect_registry.triggers import service as triggers
from inspect_registry.triggers.model import TriggerDraft, TriggerKind
from tests.fieldwork_doors import NOW, a_closed_record, begun
from tests.visits_builders import District, a_district, an_actor
from tests.visits_people import PASSWORD, People, people_of

WHY = {"reason": "没有理由"}
WORDS = {"words": "已经改正，附照片"}
CLOSING = {
    "present": ["x", "y"],
    "started_at": NOW.isoformat(),
    "ended_at": NOW.isoformat(),
    "signature": "signed",
    "signature_note": "某",
}
OPERATIONS: list[tuple[str, str, Any, str]] = [
    ("GET", "/visits/{}", None, "visit"),
    ("POST", "/visits/{}/confirmation", None, "visit"),
    ("POST", "/visits/{}/refusal", WHY, "visit"),
    ("POST", "/visits/{}/approval", None, "visit"),
    ("POST", "/visits/{}/cancellation", WHY, "visit"),
    ("POST", "/inspections", {"visit": "{}"}, "visit"),
    ("GET", "/inspections/{}", None, "inspection"),
    ("PUT", "/inspections/{}/answers", {"answers": []}, "inspection"),
    ("PUT", "/inspections/{}/findings", {"findings": []}, "inspection"),
    ("POST", "/inspections/{}/closing", CLOSING, "inspection"),
    ("POST", "/inspections/{}/telling", None, "inspection"),
    ("POST", "/inspections/{}/revocation", WORDS, "inspection"),
    ("POST", "/inspections/{}/corrections", {"reason": "要点一有误，应更正"}, "inspection"),
    ("POST", "/inspections/{}/confirmation", None, "inspection"),
    ("POST", "/inspections/{}/objections", WORDS, "inspection"),
    ("GET", "/inspections/{}/evidence", None, "inspection"),
    ("GET", "/rectifications/{}", None, "rectification"),
    ("POST", "/rectifications/{}/evidence", WORDS, "rectification"),
    ("POST", "/rectifications/{}/recheck", {"passed": True, "note": "核对无误"}, "rectification"),
    ("POST", "/rectifications/{}/recheck-trigger", None, "rectification"),
    ("POST", "/rectifications/{}/closing", None, "rectification"),
    ("POST", "/triggers/{}/approval", None, "trigger"),
    ("POST", "/triggers/{}/rejection", {"reason": "不予立项"}, "trigger"),
    ("POST", "/triggers/{}/visit", {"day": "2026-11-20", "inspectors": ["x"]}, "trigger"),
]
STRANGERS = ("clerk1", "head1", "officer1", "rival")


@pytest.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest_asyncio.fixture
async def people(database: Database, district: District) -> AsyncIterator[People]:
    other, _ = await district.shop()
    async with people_of(database, district) as opened:
        rival = NewPerson(account="rival", name="同行", password=PASSWORD, role=Role.ENTERPRISE, enterprise=other)
        await add_people(database.acting(SYSTEM), [rival], quick=True)
        yield opened


async def test_foreign_and_unknown_are_answered_alike_and_nothing_changes(
    database: Database, people: People, district: District, owner
) -> None:
    _, visit = await begun(database, district)
    record = await a_closed_record(database, district, visit, {})
    draft = TriggerDraft(
        kind=TriggerKind.COMPLAINT,
        premises=await district.uid_of("premises", district.premises),
        matters=[await district.uid_of("matter", district.matters[district.departments[0]][0])],
        facts="群众反映后厨有老鼠",
        source_number="12345-2026-1",
        received_at=NOW,
    )
    trigger = await triggers.propose(database.acting(an_actor(Role.CLERK, district.departments[0])), draft)
    real = {
        "visit": visit,
        "inspection": record.uid,
        "rectification": record.rectifications[0].uid,
        "trigger": trigger.uid,
    }
    state = "SELECT array_agg(row_to_json(t)::text ORDER BY id) FROM {} AS t"
    before = [await owner.fetchval(state.format(table)) for table in real]
    tried = 0
    for method, path, body, kind in OPERATIONS:
        for who in STRANGERS:
            answers = []
            for uid in (real[kind], "n" * 26):
                sent = {"visit": uid} if body == {"visit": "{}"} else body
                answer = await people._ask(who, method, path.format(uid), sent, "")
                answers.append((answer.status_code, answer.json().get("code"), answer.json().get("detail", "")))
            foreign, unknown = answers
            assert foreign == unknown, f"{who} {method} {path}: {foreign} {unknown}"
            assert foreign[0] in {403, 404}, f"{who} {method} {path}: {foreign}"
            tried += 1
        nobody = await people.client.request(method, f"/api/v1{path.format(real[kind])}", json=body)
        assert nobody.status_code == 401
    assert tried == len(OPERATIONS) * len(STRANGERS)
    assert [await owner.fetchval(state.format(table)) for table in real] == before
