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
from collections import Counter
from functools import lru_cache
from typing import Iterable, NamedTuple

from nlu import dialect
from nlu.lexicon import ELIDED, VOWEL, Lexicon, word_ranks
from nlu.lists import LATIN, table
from nlu.text import clean, fold, is_arabic, words

_PIECE = re.compile(r"[^\W_]+|[^\w\s]+|_+", re.UNICODE)
_OFTEN = 4
"""A word no list knows (Pronote, ENEJ) is the domain's own when the examples have it this often."""
_LONGEST_PHRASE = 4


class Reading(NamedTuple):
    """What was meant, and in which language it was taken to be."""

    text: str
    language: str


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
            return Reading(dialect.standard(text), language)
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
        if folded[i] not in ELIDED or i + 1 == len(folded) or len(folded[i + 1]) < 3:
            return False
        known = folded[i + 1] in self._lexicons["fr"].cost
        return folded[i + 1][0] in VOWEL and known and (folded[i] != "c" or folded[i + 1][0] == "e")

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
        if language == "fr" and word[0] == "j" and len(word) > 3 and word[1] not in VOWEL:
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
                    [f"{p}'" if p in ELIDED else lexicon.accented.get(p, p) for p in parts]
                )
        return piece

    @staticmethod
    def _elided(word: str, lexicon: Lexicon, nearest: str | None) -> str | None:
        """ "lecole" -> "l'école", unless a known word is nearer."""
        for start in ELIDED:
            rest = word[len(start) :]
            if not word.startswith(start) or len(rest) < 3 or rest[0] not in VOWEL:
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
                for start in ("", *ELIDED):
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
    if is_arabic(text) or dialect.in_latin_letters(text):
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


def _join(pieces: list[str]) -> str:
    text = " ".join(pieces)
    text = re.sub(r" ?' ?", "'", text)
    text = re.sub(r"(?<=\w) ?- ?(?=\w)", "-", text)
    return re.sub(r" ([.,;:!?)])", r"\1", text).strip()
