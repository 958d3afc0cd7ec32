"""Handoffs: who waits for a person of the team, since when, and when it is over.

    opened ─ (a member answers) → taken ─ (either ends it, or a day goes by) → closed

Its words pass through the outbox, sealed, and are erased once sent; what the console shows of them
(core.team.lines) is erased when it is closed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.people.contacts import Address
from core.team import lines, office

FIRST_REMINDER = timedelta(minutes=30)  # of office time, as is the next
NEXT_REMINDER = timedelta(hours=2)
MOST_REMINDERS = 4
IDLE = timedelta(hours=24)
NO_FOR = timedelta(hours=24)


class Reason(StrEnum):
    ASKED = "asked"
    FAILURES = "failures"
    SENSITIVE = "sensitive"


class Ending(StrEnum):
    TEAM = "team"
    PERSON = "person"
    WITHDRAWN = "withdrawn"
    IDLE = "idle"


class Handoff(Base):
    """A conversation that the team is asked to take over; at most one open per contact.

    *taken_at* is the team's first answer and *answered_at* its last; *waiting_since* is empty
    while nothing of the person waits for an answer; *active_at* is the last word of either.
    *reminders* counts those since *waiting_since*, *reminded_at* the last of them. *ending*
    says who ended it; *holder* is the member (an actor, core.audit) who said that they see to it.
    """

    __tablename__ = "handoff"
    __table_args__ = (
        Index(
            "ix_handoff_open",
            "contact_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},  # its number stays written in the group
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    address_id: Mapped[int] = mapped_column(
        ForeignKey("address.id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(16))
    question_id: Mapped[str | None] = mapped_column(String(64))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    active_at: Mapped[datetime] = mapped_column(UtcDateTime)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminders: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ending: Mapped[str | None] = mapped_column(String(16))
    holder: Mapped[str | None] = mapped_column(String(64))

    address: Mapped[Address] = relationship()


def current(session: Session, contact_id: int) -> Handoff | None:
    """The open handoff of a contact, locked until the transaction ends."""
    query = select(Handoff).where(Handoff.contact_id == contact_id, Handoff.closed_at.is_(None))
    return session.scalar(query.with_for_update())


def last(session: Session, contact_id: int) -> Handoff | None:
    """The newest handoff of a contact, open or closed."""
    query = select(Handoff).where(Handoff.contact_id == contact_id)
    return session.scalar(query.order_by(Handoff.id.desc()).limit(1))


def of(session: Session, contact_id: int) -> Sequence[Handoff]:
    """Every handoff of a contact, open or closed, oldest first."""
    query = select(Handoff).where(Handoff.contact_id == contact_id).order_by(Handoff.id)
    return session.scalars(query).all()


def said_no(session: Session, contact_id: int, now: datetime) -> bool:
    """Whether this person said "do not pass it on" in the last day: they are left in peace."""
    newest = last(session, contact_id)
    if newest is None or newest.closed_at is None or newest.ending != Ending.WITHDRAWN:
        return False
    return newest.closed_at > now - NO_FOR


def begin(
    session: Session, address: Address, reason: Reason, question_id: str | None, now: datetime
) -> tuple[Handoff, bool]:
    """The open handoff of whoever writes from *address*, and whether it is new.

    The unique index decides: two processes that open one at the same moment get the same.
    """
    known = current(session, address.contact_id)
    if known is not None:
        return known, False
    try:
        with session.begin_nested():
            handoff = Handoff(
                contact_id=address.contact_id,
                address=address,
                reason=reason,
                question_id=question_id,
                opened_at=now,
                active_at=now,
                waiting_since=now,
            )
            session.add(handoff)
    except IntegrityError:
        known = current(session, address.contact_id)
        assert known is not None
        return known, False
    return handoff, True


def heard(handoff: Handoff, address: Address, now: datetime) -> None:
    """The person wrote to the team, from *address*: it answers there."""
    handoff.address, handoff.active_at = address, now
    if handoff.waiting_since is None:
        handoff.waiting_since = now


def answered(handoff: Handoff, now: datetime) -> None:
    """A member wrote to the person: nobody waits any more."""
    handoff.taken_at = handoff.taken_at or now
    handoff.answered_at = handoff.active_at = now
    handoff.waiting_since = handoff.reminded_at = None
    handoff.reminders = 0


def close(session: Session, handoff: Handoff, ending: Ending, now: datetime) -> None:
    """It is over, and what was said in it is erased."""
    lines.erase(session, handoff.id)
    handoff.closed_at, handoff.ending, handoff.waiting_since = now, ending, None


def all_open(session: Session) -> Sequence[Handoff]:
    """Every open handoff, oldest first."""
    query = select(Handoff).where(Handoff.closed_at.is_(None)).order_by(Handoff.id)
    return session.scalars(query).all()


def to_remind(session: Session, now: datetime) -> list[Handoff]:
    """Those that the team should be reminded of now; locked, and none outside office hours."""
    if not office.is_open(now):
        return []
    query = (
        select(Handoff)
        .where(Handoff.closed_at.is_(None), Handoff.waiting_since.is_not(None))
        .where(Handoff.reminders < MOST_REMINDERS)
        .order_by(Handoff.id)
        .with_for_update(skip_locked=True)
    )
    return [one for one in session.scalars(query) if _reminder_due(one, now)]


def _reminder_due(handoff: Handoff, now: datetime) -> bool:
    assert handoff.waiting_since is not None
    if handoff.reminded_at is None:
        return office.worked(handoff.waiting_since, now) >= FIRST_REMINDER
    return office.worked(handoff.reminded_at, now) >= NEXT_REMINDER


def reminded(handoff: Handoff, now: datetime) -> None:
    handoff.reminders += 1
    handoff.reminded_at = now


def to_end(session: Session, now: datetime) -> Sequence[Handoff]:
    """Those taken and then silent for a day; locked. Only in office hours: people are told."""
    if not office.is_open(now):
        return []
    query = (
        select(Handoff)
        .where(Handoff.closed_at.is_(None), Handoff.taken_at.is_not(None))
        .where(Handoff.active_at <= now - IDLE)
        .order_by(Handoff.id)
        .with_for_update(skip_locked=True)
    )
    return session.scalars(query).all()
