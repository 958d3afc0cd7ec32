"""The tables of what is offered and of who comes.

    workshop ─< session ─< sign-up ─< attendee

A workshop is what is offered, a session a date and place of it. A sign-up is the place of one
contact in one session, for as many people as come with them: one phone serves a family.

    waiting ─(a seat is free)→ offered ─(they accept)→ confirmed ─(the day)→ attended | absent
       │                          │                       │                         | excused
       └─(they leave the list)    └─(no, or no answer)    └─(given back)→ cancelled
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.people.contacts import Address, Contact

NAME = "first name"  # what the vault binds an attendee's name to
NOTE = "note of staff"  # and a note of staff
LONGEST_COLLEGE = 80  # as the table of collèges calls it
DEMO = "[Démonstration]"  # a title that begins so is demonstration data


class WorkshopKind(StrEnum):
    """*Atelier*, *formation*, *événement*."""

    WORKSHOP = "workshop"
    TRAINING = "training"
    EVENT = "event"


class Audience(StrEnum):
    PARENTS = "parents"
    TEACHERS = "teachers"
    ALL = "all"


class SessionState(StrEnum):
    """What staff decide. That a session is full or over follows from its seats and its end."""

    DRAFT = "draft"
    OPEN = "open"
    CANCELLED = "cancelled"


class SignUpState(StrEnum):
    OFFERED = "offered"
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    CANCELLED = "cancelled"
    ATTENDED = "attended"
    ABSENT = "absent"
    EXCUSED = "excused"


# These hold a seat, before the day and after it. Who is excused has left it.
SEATED = (
    SignUpState.OFFERED,
    SignUpState.CONFIRMED,
    SignUpState.ATTENDED,
    SignUpState.ABSENT,
)
# These wait for something to happen.
LIVE = (SignUpState.OFFERED, SignUpState.CONFIRMED, SignUpState.WAITING)


class CancelReason(StrEnum):
    """Why a seat was given back; asked in one tap, never demanded."""

    DATE = "date"
    CHILD_CARE = "child_care"
    TRANSPORT = "transport"
    WORK = "work"
    ILLNESS = "illness"
    OTHER = "other"
    NO_ANSWER = "no_answer"
    SESSION_CANCELLED = "session_cancelled"
    MOVED = "moved"


class Workshop(Base):
    """What is offered. *external_id* is the organizer's own; *theme* as ``nlu/data/themes.tsv``.

    *demo*: demonstration data, never presented as real.
    """

    __tablename__ = "workshop"

    id: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(default="")
    theme: Mapped[str | None] = mapped_column(String(32))
    audience: Mapped[str] = mapped_column(String(16))
    organizer: Mapped[str] = mapped_column(String(200))
    demo: Mapped[bool] = mapped_column(default=False)

    sessions: Mapped[list["WorkshopSession"]] = relationship(
        back_populates="workshop", cascade="all, delete-orphan", passive_deletes=True
    )


class WorkshopSession(Base):
    """A date and place of a workshop. Its id is the short code on posters (``ATELIER 42``).

    Times are aware, UTC here. *place*, *street*, *commune* say where, with *latitude* and
    *longitude* in degrees when known; *link* is for a remote one, which has no place.
    *college* is the one whose session it is (core.workshops.reach), None for none.
    *languages* are those that the host speaks. People sign up from *opens_at* until *closes_at*;
    who was invited may do so earlier (core.workshops.wishes.invitation).
    *revision* counts the changes that people must be told, *times_revision* and *place_revision*
    are those at which the times and the place last changed; *day_code* is the code of the day.
    *silence_releases*: who does not answer the reminders loses the seat, and is told so before.
    """

    __tablename__ = "workshop_session"
    __table_args__ = (
        CheckConstraint("seats > 0", name="seats"),
        CheckConstraint("ends_at > starts_at", name="times"),
        Index("ix_workshop_session_day_code", "day_code", unique=True),
        # Its number stays written on posters and in deep links: never used twice.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(String(64), unique=True)
    workshop_id: Mapped[int] = mapped_column(
        ForeignKey("workshop.id", ondelete="CASCADE"), index=True
    )
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    remote: Mapped[bool] = mapped_column(default=False)
    place: Mapped[str] = mapped_column(String(200), default="")
    street: Mapped[str] = mapped_column(String(200), default="")
    commune: Mapped[str] = mapped_column(String(100), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    link: Mapped[str | None] = mapped_column(String(500))
    territory: Mapped[str] = mapped_column(String(32))
    college: Mapped[str | None] = mapped_column(String(LONGEST_COLLEGE))
    languages: Mapped[list[str]] = mapped_column(JSON, default=list)
    seats: Mapped[int]
    opens_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16), default=SessionState.DRAFT)
    revision: Mapped[int] = mapped_column(default=0)
    times_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    place_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    day_code: Mapped[str | None] = mapped_column(String(16))
    silence_releases: Mapped[bool] = mapped_column(default=False, server_default=false())

    workshop: Mapped[Workshop] = relationship(back_populates="sessions")
    sign_ups: Mapped[list["SignUp"]] = relationship(
        back_populates="session", cascade="all, delete-orphan", passive_deletes=True
    )

    def is_over(self, now: datetime) -> bool:
        return self.ends_at <= now


class SignUp(Base):
    """A contact's place in a session; one of them, whatever became of it.

    *size* counts the people who come. *waiting_since* orders the waiting list, and is kept while
    a seat is offered; *offered_until* ends the offer, and *offers* counts those made so far.
    *revision* is the session's that they know: less than it, and they must be told. *consent* is
    the version of the sentence that was agreed to. *reason* says why it was cancelled.
    *details* is what a teacher said for the organizer, sealed (core.workshops.signing.form), and
    *note* what staff wrote down about it, sealed too.
    *settled_at* is since when they have the seat, on the date that it is for now: reminders of
    before are not for them. *answered_at* is when they last said that they come, *rating* how it
    was for them, from 1 to 3.
    """

    __tablename__ = "sign_up"
    __table_args__ = (
        UniqueConstraint("session_id", "contact_id"),
        Index("ix_sign_up_list", "session_id", "state", "waiting_since", "id"),
        Index("ix_sign_up_offers", "state", "offered_until"),
        CheckConstraint("size > 0", name="size"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("workshop_session.id", ondelete="CASCADE"))
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    address_id: Mapped[int] = mapped_column(
        ForeignKey("address.id", ondelete="CASCADE"), index=True
    )
    size: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    waiting_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offered_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    offers: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=0)
    consent: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    details: Mapped[bytes | None] = mapped_column(LargeBinary)
    note: Mapped[bytes | None] = mapped_column(LargeBinary)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rating: Mapped[int | None]

    session: Mapped[WorkshopSession] = relationship(back_populates="sign_ups")
    contact: Mapped[Contact] = relationship()
    address: Mapped[Address] = relationship()
    attendees: Mapped[list["Attendee"]] = relationship(
        back_populates="sign_up",
        cascade="all, delete-orphan",
        passive_deletes=True,
        order_by="Attendee.id",
    )


class Attendee(Base):
    """Somebody who comes: a first name, sealed, and whether they are a child. Nothing more."""

    __tablename__ = "attendee"

    id: Mapped[int] = mapped_column(primary_key=True)
    sign_up_id: Mapped[int] = mapped_column(
        ForeignKey("sign_up.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[bytes] = mapped_column(LargeBinary)
    child: Mapped[bool] = mapped_column(default=False)

    sign_up: Mapped[SignUp] = relationship(back_populates="attendees")
