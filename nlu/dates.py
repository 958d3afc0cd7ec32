"""Dates written in figures ("12/01") and days beside a month ("le 12 janvier", "5 de mayo").

Values are partial ISO dates: "MM-DD", or "YYYY-MM-DD" when the year is written. The day stands first,
as in all six languages here; an American "01/25" is none. No clock: a year that is not written is not
guessed, and 29 February is always possible.
"""

from __future__ import annotations

import re
from typing import Iterator, NamedTuple, Sequence

from nlu.text import Word, fold

_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_FIGURES = re.compile(
    r"(?<![\w/.,])(\d{1,2})\s?([/.-])\s?(\d{1,2})(?:\s?\2\s?(\d{4}|\d{2}))?(?![\w/]|[.,]\d)"
)
_ISO = re.compile(r"(?<![\w/.-])(\d{4})-(\d{1,2})-(\d{1,2})(?![\w/-])")
_BEFORE = re.compile(
    r"(?:\b(?:le|du|au|avant|jusqu au|on|from|until|el|del|al|dia|a|em|de|tarihi)|يوم|في)\s+$", re.I
)
_ALL_THE_TIME = {("7", "7"), ("24", "7"), ("24", "24")}
"""Hotlines: seven days of seven, all day."""
_DAY = re.compile(r"(\d{1,2})(?:er|st|nd|rd|th|o|a)?")
_ENGLISH = re.compile(r"\d{1,2}(?:st|nd|rd|th)", re.I)
_FIRST = {"premier", "primero", "primeiro", "first"}
_BETWEEN = {"de", "of", "the", "du", "do"}
"""Between the day and the month: "5 de mayo", "5th of May"."""
_JOINED = {"et", "ou", "au", "a", "and", "or", "to", "y", "o", "al", "e", "ve", "veya", "و", "الي"}
"""Between two days of one month: "12 et 13 janvier"."""
_YEAR = re.compile(r"20\d\d")


class Day(NamedTuple):
    """`start` and `end` are positions in the text."""

    value: str
    start: int
    end: int


def in_figures(text: str) -> Iterator[Day]:
    """Dates written with figures alone."""
    for match in _ISO.finditer(text):
        value = partial(int(match[3]), int(match[2]), match[1])
        if value:
            yield Day(value, match.start(), match.end())
    for match in _FIGURES.finditer(text):
        day, mark, month, year = match.groups()
        plain = len(day) == 2 and len(month) == 2 and mark != "."
        told = bool(_BEFORE.search(text[: match.start()])) and mark == "/"
        alone = match[0] == text.strip()
        around = (
            text[max(match.start() - 1, 0) : match.start()] + text[match.end() : match.end() + 1]
        )
        if mark == "-" and "-" in around:
            continue
        if (day, month) in _ALL_THE_TIME and not year:
            continue
        if year or told or (mark == "/" and (alone or plain or _zero(day, month))):
            value = partial(int(day), int(month), _full(year))
            if value:
                yield Day(value, match.start(), match.end())


def beside(tokens: Sequence[Word], start: int, end: int, month: int, language: str) -> list[Day]:
    """The days written beside a month that stands in tokens[start:end]; the last one reaches to it."""
    year = tokens[end].text if end < len(tokens) and _YEAR.fullmatch(tokens[end].text) else ""
    last = end + bool(year)
    found = []
    at = start - 1
    if at > 0 and fold(tokens[at].text) in _BETWEEN:
        at -= 1
        at -= at > 0 and fold(tokens[at].text) in _BETWEEN
    reach = tokens[last - 1].end
    while at >= 0 and (day := _day(tokens[at])):
        value = partial(day, month, year)
        if value is None:
            break
        found.append(Day(value, tokens[at].start, reach))
        reach = tokens[at].end
        at -= 1
        if at > 0 and _day(tokens[at]) is None and fold(tokens[at].text) in _JOINED:
            at -= 1
    after = tokens[end] if end < len(tokens) else None
    english = after and (language == "en" or _ENGLISH.fullmatch(after.text))
    if not found and after and english and (day := _day(after)):
        year = tokens[end + 1].text if end + 1 < len(tokens) else ""
        year = year if _YEAR.fullmatch(year) else ""
        value = partial(day, month, year)
        if value:
            last = end + 1 + bool(year)
            found.append(Day(value, tokens[start].start, tokens[last - 1].end))
    return found[::-1]


def is_year(key: Sequence[str]) -> bool:
    """Whether these folded words are one, a year of this century."""
    return len(key) == 1 and bool(_YEAR.fullmatch(key[0]))


def partial(day: int, month: int, year: str = "") -> str | None:
    """ "12-05" or "2026-12-05"; None for a day that no calendar has."""
    if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1]):
        return None
    if year and (month, day) == (2, 29) and int(year) % 4:
        return None
    return f"{int(year)}-{month:02}-{day:02}" if year else f"{month:02}-{day:02}"


def _day(token: Word) -> int | None:
    word = fold(token.text)
    if word in _FIRST:
        return 1
    match = _DAY.fullmatch(word)
    return int(match[1]) if match and 1 <= int(match[1]) <= 31 else None


def _zero(day: str, month: str) -> bool:
    """Two figures on one side: "12/1", "5/01"; "3/4" may be a fraction."""
    return int(day) > 12 or day[0] == "0" or month[0] == "0"


def _full(year: str | None) -> str:
    return "" if not year else year if len(year) == 4 else f"20{year}"
