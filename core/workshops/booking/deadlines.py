"""How long a seat is held for somebody who was waiting: sized to the time left, never at night.

    time left before the start    10 days or more    3 to 10 days    1 to 3 days    less
    they have                          48 h              24 h            6 h         2 h

An offer ends an hour before sign-ups close or the session starts. One that would end at night
ends the next morning, or the evening before where that is too late. Nothing is offered at night:
the offer is made in the morning, and its time counts from then.
"""

from datetime import UTC, datetime, time, timedelta

from core.daytime import PARIS, paris_day

MORNING, NIGHT = time(8), time(21)
ENDS_IN_THE_MORNING, ENDS_IN_THE_EVENING = time(9), time(20, 30)
TIMES = (
    (timedelta(days=10), timedelta(hours=48)),
    (timedelta(days=3), timedelta(hours=24)),
    (timedelta(days=1), timedelta(hours=6)),
)
SHORTEST = timedelta(hours=2)
MARGIN = timedelta(hours=1)
# With less than this by day nobody could be expected to answer.
LEAST = timedelta(minutes=30)


def is_night(now: datetime) -> bool:
    """Whether it is between 21:00 and 8:00 in Paris at *now* (aware)."""
    return not MORNING <= now.astimezone(PARIS).time() < NIGHT


def next_morning(now: datetime) -> datetime:
    """*now* (aware) by day, else the 8 o'clock that ends the night; Sundays are days too."""
    return _after(now, MORNING) if is_night(now) else now


def deadline(starts_at: datetime, closes_at: datetime, now: datetime) -> datetime | None:
    """Until when a seat that is offered at *now* is held, in UTC, on a whole minute.

    None when nothing can be offered now: it is night, or too little time is left. All are aware.
    """
    if is_night(now):
        return None
    begins, last = _minute(now), _minute(min(starts_at, closes_at)) - MARGIN
    if is_night(last):
        last = _evening_before(last)
    until = min(begins + _time_for(starts_at - now), last)
    if is_night(until):
        morning = _after(until, ENDS_IN_THE_MORNING)
        until = morning if morning <= last else _evening_before(until)
    return until if _by_day(begins, until) >= LEAST else None


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def _time_for(left: timedelta) -> timedelta:
    return next((enough for at_least, enough in TIMES if left >= at_least), SHORTEST)


def _after(moment: datetime, hour: time) -> datetime:
    """The first *hour* in Paris after *moment* of a night."""
    here = moment.astimezone(PARIS)
    day = here.date() + timedelta(days=1 if here.time() >= NIGHT else 0)
    return datetime.combine(day, hour, PARIS).astimezone(UTC)


def _evening_before(moment: datetime) -> datetime:
    """The evening before the night that *moment* is in."""
    here = moment.astimezone(PARIS)
    day = here.date() - timedelta(days=0 if here.time() >= NIGHT else 1)
    return datetime.combine(day, ENDS_IN_THE_EVENING, PARIS).astimezone(UTC)


def _by_day(start: datetime, end: datetime) -> timedelta:
    """How much of the time between the two is not night."""
    total, day = timedelta(), paris_day(start)
    while day <= paris_day(end):
        opens = datetime.combine(day, MORNING, PARIS).astimezone(UTC)
        closes = datetime.combine(day, NIGHT, PARIS).astimezone(UTC)
        total += max(timedelta(), min(end, closes) - max(start, opens))
        day += timedelta(days=1)
    return total
