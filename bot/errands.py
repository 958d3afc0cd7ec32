"""What must be had from outside before a message can be answered: an understanding, or a file."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.channels.base import Channel, Fetches, NotFetched
from bot.dialogue import Dialogue
from bot.understanding import UnderstandingError
from core.answers import Answer, Listener
from core.replies import without_model
from core.services import Wanted
from core.texts import Texts

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ToUnderstand:
    """What must be asked of Rasa before it can be answered."""

    sender: str
    text: str
    listener: Listener
    channel: str
    address: str


@dataclass(frozen=True)
class ToFetch:
    """A file that must be fetched before it can be answered."""

    wanted: Wanted
    listener: Listener
    channel: str


@dataclass(frozen=True)
class Errands:
    """Each ends by its own time-out, and raises nothing: what was not had is said."""

    dialogue: Dialogue
    texts: Texts
    channels: Mapping[str, Channel]
    clock: Callable[[], datetime]

    async def understand(self, plan: ToUnderstand, row_id: int) -> Answer:
        """What Rasa makes of it, while the person sees that somebody writes."""
        typing = asyncio.create_task(self.channels[plan.channel].typing(plan.address))
        try:
            return await self.dialogue.answer(plan.sender, plan.text, plan.listener)
        except UnderstandingError as error:
            log.error("understanding: %s; message %d answered with the menu", error, row_id)
            return without_model(self.texts, plan.text, plan.listener, self.clock())
        finally:
            typing.cancel()

    async def fetch(self, plan: ToFetch, row_id: int) -> bytes | None:
        """What is in the file; None when it cannot be had."""
        channel = self.channels[plan.channel]
        if not isinstance(channel, Fetches):
            return None
        try:
            return await channel.fetch(plan.wanted.file.reference)
        except NotFetched as error:
            log.warning("inbox: the file of message %d was not had (%s)", row_id, error.reason)
            return None
