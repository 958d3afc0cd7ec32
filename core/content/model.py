"""The nouns of ``content/``: Subject, Question, Words; the form is in content/README.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

NATIONAL = "national"
TERRITORIES = ("vienne", "finistere")
LAYERS = (NATIONAL, *TERRITORIES)


class QuestionKind(StrEnum):
    ANSWER = "answer"
    SMALLTALK = "smalltalk"
    SENSITIVE = "sensitive"
    HANDOFF = "handoff"
    OUT_OF_SCOPE = "out_of_scope"


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


@dataclass(frozen=True)
class Link:
    label: str
    url: str


@dataclass(frozen=True)
class Words:
    """An answer as it is said in one territory, on a screen (*answer*) and by SMS (*sms*)."""

    answer: str
    sms: str
    links: tuple[Link, ...] = ()
    source: tuple[str, ...] = ()
    checked_on: date | None = None
    cases: Mapping[str, "Words"] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """One thing people ask. *words* holds its answer by layer (``national``, ``vienne`` ...)."""

    id: str
    subject: str
    title: str
    kind: QuestionKind
    examples: Mapping[str, tuple[str, ...]]
    words: Mapping[str, Words]
    lookup: str | None = None

    def said_in(self, territory: str | None) -> Words:
        """The words for *territory*, else the common ground's."""
        return self.words.get(territory or NATIONAL, self.words[NATIONAL])

    @property
    def depends_on_territory(self) -> bool:
        return len(self.words) > 1


@dataclass(frozen=True)
class Subject:
    """A file of questions; *menu* are the ids shown when somebody opens it."""

    id: str
    title: str
    menu: tuple[str, ...]
