"""Reading the site: only listed names, validators, and a switch seen at the next request."""

from pathlib import Path

import pytest

from inspect_registry.publication import site as module
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import File
from inspect_registry.publication.site import Moved, Page, PublicSite


def publish(folder: Path, number: int, **texts: str) -> None:
    releases = Releases(folder / "public")
    files = [
        File(path=path.replace("__", "/").replace("_", "."), content=text.encode()) for path, text in texts.items()
    ]
    staged = releases.stage(number, files)
    assert staged is not None
    releases.complete(number, staged)
    releases.switch(number)


@pytest.fixture
def site(tmp_path: Path) -> PublicSite:
    publish(
        tmp_path,
        1,
        index_html="首页" * 300,
        plans__index_html="计划",
        plans__plan_csv="a,b",
        plans__plan_pdf="%PDF",
    )
    (tmp_path / "secret.txt").write_text("geheim")
    return PublicSite(tmp_path / "public")


def page(site: PublicSite, path: str) -> Page:
    found = site.find(path)
    assert isinstance(found, Page)
    return found


def test_a_folder_is_its_index_page(site: PublicSite) -> None:
    assert page(site, "").content.decode() == "首页" * 300
    assert page(site, "plans/").content.decode() == "计划"
    assert page(site, "plans/index.html").content.decode() == "计划"


def test_a_folder_without_its_slash_moves(site: PublicSite) -> None:
    assert site.find("plans") == Moved(location="/plans/")


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "../../secret.txt",
        "plans/../../secret.txt",
        "plans/%2e%2e/secret.txt",
        "/etc/passwd",
        "//etc/passwd",
        "plans/..",
        "..\\secret.txt",
        "index.html\0.css",
        "index.html.gz",
        "assets/../templates/frame.html",
        "assets/..",
        "assets/",
        "nothing",
        "x" * 5000,
    ],
)
def test_what_is_not_listed_is_not_there(site: PublicSite, path: str) -> None:
    assert site.find(path) is None


def test_types_caching_and_openness_follow_the_name(site: PublicSite) -> None:
    assert page(site, "").media_type == "text/html"
    assert page(site, "plans/plan.pdf").media_type == "application/pdf"
    assert page(site, "plans/plan.csv").data
    assert not page(site, "").data
    assert "must-revalidate" in page(site, "").cache


def test_the_validator_changes_with_the_content_only(site: PublicSite, tmp_path: Path) -> None:
    first, plan = page(site, "").etag, page(site, "plans/").etag
    publish(tmp_path, 2, index_html="neu" * 300, plans__index_html="计划")
    assert page(site, "").content.decode() == "neu" * 300
    assert page(site, "").etag != first
    assert page(site, "plans/").etag == plan
    assert site.find("plans/plan.csv") is None


def test_what_compresses_is_there_compressed(site: PublicSite) -> None:
    packed = page(site, "").compressed
    assert packed is not None
    assert len(packed) < len(page(site, "").content)
    assert page(site, "plans/").compressed is None


def test_the_memory_held_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CACHE_BYTES", 3000)
    publish(tmp_path, 1, **{f"p{number}_pdf": str(number) * 1000 for number in range(9)})
    site = PublicSite(tmp_path / "public")
    for number in range(9):
        assert page(site, f"p{number}.pdf").content.decode() == str(number) * 1000
    assert site._held <= 3000
    assert page(site, "p0.pdf").content.decode() == "0" * 1000


def test_before_the_first_release_the_design_system_is_there_and_nothing_else(
    tmp_path: Path,
) -> None:
    site = PublicSite(tmp_path / "public")
    assert page(site, "assets/ir.css").media_type == "text/css"
    assert site.find("") is None
