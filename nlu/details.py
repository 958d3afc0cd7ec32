"""Finds what a search for workshops and trainings needs in a message: level, dates, theme.

| entity | value |
|---|---|
| `level` | "maternelle", "ps", "ms", "gs", "cp" to "cm2", "6e" to "3e", "2de", "1re", "tle", "ulis", "segpa", "upe2a", "cycle1" to "cycle4" |
| `month` | "1" to "12" |
| `day` | "12-05" for 5 December, "2026-12-05" when the year is written |
| `weekday` | "mon" to "sun" |
| `time_of_day` | "morning", "afternoon", "evening" |
| `when` | "today", "tomorrow", "day_after_tomorrow", "this_week", "next_week", "weekend", "this_weekend", "next_weekend", "this_month", "next_month", "school_holidays" and "autumn_", "christmas_", "winter_", "spring_", "summer_holidays", "school_start" |
| `theme` | as in nlu/data/themes.tsv: "ent", "robotique", "ecrans"... |

A part of a date does not appear again: "5 décembre" is a day and no month; "ce soir" is both `when`
and `time_of_day`. Words of time stay words: what "tomorrow" is depends on a clock, and there is none.

Limits: no hours ("14h"), no day without a month ("le 12"), no span ("du 3 au 7 mai" is two days),
no "not" ("pas le lundi" finds mon), no past; "lundi prochain" is a Monday. Levels spelled out need
a sign, as "la sixième" may be the sixth of anything. Arabic in Latin letters: a few words.
"""

from __future__ import annotations

import re
from typing import Collection, Iterator, NamedTuple

from nlu.dates import beside, in_figures, is_year
from nlu.forms import FIGURES, LONGEST, NOTHING, SIGN, Form, Forms, Key, is_word
from nlu.gazetteer import ARTICLES, Found
from nlu.lists import listed
from nlu.text import LONGEST as LONGEST_TEXT
from nlu.text import Word, fold, is_arabic, words
from nlu.writing import language_of

ENTITIES = ("level", "month", "day", "weekday", "when", "time_of_day", "theme")
_DEGREE = re.compile(r"(?<=\b[3-6])°")
_GLUED = re.compile(r"(\d{1,2})([^\W\d]{3,})")
_LINKS = {"et", "ou", "and", "or", "y", "o", "e", "ve", "veya", "a", "au", "to", "و", "او"}
_LONGEST_MISSPELT = 4
"""Words."""
_SKIPPED = ARTICLES | {
    *("un", "une", "des", "du", "de", "d", "the", "a", "el", "los", "las", "os", "as", "um")
}
_ARABIC_IN = frozenset({"في"})


class _Here(NamedTuple):
    """A form, and the tokens it stands in."""

    form: Form
    start: int
    end: int
    confidence: float


