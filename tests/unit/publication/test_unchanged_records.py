"""Records that did not change are not made again, and a release that spares them equals one made from nothing."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import msgspec
import pytest

from inspect_registry.publication.build import release_files
from inspect_registry.publication.manifest import Manifest, differences
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import FOLDER, File, Kit, Renderer, load_kit
from inspect_registry.publication.snapshot import MonthResults, Outcome, Rectified, Snapshot, Withdrawn
from tests.publication_builders import DEPARTMENTS, MATTERS, TOWNS, a_result_row, a_site, a_snapshot

replace = msgspec.structs.replace
ROWS = [
    a_result_row(inspection="a" * 26, visit="v" * 26, joint=True),
    a_result_row(inspection="b" * 26, visit="v" * 26, joint=True, department="yjgl", matters=["YJGL-001"]),
    a_result_row(inspection="c" * 26, visit="w" * 26, department="wjw", matters=["WJW-001"]),
]
BEFORE = a_snapshot(result_rows=ROWS, entries={"a" * 26: 7, "b" * 26: 8}, plans=(), months=())
ENTERPRISE = BEFORE.results[0].results[0].enterprise


@pytest.fixture(scope="module")
def kit() -> Kit:
    return load_kit()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list into which every page goes that is really made."""
    pages: list[str] = []
    real = Renderer.page

    def page(self: Renderer, path: str, *args: str, **context: object) -> File:
        pages.append(f"{self.language.folder}{path}")
        return real(self, path, *args, **context)

    monkeypatch.setattr(Renderer, "page", page)
    return pages


def publish(folder: Path, number: int, kit: Kit, snapshot: Snapshot) -> Manifest | None:
    releases = Releases(folder / "public")
    staged = releases.stage(number, release_files(kit, snapshot))
    if staged is None:
        return None
    releases.complete(number, staged)
    releases.switch(number)
    assert list(differences(folder / "public")) == []
    return staged.manifest


def records(pages: list[str]) -> list[str]:
    return sorted(path.rpartition("/")[2][:1] for path in pages if "/records/" in path)


def changed(letter: str, **changes: object) -> Callable[[Snapshot], Snapshot]:
    """Return what changes one of the three results."""

    def change(snapshot: Snapshot) -> Snapshot:
        month: MonthResults = snapshot.results[0]
        results = tuple(
            replace(one, **changes) if one.uid[0] == letter else one  # type: ignore[arg-type]  # fields of Result
            for one in month.results
        )
        return replace(snapshot, results=(replace(month, results=results),))

    return change


def whole(**changes: object) -> Callable[[Snapshot], Snapshot]:
    return lambda snapshot: replace(snapshot, **changes)


def withdrawn(snapshot: Snapshot) -> Snapshot:
    month = snapshot.results[0]
    left = tuple(one for one in month.results if one.uid[0] != "a")
    gone = Withdrawn(uid="a" * 26, department="scjg", withdrawn_on=date(2026, 11, 20))
    return replace(snapshot, results=(replace(month, results=left, withdrawn=(gone,)),))


