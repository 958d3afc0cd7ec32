"""What comes again: an RRULE (RFC 5545) on the clock of Paris.

Nine o'clock stays nine o'clock when the clocks change. What falls into the hour that is skipped in
March comes an hour later, and what falls into the one that comes twice in October comes once.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise

from dateutil.rrule import rrule, rrulestr

from core.daytime import PARIS

# How often staff may choose without writing a rule, and how many times in all.
RULES = {
    "semaine": "FREQ=WEEKLY",
    "quinzaine": "FREQ=WEEKLY;INTERVAL=2",
    "mois": "FREQ=MONTHLY",
}
MOST_TIMES = 100
_TIMES = ";COUNT="
LONGEST = 200
FAR = timedelta(days=731)
APART = timedelta(hours=20)  # at least, from one to the next
TRIED = 400
DAY = len("20270101")
FREQUENCIES = re.compile(r"(?:^|;)FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)(?:;|$)")
ENDS = re.compile(r";?\b(?:COUNT=(?P<count>\d{1,4})|UNTIL=(?P<until>\d{8}(?:T\d{6}Z?)?))")


class BadRule(ValueError):
    """It is no rule; *key* names the sentence that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def rule_of(often: str, times: str = "") -> str:
    """The rule that comes as *often* as RULES says, *times* in all; "" until it is cancelled."""
    return f"{RULES[often]}{_TIMES}{times}" if times else RULES[often]


def chosen(rule: str) -> tuple[str, str] | None:
    """What ``rule_of`` was given for *rule*; None for any other."""
    alone, _, times = rule.partition(_TIMES)
    often = next((name for name, one in RULES.items() if one == alone), None)
    return (often, times) if often and (times.isdecimal() or not times) else None


def check(rule: str, start: datetime) -> None:
    """Raises BadRule when *rule* is none, never comes, or comes more than once a day."""
    text = rule.upper().removeprefix("RRULE:")
    if len(rule) > LONGEST or not FREQUENCIES.search(text) or "\n" in text:
        raise BadRule("broadcasts.bad_rule")
    moments = upcoming(rule, start)
    if not moments:
        raise BadRule("broadcasts.never")
    if any(after - before < APART for before, after in pairwise(moments)):
        raise BadRule("broadcasts.too_often")


def upcoming(rule: str, start: datetime) -> list[datetime]:
    """The next two years of it, 400 at most, in UTC. Raises BadRule."""
    return list(islice(map(_moment, _on_clock(rule, start, start + FAR)), TRIED))


def following(rule: str, start: datetime, last: datetime) -> datetime | None:
    """When it comes first after *last* (both aware), in UTC; None: within two years never.

    Raises BadRule.
    """
    shown = _shown(last)
    found = next((one for one in _on_clock(rule, start, last + FAR) if one > shown), None)
    return None if found is None else _moment(found)


def _on_clock(rule: str, start: datetime, end: datetime) -> Iterator[datetime]:
    """What the clock of Paris shows each time, until *end*: a rule that never comes is not looked
    for in the year 9999. How often and until when is counted here, as it may be said in UTC.
    """
    count, last = None, _shown(end)
    text = rule.upper().removeprefix("RRULE:")
    for ends in ENDS.finditer(text):
        if ends["count"]:
            count = int(ends["count"])
        else:
            last = min(last, _until(ends["until"]))
    try:
        parsed = rrulestr(ENDS.sub("", text).strip(";"), dtstart=_shown(start))
        if not isinstance(parsed, rrule):
            raise BadRule("broadcasts.bad_rule")
        return islice(parsed.replace(until=last), count)
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise BadRule("broadcasts.bad_rule") from None


def _until(text: str) -> datetime:
    """A day, whole, or a moment on the clock of Paris; with Z in UTC."""
    try:
        if len(text) == DAY:
            return datetime.strptime(text, "%Y%m%d") + timedelta(days=1, seconds=-1)  # noqa: DTZ007
        naive = datetime.strptime(text[:15], "%Y%m%dT%H%M%S")  # noqa: DTZ007
    except ValueError:
        raise BadRule("broadcasts.bad_rule") from None
    return _shown(naive.replace(tzinfo=UTC)) if text.endswith("Z") else naive


def _shown(moment: datetime) -> datetime:
    """What the clock of Paris shows at *moment*, naive."""
    return moment.astimezone(PARIS).replace(tzinfo=None, fold=0)


def _moment(naive: datetime) -> datetime:
    return naive.replace(tzinfo=PARIS).astimezone(UTC)
