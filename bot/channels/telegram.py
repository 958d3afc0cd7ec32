"""Telegram, by python-telegram-bot: long polling, or a webhook when we have a public address.

Text goes out plain, never as Markdown: one ``_`` in an e-mail address makes Markdown fail.
An update is acknowledged to Telegram only once it is kept, so a crash or a database that is
away loses none: it comes again, and what was kept already is dropped as seen before.
"""

import asyncio
import logging
import os
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    MaybeInaccessibleMessage,
    Message,
    ReplyKeyboardMarkup,
    Update,
    User,
)
from telegram.constants import ChatAction, ChatType, MessageLimit
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels import telegram_check, webhooks
from bot.channels.base import (
    Busy,
    DeliveryError,
    Doors,
    Refused,
    Sent,
    TryLater,
    Uncertain,
    Unreachable,
)
from bot.channels.telegram_http import AiohttpRequest, never_left
from core.messages import Attachment, Event, Incoming, Kind, Outgoing
from core.people.phones import NotANumber, e164
from core.settings import SettingError

log = logging.getLogger(__name__)
WEBHOOK = "/telegram"
PROOF = "X-Telegram-Bot-Api-Secret-Token"
LISTENS_TO = ["message", "edited_message", "callback_query"]
GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
# What Telegram calls the things that are not text, and what they are to us; first match wins.
EVENTS = (
    ("voice", Event.VOICE), ("audio", Event.VOICE), ("video_note", Event.VOICE),
    ("photo", Event.PHOTO), ("video", Event.PHOTO), ("story", Event.PHOTO),
    ("animation", Event.STICKER), ("sticker", Event.STICKER), ("dice", Event.STICKER),
    ("poll", Event.STICKER), ("venue", Event.LOCATION), ("location", Event.LOCATION),
    ("document", Event.DOCUMENT), ("contact", Event.CONTACT),
)  # fmt: skip
# Refusals of a chat, not of a message: nothing more will arrive there.
CHAT_GONE = ("chat not found", "user is deactivated", "bot was kicked", "peer_id_invalid")
# What reading an update raises when it is not one.
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError)
SAME = "message is not modified"
POLL_SECONDS = 20
AT_ONCE = 100
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0


def parse(update: Update, bot_name: str, staff_group: str = "") -> list[Incoming]:
    """What a person did in *update*; nothing for what concerns nobody (joins, edits of media).

    *staff_group* is the chat in which the team answers people.
    """
    if update.callback_query is not None:
        return _tap(update)
    message = update.effective_message
    if message is None or update.edited_channel_post or update.channel_post:
        return []
    if str(message.chat.id) == staff_group:
        return _from_staff(update, message, bot_name)
    if message.chat.type in GROUPS:
        return [_incoming(update, message, event=Event.GROUP)] if _to_us(message, bot_name) else []
    if message.chat.type != ChatType.PRIVATE:
        return []
    if number := _own_number(message):
        return [_incoming(update, message, text=number, event=Event.CONTACT)]
    if words := message.text or message.caption:
        return [_incoming(update, message, text=words)]
    for field, event in EVENTS:
        if getattr(message, field, None):
            return [] if update.edited_message else [_incoming(update, message, event=event)]
    return []


def _own_number(message: Message) -> str | None:
    """The sender's own phone number, when they share it: Telegram vouches that it is theirs.

    A card of somebody else's is not read.
    """
    card, user = message.contact, message.from_user
    if card is None or user is None or card.user_id != user.id:
        return None
    try:
        return e164("+" + card.phone_number.lstrip("+"))
    except NotANumber:
        return None


def _from_staff(update: Update, message: Message, bot_name: str) -> list[Incoming]:
    """An answer to one of our messages, or a command to us: the rest is between colleagues.

    A picture with words is a picture, or its words would go on without it. What was sent on
    cannot be changed any more: an edit is not read.
    """
    if update.edited_message or not _to_us(message, bot_name):
        return []
    before = message.reply_to_message
    ours = before if before and before.from_user and before.from_user.username == bot_name else None
    text = message.text or ""
    if ours is None and not text.startswith("/"):
        return []
    event = next((event for field, event in EVENTS if getattr(message, field, None)), None)
    if not text and event is None:
        return []
    reply_to = str(ours.message_id) if ours else None
    return [_incoming(update, message, text, event, reply_to)]


