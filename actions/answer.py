"""``action_answer``: says what ``core.replies`` makes of a message.

What was decided stands beside the model (config.yml, Limits) and is read from the message.
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

NAME = "action_answer"


class ReplyAction(Action):
    def __init__(self, texts: Texts, clock: Callable[[], datetime]) -> None:
        self._texts = texts
        self._clock = clock

    def name(self) -> str:
        return NAME

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        latest = tracker.latest_message
        answer = reply(self._texts, understood(latest), listener(latest), self._clock())
        dispatcher.utter_message(json_message=answer.as_json())
        return []
