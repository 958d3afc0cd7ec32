"""What somebody answers a reminder in words: "oui je viens avec ma fille", "je peux pas venir".

Only what is plain is read: every word must be a known one (answer_words), so that a question, or
anything about something else, goes to the model. A seat is given back for no doubtful word.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from core.people.consent import POLITE, plain
from core.workshops.reminding.answer_words import (
    A_NO,
    ANOTHER,
    BESIDE,
    CAN,
    CANNOT,
    COMES,
    COMES_AFTER_ALL,
    DENIES,
    NO_LONGER,
    NO_TROUBLE,
    SELF,
    SHORTENED,
    YES,
)
from core.workshops.signing import told

KNOWN = COMES | DENIES | CANNOT | CAN | BESIDE | told.ADULT_WORDS | told.CHILD_WORDS


class Verb(StrEnum):
    """What is meant, as the choices under a reminder do it."""

    COME = "come"
    RELEASE = "release"
    ANOTHER = "another"


@dataclass(frozen=True)
class Heard:
    """*people* is how many come, as far as it was said. *bare*: nothing but a yes or a no."""

    verb: Verb
    people: int | None = None
    bare: bool = False


def heard(text: str, names: Collection[str] = ()) -> Heard | None:
    """What *text* answers; None when it may be about something else.

    *names* are words that name a session, and say nothing else here.
    """
    if asks(text):
        return None
    words = [word for word in plain(text).split() if word not in POLITE]
    said = " ".join(word for word in words if word not in names)
    if said in ANOTHER:
        return Heard(Verb.ANOTHER)
    clear = SHORTENED.sub("cannot", NO_TROUBLE.sub(" ", said))
    left = clear.split()
    if not left or not all(map(_is_known, left)):
        return Heard(Verb.COME) if not left and clear != said else None
    denied = any(word in DENIES or word in CANNOT for word in left)
    comes = any(word in COMES for word in left)
    if denied:
        doubt = _may_mean_else(clear, left)
        return None if doubt else Heard(Verb.RELEASE, bare=len(left) == 1)
    if not comes:
        return None
    return Heard(Verb.COME, _people(left), bare=len(left) == 1)


def asks(text: str) -> bool:
    """Whether it is a question: then it answers nothing."""
    return "?" in text or "؟" in text


def _may_mean_else(said: str, words: Collection[str]) -> bool:
    """Whether a denial may be of something else than that they come: then nothing is given back."""
    denials = {word for word in words if word in DENIES or word in CANNOT}
    others = told.CHILD_WORDS | told.ADULT_WORDS - SELF
    return (
        any(word in YES or word in others or word in told.NUMBERS for word in words)
        or ("plus" in denials and not NO_LONGER.search(said))
        or (denials <= A_NO and any(word in COMES_AFTER_ALL for word in words))
    )


def _is_known(word: str) -> bool:
    return word in KNOWN or word in told.BESIDE or word in told.NUMBERS


def _people(words: Collection[str]) -> int | None:
    """How many come: "avec ma fille" is two, "on sera trois" three."""
    counted = [
        word
        for word in words
        if word in told.NUMBERS or word in told.CHILD_WORDS or word in told.ADULT_WORDS - SELF
    ]
    if not counted:
        return None
    if all(word in told.NUMBERS for word in counted):
        return told.NUMBERS[counted[-1]] or None
    adults, children = told.counts(" ".join(counted)) or (0, 0)
    with_them = any(word in told.BESIDE | SELF for word in words)
    return adults + children + (1 if with_them else 0)
