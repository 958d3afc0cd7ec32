"""Small things every component needs: folding, words with their places, safe cleaning."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

WORD = re.compile(r"[^\W_]+", re.UNICODE)
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_QUOTES = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
        "…": " ",
        "œ": "oe",
        "Œ": "Oe",
        "\u00a0": " ",
        "\u202f": " ",
    }
)
_LETTERS = str.maketrans(
    {
        "ı": "i",
        "œ": "oe",
        "æ": "ae",
        "أ": "ا",
        "إ": "ا",
        "آ": "ا",
        "ى": "ي",
        "ة": "ه",
        "ـ": None,
        "ؤ": "و",
        "ئ": "ي",
    }
)
_MARKS = re.compile(r"[\u0300-\u036f\u064b-\u065f\u0670\u06d6-\u06ed]+")
LONGEST = 600
"""Characters of a message that are read; an SMS question is far shorter."""


class Word(NamedTuple):
    """A run of letters and digits, and where it stands in the text."""

    text: str
    start: int
    end: int


def clean(text: str) -> str:
    """One line, plain quotes, no control or direction marks, at most LONGEST characters."""
    text = unicodedata.normalize("NFC", text[: 4 * LONGEST]).translate(_QUOTES)
    if not text.isprintable() or not text.isascii():
        text = "".join(" " if unicodedata.category(c) in _NOISE else c for c in text)
    return " ".join(text.split())[:LONGEST]


_NOISE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "So", "Sk"}


def fold(text: str) -> str:
    """Lower case, no accents, no vowel marks: "Où ÉduConnect ?" and "ou educonnect ?" meet.

    The Turkish dotless ı folds to i, and the letters of Arabic that people exchange are made one.
    """
    text = text.lower()
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return _MARKS.sub("", decomposed)


def words(text: str) -> list[Word]:
    """The words of a text with their places; apostrophes and hyphens part words."""
    return [Word(m.group(), m.start(), m.end()) for m in WORD.finditer(text)]


def is_arabic(text: str) -> bool:
    """Whether it is Arabic in its own letters, be there as many French names in it."""
    letters = [c for c in text if c.isalpha()]
    return sum(bool(_ARABIC.match(c)) for c in letters) * 4 > len(letters)
