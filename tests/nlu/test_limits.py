# ruff: noqa: PT009, PT027 (unittest: pytest is not in this environment)
"""The thresholds: answer, give two answers, offer, or say that we don't know."""

import unittest

from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.training_data.message import Message

from nlu.components.limits import Limits


def limits(**changes: float) -> Limits:
    return Limits({"answer": 0.6, "two": 0.9, "suggest": 0.2, "margin": 0.05, **changes})


def a_message(*confidences: float) -> Message:
    ranking = [{"name": f"q{i}", "confidence": c} for i, c in enumerate(confidences)]
    return Message(data={"text": "x", "intent": ranking[0], "intent_ranking": ranking})


class LimitsTest(unittest.TestCase):
    def outcome(self, *confidences: float) -> tuple[str, str]:
        [message] = limits().process([a_message(*confidences)])
        return message.get("outcome"), message.get("intent")["name"]

    def test_sure_is_answered(self) -> None:
        self.assertEqual(self.outcome(0.8, 0.1), ("answered", "q0"))

    def test_less_sure_is_offered(self) -> None:
        self.assertEqual(self.outcome(0.5, 0.1), ("suggested", "nlu_fallback"))

    def test_two_alike_are_both_answered_when_together_they_are_sure(self) -> None:
        self.assertEqual(self.outcome(0.5, 0.45), ("two", "nlu_fallback"))

    def test_two_alike_are_offered_when_even_together_they_are_not(self) -> None:
        self.assertEqual(self.outcome(0.4, 0.38), ("suggested", "nlu_fallback"))

    def test_unsure_is_said_so(self) -> None:
        self.assertEqual(self.outcome(0.1, 0.05), ("fallback", "nlu_fallback"))

    def test_the_ranking_keeps_the_questions_after_nlu_fallback(self) -> None:
        [message] = limits().process([a_message(0.5, 0.1)])
        names = [entry["name"] for entry in message.get("intent_ranking")]
        self.assertEqual(names, ["nlu_fallback", "q0", "q1"])

    def test_both_are_in_the_parse_result(self) -> None:
        [message] = limits().process([a_message(0.5, 0.1)])
        self.assertLessEqual({"outcome", "intent_ranking"}, set(message.as_dict(True)))

    def test_an_empty_message_is_a_fallback(self) -> None:
        [message] = limits().process([Message(data={"text": ""})])
        self.assertEqual(message.get("outcome"), "fallback")

    def test_thresholds_in_the_wrong_order_are_refused(self) -> None:
        with self.assertRaises(InvalidConfigException):
            limits(suggest=0.7)


if __name__ == "__main__":
    unittest.main()
