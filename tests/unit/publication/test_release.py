"""Releases on disk: whole or not at all, unchanged files linked, published ones frozen."""

import errno
import os
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspect_registry.publication.errors import PublishedFileChanged, ReleaseNotWritten
from inspect_registry.publication.manifest import MANIFEST, differences, read_manifest, stays_forever
from inspect_registry.publication.release import Releases
from inspect_registry.publication.rendering import File

PAGE = "首页" * 400


def a_file(path: str = "index.html", text: str = PAGE) -> File:
    return File(path=path, content=text.encode())


def publish(releases: Releases, number: int, files: list[File], taken_over: tuple[str, ...] = ()) -> None:
    staged = releases.stage(number, files, taken_over=taken_over)
    assert staged is not None
    releases.complete(number, staged)
    releases.switch(number)


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def releases(tmp_path: Path) -> Releases:
    return Releases(tmp_path / "public")


def test_a_release_is_its_files_their_manifest_and_what_compresses(releases: Releases, tmp_path: Path) -> None:
    publish(releases, 1, [a_file(), a_file("plans/2026-12/plan.pdf", "%PDF")])
    assert sorted(everything(tmp_path / "public")) == [
        "index.html",
        "index.html.gz",
        MANIFEST,
        "plans/2026-12/plan.pdf",
    ]
    assert list(differences(tmp_path / "public")) == []


def test_the_same_files_again_write_nothing(releases: Releases, tmp_path: Path) -> None:
    publish(releases, 1, [a_file()])
    before = sorted(tmp_path.rglob("*"))
    assert releases.stage(2, [a_file()]) is None
    assert sorted(tmp_path.rglob("*")) == before


def test_unchanged_files_are_links_to_the_release_before(releases: Releases, tmp_path: Path) -> None:
    publish(releases, 1, [a_file(), a_file("b.html")])
    publish(releases, 2, [a_file(), a_file("b.html", "anders" * 100)])
    one, two = (tmp_path / "releases" / name for name in ("000001", "000002"))
    assert (one / "index.html").stat().st_ino == (two / "index.html").stat().st_ino
    assert (one / "index.html.gz").stat().st_ino == (two / "index.html.gz").stat().st_ino
    assert (one / "b.html").stat().st_ino != (two / "b.html").stat().st_ino


def test_files_taken_over_stay_without_being_made(releases: Releases, tmp_path: Path) -> None:
    publish(releases, 1, [a_file(), a_file("plans/2026-11/r1/index.html")])
    publish(
        releases,
        2,
        [a_file(text="neu" * 200)],
        taken_over=("plans/2026-11/r1/index.html",),
    )
    assert (tmp_path / "public/plans/2026-11/r1/index.html").read_text() == PAGE


def test_a_file_taken_over_and_made_anew_is_the_new_one_also_compressed(releases: Releases, tmp_path: Path) -> None:
    publish(releases, 1, [a_file("assets/ir.css", "a" * 1000)])
    publish(releases, 2, [a_file("assets/ir.css", "b" * 10)], taken_over=("assets/ir.css",))
    assert (tmp_path / "public/assets/ir.css").read_text() == "b" * 10
    assert not (tmp_path / "public/assets/ir.css.gz").exists()


@pytest.mark.parametrize("path", ["plans/2026-12/r1/index.html", "assets/ir.0123456789.css"])
def test_what_was_published_for_ever_cannot_change(releases: Releases, tmp_path: Path, path: str) -> None:
    publish(releases, 1, [a_file(path)])
    with pytest.raises(PublishedFileChanged):
        releases.stage(2, [a_file(path, "geändert")])
    assert (tmp_path / "public" / path).read_text() == PAGE
    assert not list((tmp_path / "releases").glob(".staging-*"))


@pytest.mark.parametrize(
    "path",
    [
        "plans/2026-12/index.html",
        "index.html",
        "assets/ir.css",
        "results/2026-11/index.html",
    ],
)
def test_living_pages_may_change(path: str) -> None:
    assert not stays_forever(path)


def test_a_changed_missing_or_added_file_is_found(releases: Releases, tmp_path: Path) -> None:
    publish(releases, 1, [a_file(), a_file("b.html")])
    folder = tmp_path / "releases/000001"
    (folder / "index.html").write_text("gefälscht")
    (folder / "b.html").unlink()
    (folder / "c.html").write_text("dazu")
    assert sorted(line.split(":")[0] for line in differences(folder)) == [
        "changed",
        "missing",
        "not listed",
    ]


