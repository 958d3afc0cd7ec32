"""An answer on its way to a person, and who it is for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from core.languages import FRENCH
from core.messages import Bubble, Choice, Kind


class Outcome(StrEnum):
    """How a message ended, as ``ask --batch`` and the statistics name it."""

    ANSWERED = "answered"
    SUGGESTED = "suggested"
    FALLBACK = "fallback"
    SMALLTALK = "smalltalk"
    HANDOFF = "handoff"
    MENU = "menu"
    STOPPED = "stopped"
    STARTED = "started"
    REACTED = "reacted"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Listener:
    """Who is answered: enough to choose the words, and nothing that names them.

    *territory* is ``vienne``, ``finistere``, ``national`` (they said: elsewhere) or None
    (not known); *may_ask_territory* is false once they were asked. *subject* is the id of
    the question they were answered last.
    """

    kind: Kind = Kind.CHAT
    language: str = FRENCH
    territory: str | None = None
    may_ask_territory: bool = True
    subject: str | None = None

    def as_json(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "language": self.language,
            "territory": self.territory,
            "may_ask_territory": self.may_ask_territory,
            "subject": self.subject,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Raises ValueError or KeyError when *value* is not what ``as_json`` makes."""
        return cls(
            Kind(value["kind"]),
            str(value["language"]),
            value["territory"],
            bool(value["may_ask_territory"]),
            value["subject"],
        )


@dataclass(frozen=True)
class Asked:
    """What was understood: the words themselves, and the names found in them.

    *communes* and *colleges* are names as the tables spell them.
    """

    text: str = ""
    communes: tuple[str, ...] = ()
    colleges: tuple[str, ...] = ()
    location: tuple[float, float] | None = None


@dataclass(frozen=True)
class Answer:
    """*confidence* (0 to 1) is the understanding's; None when nothing was guessed.

    *nearest* is the id of the question that came nearest, when none was answered. What was
    said is *sensitive* when a sensitive question was answered or is among the nearest.
    """

    bubbles: tuple[Bubble, ...]
    outcome: Outcome
    question_id: str | None = None
    confidence: float | None = None
    asks_territory: bool = False
    nearest: str | None = None
    sensitive: bool = False

    def as_json(self) -> dict[str, object]:
        return {
            "bubbles": [
                {"text": one.text, "choices": [choice.as_json() for choice in one.choices]}
                for one in self.bubbles
            ],
            "outcome": self.outcome,
            "question_id": self.question_id,
            "confidence": self.confidence,
            "asks_territory": self.asks_territory,
            "nearest": self.nearest,
            "sensitive": self.sensitive,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Raises ValueError, KeyError or TypeError when *value* is not an answer."""
        return cls(
            bubbles=tuple(
                Bubble(str(one["text"]), tuple(map(Choice.from_json, one["choices"])))
                for one in value["bubbles"]
            ),
            outcome=Outcome(value["outcome"]),
            question_id=value["question_id"],
            confidence=value["confidence"],
            asks_territory=bool(value["asks_territory"]),
            nearest=value["nearest"],
            sensitive=bool(value["sensitive"]),
        )


@dataclass(frozen=True)
class Understood:
    """What the model made of a message. *ranking* is best first: (question id, confidence)."""

    asked: Asked
    ranking: tuple[tuple[str, float], ...] = field(default_factory=tuple)
