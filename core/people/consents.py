"""What people agreed to, and took back: what, by which channel and when. Never a word of theirs.

It goes with the person; then only numbers stay, by month, which name nobody.
"""

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.daytime import paris_day
from core.db import Base, UtcDateTime
from core.people.contacts import Address, AddressState, change_state

VERSION = "2026-11"  # of the sentences that are agreed to, but for a sign-up's


class What(StrEnum):
    """*messages*: STOP and START. *sign_up*: the sentence form.confirm. *sessions*: to be told
    when one opens. *answer*: to be told the answer to a question. *linking*: two ways, one person.
    """

    MESSAGES = "messages"
    SIGN_UP = "sign_up"
    SESSIONS = "sessions"
    ANSWER = "answer"
    LINKING = "linking"


class Consent(Base):
    """One yes (*given*) or one no. *version* is that of the sentence."""

    __tablename__ = "consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    channel: Mapped[str] = mapped_column(String(32))
    what: Mapped[str] = mapped_column(String(16))
    version: Mapped[str] = mapped_column(String(16))
    given: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ConsentCount(Base):
    """How many of those who are erased had said so, in the *month* (its first day, in Paris)."""

    __tablename__ = "consent_count"
    __table_args__ = (UniqueConstraint("what", "version", "given", "month"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(16))
    version: Mapped[str] = mapped_column(String(16))
    given: Mapped[bool]
    month: Mapped[date]
    number: Mapped[int] = mapped_column(default=0)


class StreamStop(Base):
    """Somebody wants no more messages about one session ("STOP 42"), and still the others."""

    __tablename__ = "stream_stop"
    __table_args__ = (UniqueConstraint("contact_id", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    session_id: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def note(
    session: Session,
    address: Address,
    what: What,
    now: datetime,
    given: bool = True,
    version: str = VERSION,
) -> None:
    """Whoever is behind *address* agrees to *what*, or no longer does."""
    session.add(
        Consent(
            contact_id=address.contact_id,
            channel=address.channel,
            what=what,
            version=version,
            given=given,
            at=now,
        )
    )


def stop(session: Session, address: Address, now: datetime) -> None:
    """STOP: no more messages there than they ask for."""
    if address.state != AddressState.STOPPED:
        note(session, address, What.MESSAGES, now, given=False)
    change_state(address, AddressState.STOPPED, now)


def start(session: Session, address: Address, now: datetime) -> None:
    """START, after a STOP or not."""
    if address.state == AddressState.STOPPED:
        note(session, address, What.MESSAGES, now)
    change_state(address, AddressState.OPEN, now)


def stop_stream(session: Session, address: Address, session_id: int, now: datetime) -> None:
    """ "STOP 42": no more messages about the session 42, on any channel."""
    if not stopped(session, {(address.contact_id, session_id)}):
        session.add(StreamStop(contact_id=address.contact_id, session_id=session_id, at=now))
        session.flush()


def start_stream(session: Session, address: Address, session_id: int) -> None:
    """ "START 42": they may come again."""
    session.execute(
        delete(StreamStop).where(
            StreamStop.contact_id == address.contact_id, StreamStop.session_id == session_id
        )
    )


def stopped(
    session: Session, pairs: Collection[tuple[int, int | None]]
) -> set[tuple[int, int | None]]:
    """Those of *pairs* (contact, session) for which messages were stopped."""
    people = {contact_id for contact_id, about in pairs if about is not None}
    if not people:
        return set()
    query = select(StreamStop.contact_id, StreamStop.session_id)
    found = session.execute(query.where(StreamStop.contact_id.in_(people)))
    return {(contact_id, about) for contact_id, about in found}


def leave_counts(session: Session, contact_id: int) -> None:
    """Count what a contact said, before they are erased."""
    session.flush()
    for one in session.scalars(select(Consent).where(Consent.contact_id == contact_id)):
        month = paris_day(one.at).replace(day=1)
        _count(session, one.what, one.version, one.given, month)
    session.flush()


def _count(session: Session, what: str, version: str, given: bool, month: date) -> None:
    same = {"what": what, "version": version, "given": given, "month": month}
    query = select(ConsentCount).filter_by(**same)
    row = session.scalar(query)
    if row is None:
        try:
            with session.begin_nested():
                row = ConsentCount(**same, number=0)
                session.add(row)
        except IntegrityError:  # another process counted the first one
            row = session.scalars(query).one()
    # The database adds, so that two erasures at once are both counted.
    row.number = ConsentCount.number + 1
    session.flush()
