"""Many papers at once: a job that tells how far it is, ends when asked, and survives being killed anywhere."""

import csv
import io
import os
import zipfile
from pathlib import Path

import asyncpg
import pypdf
import pytest
import pytest_asyncio

from inspect_registry.actor import Role
from inspect_registry.db import Database
from inspect_registry.documents import print_work, printing, service
from inspect_registry.documents.errors import NothingToPrint, PrintNotReady
from inspect_registry.documents.model import DocumentKind, Press
from inspect_registry.documents.printing import PrintForm, PrintOrder
from inspect_registry.errors import NotAllowed, NotFound
from inspect_registry.fieldwork import bulk
from inspect_registry.fieldwork.bulk import BulkRecord
from inspect_registry.jobs.errors import JobEnded
from inspect_registry.jobs.model import JobState
from inspect_registry.jobs.service import Worker
from tests.fieldwork_doors import NOW, begun
from tests.visits_builders import SYSTEM, TODAY, District, a_district, an_actor

PRESS = Press(base="https://jiancha.example", mark="演示数据")
MANY = 12


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs."""


@pytest_asyncio.fixture
async def district(owner: asyncpg.Connection) -> District:
    return await a_district(owner)


@pytest_asyncio.fixture
async def recorded(database: Database, district: District) -> District:
    """Twelve shops with one closed record each."""
    for number in range(MANY):
        if number:
            district.enterprise, district.premises = await _another_shop(district, number)
        visit, _ = await begun(database, district)
        record = BulkRecord(visit=visit, started_at=NOW.replace(hour=1), ended_at=NOW.replace(hour=1, minute=40))
        await bulk.record_bulk(database.acting(SYSTEM), [record])
    return district


async def _another_shop(district: District, number: int) -> tuple[int, int]:
    made = await district.owner.fetchval(
        """INSERT INTO enterprise OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(enterprise, jsonb_build_object(
             'id', nextval(pg_get_serial_sequence('enterprise', 'id')), 'uid', $2::text, 'name', $3::text, 'uscc', $4::text, 'reg_no', NULL))).*
           FROM enterprise WHERE id = $1 RETURNING id""",
        district.enterprise, district.uid("ent"), f"第{number}号饭店", f"9131011400000{number:05d}",
    )  # fmt: skip
    place = await district.owner.fetchval(
        """INSERT INTO premises OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(premises, jsonb_build_object(
             'id', nextval(pg_get_serial_sequence('premises', 'id')), 'uid', $2::text, 'enterprise', $3::bigint))).*
           FROM premises WHERE id = $1 RETURNING id""",
        district.premises, district.uid("prem"), made,
    )  # fmt: skip
    return made, place


def clerk(district: District, which: int = 0):
    return an_actor(Role.CLERK, district.departments[which], person=50 + which)


def records(form: PrintForm = PrintForm.ZIP, **changes: object) -> PrintOrder:
    return PrintOrder(**{"kind": DocumentKind.RECORD, "first": TODAY, "last": TODAY, "form": form} | changes)


def worker(database: Database, folder: Path, press: Press = PRESS) -> Worker:
    return Worker(database, {printing.KIND: print_work.work(database, folder, press)}, None)


async def test_a_zip_holds_every_paper_and_a_list(database, recorded, tmp_path) -> None:
    asked = await printing.order(database.acting(clerk(recorded)), records())
    assert (asked.state, asked.papers) == (JobState.WAITING, MANY)
    with pytest.raises(PrintNotReady):
        await printing.ready_file(database.acting(clerk(recorded)), asked.uid, tmp_path)
    assert await worker(database, tmp_path).one_job()
    done = await printing.state(database.acting(clerk(recorded)), asked.uid)
    assert (done.state, done.done, done.papers, done.left_out) == (JobState.DONE, MANY, MANY, [])
    path = await printing.ready_file(database.acting(clerk(recorded)), asked.uid, tmp_path)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        rows = list(csv.DictReader(io.StringIO(archive.read("list.csv").decode("utf-8-sig"))))
        assert len(names) == MANY + 1
        assert [row["文号"].rpartition("〕")[2] for row in rows] == [f"{n}号" for n in range(1, MANY + 1)]
        for name in names[1:]:
            assert archive.read(name).startswith(b"%PDF-")


async def test_one_pdf_counts_the_pages_of_each_paper_and_shares_its_fonts(database, recorded, tmp_path) -> None:
    asked = await printing.order(database.acting(clerk(recorded)), records(PrintForm.PDF))
    await worker(database, tmp_path).one_job()
    path = await printing.ready_file(database.acting(clerk(recorded)), asked.uid, tmp_path)
    pages = ["".join(page.extract_text().split()) for page in pypdf.PdfReader(path).pages]
    firsts = [text for text in pages if "第1页共" in text]
    assert len(firsts) == MANY
    assert all(f"市场监检录〔2026〕{number}号" in text for number, text in enumerate(firsts, start=1))
    assert path.stat().st_size < MANY * 25_000


@pytest.mark.parametrize("form", list(PrintForm))
async def test_killed_anywhere_it_goes_on_and_gives_the_same_file(
    database, recorded, tmp_path, owner, monkeypatch, form
) -> None:
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    first = await printing.order(database.acting(clerk(recorded)), records(form))
    await worker(database, whole).one_job()
    expected = (await printing.state(database.acting(clerk(recorded)), first.uid)).sha256
    asked = await printing.order(database.acting(clerk(recorded)), records(form))
    printed: list[str] = []
    plain = service.pdf_of

    def counting(paper, *, as_issued=True):
        if len(printed) == 4:
            printed.append("killed")
            raise Killed
        printed.append(paper.uid)
        return plain(paper, as_issued=as_issued)

    monkeypatch.setattr(service, "pdf_of", counting)
    monkeypatch.setattr(print_work.papers, "bound", _once_killed(print_work.papers.bound))
    with pytest.raises(Killed):
        await worker(database, torn).one_job()
    left = sorted(path.name for path in (torn / asked.uid).rglob("*") if path.is_file())
    assert not [name for name in left if name.startswith("papers.") and not name.endswith("unfinished")]
    await owner.execute("UPDATE job SET taken_at = taken_at - interval '1 hour' WHERE uid = $1", asked.uid)
    assert await worker(database, torn).one_job()
    done = await printing.state(database.acting(clerk(recorded)), asked.uid)
    assert (done.state, done.sha256) == (JobState.DONE, expected)
    if form is PrintForm.ZIP:
        assert len(set(printed)) == len(printed), "whole parts are not printed again"
    numbers = await owner.fetch("SELECT ordinal FROM document WHERE kind = 'record' ORDER BY ordinal")
    assert [row["ordinal"] for row in numbers] == list(range(1, MANY + 1))


def _once_killed(plain):
    calls: list[int] = []

    def bound(*arguments, **options):
        calls.append(1)
        if len(calls) == 1:
            raise Killed
        return plain(*arguments, **options)

    return bound


async def test_a_cancelled_job_ends_soon_and_leaves_no_file(database, recorded, tmp_path, owner) -> None:
    asked = await printing.order(database.acting(clerk(recorded)), records())
    await printing.cancel(database.acting(clerk(recorded)), asked.uid)
    await worker(database, tmp_path).one_job()
    ended = await printing.state(database.acting(clerk(recorded)), asked.uid)
    assert (ended.cancelled, ended.done < MANY, ended.file) == (True, True, "")
    with pytest.raises(JobEnded):
        await printing.cancel(database.acting(clerk(recorded)), asked.uid)
    actions = await owner.fetch("SELECT action FROM ledger_entry WHERE action LIKE 'papers.%' ORDER BY id")
    assert [row["action"] for row in actions] == ["papers.ordered", "papers.cancelled"]


async def test_a_paper_that_cannot_be_printed_is_left_out_with_its_reason(database, recorded, tmp_path, owner) -> None:
    await owner.execute("UPDATE enterprise SET name = '上海𠮷野饭店' WHERE name = '第3号饭店'")
    asked = await printing.order(database.acting(clerk(recorded)), records())
    await worker(database, tmp_path).one_job()
    done = await printing.state(database.acting(clerk(recorded)), asked.uid)
    (left,) = done.left_out
    assert (left["code"], "U+20BB7" in left["reason"]) == ("glyph-missing", True)
    path = await printing.ready_file(database.acting(clerk(recorded)), asked.uid, tmp_path)
    assert len(zipfile.ZipFile(path).namelist()) == MANY


async def test_results_of_others_are_not_found(database, recorded, tmp_path) -> None:
    asked = await printing.order(database.acting(clerk(recorded)), records())
    await worker(database, tmp_path).one_job()
    for stranger in (clerk(recorded, 1), an_actor(Role.CLERK, recorded.departments[0], person=51)):
        with pytest.raises(NotFound):
            await printing.ready_file(database.acting(stranger), asked.uid, tmp_path)
    with pytest.raises(NotAllowed):
        await printing.order(database.acting(an_actor(Role.AUDITOR, 0, person=9)), records())


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": DocumentKind.DELIVERY},
        {"last": TODAY.replace(day=1)},
        {"last": TODAY.replace(year=2027)},
        {"first": TODAY.replace(month=1), "last": TODAY.replace(month=1)},
    ],
)
async def test_a_range_without_papers_is_refused(database, district, changes) -> None:
    with pytest.raises(NothingToPrint):
        await printing.order(database.acting(clerk(district)), records(**changes))


async def test_old_results_are_removed_by_the_next_job(database, recorded, tmp_path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "papers.zip").write_bytes(b"x")
    os.utime(old, (0, 0))
    await printing.order(database.acting(clerk(recorded)), records())
    await worker(database, tmp_path).one_job()
    assert not old.exists()
