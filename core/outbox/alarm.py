"""Wakes the senders when something was written into the outbox, as soon as it is committed.

In this process by a call; in others, on PostgreSQL, by a notification that leaves with the commit.
It is a comfort: a sender that heard nothing looks four times a second.
"""

import uuid
from collections.abc import Callable

from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, UOWTransaction

from core.db import Sessions
from core.outbox.delivery import Delivery

CHANNEL = "outbox"
_HERE = uuid.uuid4().hex  # this process
_RUNG = "outbox rung"


def ring_on_commit(sessions: Sessions, wake: Callable[[str], None]) -> None:
    """Call *wake* with each channel that a transaction wrote for, in whichever thread."""

    def flushed(session: Session, flush_context: UOWTransaction) -> None:
        for channel in {one.channel for one in session.new if isinstance(one, Delivery)}:
            _ring(session, channel)

    def committed(session: Session) -> None:
        for channel in session.info.pop(_RUNG, ()):
            wake(channel)

    def rolled_back(session: Session) -> None:
        session.info.pop(_RUNG, None)

    event.listen(sessions, "after_flush", flushed)
    event.listen(sessions, "after_commit", committed)
    event.listen(sessions, "after_rollback", rolled_back)


def heard(payload: str) -> str | None:
    """The channel that another process wrote for; None when it was this one, which knows."""
    process, _, channel = payload.partition(" ")
    return None if process == _HERE else channel


def _ring(session: Session, channel: str) -> None:
    """Wake the senders of *channel* once this is committed. Twice is once."""
    rung: set[str] = session.info.setdefault(_RUNG, set())
    if channel in rung:
        return
    rung.add(channel)
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(select(func.pg_notify(CHANNEL, f"{_HERE} {channel}")))
