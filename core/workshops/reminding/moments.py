"""When the rules of ``content/reminders.yml`` speak of a session: by day, and never too late.

A day that is a Sunday or a holiday gives way to the one before, at the same hour. What is due some
hours before the start waits for the end of quiet hours, and falls away when that is too late.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from core.content.reminders import Rule
from core.daytime import PARIS, is_quiet, last_daytime, next_daytime, paris_day
from core.messages import Kind

LAST_CALL = timedelta(minutes=30)  # before the start: nothing leaves any more
WORTH_IT = timedelta(hours=1)  # before the start: too late to begin with it
LATE = timedelta(hours=2)  # before the start: for who came after the last rule
TO_REST = timedelta(minutes=30)  # before quiet hours, so that all leave
THANKS_KEEP = timedelta(days=3)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Due:
    """A rule for one session: it leaves from *at* on, and not after *until*; both in UTC."""

    rule: Rule
    at: datetime
    until: datetime


def before(rules: Iterable[Rule], kind: Kind, starts_at: datetime) -> list[Due]:
    """Those for that kind of screen before the session, in their order.

    Each ends when the next begins: two that fall together are one.
    """
    placed: list[Due] = []
    until = starts_at - LAST_CALL
    for rule in sorted(rules, key=lambda rule: rule.before):
        at = _moment(rule, starts_at) if kind in rule.channels else None
        if at is not None and at < until:
            placed.append(Due(rule, at, until))
            until = at
    return placed[::-1]


def after(rules: Iterable[Rule], kind: Kind, ends_at: datetime) -> list[Due]:
    """Those after the session; each for three days."""
    found = []
    for rule in rules:
        if rule.days_after is not None and kind in rule.channels:
            at = _by_day(rule, paris_day(ends_at) + DAY * rule.days_after, DAY)
            found.append(Due(rule, at, at + THANKS_KEEP))
    return found


def late(starts_at: datetime) -> datetime:
    """When who signed up after the last rule is reminded by it; from then on at once."""
    wished = starts_at - LATE
    forward = next_daytime(wished)
    if forward <= starts_at - WORTH_IT:
        return forward
    return last_daytime(wished) - TO_REST


def released_at(due: Due, starts_at: datetime) -> datetime | None:
    """When silence after *due* gives the seat back; None when it does not, or too late to."""
    if due.rule.releases_after is None:
        return None
    at = next_daytime(due.at + timedelta(hours=due.rule.releases_after))
    return at if at <= starts_at - LATE else None


def _moment(rule: Rule, starts_at: datetime) -> datetime | None:
    if rule.days_before is not None:
        return _by_day(rule, paris_day(starts_at) - DAY * rule.days_before, -DAY)
    if rule.hours_before is not None:
        at = next_daytime(starts_at - timedelta(hours=rule.hours_before))
        return at if at <= starts_at - WORTH_IT else None
    return None


def _by_day(rule: Rule, day: date, step: timedelta) -> datetime:
    """At the hour of *rule* on *day*, or on the next one by *step* that is no quiet one."""
    assert rule.at is not None
    while is_quiet(at := datetime.combine(day, rule.at, PARIS)):
        day += step
    return at.astimezone(UTC)
