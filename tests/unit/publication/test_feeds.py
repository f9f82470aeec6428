"""Feeds, calendars, the data package and the measures: formats that other programs rely on."""

import json
import re
import xml.etree.ElementTree as ET
from posixpath import join, normpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.publication.build import release_files
from inspect_registry.publication.feeds import ATOM, escaped, folded
from inspect_registry.publication.figures import month_entry
from inspect_registry.publication.measure_pages import Share
from inspect_registry.publication.rendering import load_kit
from inspect_registry.publication.snapshot import Snapshot
from tests.publication_builders import a_plan, a_row, a_snapshot, many_rows


def built(snapshot: Snapshot) -> dict[str, bytes]:
    return {file.path: file.content for file in release_files(load_kit(), snapshot)}


def test_the_feed_names_each_revision_once_newest_first() -> None:
    first = a_plan([a_row(visit="a"), a_row(visit="b")])
    second = a_plan([a_row(visit="a")], before=first, reason="一家企业已停业")
    snapshot = a_snapshot(second, months=(month_entry(second), month_entry(first)), plans=(second, first))
    feed = ET.fromstring(built(snapshot)["feed.xml"])
    entries = feed.findall(f"{{{ATOM}}}entry")
    ids = [entry.findtext(f"{{{ATOM}}}id") for entry in entries]
    assert len(set(ids)) == 2
    assert all(one and one.startswith("tag:jiancha.example.gov.cn,2026:plans/2026-12/r") for one in ids)
    summaries = [entry.findtext(f"{{{ATOM}}}summary") or "" for entry in entries]
    assert any("更正原因：一家企业已停业" in summary for summary in summaries)
    assert feed.findtext(f"{{{ATOM}}}updated") == "2026-11-25T01:30:00Z"


def test_an_empty_site_has_a_valid_feed() -> None:
    feed = ET.fromstring(built(a_snapshot(months=(), plans=()))["feed.xml"])
    assert feed.findall(f"{{{ATOM}}}entry") == []


def unfolded(content: bytes) -> list[str]:
    text = content.decode()
    assert text.count("\n") == text.count("\r\n")
    return re.sub(r"\r\n[ \t]", "", text).split("\r\n")[:-1]


def test_a_calendar_has_one_whole_day_event_for_each_named_visit() -> None:
    lines = unfolded(built(a_snapshot(a_plan(many_rows(15))))["plans/2026-12/departments/yjgl.ics"])
    assert (lines[0], lines[-1]) == ("BEGIN:VCALENDAR", "END:VCALENDAR")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 3
    assert "DTSTART;VALUE=DATE:20261201" in lines
    assert "DTEND;VALUE=DATE:20261202" in lines
    assert len({line for line in lines if line.startswith("UID:")}) == 3


def test_names_cannot_break_out_of_their_line() -> None:
    hostile = "店;,\\\nEND:VCALENDAR"
    lines = unfolded(built(a_snapshot(a_plan([a_row(enterprise_name=hostile)])))["plans/2026-12/departments/scjg.ics"])
    assert lines.count("END:VCALENDAR") == 1
    assert r"SUMMARY:检查：店\;\,\\ END:VCALENDAR" in lines


@given(st.text(max_size=300).filter(lambda text: "\r" not in text and "\n" not in text))
def test_folding_keeps_the_text_and_the_limit(text: str) -> None:
    pieces = folded(text).split("\r\n")
    assert all(len(piece.encode()) <= 75 for piece in pieces)
    assert pieces[0] + "".join(piece[1:] for piece in pieces[1:]) == text


@given(st.text(max_size=60))
def test_escaping_leaves_no_bare_separator(text: str) -> None:
    assert not re.search(r"(?<!\\)(?:\\\\)*[;,]", escaped(text))
    assert "\n" not in escaped(text)


def test_every_resource_of_the_data_package_is_a_table_with_its_columns() -> None:
    files = built(a_snapshot())
    package = json.loads(files["data/datapackage.json"])
    assert [one["name"] for one in package["resources"]] == ["plan-2026-12", "results-2026-11", "lists"]
    for resource in package["resources"]:
        table = files[normpath(join("data", resource["path"]))].decode("utf-8-sig")
        header = table.split("\r\n", 1)[0].split(",")
        assert header == [field["name"] for field in resource["schema"]["fields"]]


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(1, 3, None), (0, 0, None), (1, 8, 12.5), (5, 5, 100.0)],
)
def test_shares_of_few_cases_are_not_shown(part: int, whole: int, percent: float | None) -> None:
    assert Share(part=part, whole=whole).percent == percent


def test_measures_say_numerator_and_denominator() -> None:
    page = built(a_snapshot(a_plan(many_rows(50))))["measures/index.html"].decode()
    assert "20.0%" in page
    assert "10 / 50" in page
    assert "分子和分母" in page
