"""The sender: a pump for each channel, and what is due made into messages for it."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from bot.channels.base import Channel
from bot.sending.ledger import Ledger
from bot.sending.pace import SECOND, Pace
from bot.sending.pump import Pump
from bot.sending.waiting import Claimed
from core.db import Sessions
from core.files import Files
from core.messages import Outgoing
from core.outbox import claiming, making, results, senders
from core.outbox.claiming import Room
from core.outbox.delivery import Cause, State
from core.outbox.making import Makers
from core.outbox.senders import SHOWS, SURE, part
from core.vault import Vault

log = logging.getLogger(__name__)


class Sender:
    """Sends for *channels*; *clock* gives the aware present."""

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        channels: Mapping[str, Channel],
        files: Files,
        makers: Makers,
        clock: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._vault = vault
        self._channels = channels
        self._files = files
        self._makers = makers
        self._clock = clock
        self._name = uuid.uuid4().hex
        self._loop: asyncio.AbstractEventLoop | None = None
        ledger = Ledger(sessions, clock)
        self._pumps = {
            name: Pump(
                channel, partial(self._take, name), self._give_back, Pace(channel.pace), ledger
            )
            for name, channel in channels.items()
        }

    def wake(self, channel: str) -> None:
        """Something was committed for *channel*, in whichever thread: look now, not at the tick."""
        if self._loop is not None and channel in self._pumps:
            self._loop.call_soon_threadsafe(self._pumps[channel].wake)

    async def run(self) -> None:
        """Send until cancelled; what is on the wire then is finished first."""
        self._loop = asyncio.get_running_loop()
        try:
            for name in self._pumps:
                await self._show(name, new=True)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_showing())
                for pump in self._pumps.values():
                    group.create_task(pump.run())
        finally:
            self._loop = None
            await self._leave()

    async def drain(self, bulk: bool = True) -> None:
        """Send what is due now, and return when it is done. Not while it runs.

        Without *bulk* only what leaves at any hour.
        """
        for name, pump in self._pumps.items():
            await asyncio.to_thread(self._take_back, name)
            await pump.drain(bulk)

    async def _keep_showing(self) -> None:
        while True:
            await asyncio.sleep(SHOWS.total_seconds())
            for name in self._pumps:
                await self._show(name)

    async def _show(self, account: str, new: bool = False) -> None:
        """Take our part of *account*; when that fails, the part that we have runs out."""
        try:
            place, number = await asyncio.to_thread(self._take_place, account, new)
        except Exception as error:
            log.error("outbox: cannot show that we send (%s)", type(error).__name__)
            return
        pump = self._pumps[account]
        if new:
            # Others have still to see us; of what we sent before a restart we know nothing.
            pump.pace.hold(SURE.total_seconds() if number > 1 else SECOND)
        pump.share(part(self._channels[account].pace, place, number), SURE.total_seconds())

    async def _leave(self) -> None:
        try:
            await asyncio.to_thread(self._give_place_up)
        except Exception as error:
            log.error("outbox: cannot say that we stop (%s)", type(error).__name__)

    # What follows runs in a thread, one transaction each.

    def _take_place(self, account: str, new: bool) -> tuple[int, int]:
        with self._sessions.begin() as session:
            now = self._clock()
            if session.get_bind().dialect.name == "sqlite":
                # Nobody else sends: what an earlier process of ours held is free.
                claiming.take_back(session, account, now + claiming.LEASE if new else now)
                return 0, 1
            claiming.take_back(session, account, now)
            return senders.show(session, self._name, account, now)

    def _give_place_up(self) -> None:
        with self._sessions.begin() as session:
            for account in self._pumps:
                senders.leave(session, self._name, account)

    async def _take(self, channel: str, room: Room) -> list[Claimed]:
        try:
            return await asyncio.to_thread(self._claim, channel, room)
        except Exception as error:
            log.error("outbox: cannot claim (%s); trying again", type(error).__name__)
            return []

    def _take_back(self, channel: str) -> None:
        with self._sessions.begin() as session:
            claiming.take_back(session, channel, self._clock())

    async def _give_back(self, rest: Sequence[Claimed]) -> None:
        try:
            await asyncio.to_thread(self._release, {one.place: one.lease for one in rest})
        except Exception as error:
            log.error("outbox: cannot give back (%s); their leases end", type(error).__name__)

    def _release(self, leases: Mapping[int, str]) -> None:
        with self._sessions.begin() as session:
            for row in results.held(session, leases).values():
                results.give_back(row)

    def _claim(self, channel: str, room: Room) -> list[Claimed]:
        with self._sessions.begin() as session:
            now, claimed = self._clock(), []
            for row in claiming.claim(session, channel, now, room):
                text = row.reveal(self._vault)
                if not text and Cause(row.cause) in self._makers:
                    bubble = making.make(session, self._makers, row, now)
                    if bubble is None:
                        row.end(State.SKIPPED, "no longer of use", now)
                        continue
                    text = bubble.text
                outgoing = Outgoing(
                    row.id,
                    row.address.reveal(self._vault),
                    text,
                    row.picks(),
                    self._files.made(session, row, now),
                )
                claimed.append(Claimed(row.lane, row.id, row.lease or "", outgoing))
            return claimed
