"""Graph component: what the writer meant, in ordinary spelling, for the components after it."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import dump_obj_as_json_to_file, read_json_file

from nlu.components import sources
from nlu.components.keys import MADE_UP, READING, WRITTEN_IN
from nlu.gazetteer import with_standard_names
from nlu.writing import Writing


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class PhoneWriting(GraphComponent):
    """Sets `reading` (the text rewritten) and `written_in` (its language) on every message.

    The text itself is left alone, so that places found in it keep their positions.
    """

    FILE = "writing.json"

    def __init__(self, storage: ModelStorage, resource: Resource, writing: Writing) -> None:
        self._storage, self._resource, self._writing = storage, resource, writing

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PhoneWriting:
        """Untrained: knows ordinary words, none of the domain's."""
        return cls(model_storage, resource, Writing())

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PhoneWriting:
        """From a trained model."""
        with model_storage.read_from(resource) as folder:
            saved = read_json_file(folder / cls.FILE)
        return cls(model_storage, resource, Writing.from_domain(saved["domain"], saved["names"]))

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """A change in the rewriting or its word lists means training again."""
        return sources.fingerprint(
            "writing.py",
            "dialect.py",
            "lexicon.py",
            "lists.py",
            "gazetteer.py",
            "text.py",
            *sources.WORDS,
            *sources.NAMES,
        )

    def train(self, training_data: TrainingData) -> Resource:
        """Learns the domain's words and the names that must not be corrected away."""
        names = [n for table in training_data.lookup_tables for n in table["elements"]]
        examples = [
            m.get(TEXT) for m in training_data.intent_examples if m.get(TEXT) and not m.get(MADE_UP)
        ]
        self._writing = Writing(examples, [n for n in names if isinstance(n, str)])
        saved = {"domain": self._writing.domain, "names": self._writing.names}
        with self._storage.write_to(self._resource) as folder:
            dump_obj_as_json_to_file(folder / self.FILE, saved)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the reading of each message."""
        for message in messages:
            if message.get(TEXT):
                reading = self._writing.read(_standard(message))
                message.set(READING, reading.text, add_to_output=True)
                message.set(WRITTEN_IN, reading.language, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the training examples."""
        self.process(training_data.training_examples)
        return training_data


def _standard(message: Message) -> str:
    """The text with the places that were found in it replaced by their standard names."""
    found = [
        (e[ENTITY_ATTRIBUTE_TYPE], e[ENTITY_ATTRIBUTE_START], e[ENTITY_ATTRIBUTE_END])
        for e in message.get(ENTITIES) or []
    ]
    return with_standard_names(message.get(TEXT), found)
