"""When a broadcast will be finished: so many messages a second, by day only."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.broadcasts.means import Means
from core.broadcasts.people import Numbers
from core.daytime import CLOSES, PARIS, next_daytime, paris_day
from core.outbox.delivery import Delivery, Lane, State

WAITS = (State.QUEUED, State.SENDING)


def finish(begins: datetime, takes: timedelta, at_any_hour: bool = False) -> datetime:
    """When what takes so long is done that begins at *begins* (aware), in UTC."""
    moment = begins.astimezone(UTC)
    if at_any_hour:
        return moment + takes
    while True:
        moment = next_daytime(moment)
        evening = datetime.combine(paris_day(moment), CLOSES, PARIS).astimezone(UTC)
        if moment + takes <= evening:
            return moment + takes
        takes -= evening - moment
        moment = evening


def finishes(
    means: Means,
    people: Numbers,
    before: Mapping[str, int],
    begins: datetime,
    at_any_hour: bool = False,
) -> datetime:
    """When the slowest channel has sent to all of *people*, after the messages *before* them."""
    ends = [
        finish(begins, _takes(before.get(channel, 0) + people.on(channel), pace), at_any_hour)
        for channel in {channel for channel, _ in people.sent_to}
        if (pace := means.paces.get(channel, 0.0))
    ]
    return max(ends, default=finish(begins, timedelta(), at_any_hour))


def waiting(session: Session, begins: datetime) -> dict[str, int]:
    """How many messages by day wait on each channel to leave before *begins*."""
    query = (
        select(Delivery.channel, func.count())
        .where(Delivery.state.in_(WAITS), Delivery.lane > Lane.URGENT)
        .where(Delivery.not_before <= begins)
        .group_by(Delivery.channel)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _takes(messages: int, a_second: float) -> timedelta:
    return timedelta(seconds=messages / a_second)
