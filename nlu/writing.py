"""Reads phone writing: "slt g oublié le mdp" becomes "salut j'ai oublié le mot de passe".

Sentence encoders know ordinary spelling and accents, people on phones leave both out. A message is
rewritten only for the classifier; what was written is kept for everything else.

Each Latin language has its list of words by frequency (nlu/data/words_xx.txt) and of short forms
(nlu/data/phone_xx.tsv). The language is the one whose words are there, French when unsure, so that
Spanish or English words are never "corrected" into French. Words of the training examples (the
domain) are known words and win over ordinary ones.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from functools import cache, lru_cache
from pathlib import Path
from typing import Iterable, Mapping, NamedTuple

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract_iter

from nlu.text import clean, fold, is_arabic, words

DATA = Path(__file__).parent / "data"
LATIN = ("fr", "en", "es", "pt", "tr")
_PIECE = re.compile(r"[^\W_]+|[^\w\s]+|_+", re.UNICODE)
_COMMON = math.log(9_000)
"""Words rarer than this are not looked for by their sound."""
_OFTEN = 4
"""A word no list knows (Pronote, ENEJ) is the domain's own when the examples have it this often."""
_ELIDED = ("qu", "l", "d", "j", "m", "n", "s", "c", "t")
_VOWEL = set("aeiouyh")
_LONGEST_PHRASE = 4
_REMEMBERED = 50_000
"""Misspelt words whose meaning is kept, a few MB at most."""
_AS_COMMON = math.log(4)
"""An unaccented form less than four times rarer than the accented is a word of its own (a, ou)."""


class Reading(NamedTuple):
    """What was meant, and in which language it was taken to be."""

    text: str
    language: str


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
        self._listed = _listed(language)
        for rank, word in enumerate(_lines(f"words_{language}.txt"), start=2):
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
        if piece in _ELIDED and self.language == "fr":
            return 4.5 if following and following in _VOWEL else None
        if len(piece) < 2 and piece not in ("a", "y"):
            return None
        cost = self.cost.get(piece)
        if cost is None or (len(piece) <= 3 and cost > 6.5):
            return None
        return cost + 2.0


