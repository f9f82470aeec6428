"""Canaries: what must never be public is planted in the rows and looked for in every byte of a release.

Each canary is also found when its mask is taken out on purpose, so the search itself is known to see it.
"""

import gzip
import io
import zipfile
from collections.abc import Iterator

import pypdf
import pytest

from inspect_registry.catalogue.model import Disclosure
from inspect_registry.enterprises.model import EnterpriseKind
from inspect_registry.publication import disclosure
from inspect_registry.publication.build import release_files
from inspect_registry.publication.disclosure import PlannedRow, ResultRow
from inspect_registry.publication.rendering import File, Kit, load_kit
from tests.publication_builders import PUBLISHED, a_plan, a_result_row, a_row, a_snapshot

UNANNOUNCED = "上海金丝雀飞检餐饮有限公司"
NUMBERS_ONLY = "上海只报数量器械有限公司"
PERSON = "欧阳阿芳"
TRADER_ADDRESS = "白鹤弄77号401室"
TRADER_NUMBER = "92310114MA1CANARY5"
UNTOLD = "上海未告知结果有限公司"
REVOKED = "上海已撤销结果有限公司"
CANARIES = (UNANNOUNCED, NUMBERS_ONLY, PERSON, TRADER_ADDRESS, TRADER_NUMBER, UNTOLD, REVOKED)


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
            inspection="r3", enterprise_name=PERSON, natural_name=True, enterprise_kind=EnterpriseKind.INDIVIDUAL
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
        import msgspec

        return msgspec.structs.replace(masked(row), address=row.address)

    masked = disclosure.shown_enterprise
    monkeypatch.setattr(disclosure, "shown_enterprise", careless)
    assert TRADER_ADDRESS in found(kit)


def test_showing_untold_and_revoked_results_is_noticed(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disclosure, "results", lambda rows: tuple(disclosure._result(row) for row in rows))
    from tests import publication_builders

    monkeypatch.setattr(publication_builders, "results", disclosure.results)
    assert {UNTOLD, REVOKED} <= found(kit)


def test_initials_and_sort_keys_of_a_masked_name_tell_nothing(kit: Kit) -> None:
    texts = [text for file in release_files(kit, a_snapshot(a_plan(planned()))) for text in readable(file)]
    assert not [text for text in texts if "oyaf" in text.lower() or "ou'yang" in text]


def test_no_renderer_is_given_more_than_the_snapshot() -> None:
    """The rows' structs, and with them every internal column, are known to disclosure and its readers only."""
    import ast

    from tests.repository.source import PACKAGE

    may = {"disclosure.py", "store.py", "gather.py"}
    for path in sorted((PACKAGE / "publication").glob("*.py")):
        names = {node.id for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Name)}
        assert path.name in may or not names & {"PlannedRow", "ResultRow"}, path.name
