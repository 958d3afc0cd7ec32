"""The assistant as it runs: what each process does, and how it ends cleanly."""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine

from bot.channels.base import Channel, Doors
from bot.console.house import House
from bot.inbox import Inbox
from bot.leading import Leadership
from bot.progress import Progress
from bot.schedule import Clock
from bot.sending.listening import listen
from bot.sending.sender import Sender
from bot.understanding import Understanding
from core.db import Sessions
from core.outbox import results
from core.settings import Settings
from core.team.relay import Relay
from core.vault import Vault

log = logging.getLogger(__name__)
TAKES_UP_EVERY = 30.0  # seconds


class Role(StrEnum):
    """What a process does; with PostgreSQL there may be several of each (docs/scaling.md)."""

    WEB = "web"
    SENDER = "sender"
    CLOCK = "clock"
    ALL = "all"


@dataclass
class App:
    """The assistant, built but not started."""

    settings: Settings
    engine: Engine
    sessions: Sessions
    vault: Vault
    channels: Mapping[str, Channel]
    understanding: Understanding
    sender: Sender
    inbox: Inbox
    relay: Relay
    house: House
    ticks: Clock
    leadership: Leadership
    progress: Progress
    clock: Callable[[], datetime]

    @property
    def doors(self) -> Doors:
        return Doors(self.inbox.receive, self._report)

    async def _report(self, channel: str, delivery_id: int, arrived: bool, gone: bool) -> bool:
        return await asyncio.to_thread(self._write_report, channel, delivery_id, arrived, gone)

    def _write_report(self, channel: str, delivery_id: int, arrived: bool, gone: bool) -> bool:
        with self.sessions.begin() as session:
            return results.report(session, delivery_id, channel, arrived, self.clock(), gone)

    @contextlib.asynccontextmanager
    async def running(self, role: Role = Role.ALL) -> AsyncIterator["App"]:
        """What *role* does is done until the block ends."""
        try:
            async with contextlib.AsyncExitStack() as doing:
                if role in (Role.SENDER, Role.ALL):
                    await doing.enter_async_context(self._sending())
                if role in (Role.WEB, Role.ALL):
                    await doing.enter_async_context(self._receiving())
                if role in (Role.CLOCK, Role.ALL):
                    await doing.enter_async_context(self._ticking())
                yield self
        finally:
            await self.close()

    @contextlib.asynccontextmanager
    async def _sending(self) -> AsyncIterator[None]:
        tasks = [
            asyncio.create_task(listen(self.settings.database_url, self.sender.wake)),
            asyncio.create_task(self.sender.run()),
            asyncio.create_task(self.progress.run()),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.sender.drain(bulk=False)

    @contextlib.asynccontextmanager
    async def _receiving(self) -> AsyncIterator[None]:
        started: list[Channel] = []
        resumed = await self.inbox.resume()
        if resumed:
            log.info("inbox: %d message(s) taken up again", resumed)
        taking_up = asyncio.create_task(self._keep_taking_up())
        try:
            for channel in self.channels.values():
                await channel.start(self.doors)
                started.append(channel)
            yield
        finally:
            taking_up.cancel()
            for channel in reversed(started):
                await channel.stop()
            await self.inbox.idle()

    async def _keep_taking_up(self) -> None:
        while True:
            await asyncio.sleep(TAKES_UP_EVERY)
            try:
                await self.inbox.resume()
            except Exception as error:
                log.error("inbox: nothing taken up (%s)", type(error).__name__)

    @contextlib.asynccontextmanager
    async def _ticking(self) -> AsyncIterator[None]:
        self.ticks.start()
        try:
            yield
        finally:
            await self.ticks.stop()
            await asyncio.to_thread(self.leadership.give_up)

    async def close(self) -> None:
        for channel in self.channels.values():
            await channel.close()
        await self.understanding.close()
        self.engine.dispose()
