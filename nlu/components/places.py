"""Graph component: communes and collèges named in a message (nlu/gazetteer.py)."""

from __future__ import annotations

import json
from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import (
    ENTITIES,
    ENTITY_ATTRIBUTE_CONFIDENCE,
    ENTITY_ATTRIBUTE_END,
    ENTITY_ATTRIBUTE_START,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components import sources
from nlu.gazetteer import Gazetteer, elsewhere


@DefaultV1Recipe.register(
    [
        DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER,
        DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR,
    ],
    is_trainable=True,
)
class Places(GraphComponent, EntityExtractorMixin):
    """Reads the training data's lookup tables, one entity a table, and its synonyms as aliases.

    An entity's `value` is the name as the table writes it; `confidence` is 1 for an exact match,
    less for a misspelling. Positions are in the message's own text. Large towns outside the
    territories are found too (entity `elsewhere`). Stands before PhoneWriting, which replaces the
    names by standard ones; for that it goes over the training examples as featurizers do.
    """

    FILE = "places.json"

    def __init__(
        self,
        config: Dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        gazetteer: Gazetteer,
    ) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._gazetteer = gazetteer

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Nothing to set."""
        return {}

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Places:
        """Untrained: finds nothing."""
        return cls(config, model_storage, resource, Gazetteer({}, {}))

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Places:
        """From a trained model."""
        with model_storage.read_from(resource) as folder:
            saved = json.loads((folder / cls.FILE).read_text(encoding="utf-8"))
        gazetteer = Gazetteer(saved["tables"], saved["aliases"])
        return cls(config, model_storage, resource, gazetteer)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """A change in the search means training again."""
        return sources.fingerprint(
            "gazetteer.py", "lexicon.py", "lists.py", "text.py", "data/words_*", *sources.NAMES
        )

    def train(self, training_data: TrainingData) -> Resource:
        """Takes over the tables."""
        tables = {
            table["name"]: table["elements"]
            for table in training_data.lookup_tables
            if isinstance(table["elements"], list)
        }
        tables["elsewhere"] = elsewhere()
        self._gazetteer = Gazetteer(tables, training_data.entity_synonyms)
        saved = {"tables": self._gazetteer.tables, "aliases": self._gazetteer.aliases}
        with self._storage.write_to(self._resource) as folder:
            (folder / self.FILE).write_text(json.dumps(saved), encoding="utf-8")
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the places to each message's entities."""
        for message in messages:
            found = self.add_extractor_name(
                [
                    {
                        ENTITY_ATTRIBUTE_TYPE: place.entity,
                        ENTITY_ATTRIBUTE_START: place.start,
                        ENTITY_ATTRIBUTE_END: place.end,
                        ENTITY_ATTRIBUTE_VALUE: place.value,
                        ENTITY_ATTRIBUTE_CONFIDENCE: place.confidence,
                    }
                    for place in self._gazetteer.find(message.get(TEXT) or "")
                ]
            )
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The same for the training examples."""
        self.process(training_data.training_examples)
        return training_data
