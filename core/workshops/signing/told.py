"""What somebody answers a form in words: how many come, their names, a school, an address.

Only what is plain is read: for the rest the form asks again, or the model is asked what they meant.
"""

import re

from core.people.consent import plain

# Compared word by word with core.people.consent.plain.
ADULT_WORDS = {
    "moi", "je", "adulte", "adultes", "mari", "femme", "epoux", "epouse", "papa", "maman", "pere",
    "mere", "me", "i", "adult", "adults", "husband", "wife", "yo", "adulto", "adultos", "marido",
    "mujer", "esposa", "eu", "ben", "yetiskin", "esim", "kocam", "karim", "انا", "بالغ", "بالغين",
    "زوجي", "زوجتي",
}  # fmt: skip
CHILD_WORDS = {
    "enfant", "enfants", "fils", "fille", "filles", "garcon", "garcons", "bebe", "child",
    "children", "kid", "kids", "son", "daughter", "hijo", "hija", "hijos", "hijas", "nino", "nina",
    "ninos", "filho", "filha", "filhos", "filhas", "crianca", "criancas", "cocuk", "oglum", "kizim",
    "طفل", "اطفال", "ابني", "ابنتي", "بنتي", "ولدي",
}  # fmt: skip
# Words that stand beside them and change nothing.
BESIDE = {
    "et", "avec", "ma", "mon", "mes", "nous", "personne", "personnes", "sera", "serons", "and",
    "with", "my", "people", "person", "just", "only", "y", "con", "mi", "mis", "solo", "personas",
    "e", "com", "o", "a", "meu", "minha", "so", "pessoas", "ve", "ile", "kisi", "و", "مع", "فقط",
}  # fmt: skip
NUMBERS = {
    **{str(number): number for number in range(9)},
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "seul": 1, "seule": 1,
    "one": 1, "two": 2, "three": 3, "uno": 1, "una": 1, "dos": 2, "tres": 3,
    "um": 1, "uma": 1, "dois": 2, "duas": 2, "bir": 1, "iki": 2, "uc": 3,
}  # fmt: skip
BETWEEN = re.compile(r"\s*(?:[,;+&/\n]|\b(?:et|and|y|e|ve)\b|(?<=\s)و(?=\s|\w))\s*", re.IGNORECASE)
NAME = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){0,2}")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
LONGEST = 100
LONGEST_FIRST_NAME = 40


def counts(text: str) -> tuple[int, int] | None:
    """(adults, children) of "2 adultes et 1 enfant", "moi et ma fille", "3"; else None.

    Every word must be about who comes: "ma fille veut mourir" is no answer to a form.
    """
    words = [word for word in plain(text).split() if word not in BESIDE]
    if not all(word in NUMBERS or word in ADULT_WORDS or word in CHILD_WORDS for word in words):
        return None
    adults = children = 0
    number: int | None = None
    for word in words:
        if word in NUMBERS:
            number = NUMBERS[word]
        elif word in ADULT_WORDS:
            adults, number = adults + (1 if number is None else number), None
        else:
            children, number = children + (1 if number is None else number), None
    if number is not None and not adults and not children:
        adults = number
    return (adults, children) if adults + children else None


def names(text: str, most: int) -> tuple[str, ...] | None:
    """The names in "Fatima, Karim et Lina" or "fatima karim lina", at most *most*; else None."""
    parts = [part.strip() for part in BETWEEN.split(text) if part.strip()]
    if len(parts) == 1 and len(text.split()) <= most:
        parts = text.split()
    if not parts or len(parts) > most or not all(map(_is_first_name, parts)):
        return None
    return tuple(part[:1].upper() + part[1:] for part in parts)


def name(text: str) -> str | None:
    """A first name and a name, as one writes it; else None."""
    found = NAME.fullmatch(" ".join(text.split()))
    return found[0] if found and len(found[0]) <= LONGEST else None


def school(text: str) -> str | None:
    said = " ".join(text.split())
    return said if 2 <= len(said) <= LONGEST and not said.endswith("?") else None


def email(text: str) -> str | None:
    """The e-mail address in *text*, in small letters; else None."""
    found = EMAIL.search(text) if "@" in text else None
    return found[0].lower() if found and len(found[0]) <= LONGEST else None


def _is_first_name(text: str) -> bool:
    return len(text) <= LONGEST_FIRST_NAME and NAME.fullmatch(text) is not None
