"""When people may be written to without having asked: by day, in Paris, and not on Sundays."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
OPENS, CLOSES = time(8), time(20)
SUNDAY = 6


def paris_day(now: datetime) -> date:
    """The day it is in Paris at *now* (aware)."""
    return now.astimezone(PARIS).date()


def next_daytime(now: datetime) -> datetime:
    """*now* (aware) when somebody may be written to then, else the next 8 o'clock they may be."""
    here = now.astimezone(PARIS)
    if here.weekday() != SUNDAY and OPENS <= here.time() < CLOSES:
        return now
    day = here.date() if here.time() < OPENS else here.date() + timedelta(days=1)
    if day.weekday() == SUNDAY:
        day += timedelta(days=1)
    return datetime.combine(day, OPENS, PARIS).astimezone(now.tzinfo)
