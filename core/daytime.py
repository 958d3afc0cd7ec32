"""Quiet hours: when people may be written to without having asked.

From 20:00 to 8:00 in Paris, on Sundays and on public holidays. Answers, and what somebody must know
before they leave home, go out at any hour (core.outbox.delivery.Lane).
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

PARIS = ZoneInfo("Europe/Paris")
OPENS, CLOSES = time(8), time(20)
SUNDAY = 6
# Where holidays are other than in most of France, as the library names the place.
SUBDIVISIONS: Mapping[str, str] = {}


def paris_day(now: datetime) -> date:
    """The day it is in Paris at *now* (aware)."""
    return now.astimezone(PARIS).date()


def paris_midnight(now: datetime) -> datetime:
    """When the day began that it is in Paris at *now* (aware)."""
    return _at(paris_day(now), time(), now)


def paris_evening(now: datetime) -> datetime:
    """When quiet begins on the day that it is in Paris at *now* (aware)."""
    return _at(paris_day(now), CLOSES, now)


def is_quiet(now: datetime, territory: str | None = None) -> bool:
    """Whether nobody may be written to at *now* (aware) but in answer; in *territory*."""
    here = now.astimezone(PARIS)
    return not (_is_day(here.date(), territory) and OPENS <= here.time() < CLOSES)


def next_daytime(now: datetime, territory: str | None = None) -> datetime:
    """*now* (aware) when somebody may be written to then, else the next 8 o'clock they may be."""
    if not is_quiet(now, territory):
        return now
    day = paris_day(now)
    if now >= _at(day, OPENS, now):
        day += timedelta(days=1)
    return _at(_first_day(day, 1, territory), OPENS, now)


def next_day(now: datetime, territory: str | None = None) -> datetime:
    """The first moment after today that somebody may be written to."""
    return _at(_first_day(paris_day(now) + timedelta(days=1), 1, territory), OPENS, now)


def last_daytime(moment: datetime, territory: str | None = None) -> datetime:
    """*moment* (aware) when somebody may be written to then, else when quiet began before it."""
    if not is_quiet(moment, territory):
        return moment
    day = paris_day(moment)
    if moment < _at(day, CLOSES, moment):
        day -= timedelta(days=1)
    return _at(_first_day(day, -1, territory), CLOSES, moment)


@lru_cache(maxsize=32)
def public_holidays(year: int, territory: str | None = None) -> frozenset[date]:
    """Those of *territory*; without one, those of all of France."""
    subdivision = SUBDIVISIONS.get(territory or "")
    return frozenset(holidays.country_holidays("FR", subdiv=subdivision, years=year))


def _first_day(day: date, step: int, territory: str | None) -> date:
    """*day*, or the first one before or after it that is no Sunday and no holiday."""
    while not _is_day(day, territory):
        day += timedelta(days=step)
    return day


def _is_day(day: date, territory: str | None) -> bool:
    return day.weekday() != SUNDAY and day not in public_holidays(day.year, territory)


def _at(day: date, hour: time, like: datetime) -> datetime:
    return datetime.combine(day, hour, PARIS).astimezone(like.tzinfo)
