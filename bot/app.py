"""One place builds things: settings in, a whole assistant out. Importing does nothing."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import Engine

from bot.channels.base import Channel, Doors
from bot.channels.gateways import sms_gateway
from bot.channels.simulator import PHONES, Simulator
from bot.channels.sms_gateway import SmsGateway
from bot.channels.telegram import Telegram
from bot.console.house import House
from bot.forgetting import Forgetting
from bot.inbox import Inbox
from bot.leading import Leadership
from bot.schedule import Clock
from bot.sending.listening import listen
from bot.sending.sender import Sender
from bot.services import offered
from bot.understanding import Understanding, WrittenAddress
from core import failures
from core.console import links, visits
from core.content.shelf import Shelf
from core.db import Sessions, make_engine, make_sessions
from core.files import Files
from core.languages import LANGUAGES, Languages
from core.learning import missed
from core.messages import Kind
from core.outbox import results
from core.outbox.alarm import ring_on_commit
from core.people import erasure, linking, own_data, retention
from core.settings import Settings
from core.team import rounds
from core.team.relay import Relay
from core.team.staffgroup import CHANNEL, StaffGroup
from core.texts import Texts
from core.vault import Vault
from core.wording import STAFF, Wording
from core.workshops import retention as workshop_retention
from core.workshops import rounds as workshop_rounds
from core.workshops.attendance import attendance
from core.workshops.calendar import calendar_maker
from core.workshops.notices import Notices
from core.workshops.search import interest
from core.workshops.search.interest import Telling
from core.workshops.signing import form as forms
from core.workshops.wishes import invitation, wishes

log = logging.getLogger(__name__)
TAKES_UP_EVERY = 30.0  # seconds
# What sort of screen each channel has, known without building it.
SHOWN = ("menu", "souhaits", "mesdonnees", "oublier", "lier", "langue", "aide", "stop")
KINDS: Mapping[str, Kind] = {
    Telegram.name: Telegram.kind,
    SmsGateway.name: SmsGateway.kind,
    **dict(PHONES),
}


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
        listening = asyncio.create_task(listen(self.settings.database_url, self.sender.wake))
        sending = asyncio.create_task(self.sender.run())
        try:
            yield
        finally:
            for task in (listening, sending):
                task.cancel()
            await asyncio.gather(listening, sending, return_exceptions=True)
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


def build(
    settings: Settings,
    channels: Sequence[Channel] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    learning: bool = True,
) -> App:
    """The assistant that *settings* describe; *channels* replaces the configured ones.

    It keeps the questions that it did not answer well, unless *learning* is false.
    Raises SettingError, VaultError or ContentError when something needed is missing.
    """
    engine = make_engine(settings.database_url)
    sessions = make_sessions(engine)
    vault = Vault.read(settings.keys_file)
    chosen = configured_channels(settings) if channels is None else channels
    by_name = {channel.name: channel for channel in chosen}
    understanding = Understanding(rasa_address(settings), settings.rasa_timeout)
    shelf = Shelf(settings.content_dir, time.monotonic)
    wording, staff_wording = Wording(settings.locale_dir), Wording(settings.locale_dir, STAFF)
    texts = Texts(shelf, wording)
    languages = Languages.learn(shelf().examples())
    kinds = {one.name: one.kind for one in chosen}
    makers = {"calendar": calendar_maker(texts), own_data.FILE: own_data.data_maker(vault)}
    files = Files(makers, kinds)
    sender = Sender(sessions, vault, by_name, files, {}, clock)
    ring_on_commit(sessions, sender.wake)
    # People made up for `ask` have no Telegram among their channels, and bother no team.
    chat = settings.telegram_staff_group if CHANNEL in by_name else ""
    group = StaffGroup(vault, staff_wording, chat)
    relay = Relay(texts, group, vault, kinds)
    notices = Notices(texts, kinds)
    inbox = Inbox(
        sessions,
        vault,
        texts,
        relay,
        offered(
            texts,
            vault,
            notices,
            relay,
            lambda: shelf().tables,
            next((name for name, kind in kinds.items() if kind is Kind.SMS), ""),
            settings.telegram_bot_name,
            settings.own_url,
        ),
        languages,
        understanding,
        by_name,
        clock,
        learning,
    )
    house = House(
        settings, sessions, vault, staff_wording, wording, notices,
        lambda: shelf().tables, lambda: Telling(texts, shelf().tables, kinds),
        understanding.ready, clock,
    )  # fmt: skip
    leadership = Leadership(engine)
    ticks = Clock(
        sessions,
        (
            partial(rounds.remind, relay),
            partial(rounds.end_idle, relay),
            partial(rounds.report_lost, relay),
            partial(workshop_rounds.due, notices),
            failures.forget_old,
            missed.forget_old,
            interest.forget_old,
            forms.forget_old,
            workshop_retention.forget_old,
            wishes.forget_old,
            invitation.forget_old,
            retention.forget_words,
            partial(retention.forget_silent, notices),
            erasure.complete,
            linking.forget_old,
            attendance.forget_old,
            links.forget_old,
            visits.forget_old,
        ),
        clock,
        (Forgetting(sessions, understanding),),
        leadership.holds,
    )
    return App(
        settings,
        engine,
        sessions,
        vault,
        by_name,
        understanding,
        sender,
        inbox,
        relay,
        house,
        ticks,
        leadership,
        clock,
    )


def rasa_address(settings: Settings) -> Callable[[], str]:
    """Where Rasa is: RASA_URL, or wherever ``nlu/serve.py`` says that it is now."""
    fixed = settings.rasa_url.rstrip("/")
    return (lambda: fixed) if fixed else WrittenAddress(settings.rasa_url_file)


def configured_channels(settings: Settings) -> list[Channel]:
    """The channels that *settings* turn on. Raises SettingError for an unknown gateway."""
    channels: list[Channel] = []
    if settings.telegram_token:
        channels.append(
            Telegram(
                settings.telegram_token,
                settings.telegram_api_url,
                settings.public_url,
                settings.telegram_webhook_secret,
                staff_group=settings.telegram_staff_group,
                menus=telegram_menus(Wording(settings.locale_dir)),
            )
        )
    if settings.sms_gateway:
        channels.append(sms_gateway(settings))
    if settings.demo:
        channels.extend(Simulator(name, kind) for name, kind in PHONES)
    return channels


def telegram_menus(wording: Wording) -> dict[str, dict[str, str]]:
    """What Telegram shows beside the text: commands and what they do, in each language."""
    return {
        language: {name: wording.say(f"command.{name}", language) for name in SHOWN}
        for language in LANGUAGES
    }
