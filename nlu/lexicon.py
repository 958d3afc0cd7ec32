"""The words of one language: which exist, how common and how accented; what a misspelt one stands for."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from functools import cache, lru_cache
from typing import Iterable, Mapping

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract_iter

from nlu.lists import words_of
from nlu.text import fold

ELIDED = ("qu", "l", "d", "j", "m", "n", "s", "c", "t")
"""French words that lose their vowel before another."""
VOWEL = set("aeiouyh")
_COMMON = math.log(9_000)
"""Words rarer than this are not looked for by their sound."""
_REMEMBERED = 50_000
"""Misspelt words whose meaning is kept, a few MB at most."""
_AS_COMMON = math.log(4)
"""An unaccented form less than four times rarer than the accented is a word of its own (a, ou)."""


class Lexicon:
    """The words of one language: which exist, how common they are, how they are accented."""

    def __init__(
        self, language: str, domain: Mapping[str, int] = {}, names: Iterable[str] = ()
    ) -> None:
        self.language = language
        self.cost: dict[str, float] = {}
        """Folded word -> natural log of its rank; small is common, a domain word at most 3."""
        self.accented: dict[str, str] = {}
        """Folded word -> how it is written, unless the unaccented form is nearly as common."""
        self.domain = {fold(w) for w in domain}
        self._listed = _known(language)
        for rank, word in enumerate(words_of(language), start=2):
            self._add(word, math.log(rank))
        written: dict[str, tuple[float, str]] = {}
        for word, count in domain.items():
            key = fold(word)
            if word.lower() in self._listed or key not in self.cost:
                times = count if word == key else 1.2 * count
                written[key] = max((times, word), written.get(key, (0, "")))
            self._add(word, 3.0 - 0.4 * math.log(count))
        self.accented.update((key, word) for key, (_, word) in written.items())
        for word in names:
            self._add(word, 9.0)
        self._by_start: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in self.cost:
            if len(word) >= 3 and word.isalpha():
                self._by_start[word[0], len(word)].append(word)
        self._by_sound: dict[str, str] = {}
        if language == "fr":
            common = (w for w in self.cost if w.isalpha() and self.cost[w] < _COMMON)
            for word in sorted(common, key=self.preference):
                self._by_sound.setdefault(sound(word), word)
        # People misspell the same words: looking each up once is most of the time saved.
        self.nearest = lru_cache(maxsize=_REMEMBERED)(self._nearest)
        self.parts = lru_cache(maxsize=_REMEMBERED)(self._parts)

    def _add(self, word: str, cost: float) -> None:
        key = fold(word)
        if key not in self.cost or (
            word == key and word not in self.domain and cost < self.cost[key] + _AS_COMMON
        ):
            self.accented[key] = word
        self.cost[key] = min(cost, self.cost.get(key, math.inf))

    def preference(self, word: str) -> float:
        """Smaller is likelier meant."""
        return self.cost[word] - (4.0 if word in self.domain else 0.0)

    def _nearest(self, word: str) -> str | None:
        """The known word a misspelled folded one most likely stands for, or None.

        Same sound first (French), then one slip of the finger, two in words of eight letters or more.
        The first letter is right, or the one beside it is.
        """
        if len(word) < 4:
            return None
        best: tuple[float, str] | None = None
        same = self._by_sound.get(sound(word)) if self.language == "fr" else None
        if same is not None and abs(len(same) - len(word)) <= 3:
            best = (self.preference(same) + 0.7 + 0.6 * OSA.distance(word, same), same)
        slips = 1 if len(word) < 8 else 2
        for start in {word[0], word[1]}:
            for length in range(len(word) - slips, len(word) + slips + 1):
                for known, distance, _ in extract_iter(
                    word,
                    self._by_start.get((start, length), ()),
                    scorer=OSA.distance,
                    score_cutoff=slips,
                ):
                    score = self.preference(known) + 3.0 * distance + (start != word[0]) * 2.0
                    if best is None or score < best[0]:
                        best = (score, known)
        if best is None or best[0] > 12.0 + (len(word) >= 7):
            return None
        return best[1]

    def _parts(self, word: str) -> list[str] | None:
        """ "jarrivepas" -> ["j'", "arrive", "pas"]: the cheapest cut into known words, or None."""
        n = len(word)
        best: list[tuple[float, list[str]]] = [(0.0, [])] + [(math.inf, [])] * n
        for end in range(1, n + 1):
            for start in range(max(0, end - 14), end):
                piece = word[start:end]
                cost = self._piece_cost(piece, word[end : end + 1])
                if cost is not None and best[start][0] + cost < best[end][0]:
                    best[end] = (best[start][0] + cost, best[start][1] + [piece])
        cost, pieces = best[n]
        if not pieces or cost > 9.0 + 1.2 * n or len(pieces) < 2:
            return None
        return pieces

    def _piece_cost(self, piece: str, following: str) -> float | None:
        if piece in ELIDED and self.language == "fr":
            return 4.5 if following and following in VOWEL else None
        if len(piece) < 2 and piece not in ("a", "y"):
            return None
        cost = self.cost.get(piece)
        if cost is None or (len(piece) <= 3 and cost > 6.5):
            return None
        return cost + 2.0


def sound(word: str) -> str:
    """How a folded French word sounds, roughly: "connexion" and "konecsion" are alike."""
    for pattern, heard in _SOUNDS:
        word = pattern.sub(heard, word)
    return word


_SOUNDS = [
    (re.compile(p), h)
    for p, h in (
        (r"(.)\1+", r"\1"),
        (r"(?<![cps])h", ""),
        (r"(?<=e)nt$|[sdtpxz]$", ""),
        (r"ph", "f"),
        (r"sch|ch", "S"),
        (r"x", "ks"),
        (r"qu|q|ck|c(?=[aourlt])|c$", "k"),
        (r"cc(?=[ei])", "ks"),
        (r"c(?=[eiy])|ss|(?<=[aeiouy])t(?=ion)|sc(?=[eiy])", "s"),
        (r"c", "k"),
        (r"g(?=[eiy])", "j"),
        (r"gu(?=[eiy])", "g"),
        (r"(?<=[aeiouy])s(?=[aeiouy])", "z"),
        (r"eau|au", "o"),
        (r"oi|oua|oy", "W"),
        (r"ou", "U"),
        (r"[ae]in|[ai]m(?=[bp])|in(?![aeiouy])|ein|un(?![aeiouy])", "1"),
        (r"[ae][nm](?![aeiouynm])", "A"),
        (r"o[nm](?![aeiouynm])", "O"),
        (r"ai|ei|er$|ez$|et$|ee$|e$", "e"),
        (r"y", "i"),
        (r"eu|oe", "e"),
        (r"(.)\1+", r"\1"),
        (r"e$", ""),
    )
]


@cache
def _known(language: str) -> frozenset[str]:
    return frozenset(words_of(language))


@cache
def word_ranks(language: str) -> dict[str, float]:
    """Folded word -> natural log of its rank in the language; small is common."""
    ranks: dict[str, float] = {}
    for rank, word in enumerate(words_of(language), start=2):
        ranks.setdefault(fold(word), math.log(rank))
    return ranks