class Details:
    """Made once; reads only the files of nlu/data."""

    def __init__(self) -> None:
        self._forms = Forms()
        self._signs: dict[tuple[str, str, str], frozenset[str]] = {}
        for line in listed("signs.tsv"):
            language, entity, where, written = line.split("\t")
            self._signs[language, entity, where] = frozenset(
                fold(word.strip()) for word in written.split(",")
            )

    def find(self, text: str) -> list[Found]:
        """The details in the text, in order; two share words only when one phrase says both."""
        text = _DEGREE.sub("e", text[:LONGEST_TEXT])
        days = list(in_figures(text))
        tokens = [
            token
            for token in self._tokens(text)
            if not any(day.start < token.end and token.start < day.end for day in days)
        ]
        message = _Message(tokens, language_of(text))
        found = [Found("day", day.value, day.start, day.end, 1.0) for day in days]
        for one in self._here(message):
            entity, value = one.form.entity, one.form.value
            dates = (
                beside(tokens, one.start, one.end, int(value), message.language)
                if entity == "month"
                else []
            )
            found += [Found("day", d.value, d.start, d.end, one.confidence) for d in dates]
            if not dates and entity != NOTHING:
                start, end = tokens[one.start].start, tokens[one.end - 1].end
                found.append(Found(entity, value, start, end, one.confidence))
        return sorted(found, key=lambda f: (f.start, f.end, f.entity))

    def _tokens(self, text: str) -> list[Word]:
        """The words, "12janvier" as two."""
        tokens = []
        for token in words(text):
            glued = _GLUED.fullmatch(token.text)
            if glued and any(
                f.entity == "month" for f in self._forms.exact((fold(glued[2]),), "fr")
            ):
                middle = token.start + len(glued[1])
                tokens.append(Word(glued[1], token.start, middle))
                token = Word(glued[2], middle, token.end)
            tokens.append(token)
        return tokens

    def _here(self, message: _Message) -> list[_Here]:
        """Sure forms first, longest first; then those beside them; misspelt ones in what is left."""
        sure, unsure = [], []
        for start, end in message.windows():
            for form in self._forms.exact(message.key[start:end], message.languages[start]):
                if self._refused(form, message, start, end):
                    continue
                if self._told(form, message, start, end):
                    sure.append(_Here(form, start, end, 1.0))
                elif form.needs == SIGN:
                    unsure.append(_Here(form, start, end, 1.0))
        kept = _apart(sure, [])
        for _ in range(2):
            kept = _apart([one for one in unsure if _in_a_row(one, kept, message.key)], kept)
        return _apart(self._misspelt(message, kept), kept)

    def _misspelt(self, message: _Message, kept: list[_Here]) -> list[_Here]:
        free = [True] * len(message.key)
        for one in kept:
            free[one.start : one.end] = [False] * (one.end - one.start)
        return [
            _Here(form, start, end, confidence)
            for start, end in message.unknown(free)
            for form, confidence in self._forms.misspelt(
                message.key[start:end], message.languages[start]
            )
            if not self._refused(form, message, start, end)
        ]

    def _refused(self, form: Form, message: _Message, start: int, end: int) -> bool:
        after = message.key[end] if end < len(message.key) else ""
        before = message.key[start - 1] if start else ""
        language = message.language
        return before in self._sign(form, language, "not_before") or after in self._sign(
            form, language, "not_after"
        )

    def _told(self, form: Form, message: _Message, start: int, end: int) -> bool:
        """Whether a form has the sign that it needs, or is the whole message."""
        if not form.needs:
            return True
        if form.entity == "month" and (
            is_year(message.key[end : end + 1])
            or beside(message.tokens, start, end, int(form.value), message.language)
        ):
            return True
        if form.needs == FIGURES:
            return False
        if end - start == len(message.key):
            return True
        before, after = message.beside(
            start, end, _ARABIC_IN if form.entity == "level" else _SKIPPED
        )
        return not before.isdisjoint(
            self._sign(form, message.language, "before")
        ) or after in self._sign(form, message.language, "after")

    def _sign(self, form: Form, language: str, where: str) -> frozenset[str]:
        """Signs of the form's own language; of the message's, for a form of every language."""
        own = language if form.language == "*" else form.language
        signs = self._signs.get((own, form.entity, where), frozenset())
        return signs | self._signs.get(("*", form.entity, where), frozenset())


class _Message:
    """The words of a message, folded, and whose they are."""

    def __init__(self, tokens: list[Word], language: str) -> None:
        self.tokens, self.language = tokens, language
        self.key: Key = tuple(fold(token.text) for token in tokens)
        latin = "fr" if language == "ar" else language
        self.languages = ["ar" if is_arabic(word) else latin for word in self.key]
        """Arabic words are Arabic in any message, Latin ones in an Arabic message French."""

    def windows(self) -> Iterator[tuple[int, int]]:
        """Every run of at most LONGEST words: (start, end)."""
        n = len(self.key)
        for start in range(n):
            for end in range(start + 1, min(start + LONGEST, n) + 1):
                yield start, end

    def unknown(self, free: list[bool]) -> Iterator[tuple[int, int]]:
        """Runs of free words that may be a misspelt form: not of ordinary words alone, and neither
        beginning nor ending with a little word of the sentence."""
        ordinary = [is_word(w, language) for w, language in zip(self.key, self.languages)]
        little = [len(w) < 3 or (len(w) < 5 and o) for w, o in zip(self.key, ordinary)]
        for start in range(len(self.key)):
            for end in range(start + 1, min(start + _LONGEST_MISSPELT, len(self.key)) + 1):
                if not free[end - 1]:
                    break
                if all(ordinary[start:end]):
                    continue
                if end - start == 1 or not (little[start] or little[end - 1]):
                    yield start, end

    def beside(self, start: int, end: int, skipped: Collection[str]) -> tuple[set[str], str]:
        """The word before, the one before that if the first is skipped, and the word after."""
        before = set(self.key[max(start - 1, 0) : start])
        if start > 1 and self.key[start - 1] in skipped:
            before.add(self.key[start - 2])
        return before, self.key[end] if end < len(self.key) else ""


def _apart(new: list[_Here], kept: list[_Here]) -> list[_Here]:
    """`kept` and those of `new` that share no word with another, longest and surest first."""
    kept = list(kept)
    for one in sorted(new, key=lambda o: (o.start - o.end, -o.confidence, o.start)):
        clash = any(
            one.start < k.end
            and k.start < one.end
            and ((one.start, one.end) != (k.start, k.end) or one.form.entity == k.form.entity)
            for k in kept
        )
        if not clash:
            kept.append(one)
    return kept


def _in_a_row(one: _Here, kept: list[_Here], key: Key) -> bool:
    """Next to another of its kind: "lun mar jeu", "avril et mai"."""
    for other in kept:
        if other.form.entity == one.form.entity != "theme":
            gap = key[other.end : one.start] or key[one.end : other.start]
            touches = one.start == other.end or other.start == one.end
            if touches or (len(gap) == 1 and gap[0] in _LINKS):
                return True
    return False
