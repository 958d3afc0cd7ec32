"""Which language is this? Learned from the examples of ``content/``, and guessed carefully.

General guessers were measured on our development questions in English, Spanish and
Portuguese: they find 78 %, for our questions are full of French names (*ENT, conseiller
numérique, France services*). Naive Bayes over the letters and words of our own examples
finds 94 to 96 % of them, names left out (*conseiller numérique nedir?*), and of what it misses most
is a name and nothing else.
See docs/decisions/0003-language-guess.md.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from unicodedata import combining, normalize

FRENCH = "fr"
LANGUAGES = (FRENCH, "en", "es", "pt", "ar", "tr")
# A message could as well be in the language of before: then nothing changes.
DOUBT = 0.2
SURE = 0.9
SURE_WORDS = 4
SMOOTHING = 0.1
SEEN_AT_LEAST = 2
# A long word that people of so many languages write is a name (Pronote, conseiller numérique).
A_NAME = 4
LONG = 4
READ = 6000  # examples of a language, or up to twice as many
WORD = 4  # witnesses a whole word is worth; a run of letters is one
ARABIC = re.compile("[\u0600-\u06ff]")
# Letters that only one of our languages has: enough for a message of one word.
TELLING = {"tr": set("ğışĞŞİ"), "es": set("ñ¿¡"), "pt": set("ãõ")}


@dataclass(frozen=True)
class Guess:
    """*sure* allows to remember the language for the next messages."""

    language: str
    sure: bool


class Languages:
    """The guesser; learning takes a second or two, so learn once and keep it."""

    def __init__(
        self,
        seen: Mapping[str, Counter[str]],
        sizes: Mapping[str, int],
        names: frozenset[str],
        alone: Mapping[str, str],
    ) -> None:
        self._names = names
        self._alone = alone
        self._chances = dict[str, tuple[float, ...]]()
        """Of each language, the logarithm; what was hardly ever seen is not there."""

        @cache  # the same few numbers, kept once each
        def chance(language: str, count: int) -> float:
            return math.log((count + SMOOTHING) / (sizes[language] + 2 * SMOOTHING))

        for feature in set[str]().union(*seen.values()):
            counts = [seen[one][feature] for one in LANGUAGES]
            if sum(counts) >= SEEN_AT_LEAST:
                self._chances[feature] = tuple(map(chance, LANGUAGES, counts))

    @classmethod
    def learn(cls, examples: Mapping[str, Iterable[str]]) -> "Languages":
        """From *examples* by language; those of LANGUAGES that are missing are never guessed.

        Of each language as many are read, at most, spread over all: more take longer at every
        start and teach nothing. Arabic is learned as it is written in Latin letters; every text
        also as phones write it, without accents.
        """
        read = {}
        for language, every in examples.items():
            texts = [text for text in every if not _in_arabic_letters(text)]
            read[language] = texts[:: max(1, len(texts) // READ)]
        names = _names(read)
        seen = {language: Counter[str]() for language in LANGUAGES}
        for language, some in read.items():
            for text in some:
                seen[language].update(_features(text, names) | _features(_bare(text), names))
        sizes = {one: len(read.get(one, ())) for one in LANGUAGES}
        return cls(seen, sizes, names, _alone(examples))

    def guess(self, text: str, otherwise: str) -> Guess:
        """The language of *text*; *otherwise* when the text does not tell."""
        long = len(text.split()) >= SURE_WORDS
        if _in_arabic_letters(text):
            return Guess("ar", True)
        for language, telling in TELLING.items():
            if telling & set(text):
                return Guess(language, long)
        if len(text.split()) < (2 if otherwise == FRENCH else 3):
            # "merci bcp" is said in every language here; and French may be nobody's choice yet.
            alone = self._alone.get(" ".join(_words(text))) if otherwise == FRENCH else None
            return Guess(alone or otherwise, False)
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
        features = _features(text, self._names)
        known = [
            (WORD if one.startswith("=") else 1, self._chances[one])
            for one in features
            if one in self._chances
        ]
        root = math.sqrt(sum(weight for weight, _ in known) or 1)
        scores = [
            sum(weight * chances[place] for weight, chances in known) / root
            for place in range(len(LANGUAGES))
        ]
        top = max(scores)
        weights = [math.exp(score - top) for score in scores]
        return {
            language: weight / sum(weights)
            for language, weight in zip(LANGUAGES, weights, strict=True)
        }


def _in_arabic_letters(text: str) -> bool:
    """Whether a quarter of its letters are: the rest may be French names."""
    if not ARABIC.search(text):
        return False
    letters = [char for char in text if char.isalpha()]
    return sum("\u0600" <= char <= "\u06ff" for char in letters) > len(letters) / 4


def _features(text: str, names: frozenset[str]) -> set[str]:
    """Its words but the *names*, and their runs of two to four letters, spaces marking where words
    begin."""
    words = [word for word in _words(text) if word not in names]
    line = f" {' '.join(words)} "
    found = {f"={word}" for word in words}
    for size in (2, 3, 4):
        found.update([line[at : at + size] for at in range(len(line) - size + 1)])
    return found


def _names(examples: Mapping[str, Iterable[str]]) -> frozenset[str]:
    """The long words that stand in the examples of A_NAME languages: they tell nothing."""
    known: Counter[str] = Counter()
    for texts in examples.values():
        counts = Counter(word for text in texts for word in set(_words(text)))
        known.update(word for word, count in counts.items() if count >= SEEN_AT_LEAST)
    return frozenset(
        word for word, languages in known.items() if languages >= A_NAME and len(word) >= LONG
    )


def _alone(examples: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The words that are a whole message in one language only and stand in no French one, as
    "merhaba" and "sí"; a name that somebody gives ("Mehmet") is none."""
    french = {word for text in examples.get(FRENCH, ()) for word in _words(text)}
    found: dict[str, str | None] = {}
    for language, texts in examples.items():
        for words in map(_words, texts):
            if len(words) == 1 and words[0] not in french:
                known = found.setdefault(words[0], language)
                found[words[0]] = language if known == language else None
    return {word: language for word, language in found.items() if language}


def _bare(text: str) -> str:
    """Without accents."""
    return "".join(char for char in normalize("NFD", text) if not combining(char))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def supported(tag: str | None) -> str:
    """The language of an IETF tag when it is one of ours, else French."""
    language = (tag or "").split("-")[0].lower()
    return language if language in LANGUAGES else FRENCH
