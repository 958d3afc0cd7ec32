"""The clock: it only ticks. What is due is in the database, so a tick may be missed or repeated."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.orm import Session

from core.db import Sessions

log = logging.getLogger(__name__)
EVERY = 60  # seconds

Round = Callable[[Session, datetime], object]
Errand = Callable[[], Awaitable[None]]


class Clock:
    """Goes through *rounds* once a minute, each in a transaction of its own, while it *leads*.

    *errands* go before them: what has to be asked of somebody else, outside any transaction.
    """

    def __init__(
        self,
        sessions: Sessions,
        rounds: Sequence[Round],
        clock: Callable[[], datetime],
        errands: Sequence[Errand] = (),
        leads: Callable[[], bool] = lambda: True,
    ) -> None:
        self._sessions = sessions
        self._rounds = rounds
        self._clock = clock
        self._errands = errands
        self._leads = leads
        self._ticking = asyncio.Lock()
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    def start(self) -> None:
        """The first tick comes at once: it makes up for the time we were away."""
        self._scheduler.add_job(
            self.tick, "interval", seconds=EVERY, next_run_time=datetime.now(UTC),
            coalesce=True, misfire_grace_time=None,
        )  # fmt: skip
        self._scheduler.start()

    async def stop(self) -> None:
        """No more ticks; the one that is running is waited for, not cancelled half-way."""
        if not self._scheduler.running:
            return
        self._scheduler.remove_all_jobs()
        async with self._ticking:
            self._scheduler.shutdown(wait=False)

    async def tick(self) -> None:
        async with self._ticking:
            if not await asyncio.to_thread(self._leads):
                return
            for errand in self._errands:
                try:
                    await errand()
                except Exception as error:
                    log.error("clock: %s (%s)", errand, type(error).__name__)
            await asyncio.to_thread(self._go_round)

    def _go_round(self) -> None:
        for one in self._rounds:
            try:
                with self._sessions.begin() as session:
                    one(session, self._clock())
            except Exception as error:
                # One that goes wrong must not keep the others from their turn.
                log.error("clock: %s (%s)", one, type(error).__name__)
