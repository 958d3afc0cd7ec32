"""One place builds things: settings in, a whole assistant out. Importing does nothing."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from bot import publication
from bot.app import App
from bot.channels import kannel
from bot.channels.base import Channel
from bot.channels.gateways import sms_gateway
from bot.channels.simulator import PHONES, Simulator
from bot.channels.sms_gateway import SmsGateway
from bot.channels.telegram import Telegram
from bot.console.house import House
from bot.forgetting import Forgetting
from bot.inbox import Inbox
from bot.leading import Leadership
from bot.progress import Progress
from bot.schedule import Clock
from bot.sending.sender import Sender
from bot.services import offered
from bot.understanding import Understanding, WrittenAddress
from core import failures
from core.broadcasts import running, wording
from core.broadcasts.means import Means
from core.broadcasts.staffwords import StaffWords
from core.broadcasts.team import LIST as PHONE_LIST
from core.broadcasts.team import Team
from core.broadcasts.words import FILE as BROADCAST_FILE
from core.console import links, visits
from core.content.shelf import Shelf
from core.db import make_engine, make_sessions
from core.files import Files
from core.languages import LANGUAGES, Languages
from core.learning import missed
from core.messages import Kind
from core.outbox.alarm import ring_on_commit
from core.outbox.delivery import Cause
from core.outbox.making import Makers
from core.people import erasure, linking, own_data, retention
from core.settings import Settings
from core.team import members, rounds
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
from core.workshops.reminding.planning import Planning
from core.workshops.reminding.silence import Silence
from core.workshops.reminding.wording import Reminders
from core.workshops.search import interest
from core.workshops.search.interest import Telling
from core.workshops.signing import form as forms
from core.workshops.wishes import invitation, wishes

# What sort of screen each channel has, known without building it.
SHOWN = ("menu", "souhaits", "mesdonnees", "oublier", "lier", "langue", "aide", "stop")
KINDS: Mapping[str, Kind] = {
    Telegram.name: Telegram.kind,
    SmsGateway.name: SmsGateway.kind,
    **dict(PHONES),
}


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
    people, staff = Wording(settings.locale_dir), Wording(settings.locale_dir, STAFF)
    texts = Texts(shelf, people)
    languages = Languages.learn(shelf().examples())
    kinds = {one.name: one.kind for one in chosen}
    # People made up for `ask` have no Telegram among their channels, and bother no team.
    chat = settings.telegram_staff_group if CHANNEL in by_name else ""
    means = Means(
        texts,
        vault,
        lambda: shelf().tables,
        kinds,
        {one.name: one.pace for one in chosen},
        settings.sms_price,
        settings.broadcast_second_at,
        vault.index(chat, CHANNEL) if chat else "",
    )
    team = Team(means, StaffWords(staff, kinds))
    files = Files(
        {
            "calendar": calendar_maker(texts),
            own_data.FILE: own_data.data_maker(vault),
            BROADCAST_FILE: wording.attachment,
            PHONE_LIST: team.phone_list,
        },
        kinds,
    )
    notices = Notices(texts, kinds)
    reminders = Reminders(texts, lambda: shelf().reminders, kinds)
    words: Makers = {
        Cause.SIGN_UP: notices.word,
        Cause.CALLED_OFF: notices.word,
        Cause.REMINDER: reminders.word,
        Cause.BROADCAST: wording.Maker(means),
    }
    sender = Sender(sessions, vault, by_name, files, words, clock)
    ring_on_commit(sessions, sender.wake)
    group = StaffGroup(vault, staff, chat)
    relay = Relay(texts, group, vault, kinds)
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
            team,
            settings.own_url,
        ),
        languages,
        understanding,
        by_name,
        clock,
        learning,
    )
    house = House(
        settings, sessions, vault, staff, people, notices, lambda: shelf().tables,
        lambda: Telling(texts, shelf().tables, kinds), understanding.ready, clock,
        relay, shelf, publication.start, team,
        next((name for name, kind in kinds.items() if kind is Kind.SMS), "sms"), group.erased,
    )  # fmt: skip
    leadership = Leadership(engine)
    ticks = Clock(
        sessions,
        (
            partial(rounds.remind, relay),
            partial(rounds.end_idle, relay),
            partial(rounds.report_lost, relay),
            partial(workshop_rounds.due, notices),
            Silence(notices, lambda: shelf().reminders, kinds).release,
            Planning(lambda: shelf().reminders, kinds).due,
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
            members.forget_old,
            links.forget_old,
            visits.forget_old,
            partial(running.due, team),
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
        Progress(sessions, vault, by_name, team, clock),
        clock,
    )


def paces(settings: Settings) -> Mapping[str, float]:
    """Messages a second of each channel, known without building it: for estimates."""
    return {Telegram.name: Telegram.pace, SmsGateway.name: settings.sms_pace or kannel.PACE}


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
