"""Wakes the senders when something was written into the outbox, as soon as it is committed.

In this process by a call; in others, on PostgreSQL, by a notification that leaves with the commit.
It is a comfort: a sender that heard nothing looks twice a second.
"""

from collections.abc import Callable

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, UOWTransaction

from core.db import Sessions
from core.outbox.delivery import Delivery

CHANNEL = "outbox"
_RUNG = "outbox rung"


def ring_on_commit(sessions: Sessions, wake: Callable[[], None]) -> None:
    """Call *wake* after each transaction that wrote into the outbox, in whichever thread."""

    def flushed(session: Session, flush_context: UOWTransaction) -> None:
        if any(isinstance(one, Delivery) for one in session.new):
            ring(session)

    def committed(session: Session) -> None:
        if session.info.pop(_RUNG, False):
            wake()

    def rolled_back(session: Session) -> None:
        session.info.pop(_RUNG, None)

    event.listen(sessions, "after_flush", flushed)
    event.listen(sessions, "after_commit", committed)
    event.listen(sessions, "after_rollback", rolled_back)


def ring(session: Session) -> None:
    """Rows were written: wake the senders once this is committed. Twice is once."""
    if session.info.setdefault(_RUNG, False):
        return
    session.info[_RUNG] = True
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(select(func.pg_notify(CHANNEL, "")))
