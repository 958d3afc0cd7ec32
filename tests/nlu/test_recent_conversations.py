"""Rasa's memory of conversations (run in Rasa's environment: `make test` does)."""

import asyncio
import os
import unittest

from rasa.core.tracker_store import create_tracker_store
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.utils.endpoints import read_endpoint_config

from nlu.recent_conversations import RecentConversations


class Recent(unittest.TestCase):
    def test_the_conversation_idle_longest_is_forgotten_first(self) -> None:
        asyncio.run(self._three_people_in_a_store_of_two())

    async def _three_people_in_a_store_of_two(self) -> None:
        store = RecentConversations(Domain.empty(), most=2)
        for person in ("a", "b", "a", "c"):
            tracker = await store.get_or_create_tracker(person)
            tracker.update(UserUttered("bonjour"))
            await store.save(tracker)
        assert list(store.store) == ["a", "c"]
        tracker = await store.retrieve("a")
        assert sum(isinstance(event, UserUttered) for event in tracker.events) == 2

    def test_of_a_long_conversation_the_end_is_kept(self) -> None:
        asyncio.run(self._a_hundred_messages())

    async def _a_hundred_messages(self) -> None:
        store = RecentConversations(Domain.empty(), events=30)
        for number in range(100):
            tracker = await store.get_or_create_tracker("a", append_action_listen=False)
            tracker.update(UserUttered(f"{number}"))
            await store.save(tracker)
        tracker = await store.retrieve("a")
        assert [event.text for event in tracker.events] == [f"{n}" for n in range(70, 100)]
        assert tracker.latest_message.text == "99"

    def test_it_is_the_one_that_endpoints_yml_names(self) -> None:
        os.environ.setdefault("ACTIONS_URL", "http://127.0.0.1/webhook")
        config = read_endpoint_config("endpoints.yml", "tracker_store")
        assert isinstance(create_tracker_store(config, Domain.empty()), RecentConversations)


if __name__ == "__main__":
    unittest.main()
