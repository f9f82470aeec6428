"""The parts of one installation as the commands need them: the database server, its schema, its roles' addresses."""

import asyncio
import contextlib
from collections.abc import Iterator

from inspect_registry.config import SettingError, Settings
from inspect_registry.db import schema
from inspect_registry.db.embedded import EmbeddedServer


def embedded(settings: Settings) -> EmbeddedServer | None:
    """Return the embedded server of this installation, or None where DATABASE_URL names a real one."""
    return None if settings.database_url else EmbeddedServer(settings.var / "postgres")


@contextlib.contextmanager
def database_server(settings: Settings) -> Iterator[EmbeddedServer | None]:
    """Have the database run, with its schema; an embedded server that was not running before is stopped afterwards."""
    server = embedded(settings)
    if server is None:
        yield None
        return
    ran_before = server.pid() is not None
    server.start()
    try:
        asyncio.run(apply_schema(settings, server))
        yield server
    finally:
        if not ran_before:
            server.stop()


async def apply_schema(settings: Settings, server: EmbeddedServer | None) -> bool:
    """Make roles and schema where they are missing; return False when all was there."""
    if server is not None:
        passwords = {role: server.password(f"ir_{role}") for role in schema.ROLES}
        return await schema.apply(server.dsn(), passwords)
    if not settings.database_owner_url:
        raise SettingError("DATABASE_OWNER_URL: needed to make the schema on a real server")
    return await schema.apply(settings.database_owner_url, settings.role_passwords())


def role_dsn(settings: Settings, server: EmbeddedServer | None, role: str) -> str:
    """Return the address of the database for one of the registry's roles (app, sequencer, auditor)."""
    if server is not None:
        return server.dsn(f"ir_{role}")
    return settings.role_url(role)
