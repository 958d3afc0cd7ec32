"""Into the outbox: everybody of a broadcast by one INSERT … SELECT; worded when they leave."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CTE, JSON, ColumnElement, Integer, case, literal, null, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.broadcasts import pacing, people, recurring
from core.broadcasts.audience import Audience
from core.broadcasts.means import Means
from core.broadcasts.model import Broadcast
from core.broadcasts.people import MISSED, Numbers
from core.db import UtcDateTime
from core.outbox.delivery import Cause, Delivery, Lane, State

# What could not leave by then, after a failure of ours or theirs, is not worth sending any more.
KEPT = timedelta(days=3)
GRACE = timedelta(days=1)
INSERTS: Mapping[str, Callable[..., Any]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


def find(session: Session, means: Means, broadcast: Broadcast, now: datetime) -> CTE:
    """Whom *broadcast* is for, if it begins at *now* (core.broadcasts.people.find)."""
    audience = Audience.from_json(broadcast.audience)
    return people.find(session, means, audience, broadcast.session_id, now, now)


def enqueue(
    session: Session, broadcast: Broadcast, found: CTE, until: datetime, now: datetime
) -> None:
    """Queue the occurrence of *broadcast* that is due for the people who are *found*, once each.

    In one statement, whatever their number: nothing of it is held in memory. Who is missed for no
    fault of theirs has a row too, that says why (core.broadcasts.people.MISSED). What was queued
    before is left as it is. The caller wakes the sender once it has committed.
    """
    one = found.c
    missed = one.why.is_not(None)
    lane = Lane.URGENT if broadcast.urgent else Lane.BULK
    moment = literal(now, UtcDateTime(timezone=True))
    values: dict[Any, ColumnElement[Any]] = {
        Delivery.cause: literal(Cause.BROADCAST.value),
        Delivery.cause_id: literal(broadcast.id),
        Delivery.purpose: literal(str(broadcast.occurrence)),
        Delivery.contact_id: one.contact_id,
        Delivery.address_id: one.address_id,
        Delivery.channel: one.channel,
        Delivery.lane: literal(int(lane)),
        Delivery.state: case((missed, State.SKIPPED.value), else_=State.QUEUED.value),
        Delivery.reason: one.why,
        Delivery.text: literal(""),
        Delivery.choices: literal([], JSON),
        Delivery.file: literal(""),
        Delivery.not_before: moment,
        Delivery.not_after: literal(until, UtcDateTime(timezone=True)),
        Delivery.created_at: moment,
        Delivery.ended_at: case((missed, moment), else_=null()),
        Delivery.attempts: literal(0),
        Delivery.repeated: literal(False),
        Delivery.about: literal(broadcast.session_id, Integer),
    }
    rows = select(*values.values()).where(
        one.why.is_(None) | one.why.in_([str(why) for why in MISSED])
    )
    insert = INSERTS[session.get_bind().dialect.name]
    statement = insert(Delivery).from_select([column.key for column in values], rows)
    session.execute(statement.on_conflict_do_nothing())


def until(means: Means, broadcast: Broadcast, counted: Numbers, now: datetime) -> datetime:
    """When the occurrence that begins at *now* is not worth sending any more.

    Not after the session begins that it announces, nor after it comes again.
    """
    ends = pacing.finishes(means, counted, {}, now, bool(broadcast.urgent))
    moments = [max(now + KEPT, ends + GRACE)]
    row = broadcast.session
    if row is not None and row.ends_at > now:
        moments.append(row.ends_at if broadcast.urgent or row.starts_at <= now else row.starts_at)
    if broadcast.rrule and broadcast.start_at:
        again = recurring.following(broadcast.rrule, broadcast.start_at, now)
        if again is not None:
            moments.append(again)
    return min(moments)