def _incoming(
    update: Update,
    message: Message,
    text: str = "",
    event: Event | None = None,
    reply_to: str | None = None,
) -> Incoming:
    place = message.location or (message.venue.location if message.venue else None)
    user = message.from_user
    if not isinstance(text, str):
        raise TypeError("text is text")
    # The pictures of an album come as one update each: answered once, as one message.
    album = message.media_group_id
    return Incoming(
        channel=Telegram.name,
        address=_address(message),
        provider_id=_reference(update, album),
        received_at=datetime.now(UTC),
        text=text,
        event=event,
        language_hint=_language(user),
        location=(_within(place.latitude, 90), _within(place.longitude, 180)) if place else None,
        reply_to=reply_to,
    )


def _address(message: MaybeInaccessibleMessage) -> str:
    """The chat's number. Raises ValueError when it has none."""
    address = str(message.chat.id)
    if not re.fullmatch("-?[0-9]{1,20}", address):
        raise ValueError("a chat has a number")
    return address


def _reference(update: Update, album: str | None = None) -> str:
    """What tells this from all other updates. Raises ValueError when nothing does."""
    reference = f"album:{album}" if album else f"update:{update.update_id}"
    if not re.fullmatch("(update:[0-9]{1,20}|album:[!-~]{1,64})", reference):
        raise ValueError("an update has a number")
    return reference


def _language(user: User | None) -> str | None:
    """What their phone is set to. Raises TypeError for what is no name of a language."""
    hint = user.language_code if user else None
    if hint is not None and not isinstance(hint, str):
        raise TypeError("a language has a name")
    return hint


def _within(degrees: float, limit: int) -> float:
    """Raises ValueError or TypeError for what is no place on Earth."""
    if not -limit <= degrees <= limit:
        raise ValueError("not on Earth")
    return float(degrees)


def _tap(update: Update) -> list[Incoming]:
    query = update.callback_query
    if query is None or query.message is None or not isinstance(query.data, str):
        return []
    return [
        Incoming(
            channel=Telegram.name,
            address=_address(query.message),
            provider_id=_reference(update),
            received_at=datetime.now(UTC),
            tapped=query.data,
            language_hint=_language(query.from_user),
        )
    ]


def _to_us(message: Message, bot_name: str) -> bool:
    """In a group only what is said to the bot is read: its name, a command, an answer to it."""
    before = message.reply_to_message
    if before and before.from_user and before.from_user.username == bot_name:
        return True
    text = message.text or message.caption or ""
    if text.startswith("/"):
        name = text.split()[0].partition("@")[2]
        return not name or name.casefold() == bot_name.casefold()
    return re.search(rf"@{re.escape(bot_name)}\b", text, re.IGNORECASE) is not None


