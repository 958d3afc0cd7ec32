"""How long a seat is held for somebody who was waiting: sized to the time left, by day.

    time left before the start    10 days or more    3 to 10 days    1 to 3 days    less
    they have                          48 h              24 h            6 h         2 h

An offer ends an hour before sign-ups close or the session starts. One that would end in quiet hours
(core.daytime) ends the next morning, or the evening before where that is too late. Nothing is
offered in quiet hours: the offer is made in the morning, and its time counts from then.
"""

from datetime import UTC, datetime, timedelta

from core.daytime import is_quiet, last_daytime, next_daytime, paris_evening

TIMES = (
    (timedelta(days=10), timedelta(hours=48)),
    (timedelta(days=3), timedelta(hours=24)),
    (timedelta(days=1), timedelta(hours=6)),
)
SHORTEST = timedelta(hours=2)
MARGIN = timedelta(hours=1)
# An offer ends so long after quiet hours, or so long before them.
TO_WAKE, TO_REST = timedelta(hours=1), timedelta(minutes=30)
# With less than this by day nobody could be expected to answer.
LEAST = timedelta(minutes=30)


def deadline(starts_at: datetime, closes_at: datetime, now: datetime) -> datetime | None:
    """Until when a seat that is offered at *now* is held, in UTC, on a whole minute.

    None when nothing can be offered now: it is night, or too little time is left. All are aware.
    """
    if is_quiet(now):
        return None
    begins, last = _minute(now), _minute(min(starts_at, closes_at)) - MARGIN
    if is_quiet(last):
        last = _evening_before(last)
    until = min(begins + _time_for(starts_at - now), last)
    if is_quiet(until):
        morning = next_daytime(until) + TO_WAKE
        until = morning if morning <= last else _evening_before(until)
    return until if _by_day(begins, until) >= LEAST else None


def _minute(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(second=0, microsecond=0)


def _time_for(left: timedelta) -> timedelta:
    return next((enough for at_least, enough in TIMES if left >= at_least), SHORTEST)


def _evening_before(moment: datetime) -> datetime:
    """Before the quiet hours that *moment* is in."""
    return last_daytime(moment) - TO_REST


def _by_day(start: datetime, end: datetime) -> timedelta:
    """How much of the time from *start*, which is by day, to *end* is not quiet."""
    total = timedelta()
    while start < end:
        evening = paris_evening(start)
        total += min(end, evening) - start
        start = next_daytime(evening)
    return total
