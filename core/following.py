"""What a message goes on with, and what it asks besides: rules on its words alone."""

import re

from core.people.consent import plain

LEAN_WORDS = 7
SURE = 0.9  # from this confidence on, a message means what it says alone
PART_WORDS = 3
PARTS = 3
# "et à Brest ?", "and for my son?": the message goes on with what was said before.
CONNECTIVES = {
    "et", "mais", "and", "but", "y", "pero", "e", "mas", "ve", "peki", "ya", "و", "او", "ولكن",
    "sinon", "also", "tambien", "tambem",
}  # fmt: skip
ARABIC_AND = re.compile(r"^و(?:في|ب|ل|ال|عن|من|ماذا|كيف|هل)")  # written in one with the next word
QUESTION_END = re.compile(r"(?<=[?؟])\s*(?=\S)")


def leans(text: str) -> bool:
    """Whether *text* is short enough to mean nothing without what was said before it."""
    return len(plain(text).split()) <= LEAN_WORDS


def goes_on(text: str) -> bool:
    """Whether *text* begins by going on with something: "et", "and", "و"."""
    words = plain(text).split()
    return bool(words) and (words[0] in CONNECTIVES or bool(ARABIC_AND.match(words[0])))


def questions_in(text: str) -> list[str]:
    """The questions that *text* asks one after the other; nothing when it asks but one."""
    parts = [part.strip() for part in QUESTION_END.split(text)]
    asked = [part for part in parts if len(plain(part).split()) >= PART_WORDS]
    return asked[:PARTS] if len(asked) > 1 else []