class Telegram:
    """*api_url* ends before the token; *public_url* empty means long polling.

    *timeout* is how many seconds Telegram may take to answer. *staff_group* is the chat of the
    team, empty when there is none. *menus* says what each command does, by language, for the menu
    beside the text; the first language is for phones set to any other.
    """

    name = "telegram"
    kind = Kind.CHAT
    pace = 30.0  # https://core.telegram.org/bots/faq

    def __init__(
        self,
        token: str,
        api_url: str,
        public_url: str = "",
        secret: str = "",
        timeout: float = 15,
        staff_group: str = "",
        menus: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        # Without it the library warns at every 429 that seconds will become a timedelta.
        os.environ.setdefault("PTB_TIMEDELTA", "1")
        self._secret = secret
        self._public_url = public_url.rstrip("/")
        self._for_all = AiohttpRequest(AT_ONCE, timeout)
        self._for_updates = AiohttpRequest(1, timeout)
        self._bot = Bot(
            token, api_url, request=self._for_all, get_updates_request=self._for_updates
        )
        self._staff_group = staff_group
        self._menus = menus or {}
        self._connected = False
        self._offset = 0
        self._doors: Doors | None = None
        self._polling: asyncio.Task[None] | None = None
        self._acknowledging: set[asyncio.Task[None]] = set()

    async def start(self, doors: Doors) -> None:
        """Raises SettingError when the token is wrong; Telegram away is no reason not to start."""
        self._doors = doors
        if self._polling is not None:
            return
        try:
            await self._connect()
        except InvalidToken:
            raise SettingError("TELEGRAM_TOKEN: Telegram does not know this token") from None
        except TelegramError as error:
            log.warning("telegram: away (%s); it goes on trying", type(error).__name__)
        self._polling = asyncio.create_task(self._receive())

    async def stop(self) -> None:
        if self._polling is not None:
            self._polling.cancel()
            await asyncio.gather(self._polling, *self._acknowledging, return_exceptions=True)
        self._polling = None

    async def close(self) -> None:
        """Let go of the connections: nothing can be sent any more."""
        await self.stop()
        # Not Bot.shutdown, which leaves them open when it was never initialised.
        await asyncio.gather(self._for_all.shutdown(), self._for_updates.shutdown())

    async def check(self) -> None:
        """Also works before a start; see telegram_check."""
        webhook = self._public_url + WEBHOOK if self._public_url else ""
        await telegram_check.check(self._bot, self._staff_group, webhook)

    def routes(self) -> Sequence[BaseRoute]:
        return [Route(WEBHOOK, self._webhook, methods=["POST"])] if self._public_url else []

    async def typing(self, address: str) -> None:
        try:
            await self._bot.send_chat_action(int(address), ChatAction.TYPING)
        except TelegramError:
            log.debug("telegram: typing not shown")

    async def send(self, outgoing: Outgoing) -> Sent:
        """A text over Telegram's limit goes as several messages, the buttons under the last.

        A file comes last, with the text under it when it is short enough.
        """
        limit = MessageLimit.CAPTION_LENGTH if outgoing.attachment else MessageLimit.MAX_TEXT_LENGTH
        *first, last = pieces(outgoing.text, limit)
        for number, text in enumerate(first):
            await self._say(outgoing.address, text, begun=number > 0)
        keys = keyboard(outgoing) if outgoing.choices else None
        return await self._say(outgoing.address, last, keys, outgoing.attachment, bool(first))

    async def edit(self, provider_id: str, outgoing: Outgoing) -> None:
        """What is too long for one message is cut; what says the same already stays."""
        try:
            await self._bot.edit_message_text(
                pieces(outgoing.text)[0],
                chat_id=int(outgoing.address),
                message_id=int(provider_id),
                reply_markup=InlineKeyboardMarkup(key_rows(outgoing)),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except BadRequest as error:
            if SAME not in error.message.casefold():
                raise _decision(error) from error
        except TelegramError as error:
            raise _decision(error) from error

    async def _say(
        self,
        address: str,
        text: str,
        keys: InlineKeyboardMarkup | ReplyKeyboardMarkup | None = None,
        attachment: Attachment | None = None,
        begun: bool = False,
    ) -> Sent:
        """One message. Once a piece of a text has arrived, trying again would repeat it."""
        try:
            if attachment is None:
                message = await self._bot.send_message(
                    int(address),
                    text,
                    reply_markup=keys,
                    link_preview_options=LinkPreviewOptions(is_disabled=True),
                )
            else:
                message = await self._bot.send_document(
                    int(address),
                    attachment.content,
                    filename=attachment.name,
                    caption=text,
                    reply_markup=keys,
                )
        except TelegramError as error:
            if begun:
                raise Uncertain("cut short") from error
            raise _decision(error) from error
        return Sent(str(message.message_id))

    # Receiving

    async def _connect(self) -> None:
        """Make ourselves known, and say which way updates come."""
        await self._bot.initialize()
        if self._public_url:
            await self._bot.set_webhook(
                self._public_url + WEBHOOK, secret_token=self._secret, allowed_updates=LISTENS_TO
            )
        else:
            await self._bot.delete_webhook()
        self._connected = True
        await self._show_menus()

    async def _show_menus(self) -> None:
        """A comfort: all works without it."""
        first = next(iter(self._menus), None)
        try:
            for language, menu in self._menus.items():
                commands = [BotCommand(name, does) for name, does in menu.items()]
                for code in {language, "" if language == first else language}:
                    await self._bot.set_my_commands(
                        commands, BotCommandScopeAllPrivateChats(), language_code=code or None
                    )
        except TelegramError as error:
            log.warning("telegram: the menu is not shown (%s)", type(error).__name__)

    async def _receive(self) -> None:
        """Ask for updates until cancelled; with a webhook, only until it is set."""
        wait = FIRST_WAIT
        while True:
            try:
                if not self._connected:
                    await self._connect()
                if self._public_url:
                    return
                for update in await self._bot.get_updates(
                    self._offset, timeout=POLL_SECONDS, allowed_updates=LISTENS_TO
                ):
                    await self._take(update)
                    self._offset = update.update_id + 1
                wait = FIRST_WAIT
            except Exception as error:
                kind = type(error).__name__
                log.warning("telegram: nothing received (%s); again in %d s", kind, wait)
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)

    async def _take(self, update: Update) -> None:
        """An update that makes no sense is left, or it would be in the way of all after it."""
        try:
            found = parse(update, self._bot.username, self._staff_group)
        except MALFORMED as error:
            log.error("telegram: update left aside (%s)", type(error).__name__)
            return
        await self._keep(update, found)

    async def _keep(self, update: Update, found: Sequence[Incoming]) -> None:
        assert self._doors is not None
        for incoming in found:
            await self._doors.receive(incoming)
        if update.callback_query is not None:
            task = asyncio.create_task(_acknowledge(update.callback_query))
            self._acknowledging.add(task)
            task.add_done_callback(self._acknowledging.discard)

    async def _webhook(self, request: Request) -> Response:
        if not webhooks.same(request.headers.get(PROOF, ""), self._secret):
            return PlainTextResponse("wrong secret", status_code=403)
        if not self._connected:
            return PlainTextResponse("not ready", status_code=503)
        posted = await webhooks.body(request)
        try:
            update = Update.de_json(webhooks.read_json(posted), self._bot)
            found = parse(update, self._bot.username, self._staff_group)
        except MALFORMED:
            return PlainTextResponse("not an update", status_code=400)
        await self._keep(update, found)
        return PlainTextResponse("ok")


async def _acknowledge(query: CallbackQuery) -> None:
    """Until then the tapped button shows that it waits."""
    try:
        await query.answer()
    except TelegramError:
        log.debug("telegram: tap not acknowledged")


def keyboard(outgoing: Outgoing) -> InlineKeyboardMarkup | ReplyKeyboardMarkup:
    """Buttons under the message; one that shares a number can only be in place of the letters.

    There a tap writes the label, and shows it once.
    """
    if not any(choice.shares_number for choice in outgoing.choices):
        return InlineKeyboardMarkup(key_rows(outgoing))
    rows = [
        [KeyboardButton(choice.label, request_contact=choice.shares_number)]
        for choice in outgoing.choices
    ]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)


