"""Written forms of the details people name (nlu/data/levels.tsv, calendar.tsv, themes.tsv).

Looks a few words up, exactly or misspelt, in the language of the message. A word that is another
word in that language is never taken for a foreign one: Portuguese "sexta" is Friday, Spanish is not.
"""

from __future__ import annotations

import math
from collections import defaultdict
from functools import lru_cache
from typing import Iterable, NamedTuple

from rapidfuzz.distance import OSA

from nlu.gazetteer import listed
from nlu.text import fold, is_arabic, words
from nlu.writing import LATIN, sound, word_ranks

Key = tuple[str, ...]
"""Folded words."""
LONGEST = 6
"""Words in a form."""
NOTHING = "nothing"
"""Entity of a phrase that means nothing and hides the words in it."""
_COMMON = math.log(6_000)
"""Words at least as common as this, in any language, are never misspellings."""
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIMES_OF_DAY = ("morning", "afternoon", "evening")
_FILES = (("levels.tsv", "level"), ("calendar.tsv", "when"), ("themes.tsv", "theme"))
_ARABIC_PREFIXES = ("وال", "بال", "فال", "كال", "لل", "و", "ب", "ف", "ل")
_TURKISH_ENDINGS = tuple(
    sorted(
        "da de ta te dan den tan ten daki deki taki teki ya ye yi yu nda nde na ne ndan nden "
        "nin nun in un a e i u si leri lari lar ler larda lerde".split(),
        key=len,
        reverse=True,
    )
)
_SHORTEST_STEM = 4
"""Letters left of a Turkish word when its ending is taken off."""


class Form(NamedTuple):
    """One way to write one value; `language` "*" is every language, `risky` needs a sign."""

    entity: str
    value: str
    language: str
    key: Key
    risky: bool


class Forms:
    """Every written form, found by its words or by words near to them."""

    def __init__(self) -> None:
        self._exact: dict[Key, list[Form]] = defaultdict(list)
        self._near: dict[tuple[str, int], list[tuple[str, Form]]] = defaultdict(list)
        self._alike: dict[str, list[tuple[str, Form]]] = defaultdict(list)
        for form in _read():
            self._exact[form.key].append(form)
            joined = "".join(form.key)
            if form.entity != NOTHING and len(joined) >= 5 and joined.isalpha():
                self._near[joined[0], len(joined)].append((joined, form))
                if form.language in ("fr", "*") and len(joined) >= 6:
                    self._alike[sound(joined)].append((joined, form))

    def exact(self, window: Key, language: str) -> list[Form]:
        """The forms that these words are; several when one phrase says two things ("ce soir")."""
        here = _language_here(window, language)
        forms = self._exact.get(window) or self._exact.get(_stem(window, here, self._exact))
        if not forms:
            return []
        own = [form for form in forms if form.language in (here, "*")]
        if own:
            return own
        if len(window) == 1 and _more_at_home(window[0], here, forms[0].language):
            return []
        said = {(form.entity, form.value) for form in forms}
        return forms if len(said) == len({entity for entity, _ in said}) else []

    def misspelt(self, window: Key, language: str) -> list[tuple[Form, float]]:
        """The nearest forms and how near, 0 to 1; none when the words are ordinary ones."""
        joined = "".join(window)
        if len(joined) < 5 or not joined.isalpha() or is_word(joined, language):
            return []
        here = _language_here(window, language)
        if all(is_word(word, here) for word in window):
            return []
        best: list[tuple[int, Form]] = []
        for length in range(len(joined) - 3, len(joined) + 4):
            slips = _slips(length)
            if abs(length - len(joined)) > slips:
                continue
            for known, form in self._near.get((joined[0], length), ()):
                if form.language not in (here, "*", "fr") or len(window) > len(form.key) + 1:
                    continue
                distance = OSA.distance(joined, known, score_cutoff=slips)
                if distance <= slips:
                    best.append((distance, form))
        if len(window) == 1 and len(joined) >= 6:
            for known, form in self._alike.get(sound(joined), ()):
                if known[0] == joined[0]:
                    best.append((1, form))
        if not best:
            return []
        least = min(distance for distance, _ in best)
        nearest = {form for distance, form in best if distance == least}
        own = {form for form in nearest if form.language in (here, "*")} or nearest
        if len({form.value for form in own if form.entity == next(iter(own)).entity}) > 1:
            return []
        if len({form.entity for form in own}) > 1 and len({form.key for form in own}) > 1:
            return []
        return [(form, round(1 - 1.5 * least / len(joined), 2)) for form in own]


@lru_cache(maxsize=20_000)
def is_word(word: str, language: str) -> bool:
    """Whether a folded word is one of the language, or a common one of any."""
    if language in LATIN and word in word_ranks(language):
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


def _read() -> Iterable[Form]:
    seen = set()
    for name, entity in _FILES:
        for line in listed(name):
            languages, written, value = line.split("\t")
            for one in written.split(","):
                key = tuple(fold(word.text) for word in words(one))
                form = Form(entity_of(value, entity), value, languages, key, "?" in one)
                if form not in seen:
                    seen.add(form)
                    yield form


def _language_here(window: Key, language: str) -> str:
    """French words in an Arabic message are French, Arabic words are Arabic in any."""
    if is_arabic("".join(window)):
        return "ar"
    return "fr" if language == "ar" else language


def _more_at_home(word: str, language: str, other: str) -> bool:
    """Whether a word is rather one of `language` than of `other`."""
    if language not in LATIN or other not in LATIN:
        return False
    here = word_ranks(language).get(word, math.inf)
    return here < _COMMON or here < word_ranks(other).get(word, math.inf) + 1


def _stem(window: Key, language: str, known: dict[Key, list[Form]]) -> Key:
    """The words without what Arabic writes before a word and Turkish after it."""
    if language == "ar":
        for prefix in _ARABIC_PREFIXES:
            if window[0].startswith(prefix):
                rest = window[0][len(prefix) :]
                for word in (rest, "ال" + rest) if prefix.endswith("ل") else (rest,):
                    if len(rest) > 2 and (word, *window[1:]) in known:
                        return (word, *window[1:])
    if language == "tr":
        for ending in _TURKISH_ENDINGS:
            stem = window[-1][: -len(ending)]
            if window[-1].endswith(ending) and len(stem) >= _SHORTEST_STEM:
                shorter = (*window[:-1], stem)
                if any(form.language in ("tr", "*") for form in known.get(shorter, ())):
                    return shorter
    return window


def _slips(length: int) -> int:
    return 0 if length < 5 else 1 if length < 8 else 2 if length < 13 else 3
