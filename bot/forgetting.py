"""Rasa forgets the conversations of people who are being erased."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from bot.understanding import Understanding, UnderstandingError
from core.db import Sessions
from core.people import erasure

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Forgetting:
    """Call it every minute: what Rasa did not answer is asked again."""

    sessions: Sessions
    understanding: Understanding

    async def __call__(self) -> None:
        for uid in await asyncio.to_thread(self._conversations):
            try:
                await self.understanding.forget(uid)
            except UnderstandingError as error:
                log.warning("forgetting: Rasa is away (%s); again in a minute", error)
                return
            await asyncio.to_thread(self._gone, uid)

    def _conversations(self) -> Sequence[str]:
        with self.sessions.begin() as session:
            return erasure.conversations(session)

    def _gone(self, uid: str) -> None:
        with self.sessions.begin() as session:
            erasure.conversation_gone(session, uid)
