"""Making a database from schema.sql: roles first (they belong to the cluster), then everything else in one transaction.

Nothing is released yet, so a database made from another schema.sql is refused, not migrated.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from inspect_registry.db.sqlfile import SqlFile

SQL = SqlFile(__file__, "schema_admin.sql")
ROLES = ("owner", "app", "sequencer", "auditor")
_ROLE_NAME = re.compile(r"\bir_(owner|app|sequencer|auditor)\b")
_SUFFIX = re.compile(r"^(_[a-z0-9]{1,24})?$")


class SchemaDiffers(Exception):
    """The database was made from another schema.sql; the message says what to do."""


class Roles(msgspec.Struct, frozen=True):
    """The database roles of one installation: the names in schema.sql plus a suffix."""

    suffix: str = ""

    def name(self, role: str) -> str:
        """Return the cluster's name of a role, such as ir_app_t1."""
        return f"ir_{role}{self.suffix}"


def schema_text() -> str:
    """Return schema.sql, the whole truth."""
    return (Path(__file__).parent.parent.parent / "schema.sql").read_text(encoding="utf-8")


def checksum(text: str) -> str:
    """Return the fingerprint by which a database remembers its schema."""
    return hashlib.sha256(text.encode()).hexdigest()


async def apply(owner_dsn: str, passwords: Mapping[str, str], roles: Roles = Roles()) -> bool:  # noqa: B008 - frozen
    """Make roles and schema; return False when this very schema is there already.

    `owner_dsn` must be a role that may create roles and schemas; `passwords` maps "app", "sequencer" and "auditor" to
    their passwords. Raises SchemaDiffers when the database was made from another schema.sql.
    """
    if not _SUFFIX.match(roles.suffix):
        raise ValueError(f"a role suffix is _ and up to 24 of a-z 0-9, not {roles.suffix!r}")
    text = schema_text()
    connection: Any = await asyncpg.connect(owner_dsn, timeout=10)
    try:
        await connection.execute(SQL["lock_schema"].sql)
        if await connection.fetchval(SQL["schema_exists"].sql):
            found = await connection.fetchval(SQL["schema_checksum"].sql)
            if found != checksum(text):
                raise SchemaDiffers(
                    "this database was made from another schema.sql; start with an empty one "
                    "(embedded: move var/postgres away, then run again)"
                )
            return False
        async with connection.transaction():
            await _make_roles(connection, passwords, roles)
            await connection.execute(_ROLE_NAME.sub(lambda found: roles.name(found.group(1)), text))
            await connection.execute("SET search_path = ir, public")  # sql: a session setting of this tool
            await connection.execute(SQL["remember_checksum"].sql, checksum(text))
        return True
    finally:
        await connection.close()


async def drop_unpublished(owner_dsn: str) -> bool:
    """Throw the schema away if no entry of its ledger was ever numbered; False (and nothing done) otherwise."""
    connection: Any = await asyncpg.connect(owner_dsn, timeout=10)
    try:
        if await connection.fetchval(SQL["published_leaves"].sql):
            return False
        await connection.execute(SQL["drop_schema"].sql)
        return True
    finally:
        await connection.close()


async def _make_roles(connection: Any, passwords: Mapping[str, str], roles: Roles) -> None:
    for role in ROLES:
        name = roles.name(role)
        # Names are fixed words plus a checked suffix, passwords are quoted by the server itself.
        await connection.execute(SQL["make_role"].sql.replace("ir_role", name))
        if role != "owner":
            literal = await connection.fetchval(SQL["quote"].sql, passwords[role])
            await connection.execute(SQL["let_role_in"].sql.replace("ir_role", name).replace("'password'", literal))
    await connection.execute(SQL["join_owner"].sql.replace("ir_role", roles.name("owner")))
    database = await connection.fetchval(SQL["database_name"].sql)
    await connection.execute(
        SQL["let_owner_create"].sql.replace("ir_role", roles.name("owner")).replace("this_database", database)
    )