CHANGES: dict[str, tuple[Callable[[Snapshot], Snapshot], list[str]]] = {
    "outcome, shown on the sibling's page too": (changed("a", outcome=Outcome.GUIDANCE), ["a", "b"]),
    "problems": (changed("c", problems=2), ["c"]),
    "orders put right": (changed("c", rectified=Rectified.DONE), ["c"]),
    "corrected": (changed("c", corrected=True), ["c"]),
    "day": (changed("c", day=date(2026, 11, 13)), ["c"]),
    "matters": (changed("c", matters=("SCJG-001",)), ["c"]),
    "source": (changed("c", planned=False), ["c"]),
    "name": (changed("c", enterprise=replace(ENTERPRISE, name="新名字")), ["c"]),
    "address": (changed("c", enterprise=replace(ENTERPRISE, address="新路2号")), ["c"]),
    "leaf number": (whole(entries={"a" * 26: 7, "b" * 26: 8, "c" * 26: 9}), ["c"]),
    "withdrawn, gone from the sibling's page too": (withdrawn, ["a", "b"]),
    "a month more, of which records know nothing": (whole(today=date(2026, 11, 26)), []),
    "department's name": (whole(departments=(replace(DEPARTMENTS[0], name="新局"), *DEPARTMENTS[1:])), ["a", "b", "c"]),
    "matter's basis": (whole(matters=(replace(MATTERS[0], basis=("《新法》第一条",)), *MATTERS[1:])), ["a", "b", "c"]),
    "town's name": (whole(towns=(*TOWNS[:2], replace(TOWNS[2], name="新镇"))), ["a", "b", "c"]),
    "telephone in the foot": (whole(site=a_site(hotline="12333")), ["a", "b", "c"]),
    "made-up data": (whole(site=a_site(demo=True)), ["a", "b", "c"]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_changed_is_made_again_and_nothing_else(kit: Kit, tmp_path: Path, made: list[str], what: str) -> None:
    change, letters = CHANGES[what]
    publish(tmp_path / "spared", 1, kit, BEFORE)
    assert records(made) == sorted("abc" * 2)
    made.clear()
    spared = publish(tmp_path / "spared", 2, kit, change(BEFORE))
    assert records(made) == sorted(letters * 2)  # In both languages.
    if spared is not None:
        assert spared == publish(tmp_path / "anew", 1, kit, change(BEFORE))


def test_a_recipe_that_forgets_what_goes_into_a_page_is_found(
    kit: Kit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Renderer, "recipe", lambda _self, path, *_own: path)
    change, _ = CHANGES["problems"]
    publish(tmp_path / "spared", 1, kit, BEFORE)
    spared = publish(tmp_path / "spared", 2, kit, change(BEFORE))
    assert spared is not None
    assert spared != publish(tmp_path / "anew", 1, kit, change(BEFORE))


@pytest.mark.parametrize("name", ["templates/record.html", "templates/frame.html", "english.toml"])
def test_another_template_or_phrase_makes_every_record_again(
    kit: Kit, tmp_path: Path, made: list[str], name: str
) -> None:
    shutil.copytree(FOLDER, tmp_path / "site")
    with (tmp_path / "site" / name).open("a") as file:
        file.write("# \n" if name.endswith(".toml") else "<!-- -->")
    publish(tmp_path / "spared", 1, kit, BEFORE)
    made.clear()
    another = load_kit(tmp_path / "site")
    spared = publish(tmp_path / "spared", 2, another, BEFORE)
    assert records(made) == sorted("abc" * 2)
    assert spared in (None, publish(tmp_path / "anew", 1, another, BEFORE))


def test_the_same_again_makes_no_record_and_writes_nothing(kit: Kit, tmp_path: Path, made: list[str]) -> None:
    publish(tmp_path, 1, kit, BEFORE)
    there = sorted(tmp_path.rglob("*"))
    made.clear()
    assert publish(tmp_path, 2, kit, BEFORE) is None
    assert records(made) == []
    assert sorted(tmp_path.rglob("*")) == there


@pytest.mark.parametrize("left", [b"", b"{", b'{"manifest":"00","recipes":{}}'])
def test_recipes_that_are_torn_or_of_another_release_spare_nothing(
    kit: Kit, tmp_path: Path, made: list[str], left: bytes
) -> None:
    publish(tmp_path, 1, kit, BEFORE)
    made.clear()
    (tmp_path / "releases/000001.recipes").write_bytes(left)
    assert publish(tmp_path, 2, kit, BEFORE) is None
    assert records(made) == sorted("abc" * 2)


def test_a_record_lost_from_the_folder_is_made_again(kit: Kit, tmp_path: Path) -> None:
    publish(tmp_path, 1, kit, BEFORE)
    record = f"results/2026-11/records/{'c' * 26}.html"
    text = (tmp_path / "public" / record).read_bytes()
    (tmp_path / "releases/000001" / record).unlink()
    assert publish(tmp_path, 2, kit, BEFORE) is not None
    assert (tmp_path / "public" / record).read_bytes() == text


def test_no_reader_of_the_site_sees_the_recipes(kit: Kit, tmp_path: Path) -> None:
    publish(tmp_path, 1, kit, BEFORE)
    assert not [path for path in (tmp_path / "public").rglob("*") if "recipes" in path.name]


def test_recipes_of_forgotten_releases_go_with_them(kit: Kit, tmp_path: Path) -> None:
    for number in range(1, 8):
        publish(tmp_path, number, kit, changed("c", problems=number)(BEFORE))
    names = {path.name for path in (tmp_path / "releases").iterdir() if not path.name.startswith(".")}
    assert names == {f"{number:06d}{ending}" for number in range(3, 8) for ending in ("", ".recipes")}
