"""Taking what is due for one sender, with a lease.

A lease that runs out (the sender died) puts the row back in the queue, marked ``repeated``. On
PostgreSQL the rows that another sender is taking are skipped; on SQLite transactions queue.

Nobody gets two messages at once: a row waits while another to the same address is on its way, or
should be before it. So bubbles arrive in their order, whoever sends them.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, aliased, contains_eager
from sqlalchemy.orm.attributes import set_committed_value

from core.daytime import is_quiet, next_day, next_daytime, paris_midnight
from core.db import UtcDateTime
from core.outbox.delivery import ASKED_FOR, CAPPED, Cause, Delivery, Lane, State
from core.outbox.holding import is_held
from core.outbox.rerouting import reroute
from core.people import consents
from core.people.contacts import Address, AddressState

LEASE = timedelta(seconds=60)
MOST_A_DAY = 4  # messages that nobody asked for, to one person
APART = timedelta(seconds=1)
LEFT = (State.SENDING, State.SENT, State.DELIVERED, State.UNCERTAIN)
# Counted, though it is never held back.
COUNTED = (*CAPPED, Cause.CALLED_OFF)


class Room(NamedTuple):
    """How many rows a sender can take: *replies*, besides them *any_hour* of what leaves at any
    hour, and *by_day* of the others."""

    replies: int = 50
    any_hour: int = 50
    by_day: int = 50


ROOM = Room()


def claim(session: Session, channel: str, now: datetime, room: Room = ROOM) -> list[Delivery]:
    """Take due rows of *channel* for this sender, as many as there is *room* for, in their order.

    What may not leave ends as skipped: past its ``not_after``, not asked for by somebody who
    stopped. What is for the day only, or more than somebody gets in one, waits for the next.
    """
    asked: list[tuple[Select[Delivery], Lane, int]] = []
    if room.any_hour:
        asked.append((_AT_ANY_HOUR, Lane.URGENT, room.replies + room.any_hour))
    elif room.replies:
        asked.append((_AT_ANY_HOUR, Lane.REPLY, room.replies))
    if room.by_day and not is_quiet(now):
        asked.append((_BY_DAY, Lane.BULK, room.by_day))
    token, taken = uuid.uuid4().hex, list[Delivery]()
    for due, lane, left in asked:
        while left > 0:
            known = {
                "channel": channel, "now": now, "a_second_ago": now - APART,
                "lane": lane, "left": left,
            }  # fmt: skip
            rows = session.scalars(due, known).all()
            kept = _that_may_leave(session, rows, now) if rows else []
            if kept:
                _hold(session, kept, token, now + LEASE)
            if len(kept) < len(rows):
                session.flush()
            taken += kept
            left -= len(kept)
            if len(kept) == len(rows):
                break
    return taken


def take_back(session: Session, channel: str, now: datetime) -> None:
    """Put into the queue again what a sender held too long: it died, or cannot write."""
    session.execute(
        update(Delivery)
        .where(Delivery.channel == channel, Delivery.state == State.SENDING)
        .where(Delivery.leased_until < now)
        .values(state=State.QUEUED, repeated=True, lease=None, leased_until=None)
    )


def _due(lane: ColumnElement[bool], *, apart: bool) -> Select[Delivery]:
    """Made once: it would take longer to make than to run."""
    before, now = aliased(Delivery), bindparam("now", type_=UtcDateTime)
    in_the_way = [
        before.state == State.SENDING,
        (before.state == State.QUEUED)
        & (before.not_before <= now)
        & (before.lane <= Delivery.lane)
        & (before.id < Delivery.id),
    ]
    if apart:  # nobody is written to twice in a second, but in answer
        in_the_way.append(before.sent_at > bindparam("a_second_ago", type_=UtcDateTime))
    earlier = select(before.id).where(before.address_id == Delivery.address_id, or_(*in_the_way))
    return (
        select(Delivery)
        .join(Delivery.address)
        .join(Address.contact)
        .options(contains_eager(Delivery.address).contains_eager(Address.contact))
        .where(Delivery.channel == bindparam("channel"), Delivery.state == State.QUEUED)
        .where(lane, Delivery.not_before <= now, ~earlier.exists(), ~is_held())
        .order_by(Delivery.lane, Delivery.not_before, Delivery.id)
        .limit(bindparam("left"))
        .with_for_update(of=Delivery, skip_locked=True)
    )


_AT_ANY_HOUR = _due(Delivery.lane <= bindparam("lane"), apart=False)
_BY_DAY = _due(Delivery.lane > Lane.URGENT, apart=True)


def _hold(session: Session, rows: Sequence[Delivery], token: str, until: datetime) -> None:
    """They are this sender's *until* then: one statement, whatever their number."""
    held = {"state": State.SENDING, "lease": token, "leased_until": until}
    ids = [row.id for row in rows]
    session.connection().execute(_HELD, held | {"ids": ids})
    for row in rows:
        for name, value in held.items():
            set_committed_value(row, name, value)


_HELD = (
    update(Delivery.__table__)  # type: ignore[arg-type]
    .where(Delivery.id.in_(bindparam("ids", expanding=True)))
    .values(
        state=bindparam("state"),
        lease=bindparam("lease"),
        leased_until=bindparam("leased_until", type_=UtcDateTime(timezone=True)),
    )
)


def _that_may_leave(session: Session, rows: Sequence[Delivery], now: datetime) -> list[Delivery]:
    """Those of *rows* that may; the others are put off, or end."""
    sent_today = _sent_today(session, rows, now)
    stopped = consents.stopped(session, {(row.contact_id, row.about) for row in rows})
    kept = []
    for row in rows:
        asked_for = row.cause in ASKED_FOR
        if row.not_after is not None and row.not_after < now:
            row.end(State.SKIPPED, "too late", now)
        elif not asked_for and row.address.state != AddressState.OPEN:
            row.end(State.SKIPPED, row.address.state, now)
            reroute(session, row, now)
        elif not asked_for and (row.contact_id, row.about) in stopped:
            row.end(State.SKIPPED, "stopped for this session", now)
        elif row.lane > Lane.URGENT and is_quiet(now, row.address.contact.territory):
            _put_off(row, next_daytime(now, row.address.contact.territory), "quiet hours", now)
        elif row.cause in CAPPED and sent_today.get(row.contact_id, 0) >= MOST_A_DAY:
            _put_off(row, next_day(now, row.address.contact.territory), "enough for a day", now)
        else:
            kept.append(row)
            if row.cause in COUNTED:
                sent_today[row.contact_id] = sent_today.get(row.contact_id, 0) + 1
    return kept


def _put_off(row: Delivery, then: datetime, reason: str, now: datetime) -> None:
    """Until *then*, when it still may leave then."""
    if row.not_after is not None and row.not_after < then:
        row.end(State.SKIPPED, reason, now)
    else:
        row.not_before, row.reason = then, reason


def _sent_today(session: Session, rows: Sequence[Delivery], now: datetime) -> dict[int, int]:
    """How many messages that nobody asked for each of the people of *rows* got since midnight."""
    people = {row.contact_id for row in rows if row.cause in CAPPED}
    if not people:
        return {}
    query = (
        select(Delivery.contact_id, func.count())
        .where(Delivery.contact_id.in_(people), Delivery.cause.in_(COUNTED))
        .where(Delivery.state.in_(LEFT))
        .where(or_(Delivery.sent_at >= paris_midnight(now), Delivery.state == State.SENDING))
        .group_by(Delivery.contact_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}
