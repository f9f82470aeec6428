"""Pages of the log for people: one leaf with its proof, one subject, how the log is, and one's own receipts."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import date

import asyncpg
import httpx
import pytest
import pytest_asyncio

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.app import create
from inspect_registry.config import from_environment
from inspect_registry.db import Database
from inspect_registry.ledger import Action, Subject, addresses, reading, receipt
from inspect_registry.ledger.completeness import Completeness
from inspect_registry.ledger.errors import EntryNotFound
from inspect_registry.ledger.health import judge
from inspect_registry.ledger.policy import parse_policy
from inspect_registry.ledger.proof import parse_proof, verify_proof
from inspect_registry.ledger.words import ACTS
from inspect_registry.routes import frame
from tests.integration.ledger.test_append import a_department
from tests.ledger_builders import Keepers, append_some, grow, sequence_all
from tests.unit.ledger.test_ledger_health import a_status

ACTORS = {
    "mine": Actor(role=Role.ENTERPRISE, person=2, enterprise=7),
    "theirs": Actor(role=Role.ENTERPRISE, person=3, enterprise=8),
    "operator": Actor(role=Role.OPERATOR, person=4),
}


@pytest_asyncio.fixture
async def client(
    database: Database, watched: Keepers, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    async def actor_of(_database: Database, token: str) -> Actor | None:
        return ACTORS.get(token)

    monkeypatch.setattr(frame, "actor_of", actor_of)
    settings = from_environment({"PUBLIC_URL": "https://jiancha.example"}, var=watched.places.var)
    transport = httpx.ASGITransport(app=create(settings, database))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="https://jiancha.example") as made:
        yield made


def shown(page: str, name: str) -> str:
    found = re.search(rf'<pre class="ir-bytes" id="{name}" tabindex="0">(.*?)</pre>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found.group(1))


async def addressed(database: Database, enterprise: int | None, uid: str, action: Action = Action.CODE_ISSUED) -> None:
    async with database.transaction(SYSTEM) as tx:
        await ledger.append(
            tx,
            action,
            Subject("code", uid),
            enterprise=enterprise,
            public={"visit": f"v-{uid}"},
            private={"words": uid},
        )


async def test_the_page_of_a_leaf_carries_bytes_proof_and_policy_that_prove_it(
    client: httpx.AsyncClient, database: Database, sequencing: Database, watched: Keepers
) -> None:
    await grow(database, watched, sequencing, [300, 5])
    page = (await client.get(addresses.entry(299))).text
    policy = parse_policy(shown(page, "policy"))
    assert policy.urls == {}  # What the world reads: no inside address of a witness.
    leaf, proof = shown(page, "leaf").encode(), parse_proof(shown(page, "proof"))
    assert verify_proof(proof, leaf, policy).size == 305
    file = await client.get(addresses.proof(299))
    assert file.text == str(proof)
    assert file.headers["content-disposition"] == 'attachment; filename="299.tlog-proof"'
    with pytest.raises(ValueError, match="another root"):  # The planted fault: a leaf that is not the one proved.
        verify_proof(proof, leaf.replace(b"s0-299", b"s0-298"), policy)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/log/entries/5", 409),
        ("/log/entries/999999999999999999", 409),
        ("/log/entries/9999999999999999999", 404),
        ("/log/entries/-1", 404),
        ("/log/entries/x", 404),
        ("/log/entries/1.txt", 404),
        ("/log/entries/%D9%A3", 404),
        ("/log/entries/9.tlog-proof", 409),
        ("/log/entries?number=abc", 404),
        ("/log/entries?number=4", 303),
        ("/log/about/check/nobody", 404),
        ("/log/secret.js", 404),
        ("/log/verify.js", 200),
    ],
)
async def test_what_is_not_there_is_said_and_never_an_error_of_ours(
    client: httpx.AsyncClient, database: Database, sequencing: Database, watched: Keepers, path: str, status: int
) -> None:
    await grow(database, watched, sequencing, [5])
    assert (await client.get(path)).status_code == status


async def test_a_subject_is_found_before_it_has_a_number_and_after(
    client: httpx.AsyncClient, database: Database, sequencing: Database, watched: Keepers
) -> None:
    await addressed(database, 7, "c1")
    before = (await client.get(addresses.about("code", "c1"))).text
    assert "检查码签发" in before
    assert "等待编号" in before
    await sequence_all(watched.sequencer(sequencing))
    after = (await client.get(addresses.about("code", "c1"))).text
    assert "等待编号" not in after
    assert f'href="{addresses.entry(0)}"' in after
    assert f'href="{addresses.proof(0)}"' in after


async def test_the_log_page_says_size_witnesses_silences_and_stamps(
    client: httpx.AsyncClient, database: Database, sequencing: Database, watched: Keepers
) -> None:
    assert "还没有第一个检查点" in (await client.get("/log/")).text
    watched.deaf = {"w2", "w3"}
    await grow(database, watched, sequencing, [20])
    page = (await client.get("/log/")).text
    assert "台账现有 20 条" in page
    assert page.count("尚未签署本检查点") == 2
    assert "见证人尚未签齐" in page
    assert "尚未计数" in page
    completeness = Completeness()
    health = judge(a_status(pending=3, oldest_pending_at=database.clock.now()), database.clock.now())
    watched.folder.publish_figures(completeness.counted(20, database.clock.now(), health))
    watched.folder.publish_stamp(date(2026, 11, 17), "x", b"x")
    watched.deaf = set()
    await grow(database, watched, sequencing, [1])
    page = (await client.get("/log/")).text
    assert "已由台账和足够的见证人签署" in page
    assert "数到第 20 条" in page
    assert "/log/timestamps/2026-11-17.tsr" in page
    assert "超过两天没有新的时间戳" in page  # It is the 20th.


async def test_the_pages_need_the_published_files_only(
    client: httpx.AsyncClient, database: Database, sequencing: Database, watched: Keepers
) -> None:
    await grow(database, watched, sequencing, [5])
    watched.places.policy_file.unlink()
    assert "台账现有 5 条" in (await client.get("/log/")).text
    assert (await client.get(addresses.entry(2))).status_code == 200
    (watched.folder.root / "policy.txt").unlink()
    assert "还没有第一个检查点" in (await client.get("/log/")).text
    assert 400 <= (await client.get(addresses.entry(2))).status_code < 500


async def test_damaged_files_are_an_answer_and_never_shown_as_sound(
    client: httpx.AsyncClient, database: Database, sequencing: Database, watched: Keepers
) -> None:
    await grow(database, watched, sequencing, [5])
    checkpoint, bundle = (watched.folder.root / name for name in ("checkpoint", "tile/entries/000.p/5"))
    sound, leaves = checkpoint.read_text(), bundle.read_bytes()
    for damaged in ("", sound[:40], sound[:-20]):
        checkpoint.write_text(damaged)
        for path in ("/log/", addresses.entry(2), "/api/v1/ledger/entries/2/proof"):
            answer = await client.get(path)
            assert (answer.status_code, "已公布的台账文件受损" in answer.text) == (503, True), (damaged, path)
    checkpoint.write_text(sound.replace("\n5\n", "\n6\n"))
    assert (await client.get("/log/")).status_code == 503  # The witnesses did not sign that.
    checkpoint.write_text(sound)
    for broken in (leaves[:-1], leaves.replace(b'"v":1', b'"v":2')):
        bundle.write_bytes(broken)
        assert (await client.get(addresses.entry(2))).status_code == 503
    assert (await client.get("/log/")).status_code == 200


async def test_everybody_sees_the_receipts_addressed_to_them_and_no_others(
    client: httpx.AsyncClient, database: Database, sequencing: Database, watched: Keepers
) -> None:
    await addressed(database, 7, "mine1")
    await addressed(database, 8, "theirs1")
    await addressed(database, None, "nobodys")
    await sequence_all(watched.sequencer(sequencing))
    await addressed(database, 7, "mine2")
    pages = {who: (await client.get("/me/receipts", headers={"authorization": f"Bearer {who}"})).text for who in ACTORS}
    assert ("mine1" in pages["mine"], "theirs1" in pages["mine"], "nobodys" in pages["mine"]) == (True, False, False)
    assert "等待编号" in pages["mine"]
    assert "theirs1" in pages["theirs"]
    assert "本部门还没有签发检查码" in pages["operator"]
    link = re.search(r'href="(/api/v1/ledger/entries/0/receipt)" download', pages["mine"])
    assert link is not None
    data = await client.get(link.group(1), headers={"authorization": "Bearer mine"})
    receipt.verify(receipt.unpack(data.content), watched.policy)
    assert (await client.get("/me/receipts")).status_code in (401, 403)


async def test_a_list_longer_than_a_page_goes_on_below_a_number(
    client: httpx.AsyncClient, database: Database, sequencing: Database, watched: Keepers
) -> None:
    for number in range(reading.RECEIPTS_PAGE + 3):
        await addressed(database, 7, f"n{number:03}")
    await sequence_all(watched.sequencer(sequencing))
    first = (await client.get("/me/receipts", headers={"authorization": "Bearer mine"})).text
    older = re.search(r"/me/receipts\?below=(\d+)", first)
    assert older is not None
    path = f"/api/v1/ledger/receipts?below={older.group(1)}"
    rest = (await client.get(path, headers={"authorization": "Bearer mine"})).json()
    assert [(one["number"], one["subject"]["uid"], one["visit"]) for one in rest] == [
        (2, "n002", "v-n002"),
        (1, "n001", "v-n001"),
        (0, "n000", "v-n000"),
    ]
    wrong = await client.get("/api/v1/ledger/receipts?below=99999", headers={"authorization": "Bearer mine"})
    assert (wrong.status_code, wrong.json()["code"]) == (404, "entry-not-found")


async def test_departments_list_their_codes_and_closed_checks(
    database: Database, sequencing: Database, watched: Keepers, owner: asyncpg.Connection
) -> None:
    async def append(action: Action, uid: str, department: int) -> None:
        async with database.transaction(SYSTEM) as tx:
            await ledger.append(tx, action, Subject("x", uid), department=department)

    ours, theirs = await a_department(owner, "a"), await a_department(owner, "b")
    await append(Action.CODE_ISSUED, "mine", ours)
    await append(Action.CHECK_ADDED, "other act", ours)
    await append(Action.INSPECTION_CLOSED, "closed", ours)
    await append(Action.CODE_ISSUED, "theirs", theirs)
    await sequence_all(watched.sequencer(sequencing))
    for role in (Role.CLERK, Role.INSPECTOR, Role.HEAD):
        lines = await reading.receipts_for(database.acting(Actor(role=role, person=1, department=ours)))
        assert [line.subject.uid for line in lines] == ["closed", "mine"]
    with pytest.raises(EntryNotFound):
        await reading.receipts_for(database.acting(ACTORS["mine"]), below=-1)


async def test_numbers_of_many_subjects_are_found_at_once_and_only_published_ones(
    database: Database, sequencing: Database, watched: Keepers
) -> None:
    await addressed(database, None, "a", Action.INSPECTION_OPENED)
    await addressed(database, None, "a", Action.INSPECTION_CLOSED)
    await sequence_all(watched.sequencer(sequencing))
    await addressed(database, None, "a", Action.INSPECTION_CORRECTED)
    await addressed(database, None, "b", Action.INSPECTION_CLOSED)
    wanted = (Action.INSPECTION_CLOSED, Action.INSPECTION_CORRECTED)
    async with database.transaction(SYSTEM, read_only=True) as tx:
        assert await ledger.numbers_of(tx, "code", ["a", "b", "c"], wanted) == {"a": 1}
        assert await ledger.numbers_of(tx, "visit", ["a"], wanted) == {}
    await sequence_all(watched.sequencer(sequencing))
    async with database.transaction(SYSTEM, read_only=True) as tx:
        assert await ledger.numbers_of(tx, "code", ["a", "b", "c"], wanted) == {"a": 2, "b": 3}


async def test_a_receipt_falls_back_to_the_newest_witnessed_checkpoint_or_says_that_it_waits(
    client: httpx.AsyncClient, database: Database, sequencing: Database, watched: Keepers
) -> None:
    await addressed(database, 7, "early")
    await sequence_all(watched.sequencer(sequencing))
    watched.deaf = {"w2", "w3"}
    await addressed(database, 7, "late")
    await append_some(database, 3)
    await sequence_all(watched.sequencer(sequencing))

    async def fetch(number: int) -> receipt.Receipt:
        answer = await client.get(f"/api/v1/ledger/entries/{number}/receipt", headers={"authorization": "Bearer mine"})
        return receipt.unpack(answer.content)

    assert receipt.verify(await fetch(0), watched.policy).size == 1
    waiting = await fetch(1)
    with pytest.raises(ValueError, match="too few witnesses"):
        receipt.verify(waiting, watched.policy)
    watched.deaf = set()
    assert await _completed(watched, sequencing)
    assert receipt.verify(await fetch(1), watched.policy).size == 5


def test_words_are_for_acts_that_exist_and_each_act_has_its_own() -> None:
    assert set(ACTS) <= set(Action)
    assert len(set(ACTS.values())) == len(ACTS)


async def _completed(keepers: Keepers, sequencing: Database) -> bool:
    sequencer = keepers.sequencer(sequencing)
    async with AsyncExitStack() as stack:
        assert await sequencer.lead(stack)
        return await sequencer.complete_quorum()
