"""The sender: takes what is due from the outbox and hands it to the channels.

Nothing is kept here that matters: a killed sender loses no row, its leases run out and
another takes them over.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.channels.base import Busy, Channel, DeliveryError, Refused, Sent, Uncertain, Unreachable
from bot.turns import Turns
from core import outbox
from core.db import Sessions
from core.files import Files
from core.messages import Outgoing
from core.vault import Vault

log = logging.getLogger(__name__)
IN_FLIGHT = 64
LOOK_EVERY = 1.0


@dataclass(frozen=True)
class Claimed:
    channel: str
    lease: str
    address_id: int
    outgoing: Outgoing


class Sender:
    """Sends for *channels*; *clock* gives the aware present."""

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        channels: Mapping[str, Channel],
        files: Files,
        clock: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._vault = vault
        self._channels = channels
        self._files = files
        self._clock = clock
        self._due = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = Turns()

    def wake(self) -> None:
        """Something was committed: look now instead of at the next tick."""
        self._due.set()

    async def run(self) -> None:
        """Send until cancelled; what is on the wire then is finished first."""
        try:
            while True:
                self._due.clear()
                if not await self._take():
                    await self._wait()
        finally:
            await self._settle()

    async def drain(self) -> None:
        """Send all that is due now, and return when it is done."""
        while await self._take():
            await self._settle()
        await self._settle()

    async def _wait(self) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._due.wait(), LOOK_EVERY)

    async def _settle(self) -> None:
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def _take(self) -> int:
        """Claim what there is room for and start sending it; how many that was."""
        room = IN_FLIGHT - len(self._tasks)
        if room <= 0:
            await asyncio.wait(set(self._tasks), return_when=asyncio.FIRST_COMPLETED)
            return 1
        try:
            claimed = await asyncio.to_thread(self._claim, room)
        except Exception as error:
            log.error("outbox: cannot claim (%s); trying again", type(error).__name__)
            return 0
        for one in claimed:
            task = asyncio.create_task(self._send(one))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(claimed)

    def _claim(self, limit: int) -> list[Claimed]:
        with self._sessions.begin() as session:
            now = self._clock()
            rows = outbox.claim(session, list(self._channels), now, limit)
            return [
                Claimed(
                    row.channel,
                    row.lease or "",
                    row.address_id,
                    Outgoing(
                        row.id,
                        row.address.reveal(self._vault),
                        row.reveal(self._vault),
                        row.picks(),
                        self._files.made(session, row, now),
                    ),
                )
                for row in rows
            ]

    async def _send(self, claimed: Claimed) -> None:
        """One at a time to one person, so that bubbles arrive in their order."""
        async with self._turns.of(claimed.address_id):
            result: Sent | DeliveryError
            try:
                result = await self._channels[claimed.channel].send(claimed.outgoing)
            except DeliveryError as error:
                result = error
            except Exception as error:
                result = Uncertain(type(error).__name__)
            await asyncio.to_thread(self._write_down, claimed, result)

    def _write_down(self, claimed: Claimed, result: Sent | DeliveryError) -> None:
        row, lease, now = claimed.outgoing.delivery_id, claimed.lease, self._clock()
        with self._sessions.begin() as session:
            match result:
                case Sent(provider_id, segments):
                    outbox.sent(session, row, lease, provider_id, segments, now)
                case Busy(reason=reason, retry_after=after):
                    outbox.retry(session, row, lease, reason, now, after)
                case Unreachable(reason=reason):
                    outbox.fail(session, row, lease, reason, now, unreachable=True)
                case Refused(reason=reason):
                    outbox.fail(session, row, lease, reason, now)
                case Uncertain(reason=reason):
                    outbox.doubt(session, row, lease, reason, now)
                case DeliveryError(reason=reason):
                    outbox.retry(session, row, lease, reason, now)
        if isinstance(result, DeliveryError):
            log.warning("delivery %d on %s: %s", row, claimed.channel, result.reason)
