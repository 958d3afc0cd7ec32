"""Telegram's Bot API by lo-bot-api-emulator, with what it lacks, and people who use it.

Filled here: the bot's username, faults on demand, updates other than messages and taps, the
texts themselves (its journal keeps none), the team's group, and ``link_preview_options``, which
the real API has.
"""

import asyncio
import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from lo_bot_api_emulator import LoBotApiEmulator, updates

from tests.peers.waiting import until

TOKEN = "7000000:emulated-token-of-a-test"
BOT_NAME = "tne_test_bot"
SENDS = ("sendMessage", "sendDocument")
updates.KINDS |= {"edited_message", "channel_post", "edited_channel_post", "my_chat_member"}
LEFT = {"kicked": {"until_date": 0}}
GIFTS = {
    "unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False,
    "premium_subscription": False, "gifts_from_channels": False,
}  # fmt: skip
_chats = itertools.count(700_000_001)

Json = dict[str, Any]


@dataclass
class Fault:
    """What goes wrong with one call. *done* tells that it was carried out all the same.

    *status* 0 cuts the connection; None answers nothing for as long as the emulator runs.
    """

    status: int | None
    description: str = ""
    parameters: Json = field(default_factory=dict)
    done: bool = False


@dataclass(frozen=True)
class Shown:
    """A message as the person sees it.

    *keys* are (label, callback data), *files* (name, content).
    """

    chat: int
    text: str
    keys: tuple[tuple[str, str], ...]
    fields: Json
    files: tuple[tuple[str, bytes], ...] = ()


class TelegramEmulator(LoBotApiEmulator):
    """Listens once started; ``api_url`` is what ``Telegram`` needs."""

    membership = "member"
    webhook_info: Json | None = None

    def __init__(self) -> None:
        super().__init__(allow_insecure_loopback_webhooks=True)
        self.calls: list[tuple[str, Json]] = []
        self._faults: dict[str, list[Fault | None]] = defaultdict(list)
        self._stopping = asyncio.Event()
        self._read: dict[int, int] = {}

    async def start(self) -> None:
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.api_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/bot"

    async def stop(self) -> None:
        self._stopping.set()
        await self._runner.cleanup()

    # Faults

    def fail(self, method: str, *faults: Fault | None) -> None:
        """The next calls of *method* go wrong, one fault each; None is a call that goes well."""
        self._faults[method].extend(faults)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        fault = self._faults[method].pop(0) if self._faults[method] else None
        if fault is None and method == "getWebhookInfo" and self.webhook_info is not None:
            return web.json_response({"ok": True, "result": self.webhook_info})
        if fault is None:
            return await super().handle(request)
        if fault.done:
            await super().handle(request)
        else:
            await request.read()
        if fault.status is None:
            await self._stopping.wait()
        if not fault.status:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        body = {"ok": False, "error_code": fault.status, "description": fault.description}
        if fault.parameters:
            body["parameters"] = fault.parameters
        return web.json_response(body, status=fault.status)

    # Gaps

    async def read_request(self, request: web.Request) -> tuple[Json, Json]:
        fields, uploads = await super().read_request(request)
        fields.pop("link_preview_options", None)
        return fields, uploads

    def validate(self, method: str, fields: Json, uploads: Json) -> Any:
        if method in ("getChat", "getChatMember"):
            result = self._group(method, int(fields["chat_id"]))
        else:
            result = super().validate(method, fields, uploads)
        if method == "getMe":
            result["username"] = BOT_NAME
        self.calls.append((method, {**fields, "uploads": list(uploads.values())}))
        return result

    def _group(self, method: str, chat: int) -> Json:
        """*membership* is the bot's own in every group."""
        if method == "getChat":
            return {
                "id": chat, "type": "supergroup", "title": "TNE", "accent_color_id": 0,
                "max_reaction_count": 11, "accepted_gift_types": GIFTS,
            }  # fmt: skip
        bot = {"id": 7, "is_bot": True, "first_name": "TNE", "username": BOT_NAME}
        return {"status": self.membership, "user": bot, **LEFT.get(self.membership, {})}

    def holds(self, reference: str, content: bytes) -> Json:
        """A file that somebody sends, as it stands in an update."""
        self.assets[reference] = {"data": content}
        unique = f"{reference}-unique"
        return {"file_id": reference, "file_unique_id": unique, "file_size": len(content)}

    # What was sent

    def count(self, method: str) -> int:
        return sum(name == method for name, _ in self.calls)

    def messages(self, chat: int) -> list[Shown]:
        return [
            _shown(fields)
            for method, fields in self.calls
            if method in SENDS and int(fields["chat_id"]) == chat
        ]

    async def message(self, chat: int) -> Shown:
        """The next message in *chat* that the test has not looked at."""
        seen = self._read.get(chat, 0)
        messages = await until(
            lambda: self.messages(chat)[seen:], "a message in the emulated Telegram"
        )
        self._read[chat] = seen + 1
        return messages[0]

    async def called(self, method: str, times: int = 1) -> None:
        await until(lambda: self.count(method) >= times, method)

    async def update(self, **kinds: Json) -> int:
        """Something happens: ``message=...``, ``callback_query=...``; returns the update's id."""
        return int(await self.enqueue_update(kinds, token=TOKEN))


