"""``action_answer`` says what was understood; ``action_fallback`` what was not."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import Action, Tracker
from rasa_sdk.types import DomainDict

from actions.understood import listener, understood
from core.answers import Outcome
from core.texts import Texts


class AnswerAction(Action):
    """The answer to the question that Rasa picked; its intent is the question's id."""

    def __init__(self, texts: Texts, clock: Callable[[], datetime]) -> None:
        self._texts = texts
        self._clock = clock

    def name(self) -> str:
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        latest = tracker.latest_message
        intent = latest.get("intent") or {}
        known, who = understood(latest), listener(latest)
        question_id = self._texts.follows(known.asked, who) or str(intent.get("name"))
        if self._texts.question(question_id) is None:
            answer = self._texts.unsure(known, who)
        else:
            answer = self._texts.answer(
                question_id, who, self._clock(), known.asked, float(intent["confidence"])
            )
        dispatcher.utter_message(json_message=answer.as_json())
        return []


class FallbackAction(Action):
    """Not sure: the nearest questions as choices; not even near: an honest "I don't know".

    Which of the two is decided beside the model (config.yml, Limits) and read here.
    """

    def __init__(self, texts: Texts, clock: Callable[[], datetime]) -> None:
        self._texts = texts
        self._clock = clock

    def name(self) -> str:
        return "action_fallback"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[dict[str, Any]]:
        latest = tracker.latest_message
        known, who = understood(latest), listener(latest)
        followed = self._texts.follows(known.asked, who)
        if followed:
            answer = self._texts.answer(followed, who, self._clock(), known.asked)
        elif latest.get("outcome") == Outcome.SUGGESTED:
            answer = self._texts.suggest(known, who)
        else:
            answer = self._texts.unsure(known, who)
        dispatcher.utter_message(json_message=answer.as_json())
        return []
