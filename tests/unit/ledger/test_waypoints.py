"""Acts entered after the fact: what an auditor saw before, and what was time-stamped, dates everything that came later."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspect_registry.cli.ledger import run_verify
from inspect_registry.ledger.actions import Action
from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.leaf import Subject, encode_leaf
from inspect_registry.ledger.merkle import leaf_hash
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.publication import LogFolder
from inspect_registry.ledger.source import FolderSource, LogRejectedError
from inspect_registry.ledger.stamps import Stamp
from inspect_registry.ledger.tiles import BUNDLE_LEVEL, WIDTH, TileName, Tree, pack_entries
from inspect_registry.ledger.verify import Report, audit
from inspect_registry.ledger.waypoints import GRACE, SHOWN, Lateness, Seen, Waypoint, waypoints
from tests.receipt_builders import ORIGIN, keys

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LOG, WITNESSES = keys()
POLICY = Policy.of(LOG.verifier, [witness.verifier for witness in WITNESSES], 2)


def a_leaf(number: int, at: datetime) -> bytes:
    return encode_leaf(Action.CHECK_ADDED, Subject("check", f"c{number}"), at=at, commitment=b"c" * 32)


def note_of(tree: Tree, at: datetime) -> str:
    text = Checkpoint(ORIGIN, tree.size, tree.root).text
    lines = "".join(witness.sign(text, int(at.timestamp())) for witness in WITNESSES[:2])
    return f"{text}\n{LOG.sign(text)}{lines}"


def publish(folder: Path, ats: list[datetime], signed_at: datetime) -> Seen:
    """Publish a log of leaves that state these times; returns what an auditor of it remembers."""
    log, tree = LogFolder(folder), Tree()
    entries = [a_leaf(number, at) for number, at in enumerate(ats)]
    log.publish_tiles((name, b"".join(hashes)) for name, hashes in tree.extend(map(leaf_hash, entries)))
    log.publish_tiles((name, b"".join(hashes)) for name, hashes in tree.partial_tiles())
    bundles = [entries[first : first + WIDTH] for first in range(0, len(entries), WIDTH)]
    log.publish_tiles(
        (TileName(BUNDLE_LEVEL, number, len(bundle)), pack_entries(bundle)) for number, bundle in enumerate(bundles)
    )
    note = note_of(tree, signed_at)
    log.publish_checkpoint(note)
    log.publish_policy(str(POLICY))
    return Seen(origin=ORIGIN, size=tree.size, root=tree.root, note=note, policy=str(POLICY))


def audited(folder: Path, seen: Seen | None) -> Report:
    return audit(FolderSource(folder), POLICY, seen)


OLD = [NOON - timedelta(days=300)] * 5 + [NOON - MINUTE] * 295
"""An honest first part, signed at noon: it was begun with acts of long ago, before anybody looked."""


def test_an_act_that_states_a_time_before_the_tree_it_is_not_in_was_entered_afterwards(tmp_path: Path) -> None:
    seen = publish(tmp_path, OLD, NOON)
    late, honest = NOON - GRACE - MINUTE, NOON - GRACE + MINUTE
    publish(tmp_path, [*OLD, NOON + MINUTE, late, honest, NOON + 2 * MINUTE, late], NOON + 3 * MINUTE)
    report = audited(tmp_path, seen)
    assert (report.late.count, report.late.numbers) == (2, [301, 304])
    assert audited(tmp_path, None).late.count == 0  # Who sees the log for the first time cannot know.


def test_witnesses_without_a_line_in_what_was_seen_date_nothing(tmp_path: Path) -> None:
    """The planted fault: without the witnesses' word about time the same back-dating stays unseen."""
    seen = publish(tmp_path, OLD, NOON)
    publish(tmp_path, [*OLD, NOON - timedelta(days=1)], NOON + MINUTE)
    assert audited(tmp_path, seen).late.count == 1
    log_only = seen.note[: seen.note.index("\n\n") + 2] + LOG.sign(seen.note.partition("\n\n")[0] + "\n")
    for note in (log_only, ""):
        memory = Seen(origin=ORIGIN, size=seen.size, root=seen.root, note=note, policy="")
        assert audited(tmp_path, memory).late.count == 0


def test_a_time_stamp_dates_what_came_after_it() -> None:
    head = Checkpoint(ORIGIN, 900, b"r" * 32)
    stamps = [
        Stamp(
            day=(NOON + days).date(),
            at=NOON + days,
            checkpoint=Checkpoint(ORIGIN, size, b"r" * 32),
            note=b"",
            answer=b"",
        )
        for size, days in ((500, timedelta(days=1)), (100, timedelta(0)))
    ]
    lateness = Lateness(waypoints(head, None, stamps, POLICY))
    before, between, after = (f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (NOON - MINUTE * 9, NOON + MINUTE, stamps[0].at))
    for number, at in enumerate([before] * 100 + [between] * 400 + [after] * 400):
        lateness.add(number, at)
    assert lateness.found().count == 0
    for number, at in ((99, before), (100, before), (499, between), (500, between), (899, after)):
        lateness.add(number, at)
    assert lateness.found().numbers == [100, 500]
    with pytest.raises(LogRejectedError, match="has shrunk: 900 leaves were time-stamped"):
        waypoints(Checkpoint(ORIGIN, 899, b"r" * 32), None, [*stamps, stamps_of(900)], POLICY)


def stamps_of(size: int) -> Stamp:
    return Stamp(day=NOON.date(), at=NOON, checkpoint=Checkpoint(ORIGIN, size, b"r" * 32), note=b"", answer=b"")


def test_an_earlier_clock_behind_a_later_one_does_not_excuse_anything() -> None:
    """A witness whose clock is slow signs a longer tree: what the shorter tree dated stays dated."""
    fast, slow = Waypoint(10, b"", NOON, ""), Waypoint(20, b"", NOON - timedelta(days=3), "")
    lateness = Lateness([fast, slow])
    lateness.add(25, f"{NOON - timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}")
    assert lateness.found().numbers == [25]


def test_the_list_of_numbers_is_short_and_the_count_is_whole() -> None:
    lateness = Lateness([Waypoint(0, b"", NOON, "")])
    for number in range(100):
        lateness.add(number, "2020-01-01T00:00:00Z")
    assert (lateness.found().count, lateness.found().numbers) == (100, list(range(SHOWN)))


def test_the_command_tells_what_it_found_and_what_it_cannot_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log, state = tmp_path / "log", tmp_path / "state.json"
    arguments = argparse.Namespace(site=str(log), policy=None, state=state, authority=None, json=False)
    publish(log, OLD, NOON)
    assert run_verify(arguments) == 0
    assert "事后编入：尚无从判断" in capsys.readouterr().out
    publish(log, [*OLD, NOON + MINUTE], NOON + 2 * MINUTE)
    assert run_verify(arguments) == 0
    assert "事后编入：没有发现" in capsys.readouterr().out
    publish(log, [*OLD, NOON + MINUTE, NOON - timedelta(days=30)], NOON + 3 * MINUTE)
    assert run_verify(arguments) == 0
    assert "事后编入：1 条所写的时间早于其编入台账 2 分钟以上，请要求登记机关说明。编号：301" in capsys.readouterr().out
