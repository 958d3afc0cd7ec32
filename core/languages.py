"""Which language is this? Learned from the examples of ``content/``, and guessed carefully.

General guessers were measured on our development questions in English, Spanish and
Portuguese: they find 78 %, for our questions are full of French names (*ENT, conseiller
numérique, France services*). Naive Bayes over the letters and words of our own examples
finds 94 % of them, and of what it misses most is a name and nothing else.
See docs/decisions/0003-language-guess.md.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

FRENCH = "fr"
LANGUAGES = (FRENCH, "en", "es", "pt", "ar", "tr")
# A message could as well be in the language of before: then nothing changes.
DOUBT = 0.2
SURE = 0.9
SURE_WORDS = 4
SMOOTHING = 0.1
SEEN_AT_LEAST = 2
READ = 3300  # examples of a language
# Letters that only one of our languages has: enough for a message of one word.
TELLING = {"tr": set("ğışĞŞİ"), "es": set("ñ¿¡"), "pt": set("ãõ")}


@dataclass(frozen=True)
class Guess:
    """*sure* allows to remember the language for the next messages."""

    language: str
    sure: bool


class Languages:
    """The guesser; learning takes a second or two, so learn once and keep it."""

    def __init__(self, chances: Mapping[str, tuple[float, ...]]) -> None:
        self._chances = chances

    @classmethod
    def learn(cls, examples: Mapping[str, Iterable[str]]) -> "Languages":
        """From *examples* by language; those of LANGUAGES that are missing are never guessed.

        Of each language as many are read, at most, spread over all: more take longer at every
        start and teach nothing.
        """
        seen = {language: Counter[str]() for language in LANGUAGES}
        sizes = dict.fromkeys(LANGUAGES, 0)
        for language, texts in examples.items():
            every = list(texts)
            for text in every[:: max(1, len(every) // READ)]:
                seen[language].update(_features(text))
                sizes[language] += 1
        everywhere = sum(seen.values(), Counter())
        return cls(
            {
                feature: tuple(
                    math.log((seen[one][feature] + SMOOTHING) / (sizes[one] + 2 * SMOOTHING))
                    for one in LANGUAGES
                )
                for feature, count in everywhere.items()
                if count >= SEEN_AT_LEAST
            }
        )

    def guess(self, text: str, otherwise: str) -> Guess:
        """The language of *text*; *otherwise* when the text does not tell."""
        letters = [char for char in text if char.isalpha()]
        long = len(text.split()) >= SURE_WORDS
        if sum("ARABIC" in unicodedata.name(char, "") for char in letters) > len(letters) / 2:
            return Guess("ar", True)
        for language, telling in TELLING.items():
            if telling & set(text):
                return Guess(language, long)
        if len(text.split()) < (2 if otherwise == FRENCH else 3):
            return Guess(otherwise, False)  # "merci bcp" is said in every language here
        chances = self._weigh(text)
        best = max(chances, key=lambda language: chances[language])
        if best != otherwise and chances[otherwise] > DOUBT:
            return Guess(otherwise, False)
        return Guess(best, long and chances[best] >= SURE)

    def _weigh(self, text: str) -> dict[str, float]:
        """The probability of each language; all alike when nothing in *text* is known.

        The sum is divided by the root of its length: letters that overlap are not
        independent witnesses.
        """
        known = [self._chances[one] for one in _features(text) if one in self._chances]
        root = math.sqrt(len(known) or 1)
        scores = [sum(column) / root for column in zip(*known, strict=True)] or [0.0] * 6
        top = max(scores)
        weights = [math.exp(score - top) for score in scores]
        return {
            language: weight / sum(weights)
            for language, weight in zip(LANGUAGES, weights, strict=True)
        }


def _features(text: str) -> set[str]:
    """Its words, and its runs of two to four letters, spaces marking where words begin."""
    words = re.findall(r"\w+", text.casefold())
    line = f" {' '.join(words)} "
    runs = (line[at : at + size] for size in (2, 3, 4) for at in range(len(line) - size + 1))
    return {f"={word}" for word in words} | set(runs)


def supported(tag: str | None) -> str:
    """The language of an IETF tag when it is one of ours, else French."""
    language = (tag or "").split("-")[0].lower()
    return language if language in LANGUAGES else FRENCH
