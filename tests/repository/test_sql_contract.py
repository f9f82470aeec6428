"""SQL is code: every named query runs against schema.sql, fills its struct exactly, and has one home."""

import ast
import importlib
import re
import types
import typing
from collections import Counter
from enum import Enum
from pathlib import Path

import asyncpg
import msgspec
import pytest

from inspect_registry.db import SqlFile
from inspect_registry.db.sqlfile import Query
from tests.repository.source import PACKAGE, dotted, modules, tree

READERS = {"one", "maybe", "many", "value", "maybe_value", "values"}
SCALARS = {"value", "maybe_value", "values"}
PYTHON_OF = {
    "int2": int, "int4": int, "int8": int, "text": str, "varchar": str, "bool": bool, "bytea": bytes, "timestamptz": "datetime",
    "date": "date", "numeric": "Decimal", "float8": float, "float4": float, "name": str, "char": str,
}  # fmt: skip
ADMIN = {"keeper.sql", "schema_admin.sql"}
"""Not for the registry's database: the schema tool's own (tests/integration/db runs them), and SQLite (tests/unit/ledger)."""


class Use(typing.NamedTuple):
    """One call of a Tx method with a named query."""

    module: str
    file: Path
    query: str
    method: str
    kind: ast.expr | None
    line: int


def sql_files() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.sql") if path.name not in ADMIN)


def queries() -> list[tuple[Path, Query]]:
    return [(path, query) for path in sql_files() for query in SqlFile(str(path), path.name).values()]