class Writing:
    """Rewrites messages; made once from the training examples."""

    def __init__(self, examples: Iterable[str] = (), names: Iterable[str] = ()) -> None:
        """`names` are proper names (communes, collèges) that must not be corrected away."""
        self._names = {w for name in names for w in (x.text for x in words(name)) if len(w) > 3}
        self._ranks = {language: word_ranks(language) for language in LATIN}
        self.short = {language: table(f"phone_{language}.tsv") for language in LATIN}
        domain: dict[str, Counter[str]] = {language: Counter() for language in LATIN}
        examples = list(examples)
        self._often = Counter(fold(w.text) for example in examples for w in words(example))
        for example in examples:
            language = self.language(example)
            if language in domain:
                domain[language].update(self._domain_words(example, language))
        self.domain = {language: dict(counts) for language, counts in domain.items()}
        self._build()

    @classmethod
    def from_domain(cls, domain: dict[str, dict[str, int]], names: Iterable[str]) -> Writing:
        """Made again from what `domain` and the names were when it was trained."""
        self = cls((), names)
        self.domain = domain
        self._build()
        return self

    def _build(self) -> None:
        self._lexicons = {
            language: Lexicon(language, self.domain[language], self.names) for language in LATIN
        }
        self.read = lru_cache(maxsize=4096)(self._read)  # type: ignore[method-assign]

    @property
    def names(self) -> list[str]:
        """The proper names, for saving."""
        return sorted(self._names)

    def _domain_words(self, example: str, language: str) -> list[str]:
        """Words of an example that are ordinary writing: known, or not a short form nor a typo."""
        ranks, short = self._ranks[language], self.short[language]
        found = []
        for word in words(clean(example)):
            folded = fold(word.text)
            if folded in short or not word.text.isalpha() or len(word.text) < 3:
                continue
            if folded in ranks and ranks[folded] < math.log(25_000):
                found.append(word.text.lower())
            elif self._often[folded] >= _OFTEN:
                found.append(
                    word.text if word.text[1:] != word.text[1:].lower() else word.text.lower()
                )
        return found

    def language(self, text: str) -> str:
        """Whose words these are (language_of)."""
        return language_of(text)

    def read(self, text: str) -> Reading:
        """What the writer meant (cached). Languages without a lexicon are only cleaned."""
        return self._read(text)

    def _read(self, text: str) -> Reading:
        text = clean(text)
        language = self.language(text)
        if language == "ar":
            return Reading(text, language)
        pieces = _PIECE.findall(text)
        if sum(p.isupper() for p in pieces) > len(pieces) / 2:
            pieces = [p.lower() for p in pieces]
        written = self._expand(pieces, language)
        return Reading(_join(written), language)

    def _expand(self, pieces: list[str], language: str) -> list[str]:
        short = self.short[language]
        lowered = [p.lower() for p in pieces]
        folded = [fold(p) for p in pieces]
        out: list[str] = []
        i = 0
        while i < len(pieces):
            if language == "fr" and self._elision_here(folded, i):
                out.append(f"{lowered[i]}'")
                i += 1
                continue
            for size in range(min(_LONGEST_PHRASE, len(pieces) - i), 0, -1):
                phrase = " ".join(folded[i : i + size])
                meant = short.get(" ".join(lowered[i : i + size])) or short.get(phrase)
                if meant is not None and (
                    size > 1 or self._short_here(phrase, folded, i, language)
                ):
                    out.append(meant)
                    i += size
                    break
            else:
                out.append(self._word(pieces[i], folded, i, language))
                i += 1
        return out

    def _elision_here(self, folded: list[str], i: int) -> bool:
        """ "j habite", "d aide", "l ent": a lone letter before a vowel is an elision."""
        if folded[i] not in _ELIDED or i + 1 == len(folded) or len(folded[i + 1]) < 3:
            return False
        known = folded[i + 1] in self._lexicons["fr"].cost
        return (
            folded[i + 1][0] in _VOWEL and known and (folded[i] != "c" or folded[i + 1][0] == "e")
        )

    def _short_here(self, word: str, folded: list[str], i: int, language: str) -> bool:
        """Single letters before an apostrophe are elisions, not short forms ("l'ent", "c'est")."""
        following = folded[i + 1] if i + 1 < len(folded) else ""
        if len(word) <= 2 and following.startswith("'"):
            return False
        if i and folded[i - 1] in ("'", "-") and len(word) <= 2:
            return False
        return True

    def _word(self, piece: str, folded: list[str], i: int, language: str) -> str:
        word = folded[i]
        lexicon = self._lexicons[language]
        if not word.isalpha():
            return self._with_digits(piece, word, lexicon)
        if word in lexicon.cost:
            return self._accent(piece, word, lexicon)
        calm = re.sub(r"(.)\1{2,}", r"\1", word)
        if calm != word:
            calm = calm if calm in lexicon.cost else re.sub(r"(.)\1{2,}", r"\1\1", word)
            if calm in self.short[language]:
                return self.short[language][calm]
            if calm in lexicon.cost:
                return lexicon.accented[calm]
            word = calm
        if language == "fr" and word[0] == "j" and len(word) > 3 and word[1] not in _VOWEL:
            said = self.short[language].get(word[1:])
            return f"je {said or self._word(piece[1:], [*folded[:i], word[1:], *folded[i + 1 :]], i, language)}"
        nearest = lexicon.nearest(word)
        if language == "fr":
            elided = self._elided(word, lexicon, nearest)
            if elided:
                return elided
        if nearest is not None and (nearest in lexicon.domain or language == "fr"):
            return lexicon.accented[nearest]
        if len(word) >= 6 and language == "fr":
            parts = lexicon.parts(word)
            if parts:
                return _join(
                    [f"{p}'" if p in _ELIDED else lexicon.accented.get(p, p) for p in parts]
                )
        return piece

    @staticmethod
    def _elided(word: str, lexicon: Lexicon, nearest: str | None) -> str | None:
        """ "lecole" -> "l'école", unless a known word is nearer."""
        for start in _ELIDED:
            rest = word[len(start) :]
            if not word.startswith(start) or len(rest) < 3 or rest[0] not in _VOWEL:
                continue
            if start == "c" and rest[0] != "e":
                continue
            if rest in lexicon.cost and (rest in lexicon.domain or lexicon.cost[rest] < 8):
                if nearest and lexicon.preference(nearest) + 3 < lexicon.preference(rest) + 1:
                    continue
                return f"{start}'{lexicon.accented[rest]}"
        return None

    @staticmethod
    def _with_digits(piece: str, word: str, lexicon: Lexicon) -> str:
        """ "m1scrire", "2main", "k1": digits that stand for their French sound."""
        glued = re.fullmatch(r"(\d+)([^\W\d]{2,})", piece)
        if glued and fold(glued[2]) in lexicon.cost:
            return f"{glued[1]} {glued[2]}"
        if lexicon.language == "fr" and not word.isdigit() and word.isalnum():
            for one in ("un", "in", "ain", "ien"):
                spelled = word.replace("1", one).replace("2", "de").replace("7", "cet")
                for start in ("", *_ELIDED):
                    rest = spelled[len(start) :]
                    if (
                        spelled.startswith(start)
                        and lexicon.cost.get(rest, 99.0) < 9
                        and len(rest) > 3
                    ):
                        return (
                            f"{start}'{lexicon.accented[rest]}" if start else lexicon.accented[rest]
                        )
        return piece

    @staticmethod
    def _accent(piece: str, word: str, lexicon: Lexicon) -> str:
        if piece.lower() != word or not piece.isascii():
            return piece
        accented = lexicon.accented[word]
        if accented == word or accented == piece:
            return piece
        return accented.capitalize() if piece[:1].isupper() and accented.islower() else accented


