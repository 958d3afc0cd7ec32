"""Where Rasa keeps conversations: in memory, the most recent ones, and nothing on the disk.

What people write is then at rest nowhere, and a message costs no write. A restart forgets where a
conversation stood; what matters for answering (language, territory, last subject) is in our own
database, and comes along with every message. A conversation that is restarted is forgotten whole.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Restarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker


class RecentConversations(InMemoryTrackerStore):
    """`most`: how many conversations are kept (about 20 kB each); the one idle longest goes.

    `events`: how many of a conversation, some five a message: with each message Rasa writes all of
    them out three times, and nothing here looks back.
    """

    def __init__(
        self,
        domain: Domain,
        event_broker: Optional[EventBroker] = None,
        most: int = 500,
        events: int = 30,
        **kwargs: Dict[str, Any],
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._most, self._events = int(most), int(events)

    def init_tracker(self, sender_id: str) -> DialogueStateTracker:
        """One that keeps the last events only."""
        return DialogueStateTracker(sender_id, self.domain.slots, self._events)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keeps this conversation as the newest; one that was just restarted not at all."""
        self.store.pop(tracker.sender_id, None)
        if _was_restarted(tracker):
            return
        await super().save(tracker)
        while len(self.store) > self._most:
            del self.store[next(iter(self.store))]


def _was_restarted(tracker: DialogueStateTracker) -> bool:
    """Whether the last message was ``/restart``, which leaves all that was said before it."""
    for event in reversed(tracker.events):
        if isinstance(event, (Restarted, UserUttered)):
            return isinstance(event, Restarted)
    return False
