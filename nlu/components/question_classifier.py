"""Graph component: ranks the questions for each message (nlu/question_model.py)."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Type

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components import sources
from nlu.components.features import side_by_side
from nlu.components.keys import BACKGROUND, MADE_UP, OPINION
from nlu.question_model import QuestionModel, Settings


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class QuestionClassifier(GraphComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking` from the sentence features of the components before it.

    It may stand twice in the pipeline: the second one, with `features` that are only computed for
    messages the first was unsure about, adds its opinion to the first one's by `share`, and leaves
    the other messages as they are.
    """

    FILES = ("questions.json", "questions.npz")

    @classmethod
    def required_components(cls) -> List[Type]:
        """Needs vectors."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`features`: aliases of the featurizers it reads, in order. `made_up`: weight of a noisy
        copy beside an example's 1; 0 leaves them out. `weights`: of questions that weigh otherwise
        than 1 in learning, however many examples each has. `share`: how much its opinion weighs beside
        that of the classifier before it. `hidden`, `epochs`, `nearness`,
        `directions`: see Settings. `ranking`: how many questions are kept."""
        return {
            "features": [],
            "made_up": 0.5,
            "weights": {},
            "share": 0.65,
            "ranking": 10,
            **Settings()._asdict(),
        }

    def __init__(
        self,
        config: Dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: QuestionModel | None = None,
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> QuestionClassifier:
        """Untrained."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> QuestionClassifier:
        """From a trained model."""
        with model_storage.read_from(resource) as folder:
            names = json.loads((folder / cls.FILES[0]).read_text(encoding="utf-8"))
            with np.load(folder / cls.FILES[1], allow_pickle=False) as arrays:
                model = QuestionModel.from_arrays(names, dict(arrays))
        return cls(config, model_storage, resource, model)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """A change in the model means training again."""
        return sources.fingerprint("question_model.py")

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples and, unless `made_up` is 0, from their noisy copies."""
        weight = self._config["made_up"]
        examples = [
            m
            for m in training_data.intent_examples
            if m.get(TEXT) and (weight or not m.get(MADE_UP))
        ]
        importance = np.array([weight if m.get(MADE_UP) else 1.0 for m in examples])
        settings = Settings(*(self._config[field] for field in Settings._fields))
        rows = np.vstack([side_by_side(m, self._config["features"]) for m in examples])
        self._model = QuestionModel.learn(
            rows, [m.get(INTENT) for m in examples], importance, settings, self._config["weights"]
        )
        with self._storage.write_to(self._resource) as folder:
            (folder / self.FILES[0]).write_text(json.dumps(self._model.names), encoding="utf-8")
            np.savez(folder / self.FILES[1], **self._model.arrays())
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the best question and the ranking; a message without text gets confidence 0."""
        for message in messages:
            row = side_by_side(message, self._config["features"])
            if self._model is None or row is None:
                self._leave(message)
                continue
            opinion = self._model.log_confidences(row)[0]
            before = message.get(OPINION)
            if before is not None and len(before) == len(opinion):
                opinion = self._config["share"] * opinion + (1 - self._config["share"]) * before
            message.set(OPINION, opinion)
            confidences = np.exp(opinion - opinion.max())
            self._set(message, confidences / confidences.sum())
        return messages

    def _set(self, message: Message, confidences: np.ndarray) -> None:
        if BACKGROUND in self._model.names:
            confidences[self._model.names.index(BACKGROUND)] = 0
        best = np.argsort(-confidences)[: self._config["ranking"]]
        ranking = [
            {INTENT_NAME_KEY: self._model.names[i], PREDICTED_CONFIDENCE_KEY: float(confidences[i])}
            for i in best
        ]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)

    @staticmethod
    def _leave(message: Message) -> None:
        if not message.get(INTENT):
            nothing = {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}
            message.set(INTENT, nothing, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [], add_to_output=True)
