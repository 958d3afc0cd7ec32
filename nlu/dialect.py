"""Reads spoken Arabic, in Arabic or Latin letters ("bghit nbeddel l mot de passe"), as written Arabic.

Sentence encoders know Modern Standard Arabic; people write as they speak, in the Arabic of Rabat,
Damascus or Cairo. The words that differ are replaced, one by one, by those of two tables
(nlu/data/spoken_ar.tsv and arabizi.tsv: written<TAB>meant); French words among them stay.
"""

from __future__ import annotations

import re
from functools import cache

from nlu.lists import LATIN, listed, words_of
from nlu.text import fold, is_arabic, words

_LONGEST_PHRASE = 4
_PIECE = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[^\w\s]+")
_ATTACHED = ("و", "ف", "ب", "ل", "د")
"""Little words written together with the next: and, in, by, to, of."""
_ENOUGH = 0.2
"""Share of the words of a message that arabizi alone has, for it to be arabizi."""


def standard(text: str) -> str:
    """The clean `text` in written Arabic, as far as the tables know its words."""
    meanings = spoken() if is_arabic(text) else arabizi()
    pieces = _PIECE.findall(text)
    folded = [_key(piece) for piece in pieces]
    out: list[str] = []
    at = 0
    while at < len(pieces):
        for size in range(min(_LONGEST_PHRASE, len(pieces) - at), 0, -1):
            meant = meanings.get(" ".join(folded[at : at + size]))
            if meant is not None:
                out.append(meant)
                at += size
                break
        else:
            out.append(_attached(pieces[at], folded[at], meanings))
            at += 1
    return re.sub(r"\s+([؟?!.,،:;])", r"\1", " ".join(out))


def in_latin_letters(text: str) -> bool:
    """Whether `text`, which has no Arabic letters, is Arabic nevertheless."""
    said = [_key(word.text) for word in words(text)]
    known = sum(word in _telling() for word in said)
    return known > 0 and known >= _ENOUGH * len(said)


def _attached(piece: str, folded: str, meanings: dict[str, str]) -> str:
    """ "وباش" -> "و لكي": the little word before a spoken one is parted from it."""
    for little in _ATTACHED:
        meant = meanings.get(folded.removeprefix(little))
        if meant is not None and folded.startswith(little) and len(folded) > 4:
            return f"{little} {meant}"
    return piece


@cache
def spoken() -> dict[str, str]:
    """Folded words and phrases in Arabic letters -> what is written."""
    return _table("spoken_ar.tsv")


@cache
def arabizi() -> dict[str, str]:
    """The same in Latin letters and digits."""
    return _table("arabizi.tsv")


@cache
def _telling() -> frozenset[str]:
    """Single words that no other language here has: they show a message to be Arabic."""
    others = {_key(word) for language in LATIN for word in words_of(language)}
    return frozenset(said for said in arabizi() if " " not in said and len(said) > 1) - others


def _table(name: str) -> dict[str, str]:
    rows = (line.split("\t") for line in listed(name))
    return {" ".join(_key(word) for word in said.split()): meant for said, meant in rows}


def _key(word: str) -> str:
    """Folded, with letters drawn out made one, in Latin also doubled ones: "bezzaf" is "bezaf"."""
    drawn = r"(.)\1+" if word.isascii() else r"(.)\1{2,}"
    return re.sub(drawn, r"\1", fold(word))
