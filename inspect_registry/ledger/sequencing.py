"""The loops around the sequencer: lead and work until told to stop, and audit the database beside it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Final

import structlog

from inspect_registry.errors import Unavailable
from inspect_registry.ledger.checkpoint import Checkpoint
from inspect_registry.ledger.client import KeeperUnreachableError
from inspect_registry.ledger.note import NoteError
from inspect_registry.ledger.publishing import NoLongerLeadingError
from inspect_registry.ledger.sequencer import Sequencer
from inspect_registry.ledger.tiles import LogDamagedError

IDLE: Final = 0.25  # seconds between looks at an empty queue
STANDBY: Final = 2.0  # seconds between tries to lead, and before work goes on after a fault
CHECK_PAUSE: Final = 30.0  # seconds between two audits of the database
WITNESS_RETRY: Final = 5.0  # seconds between tries to complete a quorum

log = structlog.get_logger()


async def watch(sequencer: Sequencer, audit: Callable[[Checkpoint], Awaitable[int]], stop: asyncio.Event) -> None:
    """Audit the database again and again (`selfcheck.check`), and freeze the ledger when it was rewritten.

    The pause grows with the work: a log that takes long to check takes a twentieth of one processor at most.
    """
    clock = asyncio.get_running_loop().time
    while not stop.is_set():
        began = clock()
        try:
            await sequencer.check_signer()  # An older database is called what it is, whoever looks first.
            await audit(await sequencer.signed())
        except (LogDamagedError, NoteError) as error:
            await sequencer.freeze(f"数据库中的台账被改写：{error}")
        except (Unavailable, KeeperUnreachableError) as error:
            log.warning("the ledger could not be checked", because=str(error) or type(error).__name__)
        await _pause(stop, max(CHECK_PAUSE, 20 * (clock() - began)))


async def run(sequencer: Sequencer, stop: asyncio.Event) -> None:
    """Lead and work until told to stop; on any fault of the surroundings wait a little and begin again."""
    while not stop.is_set():
        try:
            async with AsyncExitStack() as stack:
                if await sequencer.lead(stack):
                    await sequencer.begin()
                    await _work(sequencer, stop)
        except (Unavailable, KeeperUnreachableError, NoteError, NoLongerLeadingError) as error:
            log.warning("sequencer waits", because=str(error) or type(error).__name__)
        await _pause(stop, STANDBY)


async def _work(sequencer: Sequencer, stop: asyncio.Event) -> None:
    clock = asyncio.get_running_loop().time
    ask_again = clock()
    while not stop.is_set():
        if not await sequencer.step():
            if clock() >= ask_again and not await sequencer.complete_quorum():
                ask_again = clock() + WITNESS_RETRY
            await _pause(stop, IDLE)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        return
