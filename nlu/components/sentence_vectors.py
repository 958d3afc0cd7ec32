"""Graph component: one vector a message, near for messages that mean the same in any language."""

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
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tqdm import tqdm

from nlu.components.keys import READING
from nlu.use.encoder import Use
from nlu.vector_store import VectorStore


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceVectors(DenseFeaturizer, GraphComponent):
    """Multilingual Universal Sentence Encoder: 512 numbers, length 1, about 3 ms on one core.

    Sentence features only: nothing here needs a vector for each word. The vectors of examples are
    kept in the file `remember`, so that training after a small change of content takes less time.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`remember`: a file; see nlu/vector_store.py."""
        return {
            **DenseFeaturizer.get_default_config(),
            "remember": "build/sentence_vectors.npz",
        }

    def __init__(self, config: Dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._encoder = Use()

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceVectors:
        """Loads the encoder (33 MB inside its package, nothing is downloaded)."""
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: Dict[str, Any]) -> None:
        """Nothing to set."""

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds a (1, 512) dense sentence feature to each message that has text."""
        for message in messages:
            if message.get(TEXT):
                self._add(message, self._encoder.encode(_read(message)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the training examples, from the file or computed, with progress."""
        examples = [m for m in training_data.training_examples if m.get(TEXT)]
        store = VectorStore(Path(self._config["remember"]))
        texts = [_read(m) for m in examples]
        new = store.unknown(texts)
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            vectors = threads.map(self._encoder.encode, new)
            vectors = tqdm(vectors, "Reading sentences", len(new), disable=None, mininterval=1)
            store.add(new, list(vectors))
        for message, vector in zip(examples, store.of(texts)):
            self._add(message, vector)
        return training_data

    def _add(self, message: Message, vector: np.ndarray) -> None:
        row = vector.reshape(1, -1).astype(np.float32)
        message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))


def _read(message: Message) -> str:
    return message.get(READING) or message.get(TEXT)
