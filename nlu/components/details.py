"""Graph component: school levels, dates and themes named in a message (nlu/details.py)."""

from __future__ import annotations

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

from nlu.details import Details as Finder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class Details(GraphComponent, EntityExtractorMixin):
    """Adds to the entities of people's messages; learns nothing and leaves text and reading alone.

    `value` is one of those in nlu/details.py, `confidence` 1 for an exact match, less for a
    misspelling. Positions are in the message's own text.
    """

    def __init__(self) -> None:
        self._finder = Finder()

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Details:
        """From the files of nlu/data."""
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        """Adds the details to each message's entities."""
        for message in messages:
            found = self.add_extractor_name(
                [
                    {
                        ENTITY_ATTRIBUTE_TYPE: detail.entity,
                        ENTITY_ATTRIBUTE_START: detail.start,
                        ENTITY_ATTRIBUTE_END: detail.end,
                        ENTITY_ATTRIBUTE_VALUE: detail.value,
                        ENTITY_ATTRIBUTE_CONFIDENCE: detail.confidence,
                    }
                    for detail in self._finder.find(message.get(TEXT) or "")
                ]
            )
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages
