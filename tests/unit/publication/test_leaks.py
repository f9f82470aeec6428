"""Canaries: what must never be public is planted in the rows and looked for in every byte of a release.

Each canary is also found when its mask is taken out on purpose, so the search itself is known to see it.
"""

import gzip
import io
import zipfile
from collections.abc import Iterator
from datetime import date

import msgspec
import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_registry.catalogue.model import Disclosure
from inspect_registry.enterprises.model import EnterpriseKind
from inspect_registry.publication import disclosure
from inspect_registry.publication.build import release_files
from inspect_registry.publication.disclosure import PlannedRow, ResultRow
from inspect_registry.publication.rendering import File, Kit, load_kit
from inspect_registry.publication.snapshot import MonthPlan
from tests.publication_builders import (
    PUBLISHED,
    a_plan,
    a_result_row,
    a_row,
    a_snapshot,
)

UNANNOUNCED = "上海金丝雀飞检餐饮有限公司"
NUMBERS_ONLY = "上海只报数量器械有限公司"
PERSON = "欧阳阿芳"
TRADER_ADDRESS = "白鹤弄77号401室"
TRADER_NUMBER = "92310114MA1CANARY5"
UNTOLD = "上海未告知结果有限公司"
REVOKED = "上海已撤销结果有限公司"
CANARIES = (
    UNANNOUNCED,
    NUMBERS_ONLY,
    PERSON,
    TRADER_ADDRESS,
    TRADER_NUMBER,
    UNTOLD,
    REVOKED,
)


def planned() -> list[PlannedRow]:
    return [
        a_row(),
        a_row(visit="u1", enterprise_name=UNANNOUNCED, disclosure=Disclosure.AFTERWARDS),
        a_row(visit="u2", enterprise_name=UNANNOUNCED, announced=False),
        a_row(visit="u3", enterprise_name=NUMBERS_ONLY, disclosure=Disclosure.NUMBERS),
        a_row(
            visit="u4",
            enterprise_name=PERSON,
            natural_name=True,
            enterprise_kind=EnterpriseKind.INDIVIDUAL,
            initials="oyaf",
            sort_key="ou'yang'a'fang 1",
        ),
        a_row(
            visit="u5",
            enterprise_kind=EnterpriseKind.INDIVIDUAL,
            enterprise_name="嘉定区好又来小吃店",
            address=TRADER_ADDRESS,
            enterprise_number=TRADER_NUMBER,
        ),
    ]


def checked() -> list[ResultRow]:
    return [
        a_result_row(),
        a_result_row(inspection="r1", enterprise_name=UNTOLD, told=False),
        a_result_row(inspection="r2", enterprise_name=REVOKED, revoked_at=PUBLISHED),
        a_result_row(
            inspection="r3",
            enterprise_name=PERSON,
            natural_name=True,
            enterprise_kind=EnterpriseKind.INDIVIDUAL,
        ),
    ]


def readable(file: File) -> Iterator[str]:
    """Everything a reader may find in a file: its name, its bytes as text, what is packed or set inside."""
    yield file.path
    content = file.content
    yield content.decode("utf-8", errors="replace")
    if file.path.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            for name in book.namelist():
                yield book.read(name).decode("utf-8", errors="replace")
    if file.path.endswith(".pdf"):
        for page in pypdf.PdfReader(io.BytesIO(content)).pages:
            yield "".join(page.extract_text().split())
    if content[:2] == b"\x1f\x8b":
        yield gzip.decompress(content).decode("utf-8", errors="replace")


@pytest.fixture(scope="module")
def kit() -> Kit:
    return load_kit()


def found(kit: Kit) -> set[str]:
    snapshot = a_snapshot(a_plan(planned()), checked())
    return {
        canary
        for file in release_files(kit, snapshot)
        for text in readable(file)
        for canary in CANARIES
        if canary in text
    }


def test_no_canary_is_in_any_byte_of_a_release(kit: Kit) -> None:
    assert found(kit) == set()


def test_the_visits_that_may_be_named_are_there(kit: Kit) -> None:
    files = {
        file.path: file.content.decode(errors="replace") for file in release_files(kit, a_snapshot(a_plan(planned())))
    }
    assert "上海安亭好味道餐饮有限公司" in files["plans/2026-12/plan.csv"]
    assert "欧***" in files["plans/2026-12/plan.csv"]
    assert "嘉定区好又来小吃店" in files["plans/2026-12/plan.csv"]


def test_taking_the_disclosure_rule_out_is_noticed(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "may_be_named", lambda _row: True)
    assert {UNANNOUNCED, NUMBERS_ONLY} <= found(kit)


def test_taking_the_mask_of_names_out_is_noticed(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "mask_name", lambda name, **_: name)
    assert PERSON in found(kit)


def test_taking_the_mask_of_numbers_out_is_noticed(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "mask_code", lambda number: number)
    assert TRADER_NUMBER in found(kit)


