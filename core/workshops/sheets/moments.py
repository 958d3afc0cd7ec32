"""Dates and hours as staff write them in a spreadsheet, on the clock of Paris.

Two nights a year the clock of Paris does not tell the time: an hour that is skipped in March is
refused, and one that comes twice in October needs its offset (``+02:00`` or ``+01:00``).
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from core.daytime import PARIS

_DAY = (
    r"(?:(?P<d>\d{1,2})[/.-](?P<m>\d{1,2})[/.-](?P<y>\d{4}|\d{2})|(?P<iso>\d{4}-\d{1,2}-\d{1,2}))"
)
_HOUR = r"(?P<hour>\d{1,2})\s?[h:]\s?(?P<minute>\d{2})?(?::(?P<second>\d{2})(?:\.0+)?)?"
_OFFSET = r"\s?(?P<offset>Z|[+-]\d{2}:?\d{2})?"
MOMENT = re.compile(rf"{_DAY}(?:(?:T|\s*,?\s*(?:à\s)?\s*){_HOUR}{_OFFSET})?", re.IGNORECASE)
HOUR = re.compile(_HOUR, re.IGNORECASE)


class BadMoment(ValueError):
    """No moment; *key* names the sentence that says why and what to write."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def read_moment(cell: object, day: date | None = None) -> datetime:
    """The aware moment that a cell says: text, or a date of Excel. Raises BadMoment.

    An hour alone is on *day* (in Paris) where there is one.
    """
    if isinstance(cell, datetime):
        near = cell + timedelta(microseconds=500_000)  # Excel counts in fractions of a day
        return on_paris_clock(near.replace(microsecond=0))
    if isinstance(cell, date):
        raise BadMoment("sheet.no_hour")
    if isinstance(cell, time) and day:
        return on_paris_clock(datetime.combine(day, cell.replace(microsecond=0)))
    text = str(cell).strip()
    alone = HOUR.fullmatch(text)
    if alone and day:
        return on_paris_clock(datetime.combine(day, _hour(alone)))
    match = MOMENT.fullmatch(text)
    if match is None:
        raise BadMoment("sheet.bad_moment")
    if match["hour"] is None:
        raise BadMoment("sheet.no_hour")
    naive = datetime.combine(_day(match), _hour(match))
    if match["offset"]:
        return naive.replace(tzinfo=_zone(match["offset"])).astimezone(UTC)
    return on_paris_clock(naive)


def write_moment(moment: datetime) -> datetime | str:
    """What ``read_moment`` reads as *moment*: a naive hour of Paris; text when that comes twice."""
    here = moment.astimezone(PARIS).replace(microsecond=0)
    naive = here.replace(tzinfo=None, fold=0)
    try:
        on_paris_clock(naive)
    except BadMoment:
        offset = f"{here:%z}"
        return f"{moment_text(naive)} {offset[:3]}:{offset[3:]}"
    return naive


def moment_text(naive: datetime) -> str:
    return f"{naive:%d/%m/%Y %H:%M:%S}" if naive.second else f"{naive:%d/%m/%Y %H:%M}"


def on_paris_clock(naive: datetime) -> datetime:
    """*naive* in Paris, as UTC. Raises BadMoment when there is no such moment, or are two."""
    first, second = (naive.replace(tzinfo=PARIS, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    skipped = first.astimezone(PARIS).replace(tzinfo=None) != naive
    raise BadMoment("sheet.hour_skipped" if skipped else "sheet.hour_twice")


def _day(match: re.Match[str]) -> date:
    if match["iso"]:
        year, month, day = map(int, match["iso"].split("-"))
    else:
        year, month, day = int(match["y"]), int(match["m"]), int(match["d"])
    try:
        return date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        raise BadMoment("sheet.no_such_day") from None


def _hour(match: re.Match[str]) -> time:
    try:
        return time(int(match["hour"]), int(match["minute"] or 0), int(match["second"] or 0))
    except ValueError:
        raise BadMoment("sheet.bad_moment") from None


def _zone(offset: str) -> timezone:
    if offset.upper() == "Z":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 14 or minutes > 59:
        raise BadMoment("sheet.bad_moment")
    size = timedelta(hours=hours, minutes=minutes)
    return timezone(-size if offset[0] == "-" else size)
