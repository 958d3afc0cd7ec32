"""The safety net: what is said first, whatever else was understood, when somebody may be in danger.

Words alone decide (``content/safety.yml``), or the model's own weighing: a sensitive question
need not be the likeliest one, nor reach any threshold of answering. A help line too many
costs a parent two lines of reading; one too few may cost a child much more.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from core.answers import Understood
from core.people.consent import plain

LIKELY = 0.35
"""From this share of the model's confidence on, all sensitive questions together, it speaks."""
AS_LIKELY = 0.4
"""A second sensitive question that weighs so much of the first is answered as well."""
GAP = r"(?:\S+ ){0,3}"


@dataclass(frozen=True)
class SafetyNet:
    """*words* holds what triggers each sensitive question, in order; *unless* what rules it out."""

    words: tuple[tuple[str, re.Pattern[str]], ...]
    unless: re.Pattern[str] | None

    @classmethod
    def of(cls, words: Mapping[str, Iterable[str]], unless: Iterable[str]) -> "SafetyNet":
        return cls(
            tuple((name, _pattern(lines)) for name, lines in words.items() if lines),
            _pattern(unless) if unless else None,
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


def likely(understood: Understood, sensitive: Collection[str]) -> list[str]:
    """The best-ranked one or two of the *sensitive* ids, when together they weigh enough."""
    ranked = [(name, confidence) for name, confidence in understood.ranking if name in sensitive]
    if sum(confidence for _, confidence in ranked) < LIKELY:
        return []
    first = ranked[0][1]
    return [name for name, confidence in ranked[:2] if confidence >= AS_LIKELY * first]


def _pattern(lines: Iterable[str]) -> re.Pattern[str]:
    """``suicid*`` or ``envie _ mourir`` as one expression over plain words."""
    ways = []
    for line in lines:
        words = plain(line.replace("*", "xx").replace("_", "yy")).split()
        way = "".join(
            GAP if word == "yy" else re.escape(word).replace("xx", r"\S*") + " " for word in words
        )
        ways.append(way.rstrip())
    return re.compile(rf"(?:^|(?<= ))(?:{'|'.join(ways)})(?= |$)")
