"""What the clock does about broadcasts: begin what is due, hold what is paused, end what is done.

Everything is read from the tables, so a round may be missed, repeated or cut off half-way. Each
broadcast is a transaction of its own within it: one that goes wrong keeps no other from its turn.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from core import audit
from core.broadcasts import people, recurring, sending
from core.broadcasts.model import Broadcast, BroadcastState
from core.broadcasts.team import Team
from core.outbox import holding
from core.outbox.delivery import Cause, Delivery, State

log = logging.getLogger(__name__)
CLOCK = "clock"  # the actor of what nobody decided
# Later than that, after an outage of ours, it is not begun any more: it may be untrue by now.
LATE = timedelta(hours=6)
LEFT_TO_DO = (State.QUEUED, State.HELD, State.SENDING)
BEGINS = (BroadcastState.SCHEDULED, BroadcastState.RUNNING)


def due(team: Team, session: Session, now: datetime) -> None:
    """One round; the author is told of what nobody decided."""
    waiting = Broadcast.state.in_(BEGINS) & (Broadcast.next_at <= now)
    _each(session, waiting, lambda one: begin(session, team, one, now))
    paused = Broadcast.state == BroadcastState.PAUSED
    # What was on its way when it was paused, and came back.
    _each(session, paused, lambda one: holding.hold(session, Cause.BROADCAST, one.id))
    running = Broadcast.state == BroadcastState.RUNNING
    _each(session, running, lambda one: _end(session, team, one, now))


def begin(session: Session, team: Team, broadcast: Broadcast, now: datetime) -> None:
    """Queue the occurrence that is due, and plan the next one.

    Not when it is too late for it, nor when it has grown so that a second member has to confirm.
    """
    assert broadcast.next_at is not None
    if now - broadcast.next_at > LATE:
        _miss(session, team, broadcast, now)
        return
    means = team.means
    found = sending.find(session, means, broadcast, now)
    counted = people.numbers(session, found)
    if counted.size > means.second_at and broadcast.confirmer is None:
        broadcast.state, broadcast.changed_at = BroadcastState.WAITING, now
        audit.record(session, CLOCK, "broadcast.grown", broadcast.subject, now, size=counted.size)
        team.ask_a_second(session, broadcast, now)
        return
    broadcast.occurrence += 1
    until = sending.until(means, broadcast, counted, now)
    sending.enqueue(session, broadcast, found, until, now)
    broadcast.size, broadcast.excluded = counted.size, dict(counted.left_out)
    broadcast.started_at, broadcast.finished_at = now, None
    broadcast.state, broadcast.next_at = BroadcastState.RUNNING, _next(broadcast, now)
    audit.record(
        session, CLOCK, "broadcast.begun", broadcast.subject, now,
        occurrence=broadcast.occurrence, size=counted.size,
    )  # fmt: skip
    session.flush()
    team.tell_beginning(session, broadcast, now)


def _miss(session: Session, team: Team, broadcast: Broadcast, now: datetime) -> None:
    """Nothing is sent so late; the next time it is."""
    audit.record(session, CLOCK, "broadcast.missed", broadcast.subject, now)
    text = team.words.say("broadcasts.missed", number=broadcast.id)
    team.tell_author(session, broadcast, f"missed:{now:%m%d%H%M}", text, now)
    broadcast.next_at = _next(broadcast, now)
    if broadcast.next_at is None and broadcast.state == BroadcastState.SCHEDULED:
        over = BroadcastState.FINISHED if broadcast.occurrence else BroadcastState.CANCELLED
        broadcast.state, broadcast.finished_at = over, now


def _next(broadcast: Broadcast, now: datetime) -> datetime | None:
    """When it comes again after *now*: what was missed is not made up for."""
    if not broadcast.rrule or broadcast.start_at is None:
        return None
    return recurring.following(broadcast.rrule, broadcast.start_at, now)


def _end(session: Session, team: Team, broadcast: Broadcast, now: datetime) -> None:
    """When nothing of it is left to leave; what nobody sends any more does not hold it up."""
    ours = (Delivery.cause == Cause.BROADCAST, Delivery.cause_id == broadcast.id)
    session.execute(
        update(Delivery)
        .where(*ours, Delivery.state == State.QUEUED, Delivery.not_after < now)
        .values(state=State.SKIPPED, reason="too late", ended_at=now)
        .execution_options(synchronize_session=False)
    )
    left = exists().where(*ours, Delivery.state.in_(LEFT_TO_DO))
    if session.scalar(select(left)):
        return
    again = broadcast.next_at is not None
    broadcast.state = BroadcastState.SCHEDULED if again else BroadcastState.FINISHED
    broadcast.finished_at = now
    audit.record(
        session, CLOCK, "broadcast.finished", broadcast.subject, now,
        occurrence=broadcast.occurrence,
    )  # fmt: skip
    team.tell_end(session, broadcast, now)


def _each(session: Session, which: ColumnElement[bool], do: Callable[[Broadcast], None]) -> None:
    """*do* with each broadcast, locked; what another clock has in hand is left to it."""
    for number in session.scalars(select(Broadcast.id).where(which).order_by(Broadcast.id)).all():
        try:
            with session.begin_nested():
                query = select(Broadcast).where(Broadcast.id == number, which)
                one = session.scalar(query.with_for_update(skip_locked=True, of=Broadcast))
                if one is not None:
                    do(one)
        except Exception as error:
            log.error("broadcast %d: %s", number, type(error).__name__)
