"""What the plan said on a day: every day has one answer, by Shanghai's calendar, and none lies in the future."""

import json
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.clock import day_of
from inspect_registry.publication.build import release_files
from inspect_registry.publication.figures import month_entry
from inspect_registry.publication.history_pages import days_in_force, spans
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.snapshot import MonthEntry
from tests.publication_builders import a_plan, a_row, a_snapshot

MARCH = date(2026, 3, 1)


def entries(*instants: datetime) -> list[MonthEntry]:
    """Return revisions of March published at these instants."""
    first = month_entry(a_plan(month=MARCH, published_at=instants[0]))
    return [
        msgspec.structs.replace(first, revision=number, published_at=at, reason="一家企业已停业" if number > 1 else "")
        for number, at in enumerate(instants, start=1)
    ]


def test_what_did_the_plan_for_march_say_on_28_february() -> None:
    published = entries(datetime(2026, 2, 25, 1, 30, tzinfo=UTC), datetime(2026, 3, 5, 2, 0, tzinfo=UTC))
    said = dict(days_in_force(published, today=date(2026, 6, 1)))
    assert said[date(2026, 2, 28)].revision == 1
    assert said[date(2026, 3, 4)].revision == 1
    assert said[date(2026, 3, 5)].revision == 2
    assert (min(said), max(said)) == (date(2026, 2, 25), date(2026, 3, 31))


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 2, 27, 15, 59, tzinfo=UTC), date(2026, 2, 27)),
        (datetime(2026, 2, 27, 16, 0, tzinfo=UTC), date(2026, 2, 28)),
    ],
)
def test_a_day_ends_at_midnight_in_shanghai(instant: datetime, day: date) -> None:
    published = entries(datetime(2026, 2, 25, 1, 30, tzinfo=UTC), instant)
    said = days_in_force(published, today=date(2026, 3, 31))
    assert next(on for on, entry in said if entry.revision == 2) == day


FIRST = datetime(2026, 2, 1, tzinfo=UTC)
INSTANTS = st.lists(st.integers(0, 90 * 24 * 60), min_size=1, max_size=5, unique=True).map(
    lambda minutes: [FIRST + timedelta(minutes=one) for one in sorted(minutes)]
)


@given(instants=INSTANTS, later=st.integers(0, 120))
def test_every_day_has_one_answer_that_no_later_correction_changes(instants: list[datetime], later: int) -> None:
    published = entries(*instants)
    today = day_of(instants[-1]) + timedelta(days=later)
    said = days_in_force(published, today)
    days = [day for day, _ in said]
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert (days[0], days[-1] <= today) == (day_of(instants[0]), True)
    for day, entry in said:
        assert entry.revision == sum(day_of(at) <= day for at in instants)
    before = dict(days_in_force(published[:-1], today)) if len(published) > 1 else {}
    assert all(before.get(day, entry) == entry for day, entry in said if day < day_of(instants[-1]))


@given(instants=INSTANTS)
def test_revisions_follow_each_other_without_gap(instants: list[datetime]) -> None:
    found = spans(list(reversed(entries(*instants))))
    assert [span.entry.revision for span in found] == list(range(1, len(instants) + 1))
    assert [span.until for span in found] == [*instants[1:], None]


def test_the_page_and_the_data_name_each_revision_and_each_day() -> None:
    first = a_plan([a_row(visit="a"), a_row(visit="b")])
    second = a_plan(
        [a_row(visit="a")],
        before=first,
        reason="一家企业已停业",
        published_at=datetime(2026, 12, 2, tzinfo=UTC),
    )
    months = (month_entry(second), month_entry(first))
    snapshot = a_snapshot(second, months=months, plans=(second, first), today=date(2026, 12, 4))
    files = {file.path: file.content.decode(errors="replace") for file in release_files(load_kit(), snapshot)}
    page = files["plans/2026-12/history.html"]
    for day in ("2026-11-25", "2026-12-01", "2026-12-02", "2026-12-04"):
        assert page.count(f'id="{day}"') == 1
    assert 'id="2026-12-05"' not in page
    document = json.loads(files["plans/2026-12/history.json"])
    assert [one["revision"] for one in document["revisions"]] == [1, 2]
    assert document["revisions"][0]["in_force_until"] == document["revisions"][1]["in_force_from"]
    assert document["revisions"][1]["in_force_until"] is None
    assert document["revisions"][1]["plan"].endswith("/plans/2026-12/r2/plan.json")


def test_numbers_that_a_correction_changes_are_compared_too() -> None:
    from inspect_registry.catalogue.model import Disclosure

    numbers = [a_row(visit=f"n{one}", disclosure=Disclosure.NUMBERS) for one in range(3)]
    first = a_plan([a_row(), *numbers])
    second = a_plan([a_row(), *numbers[:1]], before=first, reason="计划有调整")
    assert [(line.before, line.after) for line in second.unnamed_changes] == [(3, 1)]
    snapshot = a_snapshot(second, months=(month_entry(second), month_entry(first)), plans=(second, first))
    files = {file.path: file.content.decode(errors="replace") for file in release_files(load_kit(), snapshot)}
    page = files["plans/2026-12/r2/changes.html"]
    assert "只公布数量的检查" in page
    assert "计划有调整" in page
