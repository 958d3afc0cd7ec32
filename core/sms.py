"""SMS: spelled for the cheap alphabet when the language allows, and counted.

GSM-7 takes 160 characters (153 a part); one character outside it makes the whole message
UCS-2: 70 (67 a part), twice the price. ``é è à ù ç`` ... only some are inside: Ç É à è é ù
are, ``ç ê ë œ ’`` are not (3GPP TS 23.038).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import smsutil
from smsutil import codecs

# More parts than that in one message are refused by gateways.
MOST_SEGMENTS = 10
TYPOGRAPHY = str.maketrans(
    {
        "’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"', "…": "...",
        "–": "-", "—": "-", "‑": "-", "•": "-", "·": "-", "→": "->", "œ": "oe", "Œ": "OE",
        "\u00a0": " ", "\u202f": " ", "\u2009": " ", "²": "2", "³": "3", "°": "o", "№": "No",
        "ı": "i", "ğ": "g", "Ğ": "G", "ş": "s", "Ş": "S", "İ": "I",
    }
)  # fmt: skip

# Emoji and other symbols, variation selectors, directional marks: nothing is lost without them.
DECORATION = ("So", "Sk", "Mn", "Cf")


@dataclass(frozen=True)
class Size:
    """*segments* is what the operator bills; *unicode* says that UCS-2 is needed."""

    segments: int
    unicode: bool


def spell(text: str) -> str:
    """*text* in GSM-7 where that loses only typography; unchanged where it would lose words.

    Arabic stays as it is: it costs UCS-2, and must be readable.
    """
    tight = (
        text.replace("«\u00a0", "«").replace("« ", "«").replace("\u00a0»", "»").replace(" »", "»")
    )
    plain = "".join(_fit(char) for char in tight.translate(TYPOGRAPHY)).strip()
    return plain if codecs.is_valid_gsm(plain) else text


@lru_cache(maxsize=4096)  # asking smsutil about a character takes 0.1 ms, an SMS has 300
def _fit(char: str) -> str:
    if codecs.is_valid_gsm(char):
        return char
    if unicodedata.category(char) in DECORATION:
        return ""
    base = unicodedata.normalize("NFD", char)
    stripped = "".join(part for part in base if not unicodedata.combining(part))
    return stripped if stripped and codecs.is_valid_gsm(stripped) else char


def size(text: str) -> Size:
    """How *text* travels, as the operator counts it."""
    parts = smsutil.split(text)
    return Size(len(parts.parts), not codecs.is_valid_gsm(text))


def numbered(text: str, labels: Sequence[str]) -> str:
    """*text*, then each label with the digit that picks it, spelled for SMS."""
    lines = [f"{number} {label}" for number, label in enumerate(labels, start=1)]
    return spell("\n".join([text, *lines]))
