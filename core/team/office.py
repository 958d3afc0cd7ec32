"""When the team is in: office hours in Paris, never on a French public holiday.

The hours are a table here and not in ``content/``: reminders follow them as well as what
people are promised, and they change once a year at most.
"""

from collections.abc import Container, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

PARIS = ZoneInfo("Europe/Paris")
HOURS = ((time(9), time(12, 30)), (time(13, 30), time(17)))
WEEKDAYS = range(5)  # Monday to Friday


def is_open(now: datetime) -> bool:
    """Whether somebody is in at *now* (aware)."""
    return any(start <= now < end for start, end in _slots(_day(now)))


def next_open(now: datetime) -> datetime:
    """When somebody is in next, in UTC; *now* itself (aware) while somebody is."""
    for day in _days_from(_day(now)):
        for start, end in _slots(day):
            if now < end:
                return max(now.astimezone(UTC), start)
    raise AssertionError("an office that never opens")


def worked(start: datetime, end: datetime) -> timedelta:
    """How much office time lies between two aware instants; zero when *end* is not later."""
    total = timedelta()
    for day in _days_from(_day(start)):
        if day > _day(end):
            break
        for opens, closes in _slots(day):
            total += max(timedelta(), min(closes, end) - max(opens, start))
    return total


def _day(now: datetime) -> date:
    return now.astimezone(PARIS).date()


@lru_cache(maxsize=8)
def public_holidays(year: int) -> Container[date]:
    """Those of all of France."""
    return set(holidays.country_holidays("FR", years=year))


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
