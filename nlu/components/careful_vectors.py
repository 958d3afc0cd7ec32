"""Graph component: a second, better and slower sentence vector, for messages that need it."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import (
    FEATURE_TYPE_SENTENCE,
    INTENT,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    TEXT,
)
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tqdm import tqdm

from nlu.components import sources
from nlu.components.features import side_by_side
from nlu.components.keys import MADE_UP, READING
from nlu.e5.encoder import E5
from nlu.e5.file import WeightsFile
from nlu.e5.graph import graph
from nlu.sampling import estimate, most_different
from nlu.vector_store import VectorStore


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class CarefulVectors(DenseFeaturizer, GraphComponent):
    """multilingual-e5-small: 384 numbers, 28 ms for twenty words on one core, so only when the
    first classifier is less sure than `sure`. Noisy copies of examples get none.

    e5's vectors all point the same way: the mean of the training examples is taken off each, and it
    is rescaled to the length `weight`. In training, only a `share` of the examples of each question
    is read, at least `least`, the most different ones by the features `beside`; the vectors of the
    others are estimated from those features (nlu/sampling.py). What was read is kept in the file
    `remember`, so that training after a small change of content takes seconds.
    """

    FILES = ("mean.npy", "e5.onnx")

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`sure`: confidence, 0 to 1; `weight`: length beside the first sentence vector's 1;
        `beside`: aliases of featurizers that every message went through before."""
        return {
            **DenseFeaturizer.get_default_config(),
            "sure": 0.8,
            "weight": 1.2,
            "beside": ["sentence", "letters"],
            "share": 0.5,
            "least": 20,
            "remember": "build/e5_vectors.npz",
        }

    def __init__(
        self,
        config: Dict[str, Any],
        name: str,
        storage: ModelStorage,
        resource: Resource,
        mean: np.ndarray | None = None,
        encoder: E5 | None = None,
    ) -> None:
        super().__init__(name, config)
        self._storage, self._resource = storage, resource
        self._mean, self._encoder = mean, encoder

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CarefulVectors:
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
    ) -> CarefulVectors:
        """From a trained model."""
        with model_storage.read_from(resource) as folder:
            mean = np.load(folder / cls.FILES[0], allow_pickle=False)
            encoder = E5(WeightsFile(), (folder / cls.FILES[1]).read_bytes())
        return cls(config, execution_context.node_name, model_storage, resource, mean, encoder)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """A change in what is read means training again."""
        return sources.fingerprint("sampling.py", "e5/*.py")

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Nothing beyond the types."""

    def train(self, training_data: TrainingData) -> Resource:
        """Makes the encoder, reads the examples with it, and keeps it and their mean."""
        file = WeightsFile()
        made = graph(file)
        self._encoder = E5(file, made)
        examples = [m for m in training_data.intent_examples if _wanted(m)]
        read = self._most_different(examples, self._rows(examples))
        self._mean = self._vectors([examples[one] for one in read]).mean(axis=0)
        with self._storage.write_to(self._resource) as folder:
            np.save(folder / self.FILES[0], self._mean)
            (folder / self.FILES[1]).write_bytes(made)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the feature, read or estimated, to every example a person wrote."""
        examples = [m for m in training_data.intent_examples if _wanted(m)]
        rows = self._rows(examples)
        read = self._most_different(examples, rows)
        vectors = self._scaled(self._vectors([examples[one] for one in read]) - self._mean)
        every = self._scaled(estimate(rows[read], vectors, rows))
        every[read] = vectors
        for message, vector in zip(examples, every):
            self._add(message, vector)
        return training_data

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the feature to the messages the classifier before is not sure about."""
        for message in messages:
            if message.get(TEXT) and _confidence(message) < self._config["sure"]:
                self._add(message, self._scaled(self._encoder.query(_read(message)) - self._mean))
        return messages

    def _most_different(self, examples: List[Message], rows: np.ndarray) -> np.ndarray:
        names = [m.get(INTENT) for m in examples]
        alike = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return most_different(alike, names, self._config["share"], self._config["least"])

    def _rows(self, examples: List[Message]) -> np.ndarray:
        """(n, d): the features beside this one."""
        return np.vstack([side_by_side(m, self._config["beside"]) for m in examples])

    def _vectors(self, examples: List[Message]) -> np.ndarray:
        """(n, 384), from the file or computed on every core, with progress."""
        store = VectorStore(Path(self._config["remember"]))
        texts = [_read(m) for m in examples]
        new = store.unknown(texts)
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            vectors = threads.map(self._encoder.query, new)
            vectors = tqdm(vectors, "Reading examples", len(new), disable=None, mininterval=1)
            store.add(new, list(vectors))
        return store.of(texts)

    def _scaled(self, centred: np.ndarray) -> np.ndarray:
        """Of the length `weight`, whatever they were."""
        lengths = np.linalg.norm(centred, axis=-1, keepdims=True)
        return centred * (self._config["weight"] / np.maximum(lengths, 1e-6))

    def _add(self, message: Message, vector: np.ndarray) -> None:
        feature = vector.reshape(1, -1).astype(np.float32)
        message.add_features(Features(feature, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))


def _wanted(message: Message) -> bool:
    return bool(message.get(TEXT)) and not message.get(MADE_UP)


def _read(message: Message) -> str:
    return message.get(READING) or message.get(TEXT)


def _confidence(message: Message) -> float:
    ranking = message.get(INTENT_RANKING_KEY) or []
    return float(ranking[0][PREDICTED_CONFIDENCE_KEY]) if ranking else 0.0
