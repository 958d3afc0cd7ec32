"""Graph component: the dialogue, which is that every message is answered by one action."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from rasa.core.policies.policy import Policy, PolicyPrediction, confidence_scores_for
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker


@DefaultV1Recipe.register(
    DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True
)
class AnswerPolicy(Policy):
    """After a message `action`, then silence until the next one.

    What was said before changes no answer here (it comes along with the message, see
    core.answers.Listener), so there is nothing to learn and nothing of the past to look at.
    One rule a question says the same, and costs 12 ms a message to be matched against.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """`action`: one of the domain's."""
        return {"priority": 1, "action": "action_answer"}

    def train(
        self, training_trackers: List[TrackerWithCachedStates], domain: Domain, **kwargs: Any
    ) -> Resource:
        """Learns nothing."""
        return self._resource

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> AnswerPolicy:
        """Nothing was kept."""
        return cls(config, model_storage, resource, execution_context)

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: Optional[Dict[str, Any]] = None,
        **kwargs: Any,
    ) -> PolicyPrediction:
        """The next action, surely."""
        heard = tracker.latest_action_name == ACTION_LISTEN_NAME
        action = self.config["action"] if heard else ACTION_LISTEN_NAME
        return self._prediction(confidence_scores_for(action, 1.0, domain))