def test_showing_a_trader_s_address_is_noticed(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    def careless(row: PlannedRow | ResultRow) -> object:
        return msgspec.structs.replace(masked(row), address=row.address)

    masked = disclosure.shown_enterprise
    monkeypatch.setattr(disclosure, "shown_enterprise", careless)
    assert TRADER_ADDRESS in found(kit)


def test_showing_untold_and_revoked_results_is_noticed(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        disclosure,
        "results",
        lambda rows: tuple(disclosure._result(row) for row in rows),
    )
    from tests import publication_builders

    monkeypatch.setattr(publication_builders, "results", disclosure.results)
    assert {UNTOLD, REVOKED} <= found(kit)


def test_initials_and_sort_keys_of_a_masked_name_tell_nothing(kit: Kit) -> None:
    texts = [text for file in release_files(kit, a_snapshot(a_plan(planned()))) for text in readable(file)]
    assert not [text for text in texts if "oyaf" in text.lower() or "ou'yang" in text]


@pytest.mark.parametrize(
    "secret",
    [
        {"disclosure": Disclosure.AFTERWARDS},
        {"disclosure": Disclosure.AFTERWARDS, "announced": False},
        {
            "disclosure": Disclosure.AFTERWARDS,
            "department": "yjgl",
            "lead": False,
            "visit": "u-part",
        },
    ],
    ids=["announced-visit", "unannounced-visit", "share-of-a-named-visit"],
)
def test_a_release_is_the_same_to_the_byte_with_and_without_what_is_shown_afterwards(kit: Kit, secret: dict) -> None:
    """No count, file name, index, calendar or hash tells that there is something, so neither does the time of a change."""
    plain = [a_row(), a_row(visit="u-part")]
    hidden = [a_row(**({"visit": f"s{number}", "enterprise_name": UNANNOUNCED} | secret)) for number in range(3)]
    assert packed(kit, a_plan(plain)) == packed(kit, a_plan([*plain, *hidden]))


def test_only_how_many_changes_when_a_counted_visit_moves_to_another_day_and_place(
    kit: Kit,
) -> None:
    counted = {
        "visit": "n1",
        "disclosure": Disclosure.NUMBERS,
        "enterprise_name": NUMBERS_ONLY,
    }
    there = a_plan([a_row(), a_row(**counted)])
    moved = a_plan(
        [
            a_row(),
            a_row(**counted, day=date(2026, 12, 30), town="310114001", address="别处2号"),
        ]
    )
    assert packed(kit, there) == packed(kit, moved)


def test_a_count_that_tells_of_unannounced_visits_would_be_noticed(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = [a_row()]
    hidden = [*plain, a_row(visit="s1", disclosure=Disclosure.AFTERWARDS)]
    real = disclosure.unnamed_visits

    def careless(rows: list[PlannedRow]) -> object:
        return real([msgspec.structs.replace(row, disclosure=Disclosure.NUMBERS) for row in rows])

    monkeypatch.setattr(disclosure, "unnamed_visits", careless)
    assert packed(kit, a_plan(plain)) != packed(kit, a_plan(hidden))


def test_a_correction_of_unannounced_visits_alone_is_no_correction() -> None:
    """Else a new revision without a visible difference would tell when something secret was planned or dropped."""
    before = a_plan([a_row()])
    after = a_plan(
        [a_row(), a_row(visit="s1", disclosure=Disclosure.AFTERWARDS)],
        before=before,
        reason="一家企业已停业",
    )
    assert (after.visits, after.unnamed, after.changes, after.unnamed_changes) == (
        before.visits,
        before.unnamed,
        (),
        (),
    )


@settings(max_examples=30, deadline=None)
@given(
    rows=st.lists(
        st.builds(
            lambda visit, day, mode, announced, department: a_row(
                visit=visit,
                day=day,
                disclosure=mode,
                announced=announced,
                department=department,
                enterprise_name=visit * 3,
            ),
            st.text("abcdefgh", min_size=6, max_size=6),
            st.dates(date(2026, 12, 1), date(2026, 12, 31)),
            st.sampled_from(Disclosure),
            st.booleans(),
            st.sampled_from(["scjg", "yjgl"]),
        ),
        max_size=12,
        unique_by=lambda row: row.visit,
    )
)
def test_whatever_is_planned_only_named_visits_have_a_name_and_only_they_and_numbers_are_counted(
    rows: list[PlannedRow],
) -> None:
    plan = a_plan(rows)
    named = {row.visit for row in rows if row.announced and row.disclosure is Disclosure.NAMED}
    counted = [row for row in rows if row.disclosure is not Disclosure.AFTERWARDS and row.visit not in named]
    assert {visit.uid for visit in plan.visits} == named
    assert sum(line.visits for line in plan.unnamed) == len(counted)
    text = msgspec.json.encode(plan).decode()
    assert [row.visit for row in rows if row.visit not in named and row.visit in text] == []


def packed(kit: Kit, plan: MonthPlan) -> dict[str, bytes]:
    """Every file of a release; workbooks and papers as what they hold."""
    return {file.path: file.content for file in release_files(kit, a_snapshot(plan))}


def test_no_renderer_is_given_more_than_the_snapshot() -> None:
    """The rows' structs, and with them every internal column, are known to disclosure and its readers only."""
    import ast

    from tests.repository.source import PACKAGE

    may = {
        "disclosure.py",
        "store.py",
        "inspected.py",
    }  # CheckRow has no name, day or place, so checking.py may have it.
    for path in sorted((PACKAGE / "publication").glob("*.py")):
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert path.name in may or not names & {"PlannedRow", "ResultRow"}, path.name
