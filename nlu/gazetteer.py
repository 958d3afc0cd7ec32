"""Finds the names of a table (communes, collèges) in a message, also when misspelt.

Case, accents, hyphens and "st" for "saint" never matter. A misspelling is forgiven in proportion to
the length of the name, from the same first letter on, and never when what was written are ordinary
words. A name that is itself a word needs a sign that a place is meant: a capital, a word of place
before it ("à", "near", "en"), or being the whole message.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Iterable, Mapping, NamedTuple, Sequence

from rapidfuzz.distance import OSA

from nlu.lexicon import sound
from nlu.lists import LATIN, listed, table, words_of
from nlu.text import Word, fold, words

ARTICLES = {"le", "la", "les", "l"}
PLACE_WORDS = frozenset(
    fold(w)
    for w in [
        "à",
        "a",
        "au",
        "aux",
        "o",
        "sur",
        "vers",
        "de",
        "du",
        "des",
        "d",
        "en",
        "proche",
        "près",
        "pres",
        "chez",
        "habite",
        "habitons",
        "vis",
        "vit",
        "ville",
        "commune",
        "mairie",
        "village",
        "in",
        "at",
        "near",
        "around",
        "from",
        "to",
        "live",
        "em",
        "no",
        "na",
        "perto",
        "cerca",
        "vivo",
        "desde",
        "y",
        "et",
        "ou",
        "entre",
        "dans",
        "secteur",
        "coté",
        "cote",
        "moro",
        "resido",
        "bei",
    ]
)
SCHOOL_WORDS = frozenset(
    {"college", "clg", "colege", "colleges", "coll", "colegio", "koleji", "ortaokulu", "school"}
)
_LONGEST_NAME = 7
"""Words."""
_LONG = 8
"""Letters from which a misspelt name needs no word of place before it."""
_TURKISH_CASES = tuple("'" + c for c in ("te", "ta", "de", "da", "e", "a", "ye", "ya", "i", "ı"))
_REMEMBERED = 50_000
"""Runs of words that were looked for, most of them no place."""
_MANY = 4
"""A capital means nothing when this many words in a row have one."""


class Found(NamedTuple):
    """`value` is the name in the table; `start` and `end` are positions in the text."""

    entity: str
    value: str
    start: int
    end: int
    confidence: float


class _Name(NamedTuple):
    entity: str
    value: str
    joined: str
    risky: int
    """0 no word of any language, 1 a word, 2 an ordinary word."""
    size: int
    """Words in the name."""


class Gazetteer:
    """`tables`: entity -> names; `aliases`: other spelling -> name in a table."""

    def __init__(self, tables: Mapping[str, Sequence[str]], aliases: Mapping[str, str]) -> None:
        self.tables = {entity: list(names) for entity, names in tables.items()}
        self.aliases = dict(aliases)
        self._exact: dict[tuple[str, ...], list[_Name]] = defaultdict(list)
        self._fuzzy: dict[str, list[_Name]] = defaultdict(list)
        self._sounds: dict[str, list[_Name]] = defaultdict(list)
        self._heads: dict[str, set[_Name]] = defaultdict(set)
        self._misspelt = lru_cache(maxsize=_REMEMBERED)(self._look_up)
        by_name: dict[str, list[str]] = defaultdict(list)
        for entity, names in self.tables.items():
            for name in names:
                by_name[name].append(entity)
                self._add(entity, name, name)
        for written, name in (*self.aliases.items(), *_other_spellings().items()):
            for entity in by_name.get(name, ()):
                self._add(entity, written, name)

    def _add(self, entity: str, written: str, value: str) -> None:
        key = _key(words(written))
        if key and key[0] in SCHOOL_WORDS:
            key = key[1:]
            key = key[1:] if key and key[0] in ("de", "du", "d") else key
        if not key:
            return
        for form in {key, key[1:] if key[0] in ARTICLES and len(key) > 1 else key}:
            name = _Name(entity, value, "".join(form), _risk(form), len(form))
            if any(known.entity == entity for known in self._exact[form]):
                continue
            self._exact[form].append(name)
            if len(name.joined) >= 5:
                self._fuzzy[name.joined[0]].append(name)
                self._sounds[sound(name.joined)].append(name)
            if (
                entity == "commune"
                and len(form) > 1
                and len(form[0]) >= 6
                and not _is_word(form[0])
            ):
                self._heads[form[0]].add(_Name(entity, value, form[0], 0, 1))

    def find(self, text: str) -> list[Found]:
        """The names in the text, in order, none overlapping another of the same entity."""
        tokens = words(text)
        key = _key(tokens)
        found: list[Found] = []
        for start in range(len(tokens)):
            for size in range(min(_LONGEST_NAME, len(tokens) - start), 0, -1):
                for name, confidence in self._at(key, start, size):
                    if self._accept(name, confidence, tokens, key, start, size, text):
                        found.append(
                            Found(
                                name.entity,
                                name.value,
                                tokens[start].start,
                                tokens[start + size - 1].end,
                                confidence,
                            )
                        )
        return _best(found)

    def _at(self, key: tuple[str, ...], start: int, size: int) -> list[tuple[_Name, float]]:
        window = key[start : start + size]
        exact = self._exact.get(window)
        if exact:
            return [(name, 1.0) for name in exact]
        if size > 5 or any(w.isdigit() or w in SCHOOL_WORDS for w in window):
            return []
        if size == 1 and window[0] in self._heads and len(self._heads[window[0]]) == 1:
            return [(next(iter(self._heads[window[0]])), 0.9)]
        return self._misspelt(window)

    def _look_up(self, window: tuple[str, ...]) -> list[tuple[_Name, float]]:
        joined = "".join(window)
        if len(joined) < 5 or all(_is_word(w) for w in window) or _is_word(joined):
            return []
        if len(window) > 1 and (_little(window[0]) or _little(window[-1])):
            return []
        best: list[tuple[int, _Name]] = []
        for name in self._sounds.get(sound(joined), ()):
            if len(joined) >= 6 and len(window) == 1 and name.joined[0] == joined[0]:
                best.append((1, name))
        for name in self._fuzzy.get(joined[0], ()):
            slips = _slips(len(name.joined))
            if abs(len(name.joined) - len(joined)) > slips or len(window) > name.size + 1:
                continue
            distance = OSA.distance(joined, name.joined, score_cutoff=slips)
            if distance <= slips:
                best.append((distance, name))
        if not best:
            return []
        least = min(distance for distance, _ in best)
        nearest = {name for distance, name in best if distance == least}
        if len({(n.entity, n.value) for n in nearest}) > 1:
            return []
        name = next(iter(nearest))
        risky = int(len(name.joined) < _LONG)
        return [(name._replace(risky=risky), round(1 - 1.5 * least / len(name.joined), 2))]

    def _accept(
        self,
        name: _Name,
        confidence: float,
        tokens: list[Word],
        key: tuple[str, ...],
        start: int,
        size: int,
        text: str,
    ) -> bool:
        before = key[start - 1] if start else ""
        if before in ARTICLES and start > 1 and key[start - 2] in PLACE_WORDS:
            before = key[start - 2]
        if name.entity == "college" and (before in SCHOOL_WORDS or key[start] in SCHOOL_WORDS):
            return True
        if name.entity == "college" and start > 1 and key[start - 2] in SCHOOL_WORDS:
            return True
        if name.entity == "college" and size == 1 and (name.risky or confidence < 1):
            return confidence == 1.0 and tokens[start].text[:1].isupper() and start > 0
        alone = len(tokens) <= size + (confidence == 1.0)
        if name.risky == 0 or alone:
            return True
        capital = (
            tokens[start].text[:1].isupper() and not text.isupper() and _capitals(tokens) < _MANY
        )
        after = text[tokens[start + size - 1].end :][:4].lower()
        placed = before in PLACE_WORDS or after.startswith(_TURKISH_CASES)
        if name.risky == 2:
            return capital and placed and confidence == 1.0
        return placed or (capital and start > 0 and (confidence == 1.0 or len(name.joined) > 5))


def _best(found: list[Found]) -> list[Found]:
    """Longest and surest first; overlapping others of the same entity go."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (f.start - f.end) * f.confidence**3):
        if not any(
            k.entity == one.entity
            and (k.start < one.end and one.start < k.end)
            and (k.start, k.end) != (one.start, one.end)
            for k in kept
        ) and not any(k[:4] == one[:4] for k in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: (f.start, f.entity, f.value))


