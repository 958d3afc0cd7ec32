"""What staff decide about a broadcast: confirm, pause, resume, cancel. Each is in the audit log.

Every change of state is one UPDATE that names the state before: of two at once, one is too late.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import CursorResult, update
from sqlalchemy.orm import Session

from core import audit
from core.broadcasts import preview
from core.broadcasts.checking import faults
from core.broadcasts.means import Means
from core.broadcasts.model import OVER, Broadcast, BroadcastState
from core.outbox import holding
from core.outbox.delivery import Cause, Delivery, State


class Refused(Exception):
    """It cannot be decided; *key* names the sentence that says why, filled in with *values*."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


def find(session: Session, number: int) -> Broadcast:
    """The broadcast *number*, locked. Raises Refused."""
    broadcast = session.get(Broadcast, number, with_for_update=True, populate_existing=True)
    if broadcast is None:
        raise Refused("broadcasts.none", number=number)
    return broadcast


def create(session: Session, broadcast: Broadcast, now: datetime) -> None:
    """Keep a new *broadcast*, which *broadcast.author* wrote."""
    session.add(broadcast)
    session.flush()
    audit.record(session, broadcast.author, "broadcast.created", broadcast.subject, now)


def confirm(
    session: Session, means: Means, number: int, actor: str, now: datetime
) -> BroadcastState:
    """*actor* wants it to be sent; WAITING when somebody else has to want it too, else SCHEDULED.

    Raises Refused: it has faults, is for nobody, was decided already, or *actor* is its author
    or has confirmed it before.
    """
    broadcast = find(session, number)
    second = broadcast.state == BroadcastState.WAITING
    if broadcast.state not in (BroadcastState.READY, BroadcastState.WAITING):
        raise Refused("broadcasts.not_now", number=number)
    if second and actor == broadcast.author:
        raise Refused("broadcasts.somebody_else", number=number)
    for fault in faults(session, means, broadcast, now):
        raise Refused(fault.key, **fault.values)
    size = preview.count(session, means, broadcast, now).size
    if not size:
        raise Refused("broadcasts.nobody", number=number)
    broadcast.size, broadcast.changed_at, broadcast.asking = size, now, ""
    if size > means.second_at and not second and actor == broadcast.author:
        broadcast.state = BroadcastState.WAITING
        audit.record(session, actor, "broadcast.asked", broadcast.subject, now, size=size)
        return BroadcastState.WAITING
    if actor != broadcast.author:
        broadcast.confirmer = actor
    broadcast.state, broadcast.confirmed_at = BroadcastState.SCHEDULED, now
    broadcast.start_at = broadcast.start_at or now
    broadcast.next_at = broadcast.next_at or max(broadcast.start_at, now)
    audit.record(
        session, actor, "broadcast.confirmed", broadcast.subject, now,
        size=size, urgent=broadcast.urgent, second=actor != broadcast.author,
    )  # fmt: skip
    return BroadcastState.SCHEDULED


def refuse(session: Session, number: int, actor: str, now: datetime) -> None:
    """*actor* does not want it to be sent; its author may change it. Raises Refused."""
    broadcast = _move(session, number, (BroadcastState.WAITING,), BroadcastState.READY, now)
    broadcast.asking = "preview"
    audit.record(session, actor, "broadcast.refused", broadcast.subject, now)


def pause(session: Session, number: int, actor: str, now: datetime) -> None:
    """Nothing more of it leaves but what is on its way. Raises Refused."""
    running = (BroadcastState.RUNNING, BroadcastState.SCHEDULED)
    broadcast = _move(session, number, running, BroadcastState.PAUSED, now)
    holding.hold(session, Cause.BROADCAST, number)
    audit.record(session, actor, "broadcast.paused", broadcast.subject, now)


def resume(session: Session, number: int, actor: str, now: datetime) -> None:
    """It goes on. What is too late by now is not sent. Raises Refused."""
    broadcast = find(session, number)
    began = broadcast.occurrence > 0 and broadcast.finished_at is None
    to = BroadcastState.RUNNING if began else BroadcastState.SCHEDULED
    _move(session, number, (BroadcastState.PAUSED,), to, now)
    holding.let_go(session, Cause.BROADCAST, number)
    audit.record(session, actor, "broadcast.resumed", broadcast.subject, now)


def cancel(session: Session, number: int, actor: str, now: datetime) -> int:
    """Nothing more of it leaves, now or later; how many it still was for. Raises Refused."""
    before = [state for state in BroadcastState if state not in OVER]
    broadcast = _move(session, number, before, BroadcastState.CANCELLED, now)
    broadcast.asking = ""
    waiting = (
        update(Delivery)
        .where(Delivery.cause == Cause.BROADCAST, Delivery.cause_id == number)
        .where(Delivery.state.in_((State.QUEUED, State.HELD)))
        .values(state=State.CANCELLED, reason="withdrawn", ended_at=now, sealed=None)
        .execution_options(synchronize_session=False)
    )
    result = session.execute(waiting)
    holding.forget(session, Cause.BROADCAST, number)
    assert isinstance(result, CursorResult)
    left = result.rowcount
    audit.record(session, actor, "broadcast.cancelled", broadcast.subject, now, left=left)
    return left


def _move(
    session: Session,
    number: int,
    before: Collection[BroadcastState],
    after: BroadcastState,
    now: datetime,
) -> Broadcast:
    broadcast = find(session, number)
    if broadcast.state not in before:
        raise Refused("broadcasts.not_now", number=number)
    broadcast.state, broadcast.changed_at = after, now
    session.flush()
    return broadcast
