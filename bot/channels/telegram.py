"""Telegram, by python-telegram-bot: long polling, or a webhook when we have a public address.

Text goes out plain, never as Markdown: one ``_`` in an e-mail address makes Markdown fail.
An update is acknowledged to Telegram only once it is kept, so a crash or a database that is
away loses none: it comes again, and what was kept already is dropped as seen before.
"""

import asyncio
import logging
import os
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    CallbackQuery,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.constants import ChatAction, MessageLimit
from telegram.error import (
    BadRequest,
    InvalidToken,
    TelegramError,
)

from bot.channels import telegram_check, webhooks
from bot.channels.base import (
    Doors,
    NotFetched,
    Sent,
    Uncertain,
)
from bot.channels.telegram_http import AiohttpRequest
from bot.channels.telegram_updates import CHANNEL, parse
from bot.channels.telegram_words import decision, key_rows, keyboard, pieces
from core.messages import Attachment, Incoming, Kind, Outgoing
from core.settings import SettingError

log = logging.getLogger(__name__)
WEBHOOK = "/telegram"
PROOF = "X-Telegram-Bot-Api-Secret-Token"
LISTENS_TO = ["message", "edited_message", "callback_query"]
# What reading an update raises when it is not one.
MALFORMED = (ValueError, KeyError, TypeError, AttributeError, OverflowError, OSError)
SAME = "message is not modified"
# What comes before the token in an address: https://core.telegram.org/bots/api#getfile
METHODS, FILES = "bot", "file/bot"
POLL_SECONDS = 20
AT_ONCE = 100
FIRST_WAIT, LONGEST_WAIT = 1.0, 30.0


class Telegram:
    """*api_url* ends before the token; *public_url* empty means long polling.

    *timeout* is how many seconds Telegram may take to answer. *staff_group* is the chat of the
    team, empty when there is none. *menus* says what each command does, by language, for the menu
    beside the text; the first language is for phones set to any other.
    """

    name = CHANNEL
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
            token,
            api_url,
            f"{api_url.removesuffix(METHODS)}{FILES}",
            request=self._for_all,
            get_updates_request=self._for_updates,
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
                raise decision(error) from error
        except TelegramError as error:
            raise decision(error) from error

    async def fetch(self, reference: str) -> bytes:
        """At most 20 MB: Telegram gives no more to a bot."""
        try:
            file = await self._bot.get_file(reference)
            if not file.file_path:
                raise NotFetched("no path")
            return bytes(await file.download_as_bytearray())
        except TelegramError as error:
            raise NotFetched(type(error).__name__) from error

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
            raise decision(error) from error
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
