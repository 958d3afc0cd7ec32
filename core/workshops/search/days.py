"""From words of time to days: "en décembre", "la semaine prochaine", "le 12 janvier".

Values are those of nlu/README.md; days are counted from *today* (in Paris), never backwards.
"""

import calendar
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from core.people.consent import plain

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SATURDAY, SUNDAY = 5, 6
YEAR = re.compile(r"\b20\d\d\b")
# "du 3 au 7 mai" names two days and means those between them too.
FROM_TO = re.compile(
    r"\bdu\b.*\bau\b|\bentre\b.*\b(?:et|y|e)\b|\bfrom\b.*\bto\b|\bbetween\b.*\band\b"
    r"|\bdel\b.*\bal\b|\bd[eo]\b.*\b(?:a|ao|ate|hasta)\b|\barasi|من.*(?:الى|حتى)"
)


class Span(NamedTuple):
    """Days in a row, both included."""

    first: date
    last: date


def spans(details: Mapping[str, Sequence[str]], text: str, today: date) -> tuple[Span, ...]:
    """The days that are named, as spans in any order; none when nothing is named.

    A day or month without year is the next such one. Values that mean no days to us (school
    holidays) are left out.
    """
    found = _days(details.get("day", ()), text, today)
    found += [_month(int(month), text, today) for month in details.get("month", ())]
    found += [WHEN[when](today) for when in details.get("when", ()) if when in WHEN]
    return tuple(dict.fromkeys(found))


def weekdays(details: Mapping[str, Sequence[str]]) -> frozenset[int]:
    """The days of the week that are named, Monday 0. A date says enough without its weekday."""
    if details.get("day"):
        return frozenset()
    named = {WEEKDAYS.index(name) for name in details.get("weekday", ()) if name in WEEKDAYS}
    if "weekend" in details.get("when", ()):
        named |= {SATURDAY, SUNDAY}
    return frozenset(named)


def _days(values: Iterable[str], text: str, today: date) -> list[Span]:
    days = [day for value in values if (day := _day(value, today))]
    if len(days) == 2 and days[0] < days[1] and FROM_TO.search(plain(text)):
        return [Span(days[0], days[1])]
    return [Span(day, day) for day in days]


def _day(value: str, today: date) -> date | None:
    """ "2026-12-05", or "12-05" in the next year that has it; None for no day at all."""
    *year, month, day = map(int, value.split("-"))
    for one in year or range(today.year, today.year + 9):  # 29 February waits 8 years at most
        try:
            found = date(one, month, day)
        except ValueError:
            continue
        if year or found >= today:
            return found
    return None


def _month(month: int, text: str, today: date) -> Span:
    year = YEAR.search(text)
    if year:
        first = date(int(year[0]), month, 1)
    else:
        first = date(today.year + (month < today.month), month, 1)
    return Span(first, _last_of(first))


def _last_of(month: date) -> date:
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def _week(today: date, later: int = 0) -> Span:
    """The week *later* weeks from now; what is over of this one is left out."""
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=later)
    return Span(max(monday, today), monday + timedelta(days=SUNDAY))


def _weekend(today: date, later: int = 0) -> Span:
    week = _week(today, later)
    return Span(max(week.last - timedelta(days=1), today), week.last)


def _next_month(today: date) -> Span:
    first = _last_of(today) + timedelta(days=1)
    return Span(first, _last_of(first))


def _in(days: int) -> Callable[[date], Span]:
    return lambda today: Span(today + timedelta(days=days), today + timedelta(days=days))


WHEN: Mapping[str, Callable[[date], Span]] = {
    "today": _in(0),
    "tomorrow": _in(1),
    "day_after_tomorrow": _in(2),
    "this_week": _week,
    "next_week": lambda today: _week(today, 1),
    "this_weekend": _weekend,
    "next_weekend": lambda today: _weekend(today, 1),
    "this_month": lambda today: Span(today, _last_of(today)),
    "next_month": _next_month,
}