def _shown(fields: Json) -> Shown:
    keyboard = LoBotApiEmulator.decoded(fields.get("reply_markup") or "{}")
    keys = [key for row in keyboard.get("inline_keyboard", ()) for key in row]
    return Shown(
        int(fields["chat_id"]),
        fields["text"] if "text" in fields else fields["caption"],
        tuple((key["text"], key["callback_data"]) for key in keys),
        fields,
        tuple((one["filename"], one["data"]) for one in fields["uploads"]),
    )


class Person:
    """Somebody on Telegram, in a chat of their own; builds what Telegram would send us."""

    def __init__(self, language: str = "fr") -> None:
        self.chat = next(_chats)
        self._language = language
        self._messages = itertools.count(1)

    @property
    def user(self) -> Json:
        return {
            "id": self.chat, "is_bot": False, "first_name": "Camille", "last_name": "Exemple",
            "username": f"camille{self.chat}", "language_code": self._language,
        }  # fmt: skip

    def message(self, chat: Json | None = None, **content: Any) -> Json:
        """A message with *content* (``text="..."``, ``voice={...}``), in private by default."""
        private = {"id": self.chat, "type": "private", "first_name": "Camille"}
        return {
            "message_id": next(self._messages), "date": 1_795_000_000, "from": self.user,
            "chat": chat or private, **content,
        }  # fmt: skip

    def answer(self, message_id: int, **content: Any) -> Json:
        """In the team's group, a message that replies to the bot's message *message_id*."""
        bot = {"id": 7, "is_bot": True, "first_name": "TNE", "username": BOT_NAME}
        before = {"message_id": message_id, "date": 1, "chat": TEAM, "text": "#1", "from": bot}
        return self.message(chat=TEAM, reply_to_message=before, **content)

    def tap(self, data: str) -> Json:
        """A tap on the button that carries *data*."""
        return {
            "id": f"tap-{self.chat}-{next(self._messages)}", "from": self.user, "data": data,
            "chat_instance": "1", "message": self.message(text="?"),
        }  # fmt: skip


GROUP = {"id": -1_001_234_567_890, "type": "supergroup", "title": "Parents de la 6e B"}
TEAM = {"id": -1_001_234_567_899, "type": "supergroup", "title": "Équipe TNE"}
FILE = {"file_id": "f", "file_unique_id": "u"}
PHOTO = [{**FILE, "width": 90, "height": 90}]
VOICE = {**FILE, "duration": 3}
STICKER = {
    **FILE, "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False,
}  # fmt: skip
LOCATION = {"latitude": 46.5802, "longitude": 0.3404}
CONTACT = {"phone_number": "+33639980077", "first_name": "Dominique"}
