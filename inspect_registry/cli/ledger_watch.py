"""What the worker does about the log: the alarm, and the daily time stamp where an authority is set."""

import asyncio
import secrets
from collections.abc import Coroutine
from typing import Any, Final

import structlog

from inspect_registry.config import Settings
from inspect_registry.db import Database
from inspect_registry.jobs.model import Notice, NoticeId, Send
from inspect_registry.ledger.alarm import Alarm, Tell, keep_watch, wait
from inspect_registry.ledger.places import Places
from inspect_registry.ledger.stamping import Stamper, keep_stamped
from inspect_registry.ledger.timestamp import HttpAuthority

UID_BYTES: Final = 16

log = structlog.get_logger("registry.ledger")


def tasks(
    settings: Settings, database: Database, send: Send | None, stop: asyncio.Event
) -> list[Coroutine[Any, Any, None]]:
    """Return what runs beside the worker's own loop. Raises StampRefusedError for an address that is none."""
    tell = operator(settings.alarm_mail, send)
    if not settings.stamp_authority:
        return [keep_watch(database, Alarm(tell), stop)]
    authority, folder = HttpAuthority(settings.stamp_authority), Places(settings.var).published
    stamper = Stamper(folder, authority, database.clock, secrets.token_bytes, tell)
    return [keep_watch(database, Alarm(tell), stop), keep_stamped(stamper, stop, wait)]


def operator(address: str, send: Send | None) -> Tell:
    """Return the way to the operator: at once and past the database, which a frozen ledger keeps from being written."""

    async def tell(subject: str, words: str) -> None:
        if not address or send is None:
            return
        uid = secrets.token_hex(UID_BYTES)
        notice = Notice(id=NoticeId(0), uid=uid, kind="alarm", subject=subject, body=words, address=address, attempts=0)
        try:
            await send(notice)
        except Exception as error:  # noqa: BLE001 - a mail server that is away must not stop the watch
            log.warning("alarm could not be mailed", subject=subject, because=f"{type(error).__name__}: {error}"[:300])

    return tell
