"""What a stranger does: take the published files and the published log, and repeat both draws of a month."""

from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from pathlib import Path

import asyncpg
import msgspec
import pytest
import pytest_asyncio

from inspect_registry.cli import main
from inspect_registry.clock import SetClock
from inspect_registry.db import Database
from inspect_registry.plans import crew_drawing, disclosure, drawing, month_checks, months
from inspect_registry.plans.crew_shapes import CommitCrews
from inspect_registry.plans.draw import Method
from inspect_registry.plans.draw_shapes import CommitDraw, SeedDraft
from tests.conftest import REGION, Cluster
from tests.district_builders import a_small_district
from tests.ledger_builders import Keepers, keepers_in, sequence_all
from tests.plans_builders import a_clerk, a_coordinator, a_published_plan, a_task

DECEMBER = date(2026, 12, 1)


@pytest_asyncio.fixture
async def sequencing(cluster: Cluster, database_name: str, clock: SetClock) -> AsyncIterator[Database]:
    opened = await Database.open(
        cluster.dsn(database_name, "sequencer"), region=REGION, clock=clock, size=2, command_timeout=20
    )
    yield opened
    await opened.close()


@pytest.fixture
def keepers(tmp_path: Path, clock: SetClock) -> Iterator[Keepers]:
    with keepers_in(tmp_path / "var", clock) as made:
        yield made


async def published(
    database: Database, sequencing: Database, keepers: Keepers, clock: SetClock, folder: Path
) -> list[Path]:
    """Walk one department's month to its end, each seed after its commitment; write what may be published."""
    small = await a_small_district(database, enterprise_count=12)
    clerk, coordinator = database.acting(a_clerk(small)), database.acting(a_coordinator())
    full = a_task(small, name="全覆盖检查", selection=Method.FULL, ratio=None)
    plan = await a_published_plan(database, small, a_task(small), full)
    month = await months.draft_monthly_plan(clerk, DECEMBER)
    draws = [await drawing.commit_draw(clerk, month.uid, CommitDraw(task=task.uid)) for task in plan.tasks]
    await sequence_all(keepers.sequencer(sequencing))
    clock.advance(timedelta(hours=9))
    for one in draws:
        seed = SeedDraft(seed="03 11 19 22", source="双色球第2026134期", appeared_at=clock.now())
        await drawing.seed_draw(clerk, one.uid, seed)
    await month_checks.make_checks(clerk, month.uid)
    crew = await crew_drawing.commit_crew_draw(clerk, month.uid, CommitCrews())
    await sequence_all(keepers.sequencer(sequencing))
    clock.advance(timedelta(hours=24))
    seed = SeedDraft(seed="05 07 21 30", source="双色球第2026135期", appeared_at=clock.now())
    await crew_drawing.seed_crew_draw(clerk, crew.uid, seed)
    await months.submit_monthly_plan(clerk, month.uid)
    await months.review_monthly_plan(coordinator, month.uid, "同意")
    await months.file_monthly_plan(coordinator, month.uid)
    await months.publish_monthly_plan(coordinator, month.uid)
    await months.close_monthly_plan(coordinator, month.uid, "已完成")
    await sequence_all(keepers.sequencer(sequencing))
    proofs = [*await disclosure.published_proofs(coordinator, DECEMBER)]
    proofs += await disclosure.published_crew_proofs(coordinator, DECEMBER)
    files = []
    for proof in proofs:
        path = folder / f"{proof.draw}.json"
        path.write_bytes(msgspec.json.encode(proof))
        files.append(path)
    return files


async def test_both_draws_of_a_month_are_repeated_from_files_and_log_alone(
    database: Database,
    sequencing: Database,
    keepers: Keepers,
    clock: SetClock,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = await published(database, sequencing, keepers, clock, tmp_path)
    assert len(files) == 3
    site = str(keepers.places.published.root)
    assert main(["draw", "verify", *map(str, files), "--site", site]) == 0
    said = capsys.readouterr().out
    assert said.count("通过　承诺值") == said.count("通过　留痕") == said.count("通过　先后") == 3
    assert said.count("通过　结果") == 3
    assert "不符" not in said
    assert main(["draw", "verify", str(files[0]), "--site", site, "--json"]) == 0
    told = msgspec.json.decode(capsys.readouterr().out)
    assert {one["what"] for one in told} == {"承诺值", "留痕", "先后", "名单", "种子", "结果"}


CHANGES = [
    ("crew", lambda proof: proof["crews"].reverse(), "结果"),
    ("crew", lambda proof: proof["crews"][0]["inspectors"].reverse(), "结果"),
    ("crew", lambda proof: proof["roster"].pop(), "承诺值"),
    ("crew", lambda proof: proof.update(most=99), "承诺值"),
    ("crew", lambda proof: proof.update(seed="06 07 21 30"), "先后"),
    ("draw", lambda proof: proof.update(seed="04 11 19 22"), "先后"),
    ("draw", lambda proof: proof["drawn"].reverse(), "结果"),
    ("draw", lambda proof: proof["pool"].pop(), "承诺值"),
    ("draw", lambda proof: proof.update(draw="x" * 26), "留痕"),
]


async def test_every_changed_file_is_caught(
    database: Database,
    sequencing: Database,
    keepers: Keepers,
    clock: SetClock,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = await published(database, sequencing, keepers, clock, tmp_path)
    honest = [msgspec.json.decode(path.read_bytes()) for path in files]
    of_kind = {
        "crew": next(proof for proof in honest if "crews" in proof),
        "draw": next(proof for proof in honest if proof.get("method") == "random"),
    }
    for kind, change, caught in CHANGES:
        proof = msgspec.json.decode(msgspec.json.encode(of_kind[kind]))
        change(proof)
        changed = tmp_path / "changed.json"
        changed.write_bytes(msgspec.json.encode(proof))
        assert main(["draw", "verify", str(changed), "--site", str(keepers.places.published.root)]) == 1, caught
        assert f"不符　{caught}" in capsys.readouterr().out


async def test_a_draw_committed_again_under_its_identity_is_caught(
    database: Database,
    sequencing: Database,
    keepers: Keepers,
    clock: SetClock,
    tmp_path: Path,
    owner: asyncpg.Connection,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Somebody who can write to the database tries a second seed: the log keeps both."""
    files = await published(database, sequencing, keepers, clock, tmp_path)
    await owner.execute(
        """INSERT INTO ledger_entry (leaf, leaf_hash, action, subject_kind, subject_uid, department, appended_at)
        SELECT leaf, leaf_hash, action, subject_kind, subject_uid, department, appended_at
        FROM ledger_entry WHERE action = 'draw.drawn'"""
    )
    await sequence_all(keepers.sequencer(sequencing))
    assert main(["draw", "verify", *map(str, files), "--site", str(keepers.places.published.root)]) == 1
    assert "两次承诺或两次结果" in capsys.readouterr().out


def test_what_cannot_be_read_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proof = tmp_path / "proof.json"
    assert main(["draw", "verify", str(proof)]) == 2
    proof.write_text('{"algorithm": "sha256-crews-1", "draw": "x"}')
    assert main(["draw", "verify", str(proof)]) == 2
    proof.write_text(
        '{"algorithm": "coin", "draw": "x", "wanted": 0, "pool": [], "excluded": [], "drawn": [], '
        '"weights_digest": "", "commitment": ""}'
    )
    assert main(["draw", "verify", str(proof), "--site", str(tmp_path)]) == 2
    assert main(["draw", "verify", str(proof)]) == 0
    assert "不是本程序认识的算法" in capsys.readouterr().out
