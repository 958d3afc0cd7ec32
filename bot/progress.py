"""How far broadcasts are, in a message to their author that is kept up to date while they run."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.channels.base import Channel, DeliveryError, Edits
from core.broadcasts.team import Team
from core.db import Sessions
from core.messages import Outgoing
from core.vault import Vault

log = logging.getLogger(__name__)
EVERY = 5.0  # seconds
AFTER = timedelta(minutes=2)  # the last change that is shown


class Progress:
    """*clock* gives the aware present. What was shown last is remembered: only changes are sent."""

    def __init__(
        self,
        sessions: Sessions,
        vault: Vault,
        channels: Mapping[str, Channel],
        team: Team,
        clock: Callable[[], datetime],
    ) -> None:
        self._sessions = sessions
        self._vault = vault
        self._channels = channels
        self.team = team
        self._clock = clock
        self._shown: dict[int, Outgoing] = {}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.show()
            except Exception as error:
                log.error("progress: %s", type(error).__name__)

    async def show(self) -> None:
        """Change what has changed."""
        current = await asyncio.to_thread(self._current)
        for channel, provider_id, outgoing in current:
            editing = self._channels.get(channel)
            if not isinstance(editing, Edits) or self._shown.get(outgoing.delivery_id) == outgoing:
                continue
            self._shown[outgoing.delivery_id] = outgoing
            try:
                await editing.edit(provider_id, outgoing)
            except DeliveryError as error:
                log.warning("progress: delivery %d: %s", outgoing.delivery_id, error.reason)
        kept = {outgoing.delivery_id for _, _, outgoing in current}
        self._shown = {one: said for one, said in self._shown.items() if one in kept}

    def _current(self) -> list[tuple[str, str, Outgoing]]:
        with self._sessions.begin() as session:
            return [
                (
                    row.channel,
                    row.provider_id or "",
                    Outgoing(row.id, row.address.reveal(self._vault), row.text, row.picks()),
                )
                for row in self.team.live(session, self._clock() - AFTER)
            ]
