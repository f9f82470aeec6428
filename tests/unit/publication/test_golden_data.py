"""The open data that others rely on, as files: a change here is a change of a public format and belongs in the CHANGELOG."""

from pathlib import Path

import msgspec
import pytest

from inspect_registry.catalogue.model import Disclosure
from inspect_registry.enterprises.model import EnterpriseKind
from inspect_registry.publication.build import release_files
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.snapshot import Outcome, Snapshot
from tests.publication_builders import a_plan, a_result_row, a_row, a_snapshot

DATA = Path(__file__).parents[2] / "data" / "published-month"
FILES = {
    "plan.csv": "plans/2026-12/plan.csv",
    "plan.json": "plans/2026-12/plan.json",
    "search.json": "plans/2026-12/search.json",
    "scjg.ics": "plans/2026-12/departments/scjg.ics",
    "results.csv": "results/2026-11/results.csv",
    "results.json": "results/2026-11/results.json",
    "datapackage.json": "data/datapackage.json",
    "feed.xml": "feed.xml",
}


def the_snapshot() -> Snapshot:
    """One company visited jointly, one trader, one line of numbers, one secret; two results."""
    rows = [
        a_row(visit="joint"),
        a_row(visit="joint", department="yjgl", matter="YJGL-001", lead=False),
        a_row(
            visit="trader", enterprise_kind=EnterpriseKind.INDIVIDUAL, natural_name=True, enterprise_name="张三",
            enterprise_number="92310114MA1GT0XX0X", initials="zs", sort_key="zhang'san 1",
        ),
        a_row(visit="counted", disclosure=Disclosure.NUMBERS, department="wjw", matter="WJW-001"),
        a_row(visit="secret", disclosure=Disclosure.AFTERWARDS, enterprise_name="上海保密有限公司"),
    ]  # fmt: skip
    results = [
        a_result_row(),
        a_result_row(
            inspection="second",
            outcome=Outcome.RECTIFY_BY_DATE,
            problems=1,
            orders=1,
            corrected=True,
        ),
    ]
    return a_snapshot(a_plan(rows), results)


def made() -> dict[str, bytes]:
    files = {file.path: file.content for file in release_files(load_kit(), the_snapshot())}
    return {name: files[path] for name, path in FILES.items()}


@pytest.mark.parametrize("name", sorted(FILES))
def test_public_formats_stay_as_they_are(name: str) -> None:
    content = made()[name]
    if name.endswith(".json"):
        content = msgspec.json.format(content, indent=1) + b"\n"
    assert content.decode() == (DATA / name).read_bytes().decode()
