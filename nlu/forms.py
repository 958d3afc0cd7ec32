"""Written forms of the details people name (nlu/data/levels.tsv, calendar.tsv, themes.tsv).

Looks a few words up, exactly or misspelt, in the language of the message. A word that is another
word in that language is never taken for a foreign one: Portuguese "sexta" is Friday, Spanish is not.
"""

from __future__ import annotations

import math
from collections import defaultdict
from functools import lru_cache
from typing import Collection, Iterable, NamedTuple

from rapidfuzz.distance import OSA

from nlu.lexicon import sound, word_ranks
from nlu.lists import LATIN, listed
from nlu.text import fold, words

Key = tuple[str, ...]
"""Folded words."""
LONGEST = 6
"""Words in a form."""
NOTHING = "nothing"
"""Entity of a phrase that means nothing and hides the words in it."""
SIGN, FIGURES = "?", "#"
_COMMON = math.log(6_000)
"""Words at least as common as this, in any language, are never misspellings."""
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIMES_OF_DAY = ("morning", "afternoon", "evening")
_FILES = (("levels.tsv", "level"), ("calendar.tsv", "when"), ("themes.tsv", "theme"))
_ARABIC_PREFIXES = (("لل", "ال"), ("و", ""), ("ب", ""), ("ف", ""), ("ك", ""), ("ل", ""))
"""What stands before a word, written to it, and what is left of it: "للسادسة" is "السادسة"."""
_TURKISH_ENDINGS = (
    *("ndaki", "ndeki", "larda", "lerde", "lari", "leri", "ndan", "nden", "daki", "deki"),
    *("taki", "teki", "dan", "den", "tan", "ten", "nda", "nde", "nin", "nun", "lar", "ler"),
    *("da", "de", "ta", "te", "ya", "ye", "yi", "yu", "na", "ne", "in", "un", "si"),
    *("a", "e", "i", "u"),
)
_LONG = 16
"""Letters from which a phrase written as one word may have two slips."""
_SHORTEST_STEM = 4
"""Letters left of a Turkish word when its ending is taken off."""


class Form(NamedTuple):
    """One way to write one value; `language` "*" is every language.

    `needs` is "" for nothing, SIGN for a word beside it that says what it is, FIGURES for a day's.
    """

    entity: str
    value: str
    language: str
    key: Key
    needs: str


class Forms:
    """Every written form, found by its words or by words near to them."""

    def __init__(self) -> None:
        self._exact: dict[Key, list[Form]] = defaultdict(list)
        self._near: dict[tuple[str, int], list[tuple[str, Form]]] = defaultdict(list)
        self._alike: dict[str, list[tuple[str, Form]]] = defaultdict(list)
        for form, first in read():
            self._exact[form.key].append(form)
            joined = "".join(form.key)
            if _forgiven(form, first):
                self._near[joined[0], len(joined)].append((joined, form))
                if form.language in ("fr", "*") and len(joined) >= 6:
                    self._alike[sound(joined)].append((joined, form))

    def exact(self, window: Key, language: str) -> list[Form]:
        """The forms that these words are; several when one phrase says two things ("ce soir").

        `language` is that of the words (their letters, then the message).
        """
        forms = self._exact.get(window)
        if not forms and (
            language in ("ar", "tr") or (len(window) == 1 and not is_word(window[0], language))
        ):
            forms = self._exact.get(_stem(window, language, self._exact))
        if not forms:
            return []
        own = [form for form in forms if form.language in (language, "*")]
        if own:
            return own
        if len(window) == 1 and _at_home(window[0], language, forms[0].language):
            return []
        said = {(form.entity, form.value) for form in forms}
        return forms if len(said) == len({entity for entity, _ in said}) else []

    def misspelt(self, window: Key, language: str) -> list[tuple[Form, float]]:
        """The nearest forms and how near, 0 to 1; none when the words are ordinary ones."""
        joined = "".join(window)
        if len(joined) < 5 or not joined.isalpha() or is_word(joined, language):
            return []
        if window in self._exact:
            return []  # rightly written, and refused for want of a sign
        best: list[tuple[int, Form]] = []
        for length in range(len(joined) - 2, len(joined) + 3):
            slips = _slips(min(length, len(joined)), language)
            if abs(length - len(joined)) > slips:
                continue
            for known, form in self._near.get((joined[0], length), ()):
                if not _spoken(form, language, length) or len(window) > len(form.key) + 1:
                    continue
                glued = len(window) == 1 < len(form.key) and length < _LONG
                distance = OSA.distance(joined, known, score_cutoff=slips)
                if distance <= (1 if glued else slips):
                    best.append((distance, form))
        if len(window) == 1 and len(joined) >= 6 and language == "fr":
            best += [
                (1, form)
                for known, form in self._alike.get(sound(joined), ())
                if known[0] == joined[0]
            ]
        if not best:
            return []
        least = min(distance for distance, _ in best)
        nearest = {form for distance, form in best if distance == least}
        own = {form for form in nearest if form.language in (language, "*")} or nearest
        if len({form.key for form in own}) > 1 and len({form.value for form in own}) > 1:
            return []
        return [(form, round(1 - 1.5 * least / len(joined), 2)) for form in own]


