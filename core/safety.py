"""The safety net: what is said first, whatever else was understood, when somebody may be in danger.

Words alone decide (``content/safety.yml``), or the model's own weighing: a sensitive question
need not be the likeliest one, nor reach any threshold of answering. A help line too many
costs a parent two lines of reading; one too few may cost a child much more. Where the model
cannot tell which danger it is, all the lines are named.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.answers import Understood
from core.people.consent import plain

POSSIBLE = 0.01
"""From this share of the model's confidence on, all sensitive questions together, the lines are
named before whatever else is said."""
LIKELY = 0.5
"""From this share on, danger is what is answered."""
CLEAR = 0.72
"""What the likeliest must weigh to be answered alone ..."""
OTHERS = 0.1
"""... and what all other dangers together must weigh less than."""
PROBABLE = 0.5
"""What it must weigh to be answered after the lines were named; below, it is offered."""
GAP = r"(?:\S+ ){0,3}"
ALONE = "="  # before words that are the whole message


class Certainty(StrEnum):
    """Whether somebody is in danger, and whether it is known which."""

    NONE = "none"
    POSSIBLE = "possible"
    UNCLEAR = "unclear"
    PROBABLE = "probable"
    CLEAR = "clear"


@dataclass(frozen=True)
class Danger:
    """*names* are the sensitive questions by likelihood: the first is answered when it is clear or
    probable, all are offered when it is unclear which."""

    certainty: Certainty = Certainty.NONE
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class SafetyNet:
    """*words* holds what triggers each sensitive question, in order; *unless* what rules it out;
    *unclear* is the question that names all help lines."""

    words: tuple[tuple[str, re.Pattern[str]], ...] = ()
    unless: re.Pattern[str] | None = None
    unclear: str | None = None

    @classmethod
    def of(
        cls, words: Mapping[str, Iterable[str]], unless: Iterable[str], unclear: str | None = None
    ) -> "SafetyNet":
        return cls(
            tuple((name, _pattern(lines)) for name, lines in words.items() if lines),
            _pattern(unless) if unless else None,
            unclear,
        )

    def caught(self, *texts: str) -> str | None:
        """The sensitive question that the words of *texts* name: as written, or as read."""
        for text in map(plain, texts):
            if self.unless and self.unless.search(text):
                return None
        for name, pattern in self.words:
            if any(pattern.search(plain(text)) for text in texts):
                return name
        return None


def weigh(understood: Understood, sensitive: Collection[str]) -> Danger:
    """What the model's own ranking says of the *sensitive* questions, taken together."""
    ranked = [(name, weight) for name, weight in understood.ranking if name in sensitive]
    weight = sum(one for _, one in ranked)
    names = tuple(name for name, _ in ranked)
    if weight < POSSIBLE:
        return Danger()
    if weight < LIKELY:
        return Danger(Certainty.POSSIBLE, names)
    first = ranked[0][1]
    if first < PROBABLE:
        return Danger(Certainty.UNCLEAR, names)
    clear = first >= CLEAR and weight - first < OTHERS
    return Danger(Certainty.CLEAR if clear else Certainty.PROBABLE, names[:1])


def _pattern(lines: Iterable[str]) -> re.Pattern[str]:
    """``suicid*``, ``envie _ mourir`` or ``= sos`` as one expression over plain words."""
    ways = []
    for line in lines:
        alone = line.startswith(ALONE)
        words = plain(line.replace("*", "xx").replace("_", "yy")).split()
        way = "".join(
            GAP if word == "yy" else re.escape(word).replace("xx", r"\S*") + " " for word in words
        )
        ways.append(rf"(?<!.){way.rstrip()}(?!.)" if alone else way.rstrip())
    return re.compile(rf"(?:^|(?<= ))(?:{'|'.join(ways)})(?= |$)")
