"""Several senders share the pace of one account: each takes a part of it, and all know how many.

A sender shows itself every ``SHOWS`` and is dead for the others after ``DEAD``. One that has not
managed to show itself for as long as ``SURE`` may send nothing: the others may believe it dead.
One that is new waits for ``SURE``, until all others have seen it and taken less. So the parts never
add up to more than the pace, whoever dies or comes when.
"""

from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base, UtcDateTime

SHOWS = timedelta(seconds=2)
SURE = timedelta(seconds=5)
DEAD = timedelta(seconds=12)


class LiveSender(Base):
    """One sender of one *account* (a channel)."""

    __tablename__ = "live_sender"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    account: Mapped[str] = mapped_column(String(32), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


def show(session: Session, name: str, account: str, now: datetime) -> tuple[int, int]:
    """*name* is alive: which one of how many it is, from 0, in an order that all agree on.

    Those that are dead are taken off.
    """
    session.execute(
        delete(LiveSender).where(LiveSender.account == account, LiveSender.seen_at < now - DEAD)
    )
    session.merge(LiveSender(name=name, account=account, seen_at=now))
    session.flush()
    query = select(LiveSender.name).where(LiveSender.account == account)
    names = list(session.scalars(query.order_by(LiveSender.name)))
    return names.index(name), len(names)


def leave(session: Session, name: str, account: str) -> None:
    """*name* sends no more: the others take its part at once."""
    session.execute(
        delete(LiveSender).where(LiveSender.account == account, LiveSender.name == name)
    )


def part(pace: float, place: int, number: int) -> float:
    """How many of *pace* messages a second the sender at *place* of *number* may send.

    0 is none: with fewer messages a second than senders, the last ones only stand by.
    """
    if pace < 1:
        return pace if place == 0 else 0
    return int(pace) // number + (1 if place < int(pace) % number else 0)