@lru_cache(maxsize=20_000)
def is_word(word: str, language: str) -> bool:
    """Whether a folded word is one of the language, a French one, or a common one of any."""
    if word in word_ranks("fr") or (language in LATIN and word in word_ranks(language)):
        return True
    return any(word_ranks(other).get(word, math.inf) < _COMMON for other in LATIN)


def entity_of(value: str, entity: str) -> str:
    """The entity of a value of a file; the calendar's are told apart by what they look like."""
    if value == "-":
        return NOTHING
    if entity != "when":
        return entity
    if value.isdecimal():
        return "month"
    return "weekday" if value in _WEEKDAYS else "time_of_day" if value in _TIMES_OF_DAY else "when"


def read() -> Iterable[tuple[Form, bool]]:
    """The forms, and whether each is the first on its line."""
    seen = set()
    for name, entity in _FILES:
        for line in listed(name):
            languages, written, value = line.split("\t")
            for place, one in enumerate(written.split(",")):
                key = tuple(fold(word.text) for word in words(one))
                needs = one[-1] if one[-1] in (SIGN, FIGURES) else ""
                form = Form(entity_of(value, entity), value, languages, key, needs)
                if form not in seen:
                    seen.add(form)
                    yield form, place == 0


def _at_home(word: str, language: str, other: str) -> bool:
    """Whether a word, a form of an `other` language, is not that in a message of `language`."""
    if language not in LATIN or other not in LATIN:
        return False
    if len(word) < 6 and other != "fr":
        return True
    here = word_ranks(language).get(word, math.inf)
    return here < _COMMON or here < word_ranks(other).get(word, math.inf) + 1


def _stem(window: Key, language: str, known: dict[Key, list[Form]]) -> Key:
    """The words without what Arabic writes before a word and Turkish after it."""
    if language == "ar":
        for prefix, left in _ARABIC_PREFIXES:
            word = left + window[0][len(prefix) :]
            if window[0].startswith(prefix) and (word, *window[1:]) in known:
                return (word, *window[1:])
    if language != "ar":
        for ending in _TURKISH_ENDINGS:
            stem = window[-1][: -len(ending)]
            if window[-1].endswith(ending) and len(stem) >= _SHORTEST_STEM:
                shorter = (*window[:-1], stem)
                if any(form.language in ("tr", "*") for form in known.get(shorter, ())):
                    return shorter
    return window


def _forgiven(form: Form, first: bool) -> bool:
    """Whether misspellings of a form are looked for: not of short ones, nor of misspellings."""
    joined = "".join(form.key)
    if form.entity == NOTHING or form.needs or not joined.isalpha():
        return False
    if len(form.key) > 1:
        return len(joined) >= 8
    return len(joined) >= 5 and (first or joined in _words_of(form.language))


def _words_of(language: str) -> Collection[str]:
    return word_ranks(language) if language in LATIN else ()


def _spoken(form: Form, language: str, length: int) -> bool:
    """French words, when long, are written in every language."""
    return form.language in (language, "*") or (form.language == "fr" and length >= 8)


def _slips(length: int, language: str) -> int:
    """How many letters may be wrong. Fewer where there is no list of words, where a word has many
    endings, and where one letter makes another word."""
    if language in ("ar", "tr"):
        return 0 if length < 8 else 1
    if length < (5 if language == "fr" else 6):
        return 0
    return 1 if length < 8 else 2
