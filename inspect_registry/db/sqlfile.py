"""Named queries in `.sql` files: SQL is code, beside the feature it serves.

    -- name: plan_by_id
    -- One plan, whatever its state.
    -- $1 plan
    SELECT id, uid FROM annual_plan WHERE id = $1;

The lines after the name explain the query and its parameters. `-- unlogged: reason` marks a writing query that needs no
ledger entry (sessions, counters, the ledger itself). Anything assembled from strings is impossible by construction.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

_NAME = re.compile(r"^-- name: ([a-z][a-z0-9_]*)[ \t]*$", re.MULTILINE)
_QUOTED = re.compile(r"\$\$.*?\$\$", re.DOTALL)
_COMMENT = re.compile(r"--[^\n]*")
_WRITES = re.compile(r"\b(INSERT\s+INTO|UPDATE\s+\S+\s+(AS\s+\S+\s+)?SET|UPDATE\s+\S+\s+\S+\s+SET|DELETE\s+FROM)\b")
_UNLOGGED = re.compile(r"^-- unlogged: (\S.*)$", re.MULTILINE)


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """One named statement."""

    name: str
    sql: str
    about: str
    writes: bool
    """Changes business rows, so that its transaction must append to the ledger."""
    plain: bool
    """Begins with the write itself, so that the number of rows says whether anything was written."""
    returning: bool
    """Gives the written rows back."""
    unlogged: str
    """Why a writing query needs no ledger entry; empty = it needs one, or does not write."""


class SqlFile(Mapping[str, Query]):
    """The named queries of one `.sql` file beside a store. Raises ValueError on a malformed file."""

    def __init__(self, beside: str, file_name: str) -> None:
        self.path = Path(beside).with_name(file_name)
        self._queries = _parse(self.path)

    def __getitem__(self, name: str) -> Query:
        """Return the query of this name."""
        return self._queries[name]

    def __iter__(self) -> Iterator[str]:
        """Go through the names in file order."""
        return iter(self._queries)

    def __len__(self) -> int:
        """Return how many queries the file holds."""
        return len(self._queries)


def _parse(path: Path) -> dict[str, Query]:
    text = path.read_text(encoding="utf-8")
    parts = _NAME.split(text)
    queries: dict[str, Query] = {}
    for name, body in zip(parts[1::2], parts[2::2], strict=True):
        if name in queries:
            raise ValueError(f"{path.name}: query {name} stands twice")
        statement = _COMMENT.sub("", body).strip().rstrip(";").strip()
        if not statement or ";" in _QUOTED.sub("", statement):
            raise ValueError(f"{path.name}: query {name} must be exactly one statement")
        about = " ".join(line[2:].strip() for line in body.splitlines() if line.startswith("--"))
        if not about:
            raise ValueError(f"{path.name}: query {name} is not explained")
        unlogged = _UNLOGGED.search(body)
        changes = bool(_WRITES.search(statement))
        queries[name] = Query(
            name=name,
            sql=body.strip().rstrip(";"),
            about=about,
            writes=changes and not unlogged,
            plain=statement.upper().startswith(("INSERT", "UPDATE", "DELETE")),
            returning="RETURNING" in statement.upper(),
            unlogged=unlogged.group(1) if unlogged else "",
        )
    return queries