def language_of(text: str) -> str:
    """Whose words these are: "ar", or one of LATIN; "fr" when no other is clearly nearer."""
    if is_arabic(text):
        return "ar"
    known = [fold(w.text) for w in words(text) if not w.text.isdigit()]
    if not known:
        return "fr"
    scores = {}
    for language in LATIN:
        ranks, short = word_ranks(language), table(f"phone_{language}.tsv")
        scores[language] = sum(
            min(ranks.get(w, 13.0), 5.5 if w in short else 13.0) for w in known
        ) / len(known)
    scores["fr"] -= 0.8
    return min(scores, key=lambda language: scores[language])


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


def _join(pieces: list[str]) -> str:
    text = " ".join(pieces)
    text = re.sub(r" ?' ?", "'", text)
    text = re.sub(r"(?<=\w) ?- ?(?=\w)", "-", text)
    return re.sub(r" ([.,;:!?)])", r"\1", text).strip()


@cache
def _lines(name: str) -> tuple[str, ...]:
    return tuple((DATA / name).read_text(encoding="utf-8").split("\n")[:-1])


@cache
def _listed(language: str) -> frozenset[str]:
    return frozenset(_lines(f"words_{language}.txt"))


@cache
def word_ranks(language: str) -> dict[str, float]:
    """Folded word -> natural log of its rank in the language; small is common."""
    ranks: dict[str, float] = {}
    for rank, word in enumerate(_lines(f"words_{language}.txt"), start=2):
        ranks.setdefault(fold(word), math.log(rank))
    return ranks


@cache
def table(name: str) -> dict[str, str]:
    rows = (line.split("\t") for line in _lines(name) if line and not line.startswith("#"))
    return {" ".join(written.split()): meant for written, meant in rows}