def key_rows(outgoing: Outgoing) -> list[list[InlineKeyboardButton]]:
    """One row a choice, but thumbs beside each other."""
    rows: list[list[InlineKeyboardButton]] = []
    beside = False
    for position, choice in enumerate(outgoing.choices):
        data = f"{outgoing.delivery_id}:{position}"
        key = InlineKeyboardButton(choice.label, callback_data=data)
        if beside and choice.is_thumb:
            rows[-1].append(key)
        else:
            rows.append([key])
        beside = choice.is_thumb
    return rows


def pieces(text: str, limit: int = MessageLimit.MAX_TEXT_LENGTH) -> list[str]:
    """*text* cut to *limit* UTF-16 units, at the end of a line, else of a word, else anywhere."""
    cut: list[str] = []
    while len(text.encode("utf-16-le")) > 2 * limit:
        fitting = text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")
        end = max(fitting.rfind("\n"), 0) or max(fitting.rfind(" "), 0) or len(fitting)
        cut.append(fitting[:end].rstrip())
        text = text[end:].lstrip()
    return [*cut, text]


def _decision(error: TelegramError) -> DeliveryError:
    """What to do about *error*; its text is never kept, for it may name a chat."""
    kind = type(error).__name__
    match error:
        case RetryAfter(retry_after=wait):
            return Busy(kind, wait if isinstance(wait, timedelta) else timedelta(seconds=wait))
        case Forbidden():
            return Unreachable(kind)
        case BadRequest(message=message):
            gone = any(words in message.casefold() for words in CHAT_GONE)
            return Unreachable(kind) if gone else Refused(kind)
        case InvalidToken():
            return TryLater(kind)
        case NetworkError(__cause__=cause):
            return TryLater(kind) if cause is None or never_left(cause) else Uncertain(kind)
    return Uncertain(kind)