def test_a_folder_in_the_way_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "public").mkdir()
    with pytest.raises(ReleaseNotWritten):
        Releases(tmp_path / "public").stage(1, [a_file()])


def test_switching_twice_is_switching_once(releases: Releases, tmp_path: Path) -> None:
    publish(releases, 1, [a_file()])
    releases.switch(1)
    assert (tmp_path / "public").readlink() == Path("releases/000001")


def test_a_slower_publisher_does_not_bring_an_older_release_back(releases: Releases, tmp_path: Path) -> None:
    publish(releases, 1, [a_file()])
    publish(releases, 2, [a_file(text="neu" * 200)])
    releases.switch(1)
    assert (tmp_path / "public").readlink() == Path("releases/000002")
    releases.switch(1, back=True)
    assert (tmp_path / "public").readlink() == Path("releases/000001")


def test_old_folders_go_and_their_pages_stay(releases: Releases, tmp_path: Path) -> None:
    path = "plans/2026-01/r1/index.html"
    publish(releases, 1, [a_file(path)])
    for number in range(2, 9):
        publish(releases, number, [a_file(text=f"{number}" * 500)], taken_over=(path,))
    assert len([folder for folder in (tmp_path / "releases").iterdir() if folder.is_dir()]) == 5
    assert (tmp_path / "public" / path).read_text() == PAGE


def test_equal_releases_have_equal_manifests(tmp_path: Path) -> None:
    digests = set()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        publish(Releases(tmp_path / name / "public"), 1, [a_file(), a_file("b.html")])
        digests.add(read_manifest(tmp_path / name / "public").digest())
    assert len(digests) == 1


def test_a_full_disk_leaves_the_old_release_whole(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(releases, 1, [a_file()])
    before = everything(tmp_path / "public")
    real = os.fsync
    calls = iter(range(1000))

    def full(handle: int) -> None:
        if next(calls) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ReleaseNotWritten) as caught:
        releases.stage(2, [a_file(f"{number}.html", str(number) * 900) for number in range(9)])
    assert "磁盘空间不足" in caught.value.detail
    assert everything(tmp_path / "public") == before
    assert not list((tmp_path / "releases").glob(".staging-*"))


STEPS = ["taken over", "written 200", "written", "staged", "completed", "linked"]
KILLED = """
    import os, sys
    from pathlib import Path
    from inspect_registry.publication import release as module
    from inspect_registry.publication.release import Releases
    from inspect_registry.publication.rendering import File
    step, folder = sys.argv[1], Path(sys.argv[2])
    def die(at, count=0):
        if step in (at, f"{at} {count}"):
            os.kill(os.getpid(), 9)
    releases = Releases(folder / "public")
    files = (File(path=f"p{n}.html", content=(f"neu {n} " * 90).encode(), recipe=f"{n}") for n in range(250))
    staged = releases.stage(2, files, taken_over=("index.html",), progress=die)
    releases.complete(2, staged)
    die("completed")
    real = Path.replace
    def replace(self, target):
        die("linked")
        return real(self, target)
    Path.replace = replace
    releases.switch(2)
"""


@pytest.mark.parametrize("step", STEPS)
def test_killing_the_publisher_at_any_step_leaves_every_old_address(
    releases: Releases, tmp_path: Path, step: str
) -> None:
    publish(releases, 1, [a_file(), a_file("plans/2026-11/r1/index.html")])
    before = everything(tmp_path / "public")
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), step, str(tmp_path)],
        check=False,
        capture_output=True,
    )
    assert done.returncode == -9, done.stderr.decode()
    assert everything(tmp_path / "public") == before
    publish(
        releases,
        3,
        [a_file(text="danach" * 200)],
        taken_over=("plans/2026-11/r1/index.html",),
    )
    assert list(differences(tmp_path / "public")) == []
    assert (tmp_path / "public/plans/2026-11/r1/index.html").read_bytes() == before["plans/2026-11/r1/index.html"]


def test_the_killed_script_finishes_when_nobody_kills_it(releases: Releases, tmp_path: Path) -> None:
    publish(releases, 1, [a_file()])
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(KILLED), "never", str(tmp_path)],
        check=True,
    )
    assert (tmp_path / "public").readlink() == Path("releases/000002")


def test_a_renderer_that_fails_leaves_nothing_behind(releases: Releases, tmp_path: Path) -> None:
    def broken() -> Iterator[File]:
        yield a_file()
        raise RuntimeError("template")

    with pytest.raises(RuntimeError):
        releases.stage(1, broken())
    assert not list((tmp_path / "releases").iterdir())
