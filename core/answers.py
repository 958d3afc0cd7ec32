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
    FORWARDED = "forwarded"
    SIGN_UP = "sign_up"
    UNAVAILABLE = "unavailable"


class Decision(StrEnum):
    """What the model's thresholds (``config.yml``, Limits) say of a message."""

    ANSWERED = "answered"
    TWO = "two"
    SUGGESTED = "suggested"
    FALLBACK = "fallback"


@dataclass(frozen=True)
class Listener:
    """Who is answered: enough to choose the words, and nothing that names them.

    *territory* is ``vienne``, ``finistere``, ``national`` (they said: elsewhere) or None
    (not known); *may_ask_territory* is false once they were asked. *subject* is the id of
    the question they were answered last, *nearest* those that came next to it.
    """

    kind: Kind = Kind.CHAT
    language: str = FRENCH
    territory: str | None = None
    may_ask_territory: bool = True
    subject: str | None = None
    nearest: tuple[str, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "language": self.language,
            "territory": self.territory,
            "may_ask_territory": self.may_ask_territory,
            "subject": self.subject,
            "nearest": list(self.nearest),
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
            tuple(map(str, value["nearest"])),
        )


@dataclass(frozen=True)
class Asked:
    """What was understood: the words themselves, and the names found in them.

    *reading* is *text* in ordinary spelling, as the model read it; *communes* and *colleges*
    are names as the tables spell them. *details* is what else was named: ``level``, ``month``,
    ``day``, ``weekday``, ``when``, ``time_of_day``, ``theme``, each with its values in the order
    of the text, and only those that were named ({"level": ("cm2",), "when": ("tomorrow",)}).
    Values are those of nlu/README.md; words of time are not yet dates.
    """

    text: str = ""
    reading: str = ""
    communes: tuple[str, ...] = ()
    colleges: tuple[str, ...] = ()
    location: tuple[float, float] | None = None
    details: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        return {
            "text": self.text,
            "reading": self.reading,
            "communes": list(self.communes),
            "colleges": list(self.colleges),
            "details": {name: list(values) for name, values in self.details.items()},
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Raises KeyError, TypeError or AttributeError when *value* is not what was understood."""
        return cls(
            str(value["text"]),
            str(value["reading"]),
            tuple(map(str, value["communes"])),
            tuple(map(str, value["colleges"])),
            details={
                str(name): tuple(map(str, values)) for name, values in value["details"].items()
            },
        )


@dataclass(frozen=True)
class Answer:
    """*confidence* (0 to 1) is the understanding's; None when nothing was guessed.

    *also* are the other questions answered in the same breath; *nearest* those to offer when
    the person says that it was something else.
    *closest* is the one that came nearest when none was answered. *sensitive*: what was said must
    be kept nowhere. *corrects*: they said that what came before was not what they wanted.
    *asked* is what was understood: the database may know a better answer (core.services).
    *warning* comes before all, and stays whatever the answer becomes: the help lines.
    """

    bubbles: tuple[Bubble, ...]
    outcome: Outcome
    question_id: str | None = None
    confidence: float | None = None
    asks_territory: bool = False
    also: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()
    closest: str | None = None
    sensitive: bool = False
    corrects: bool = False
    asked: Asked | None = None
    warning: Bubble | None = None

    @property
    def is_sure(self) -> bool:
        """Whether one thing was understood, or somebody may be in danger."""
        return self.sensitive or (self.question_id is not None and not self.also)

    def as_json(self) -> dict[str, object]:
        return {
            "bubbles": [_bubble_as_json(one) for one in self.bubbles],
            "outcome": self.outcome,
            "question_id": self.question_id,
            "confidence": self.confidence,
            "asks_territory": self.asks_territory,
            "also": list(self.also),
            "nearest": list(self.nearest),
            "closest": self.closest,
            "sensitive": self.sensitive,
            "corrects": self.corrects,
            "asked": self.asked.as_json() if self.asked else None,
            "warning": _bubble_as_json(self.warning) if self.warning else None,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """Raises ValueError, KeyError or TypeError when *value* is not an answer."""
        return cls(
            bubbles=tuple(map(_bubble_from_json, value["bubbles"])),
            outcome=Outcome(value["outcome"]),
            question_id=value["question_id"],
            confidence=value["confidence"],
            asks_territory=bool(value["asks_territory"]),
            also=tuple(map(str, value["also"])),
            nearest=tuple(map(str, value["nearest"])),
            closest=value["closest"],
            sensitive=bool(value["sensitive"]),
            corrects=bool(value["corrects"]),
            asked=Asked.from_json(value["asked"]) if value["asked"] else None,
            warning=_bubble_from_json(value["warning"]) if value["warning"] else None,
        )


def _bubble_as_json(bubble: Bubble) -> dict[str, object]:
    return {"text": bubble.text, "choices": [choice.as_json() for choice in bubble.choices]}


def _bubble_from_json(value: Mapping[str, Any]) -> Bubble:
    return Bubble(str(value["text"]), tuple(map(Choice.from_json, value["choices"])))


@dataclass(frozen=True)
class Understood:
    """What the model made of a message. *ranking* is best first: (question id, confidence)."""

    asked: Asked
    decision: Decision
    ranking: tuple[tuple[str, float], ...] = field(default_factory=tuple)
