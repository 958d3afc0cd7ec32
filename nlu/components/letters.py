"""Graph component: which words and letter groups a message has, squeezed into a short vector."""

from __future__ import annotations

import json
from typing import Any, Dict, List

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components import sources
from nlu.components.keys import MADE_UP, READING
from nlu.spelling_vectors import SpellingVectors


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class Letters(DenseFeaturizer, GraphComponent):
    """What the sentence vector misses: names, rare words, misspelt words (nlu/spelling_vectors.py)."""

    FILES = ("letters.json", "letters.npz")

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`size`: numbers in the vector; `weight`: its mean length beside the sentence vector's 1."""
        return {**DenseFeaturizer.get_default_config(), "size": 256, "weight": 0.5}

    def __init__(
        self,
        config: Dict[str, Any],
        name: str,
        storage: ModelStorage,
        resource: Resource,
        vectors: SpellingVectors | None = None,
    ) -> None:
        super().__init__(name, config)
        self._storage, self._resource = storage, resource
        self._vectors = vectors

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Letters:
        """Untrained."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Letters:
        """From a trained model."""
        with model_storage.read_from(resource) as folder:
            terms = json.loads((folder / cls.FILES[0]).read_text(encoding="utf-8"))
            with np.load(folder / cls.FILES[1], allow_pickle=False) as arrays:
                vectors = SpellingVectors(terms, arrays["idf"], arrays["axes"], arrays["steps"])
        return cls(config, execution_context.node_name, model_storage, resource, vectors)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Nothing beyond the types."""

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """A change in how vectors are made means training again."""
        return sources.fingerprint("spelling_vectors.py", "text.py")

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the terms and the axes from the examples that people wrote."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        texts = [_read(m) for m in examples if not m.get(MADE_UP)]
        self._vectors = SpellingVectors.learn(texts, self._config["size"], self._config["weight"])
        with self._storage.write_to(self._resource) as folder:
            (folder / self.FILES[0]).write_text(json.dumps(self._vectors.terms), encoding="utf-8")
            arrays = {name: getattr(self._vectors, name) for name in ("idf", "axes", "steps")}
            np.savez(folder / self.FILES[1], **arrays)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds a (1, size) dense sentence feature to each message that has text."""
        texts = [m for m in messages if m.get(TEXT)]
        if texts and self._vectors is not None:
            for message, row in zip(texts, self._vectors.of([_read(m) for m in texts])):
                feature = row.reshape(1, -1)
                message.add_features(
                    Features(feature, FEATURE_TYPE_SENTENCE, TEXT, self._identifier)
                )
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the training examples."""
        self.process(training_data.training_examples)
        return training_data


def _read(message: Message) -> str:
    return message.get(READING) or message.get(TEXT)
