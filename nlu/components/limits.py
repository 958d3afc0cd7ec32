"""Graph component: when to answer, when to give two answers or choices, when to say we don't know."""

from __future__ import annotations

from typing import Any, Dict, List, Type

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
)
from rasa.shared.nlu.training_data.message import Message

from nlu.components.keys import OUTCOME

ANSWERED, TWO, SUGGESTED, FALLBACK = "answered", "two", "suggested", "fallback"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Limits(GraphComponent, IntentClassifier):
    """All thresholds in one place, in config.yml.

    The best confidence is at least `answer` and `margin` above the second: the intent stays, and
    `outcome` is "answered". Otherwise the intent becomes `nlu_fallback`, and `outcome` is "two" when
    the two best together reach `two`; "fallback", the honest "I don't know", when the best is below
    `suggest`; "suggested" in between.
    As with Rasa's own FallbackClassifier, `nlu_fallback` then stands first in `intent_ranking`,
    before the questions. `outcome` is in the parse result: `latest_message["outcome"]` in an action.
    """

    @classmethod
    def required_components(cls) -> List[Type]:
        """Reads what an intent classifier left."""
        return [IntentClassifier]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Confidences, 0 to 1, and the margin between the two best."""
        return {"answer": 0.5, "two": 1.0, "suggest": 0.2, "margin": 0.05}

    def __init__(self, config: Dict[str, Any]) -> None:
        self._answer, self._suggest = float(config["answer"]), float(config["suggest"])
        self._two, self._margin = float(config["two"]), float(config["margin"])
        if not 0 <= self._suggest <= self._answer <= 1:
            raise InvalidConfigException(
                "config.yml, Limits: 0 <= suggest <= answer <= 1 must hold, "
                f"not suggest {self._suggest}, answer {self._answer}."
            )

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Limits:
        """From config.yml."""
        return cls(config)

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets `outcome`, and `nlu_fallback` as the intent unless it is "answered"."""
        for message in messages:
            best, second = self._best_two(message)
            outcome = self.outcome(best, second)
            message.set(OUTCOME, outcome, add_to_output=True)
            if outcome != ANSWERED:
                fallback = {
                    INTENT_NAME_KEY: DEFAULT_NLU_FALLBACK_INTENT_NAME,
                    PREDICTED_CONFIDENCE_KEY: best,
                }
                ranking = message.get(INTENT_RANKING_KEY) or []
                message.set(INTENT, fallback, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [fallback, *ranking], add_to_output=True)
        return messages

    def outcome(self, best: float, second: float) -> str:
        """What to do with these two confidences."""
        if best < self._suggest:
            return FALLBACK
        if best >= self._answer and best - second >= self._margin:
            return ANSWERED
        return TWO if best + second >= self._two else SUGGESTED

    @staticmethod
    def _best_two(message: Message) -> tuple[float, float]:
        ranking = message.get(INTENT_RANKING_KEY) or []
        confidences = [entry[PREDICTED_CONFIDENCE_KEY] for entry in ranking[:2]] + [0.0, 0.0]
        return float(confidences[0]), float(confidences[1])
