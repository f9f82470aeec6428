"""The alarm about the log: a log line and a message to the operator when it falls behind or freezes, and afterwards.

It runs in the worker, which needs neither the sequencer nor the signer to be alive, and writes nothing to the database:
in a frozen ledger nothing can be written. Metrics and readiness say the same for whoever asks (`health`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from inspect_registry.db import Database
from inspect_registry.errors import Unavailable
from inspect_registry.ledger.health import LedgerHealth, LedgerState
from inspect_registry.ledger.reading import status_of

PAUSE: Final = 5.0  # seconds between two looks
ALARMING: Final = frozenset({LedgerState.LATE, LedgerState.FROZEN})

Tell = Callable[[str, str], Awaitable[None]]
"""Tells the operator: subject and words. Must not raise."""

log = structlog.get_logger("registry.ledger")


class Alarm:
    """Tells each change for the worse, and the return to good order, once."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._told: LedgerState | None = None

    async def look(self, health: LedgerHealth) -> None:
        """Compare the state with what was told last."""
        state = health.state if health.state in ALARMING else None
        if state == self._told:
            return
        self._told = state
        if state is None:
            log.info("ledger well again", state=health.state.value)
            await self._tell("台账已恢复正常", "登记已全部编号并公布。")
            return
        log.error(
            "ledger alarm",
            state=state.value,
            pending=health.pending,
            oldest_pending_seconds=round(health.oldest_pending_seconds),
            reason=health.reason,
        )
        await self._tell(*_words(health))


async def keep_watch(database: Database, alarm: Alarm, stop: asyncio.Event, pause: float = PAUSE) -> None:
    """Look every few seconds until told to stop; a database that is away has alarms of its own."""
    while not stop.is_set():
        try:
            _, health = await status_of(database)
        except Unavailable as error:
            log.warning("the ledger's state is unknown", because=error.code)
        else:
            await alarm.look(health)
        await wait(stop, pause)


async def wait(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until told to stop."""
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return


def _words(health: LedgerHealth) -> tuple[str, str]:
    if health.state is LedgerState.FROZEN:
        return "台账已冻结", f"{health.reason}。一切登记暂停，请按 docs/trust.md「When the ledger is frozen」处理。"
    seconds = round(health.oldest_pending_seconds)
    words = f"最早一件登记已等待 {seconds} 秒没有编号（共 {health.pending} 件等待），超过承诺的 60 秒。"
    return "台账编号停滞", f"{words}请检查编号程序（ledger sequence）和签名机（signer）。"
