"""The nouns of ``content/``: Subject, Question, Words; the form is in content/README.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from core.languages import FRENCH

NATIONAL = "national"
TERRITORIES = ("vienne", "finistere")
LAYERS = (NATIONAL, *TERRITORIES)


class QuestionKind(StrEnum):
    ANSWER = "answer"
    SMALLTALK = "smalltalk"
    CORRECTION = "correction"
    SENSITIVE = "sensitive"
    HANDOFF = "handoff"
    OUT_OF_SCOPE = "out_of_scope"


class Checked(StrEnum):
    """Who read a translation last: only a human's reading settles it."""

    HUMAN = "human"
    MACHINE = "machine"


# The cases that each lookup needs a text for, and the words that may be filled in.
LOOKUPS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "pilot_college": (
        frozenset({"pilot", "several", "not_pilot", "none_in_commune"}),
        frozenset({"college", "commune", "colleges"}),
    ),
    "places_near": (
        frozenset({"found", "far", "unknown_commune"}),
        frozenset({"commune", "places"}),
    ),
    "agenda": (frozenset({"upcoming", "past"}), frozenset({"events"})),
    "calls": (frozenset({"open", "closed"}), frozenset({"calls"})),
}


# What the database may answer better than a text, or do, for one person: sessions that fit, giving
# back a seat, what they are signed up for or wish, to be told of what opens, to be forgotten.
SERVICES = frozenset({"browse", "find", "forget", "give_back", "mine", "tell_me", "wishes"})


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class Words:
    """An answer as it is said in one territory, on a screen (*answer*) and by SMS (*sms*).

    *checked* is set on translations only.
    """

    answer: str
    sms: str
    links: tuple[Link, ...] = ()
    source: tuple[str, ...] = ()
    checked_on: date | None = None
    cases: Mapping[str, "Words"] = field(default_factory=dict)
    checked: Checked | None = None


@dataclass(frozen=True)
class Question:
    """One thing people ask. *words* holds its French answer by layer (``national`` ...).

    *said* holds its translations by language, then by layer; *titles* its titles by language.
    """

    id: str
    subject: str
    title: str
    kind: QuestionKind
    examples: Mapping[str, tuple[str, ...]]
    words: Mapping[str, Words]
    lookup: str | None = None
    service: str | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    said: Mapping[str, Mapping[str, Words]] = field(default_factory=dict)

    def said_in(self, territory: str | None, language: str = FRENCH) -> tuple[Words, str]:
        """The words for *territory*, else the common ground's, and the language they are in.

        That is *language* when they are translated, and French when not.
        """
        layer = territory if territory in self.words else NATIONAL
        assert layer is not None
        words = self.said.get(language, {}).get(layer)
        return (words, language) if words else (self.words[layer], FRENCH)

    def titled(self, language: str) -> str:
        """Its title for a button, in French when it has no other."""
        return self.titles.get(language) or self.title

    @property
    def depends_on_territory(self) -> bool:
        return len(self.words) > 1


@dataclass(frozen=True)
class Subject:
    """A file of questions; *menu* are the ids shown when somebody opens it."""

    id: str
    title: str
    menu: tuple[str, ...]
    titles: Mapping[str, str] = field(default_factory=dict)

    def titled(self, language: str) -> str:
        """Its title for a button, in French when it has no other."""
        return self.titles.get(language) or self.title
