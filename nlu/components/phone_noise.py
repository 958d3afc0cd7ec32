"""Graph component, in training only: the examples again, as written on a phone (nlu/noise.py)."""

from __future__ import annotations

from typing import Any, Dict, List

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components import sources
from nlu.components.keys import BACKGROUND, MADE_UP
from nlu.lists import listed
from nlu.noise import noisy
from nlu.writing import Writing


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class PhoneNoise(GraphComponent):
    """Adds noisy copies of the training examples, marked `made_up`, and sentences about anything else
    (nlu/data/background.txt). Messages pass untouched."""

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Noisy copies of each example, by language."""
        return {"copies": {"fr": 2, "en": 1, "es": 1, "pt": 1, "tr": 1}}

    def __init__(self, config: Dict[str, Any]) -> None:
        self._copies = {str(k): int(v) for k, v in config["copies"].items()}

    @classmethod
    def create(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PhoneNoise:
        """From config.yml."""
        return cls(config)

    @classmethod
    def fingerprint_addon(cls, config: Dict[str, Any]) -> str:
        """A change in the noise means training again."""
        return sources.fingerprint(
            "noise.py",
            "writing.py",
            "lexicon.py",
            "lists.py",
            "text.py",
            *sources.WORDS,
            "data/background.txt",
        )

    def process(self, messages: List[Message]) -> List[Message]:
        """People's messages have their own noise."""
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The training data with the other sentences and the noisy copies at the end."""
        examples = [m for m in training_data.intent_examples if m.get(TEXT)]
        writing = Writing()
        pairs = [(m.get(TEXT), writing.language(m.get(TEXT))) for m in examples]
        made_up = [
            Message(data={TEXT: text, INTENT: example.get(INTENT), MADE_UP: True})
            for example, texts in zip(examples, noisy(pairs, self._copies))
            for text in texts
        ]
        about_else = [
            Message(data={TEXT: text, INTENT: BACKGROUND}) for text in listed("background.txt")
        ]
        return TrainingData(
            training_examples=training_data.training_examples + about_else + made_up,
            entity_synonyms=training_data.entity_synonyms,
            regex_features=training_data.regex_features,
            lookup_tables=training_data.lookup_tables,
            responses=training_data.responses,
        )