def _key(tokens: Iterable[Word]) -> tuple[str, ...]:
    """Folded words, "st" and "ste" written out."""
    saint = {"st": "saint", "ste": "sainte", "s": "sur"}
    return tuple(saint.get(w, w) for w in (fold(t.text) for t in tokens))


def _slips(length: int) -> int:
    return 0 if length < 5 else 1 if length < 8 else 2 if length < 13 else 3


def _capitals(tokens: list[Word]) -> int:
    return sum(t.text[:1].isupper() for t in tokens)


def _little(word: str) -> bool:
    return len(word) <= 2 or word in (
        "les",
        "des",
        "sur",
        "the",
        "una",
        "uma",
        "pour",
        "dans",
        "avec",
    )


def _risk(key: tuple[str, ...]) -> int:
    if " ".join(key) in _ordinary() or (len(key) == 1 and key[0] in _ordinary()):
        return 2
    if len(key) == 1:
        return int(_is_word(key[0]) or len(key[0]) < 5)
    return int(all(_is_word(w) for w in key) and not key[0].startswith("saint"))


def _is_word(word: str) -> bool:
    return word in _known_words()


@lru_cache(maxsize=1)
def _known_words() -> frozenset[str]:
    return frozenset(fold(word) for language in LATIN for word in words_of(language))


@lru_cache(maxsize=1)
def elsewhere() -> tuple[str, ...]:
    """Large towns outside the territories."""
    return listed("elsewhere.txt")


@lru_cache(maxsize=1)
def _ordinary() -> frozenset[str]:
    return frozenset(listed("ordinary_names.txt"))


@lru_cache(maxsize=1)
def _other_spellings() -> dict[str, str]:
    return table("names.tsv")


STANDS_FOR = {"commune": "Poitiers", "college": "Jules Verne", "elsewhere": "Lyon"}
"""The one name that every name of an entity is replaced with before the meaning is looked at."""


def with_standard_names(text: str, found: Iterable[tuple[str, int, int]]) -> str:
    """The text with each (entity, start, end) in it replaced by that entity's standard name.

    "un atelier à Loudun" and "un atelier à Civray" are then the same question, and "à Lille"
    is a different one, whichever towns the examples happened to name.
    """
    covered = 0
    out = []
    for entity, start, end in sorted(found, key=lambda f: (f[1], -f[2])):
        if start >= covered and entity in STANDS_FOR:
            out += [text[covered:start], STANDS_FOR[entity]]
            covered = end
    return "".join(out) + text[covered:]