def uses() -> list[Use]:
    """Every place where a named query is used."""
    found = []
    for path in modules():
        files = {
            target.id: (path.parent / node.value.args[1].value)
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and getattr(node.value.func, "id", "") == "SqlFile"
            and isinstance(node.value.args[1], ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        calls = {
            id(call.args[0]): call
            for call in ast.walk(tree(path))
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.args
        }
        for node in ast.walk(tree(path)):
            if not (
                isinstance(node, ast.Subscript)
                and isinstance(node.value, ast.Name)
                and isinstance(node.slice, ast.Constant)
            ):
                continue
            file = files.get(node.value.id)
            if file is None:
                file = _imported(path, node.value.id)
            if file is None:
                continue
            call = calls.get(id(node))
            method = call.func.attr if call is not None and isinstance(call.func, ast.Attribute) else ""
            kind = call.args[1] if call is not None and method in READERS and len(call.args) > 1 else None
            found.append(Use(dotted(path), file, node.slice.value, method, kind, node.lineno))
    return found


def _imported(path: Path, name: str) -> Path | None:
    value = getattr(importlib.import_module(dotted(path)), name, None)
    return value.path if isinstance(value, SqlFile) else None


async def test_every_query_is_valid_against_the_schema(owner: asyncpg.Connection) -> None:
    wrong = []
    for path, query in queries():
        try:
            await owner.prepare(query.sql)
        except asyncpg.PostgresError as error:
            wrong.append(f"{path.name}: {query.name}: {error}")
    assert not wrong, "\n".join(wrong)
    with pytest.raises(asyncpg.UndefinedColumnError):
        await owner.prepare("SELECT no_such_column FROM ir.visit")


async def test_rows_fill_their_structs_exactly(owner: asyncpg.Connection) -> None:
    wrong = []
    for use in uses():
        if use.kind is None:
            continue
        kind = eval(ast.unparse(use.kind), vars(importlib.import_module(use.module)))
        statement = await owner.prepare(SqlFile(str(use.file), use.file.name)[use.query].sql)
        columns = {attribute.name: attribute.type.name for attribute in statement.get_attributes()}
        wrong += [
            f"{use.module}:{use.line} {use.query}: {fault}"
            for fault in faults(kind, columns, scalar=use.method in SCALARS)
        ]
    assert not wrong, "\n".join(wrong)


def faults(kind: object, columns: dict[str, str], *, scalar: bool) -> list[str]:
    """What does not fit between a struct (or scalar type) and the columns of a query."""
    if scalar:
        first = next(iter(columns.values()))
        return [] if fits(kind, first) else [f"{first} does not fit {kind}"]
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return [f"{kind} is no struct"]
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    found = [f"column {name} is no field of {kind.__name__}" for name in columns if name not in fields]
    found += [
        f"field {name} of {kind.__name__} has no column"
        for name, field in fields.items()
        if name not in columns and field.required
    ]
    found += [
        f"{name}: {type_} does not fit {fields[name].type}"
        for name, type_ in columns.items()
        if name in fields and not fits(fields[name].type, type_)
    ]
    return found


def fits(kind: object, column: str) -> bool:
    """Say whether a column's type can fill a field's type; nullability is not known to PostgreSQL here."""
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return any(fits(option, column) for option in typing.get_args(kind) if option is not type(None))
    if origin is typing.Annotated:
        return fits(typing.get_args(kind)[0], column)
    if column.startswith("_"):
        return column.endswith("[]") or (
            origin in (list, tuple, set, frozenset) and fits(typing.get_args(kind)[0], column[1:])
        )
    if column.endswith("[]"):
        return origin in (list, tuple, set, frozenset) and fits(typing.get_args(kind)[0], column[:-2])
    if column in ("jsonb", "json"):
        return True
    supertype = getattr(kind, "__supertype__", None)
    if supertype is not None:
        return fits(supertype, column)
    wanted = PYTHON_OF.get(column)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return isinstance(wanted, type) and all(type(member.value) is wanted for member in kind)
    if isinstance(wanted, str):
        return getattr(kind, "__name__", "") == wanted
    return (
        wanted is not None
        and isinstance(kind, type)
        and issubclass(kind, wanted)
        and not (wanted is int and kind is bool)
    )


def test_the_contract_finds_planted_faults() -> None:
    class Row(msgspec.Struct):
        id: int
        day: str

    assert faults(Row, {"id": "int8", "day": "date"}, scalar=False) == ["day: date does not fit <class 'str'>"]
    assert faults(Row, {"id": "int8"}, scalar=False) == ["field day of Row has no column"]
    assert faults(Row, {"id": "int8", "day": "text", "more": "text"}, scalar=False) == [
        "column more is no field of Row"
    ]


def test_every_query_is_used_by_exactly_one_place() -> None:
    counted = Counter((use.file.resolve(), use.query) for use in uses())
    wrong = {
        f"{path.name}: {query.name}": counted[(path.resolve(), query.name)]
        for path, query in queries()
        if counted[(path.resolve(), query.name)] != 1
    }
    shared = {"set_actor", "alive"}
    wrong = {name: count for name, count in wrong.items() if name.split(": ")[1] not in shared or not count}
    assert not wrong, f"used never or more than once: {wrong}"


def test_no_sql_stands_outside_sql_files() -> None:
    statement = re.compile(
        r"^\s*(SELECT\s.+\sFROM|INSERT INTO|UPDATE\s+\w+\s+SET|DELETE FROM|CREATE (TABLE|ROLE|INDEX))\b",
        re.IGNORECASE | re.DOTALL,
    )
    found = [
        f"{dotted(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.match(node.value)
    ]
    assert not found, found


def test_session_settings_are_never_set_outside_a_transaction() -> None:
    """`set_config(…, false)` would outlive the transaction and leak an actor through the pool."""
    loose = [path.name for path in sql_files() if re.search(r"set_config\([^)]*,\s*false\)", path.read_text())]
    assert not loose
    assert re.search(r"set_config\([^)]*,\s*false\)", "SELECT set_config('app.role', $1, false)")


async def test_enumerations_and_check_constraints_name_the_same_words(owner: asyncpg.Connection) -> None:
    enums = [
        frozenset(member.value for member in value)
        for path in modules()
        if path.name not in ("app.py", "__main__.py")
        for value in vars(importlib.import_module(dotted(path))).values()
        if isinstance(value, type) and issubclass(value, Enum)
    ]
    rows = await owner.fetch(
        "SELECT conname, pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE contype = 'c' AND conname LIKE '%\\_known'"
    )
    wrong = []
    for row in rows:
        words = frozenset(re.findall(r"'([^']*)'::text", row["text"]))
        if words and not any(words <= values for values in enums):
            wrong.append(f"{row['conname']}: {sorted(words)}")
    assert rows
    assert not wrong, "no enumeration holds these words: " + "; ".join(wrong)
