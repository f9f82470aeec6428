"""The service's own daily time stamp: asked for by the worker, tried again until the day has one, never in the way."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final

import structlog

from inspect_registry.clock import Clock, day_of
from inspect_registry.ledger.alarm import Tell
from inspect_registry.ledger.publication import LogFolder
from inspect_registry.ledger.timestamp import Authority, StampRefusedError, stamp_checkpoint

RETRY: Final = 600.0  # seconds between two looks

log = structlog.get_logger("registry.ledger")


class Stamper:
    """Has each day's checkpoint stamped once; remembers which day it has told of in vain."""

    def __init__(
        self, folder: LogFolder, authority: Authority, clock: Clock, random: Callable[[int], bytes], tell: Tell
    ) -> None:
        self._folder = folder
        self._authority = authority
        self._clock = clock
        self._random = random
        self._tell = tell
        self._failed: date | None = None

    async def try_today(self) -> bool:
        """Have today's checkpoint stamped if it is not; False when that failed, which raises an alarm once a day."""
        today = day_of(self._clock.now())
        if self._folder.checkpoint() is None or self._folder.has_stamp(today):
            return True
        try:
            await asyncio.to_thread(stamp_checkpoint, self._folder, self._authority, today, self._random)
        except (StampRefusedError, OSError) as error:
            log.warning("time stamp failed", alarm=True, day=str(today), because=str(error))
            if self._failed != today:
                self._failed = today
                words = f"{today} 的检查点没有取得外部时间戳（{error}）。登记照常进行，每 10 分钟重试一次。"
                await self._tell("台账时间戳未取得", words)
            return False
        log.info("time stamp made", day=str(today))
        if self._failed is not None:
            self._failed = None
            await self._tell("台账时间戳已恢复", f"{today} 的检查点已取得外部时间戳。")
        return True


async def keep_stamped(
    stamper: Stamper, stop: asyncio.Event, pause: Callable[[asyncio.Event, float], Awaitable[None]]
) -> None:
    """Try every ten minutes until told to stop."""
    while not stop.is_set():
        await stamper.try_today()
        await pause(stop, RETRY)
