"""When the team is in: office hours in Paris, never on a French public holiday.

The hours are a table here and not in ``content/``: reminders follow them as well as what
people are promised, and they change once a year at most.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from core.daytime import PARIS, paris_day, public_holidays

HOURS = ((time(9), time(12, 30)), (time(13, 30), time(17)))
WEEKDAYS = range(5)  # Monday to Friday


def is_open(now: datetime) -> bool:
    """Whether somebody is in at *now* (aware)."""
    return any(start <= now < end for start, end in _slots(paris_day(now)))


def next_open(now: datetime) -> datetime:
    """When somebody is in next, in UTC; *now* itself (aware) while somebody is."""
    for day in _days_from(paris_day(now)):
        for start, end in _slots(day):
            if now < end:
                return max(now.astimezone(UTC), start)
    raise AssertionError("an office that never opens")


def worked(start: datetime, end: datetime) -> timedelta:
    """How much office time lies between two aware instants; zero when *end* is not later."""
    total = timedelta()
    for day in _days_from(paris_day(start)):
        if day > paris_day(end):
            break
        for opens, closes in _slots(day):
            total += max(timedelta(), min(closes, end) - max(opens, start))
    return total


def _days_from(day: date) -> Iterator[date]:
    while True:
        yield day
        day += timedelta(days=1)


def _slots(day: date) -> list[tuple[datetime, datetime]]:
    """The hours of *day* in UTC: between two clocks of Paris, Python ignores summer time."""
    if day.weekday() not in WEEKDAYS or day in public_holidays(day.year):
        return []
    return [
        (
            datetime.combine(day, start, PARIS).astimezone(UTC),
            datetime.combine(day, end, PARIS).astimezone(UTC),
        )
        for start, end in HOURS
    ]
