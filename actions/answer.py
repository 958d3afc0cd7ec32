"""``action_answer`` and ``action_fallback``: both say what ``core.replies`` makes of a message.

Rasa needs a name for each of its rules; which of the two ran changes nothing, for the
decision stands beside the model (config.yml, Limits) and is read from the message.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.understood import listener, understood
from core.replies import reply
from core.texts import Texts

NAMES = ("action_answer", "action_fallback")


class ReplyAction(Action):
    def __init__(self, name: str, texts: Texts, clock: Callable[[], datetime]) -> None:
        self._name = name
        self._texts = texts
        self._clock = clock

    def name(self) -> str:
        return self._name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        latest = tracker.latest_message
        answer = reply(self._texts, understood(latest), listener(latest), self._clock())
        dispatcher.utter_message(json_message=answer.as_json())
        return []
