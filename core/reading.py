"""What a message is, before anybody interprets it: clean text, a command, a digit."""

import re
import unicodedata

from core.consent import plain

MOST_CHARACTERS = 1000
WORDS_FOR = {
    "menu": {"menu", "sommaire", "sujets", "القائمة"},
    "aide": {"aide", "help", "ayuda", "ajuda", "yardim", "مساعدة"},
    "langue": {"langue", "langues", "language", "idioma", "lingua", "dil", "اللغة", "لغة"},
}
DIGIT = re.compile(r"(?:(?:le|la|n|no|numero|choix|option|reponse)\s*)?(\d{1,2})")


def clean(text: str) -> str:
    """*text* without control and directional characters, in one line of single spaces."""
    kept = (
        char if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn") or char == "\u200d"
        else " " if char in "\n\r\t" else ""
        for char in unicodedata.normalize("NFC", text)
    )  # fmt: skip
    return " ".join("".join(kept).split()).strip("\u200d ")


def command(text: str) -> tuple[str, str] | None:
    """``/name@bot payload`` as (name, payload), or a word that stands for a command."""
    if text.startswith("/"):
        head, _, payload = text[1:].partition(" ")
        return head.partition("@")[0].casefold(), payload.strip()
    words = plain(text)
    return next(((name, "") for name, known in WORDS_FOR.items() if words in known), None)


def digit(text: str) -> int | None:
    """The number when the message is nothing else: ``2``, ``le 2``, ``n° 2``, ``٢``."""
    match = DIGIT.fullmatch(plain(unicodedata.normalize("NFKC", text).replace("°", " ")))
    return int(match[1]) if match else None
