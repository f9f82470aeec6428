"""Named queries: one statement each, explained, and known for writing or not."""

from pathlib import Path

import pytest

from inspect_registry.db import SqlFile


def sql(folder: Path, text: str) -> SqlFile:
    (folder / "x.sql").write_text(text, encoding="utf-8")
    return SqlFile(str(folder / "store.py"), "x.sql")


def test_a_query_has_its_name_its_words_and_its_text(tmp_path: Path) -> None:
    query = sql(tmp_path, "-- name: one\n-- The first town.\n-- $1 code\nSELECT name FROM town WHERE code = $1;\n")[
        "one"
    ]
    assert query.about == "The first town. $1 code"
    assert query.sql.endswith("WHERE code = $1")
    assert not query.writes


@pytest.mark.parametrize(
    ("statement", "writes"),
    [
        ("SELECT 1", False),
        ("SELECT id FROM visit FOR UPDATE", False),
        ("SELECT 'UPDATE visit SET x'::text AS t FROM town", True),
        ("INSERT INTO town (code) VALUES ($1)", True),
        ("UPDATE visit SET state = $1", True),
        ("UPDATE visit AS v SET state = $1", True),
        ('UPDATE "check" SET state = $1', True),
        ("DELETE FROM session", True),
        ("WITH gone AS (DELETE FROM job RETURNING id) SELECT id FROM gone", True),
        ("INSERT\n  INTO town (code) VALUES ($1)", True),
    ],
)
def test_what_changes_rows_is_known(tmp_path: Path, statement: str, writes: bool) -> None:
    """Taking a reading for a writing is harmless (it asks for an entry); the other way round would hide a silent act."""
    assert sql(tmp_path, f"-- name: one\n-- Something.\n{statement};\n")["one"].writes is writes


def test_an_unlogged_write_says_why(tmp_path: Path) -> None:
    query = sql(tmp_path, "-- name: one\n-- Ends it.\n-- unlogged: a session is no fact.\nDELETE FROM session;\n")[
        "one"
    ]
    assert not query.writes
    assert query.unlogged == "a session is no fact."


@pytest.mark.parametrize(
    "text",
    [
        "-- name: one\nSELECT 1;\n",
        "-- name: one\n-- Two.\nSELECT 1; SELECT 2;\n",
        "-- name: one\n-- Nothing.\n",
        "-- name: one\n-- A.\nSELECT 1;\n-- name: one\n-- B.\nSELECT 2;\n",
    ],
    ids=["not explained", "two statements", "no statement", "twice"],
)
def test_a_malformed_file_stops_the_program(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"x\.sql"):
        sql(tmp_path, text)


def test_an_unknown_name_is_a_key_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        sql(tmp_path, "-- name: one\n-- It.\nSELECT 1;\n")["two"]


def test_only_a_plain_write_can_say_by_its_rows_that_it_wrote_nothing(tmp_path: Path) -> None:
    queries = sql(
        tmp_path,
        "-- name: plain\n-- A.\nDELETE FROM job;\n-- name: inside\n-- B.\nWITH gone AS (DELETE FROM job RETURNING id) SELECT 1;\n",
    )
    assert (queries["plain"].plain, queries["plain"].returning) == (True, False)
    assert not queries["inside"].plain
