"""Writes down what became of messages, several in one transaction.

What cannot be written (the disk is full, the database restarts) is kept and written later: no
message is sent twice for that, unless the process dies before.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.channels.base import Busy, DeliveryError, Refused, Sent, Uncertain, Unreachable
from core.db import Sessions
from core.outbox import results
from core.outbox.delivery import Delivery
from core.outbox.rerouting import reroute

log = logging.getLogger(__name__)
AGAIN_AFTER = 1.0


@dataclass(frozen=True)
class Result:
    """What a channel said about the row *row_id*, held by *lease*."""

    row_id: int
    lease: str
    what: Sent | DeliveryError


class Ledger:
    """*clock* gives the aware present."""

    def __init__(self, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clock = clock
        self._results: list[tuple[Result, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def write(self, result: Result) -> None:
        """Return when it is written down."""
        written = asyncio.get_running_loop().create_future()
        self._results.append((result, written))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        await written

    async def _write_all(self) -> None:
        while self._results:
            batch, self._results = self._results, []
            await self._until_written([result for result, _ in batch])
            for _, written in batch:
                written.set_result(None)

    async def _until_written(self, batch: Sequence[Result]) -> None:
        while True:
            try:
                return await asyncio.to_thread(self._write, batch)
            except Exception as error:
                kind = type(error).__name__
                log.error("outbox: cannot write %d result(s) (%s); again", len(batch), kind)
                await asyncio.sleep(AGAIN_AFTER)

    def _write(self, batch: Sequence[Result]) -> None:
        now = self._clock()
        arrived, failed = list[results.Arrival](), dict[int, tuple[str, DeliveryError]]()
        for one in batch:
            if isinstance(one.what, Sent):
                took = one.what.provider_id, one.what.segments
                arrived.append(results.Arrival(one.row_id, one.lease, *took))
            else:
                failed[one.row_id] = one.lease, one.what
        with self._sessions.begin() as session:
            if arrived:
                results.sent(session, arrived, now)
            if failed:
                leases = {row_id: lease for row_id, (lease, _) in failed.items()}
                for row_id, row in results.held(session, leases).items():
                    _settle(row, failed[row_id][1], now)
                    reroute(session, row, now)


def _settle(row: Delivery, what: DeliveryError, now: datetime) -> None:
    match what:
        case Busy(reason=reason, retry_after=after):
            results.retry(row, reason, now, after)
        case Unreachable(reason=reason):
            results.fail(row, reason, now, unreachable=True)
        case Refused(reason=reason):
            results.fail(row, reason, now)
        case Uncertain(reason=reason):
            results.doubt(row, reason, now)
        case _:
            results.retry(row, what.reason, now)
    log.warning("delivery %d on %s: %s", row.id, row.channel, what.reason)
