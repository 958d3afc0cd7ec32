"""Who came: people say it with the code of the day, or staff write it down.

    offered ─(they come)──┐
    confirmed ─(the day)──┴→ attended ⇄ absent ⇄ excused

From the start on staff may turn any of the last three into any other. Before it somebody who
does not come gives the seat back (core.workshops.booking.seats), so that the next gets it. The code
is a number that is read on site. Guessing it is useless: for an hour after five wrong ones, no code
of that person is looked at.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base, UtcDateTime
from core.outbox import posting
from core.outbox.delivery import Cause
from core.people.contacts import Contact
from core.workshops.booking import locking, room
from core.workshops.booking.refusals import (
    NotOver,
    NotSignedUp,
    NotStarted,
    SessionCalledOff,
    SessionOver,
)
from core.workshops.booking.room import Room
from core.workshops.booking.waiting import take
from core.workshops.model import SessionState, SignUp, SignUpState, WorkshopSession

EARLY, LATE = timedelta(minutes=30), timedelta(hours=2)
MOST_WRONG, WITHIN = 5, timedelta(hours=1)
LOWEST, CODES = 100_000, 900_000  # six digits, the first of them no zero
# Those whom the staff's list names.
ROLL = (SignUpState.CONFIRMED, SignUpState.ATTENDED, SignUpState.ABSENT, SignUpState.EXCUSED)


class WrongCodes(Base):
    """How many wrong codes a contact wrote, and when the last. Kept for an hour, no longer."""

    __tablename__ = "wrong_codes"

    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True
    )
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def still_count(self, now: datetime) -> bool:
        return now - self.last_at < WITHIN

    def are_too_many(self, now: datetime) -> bool:
        return self.count >= MOST_WRONG and self.still_count(now)


class Arrival(StrEnum):
    """What became of a code that somebody wrote. WAITING and NO_SEAT: nothing, see the host."""

    NOTED = auto()
    ALREADY = auto()
    WRONG = auto()
    TOO_MANY = auto()
    TOO_EARLY = auto()
    TOO_LATE = auto()
    CALLED_OFF = auto()
    WAITING = auto()
    NO_SEAT = auto()


@dataclass(frozen=True)
class CheckIn:
    """*session* is the one of the code; None when there is none, or too many were wrong."""

    arrival: Arrival
    session: WorkshopSession | None = None


def code_of_the_day(session: Session, session_id: int, now: datetime) -> str:
    """The six digits for whoever comes: made the first time, and then the same.

    No two sessions ever have the same: it stays true whatever day they are moved to. Raises
    NoSuchSession, SessionCalledOff, and SessionOver once nobody can use it any more.
    """
    locking.hold(session, [session_id])
    here = room.look(session, session_id)
    if here.state == SessionState.CANCELLED:
        raise SessionCalledOff
    if now >= here.ends_at + LATE:
        raise SessionOver
    one = room.fresh(session, session_id)
    while one.day_code is None:
        code = str(LOWEST + secrets.randbelow(CODES))
        if _session_of(session, code) is None:
            one.day_code = code
    session.flush()
    return one.day_code


def check_in(session: Session, contact_id: int, code: str, now: datetime) -> CheckIn:
    """They are here: with *code*, from EARLY before the start until LATE after the end.

    Only who has a seat is noted, and once; nobody else's seat is taken.
    """
    wrong = session.get(WrongCodes, contact_id, populate_existing=True)
    if wrong is not None and wrong.are_too_many(now):
        return CheckIn(Arrival.TOO_MANY)
    session_id = _session_of(session, code)
    if session_id is None:
        return CheckIn(_count_wrong(session, contact_id, now))
    locking.hold(session, [session_id])
    here = room.look(session, session_id, contact_id)
    arrival = _when(here, now) or _arrive(session, here, now)
    return CheckIn(arrival, room.fresh(session, session_id))


def mark(session: Session, sign_up_id: int, state: SignUpState, now: datetime) -> bool:
    """Staff say what became of a seat: ATTENDED, ABSENT or EXCUSED; whether that is new.

    It is what happened, so it is written even when somebody excused comes after all and another
    took the seat meanwhile. Raises NotStarted, NotSignedUp when they have no seat.
    """
    if state not in ROLL[1:]:
        raise ValueError("attended, absent or excused")
    row = room.held(session, sign_up_id)
    if now < room.look(session, row.session_id).starts_at:
        raise NotStarted
    if row.state not in ROLL:
        raise NotSignedUp
    if row.state == state:
        return False
    _become(session, row, state, now)
    return True


def mark_absent(session: Session, session_id: int, now: datetime) -> list[SignUp]:
    """Whoever is still expected did not come; they may still say that they did, until LATE.

    Raises NoSuchSession, NotOver.
    """
    still = expected(session, session_id, now)
    for row in still:
        _become(session, row, SignUpState.ABSENT, now)
    return still


def expected(session: Session, session_id: int, now: datetime) -> list[SignUp]:
    """Those of whom nobody said whether they came, the session held. As ``mark_absent`` raises."""
    locking.hold(session, [session_id])
    if not room.look(session, session_id).is_over(now):
        raise NotOver
    query = (
        select(SignUp)
        .where(SignUp.session_id == session_id, SignUp.state == SignUpState.CONFIRMED)
        .order_by(SignUp.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(query))


def was_taken(session: Session, session_id: int) -> bool:
    """Whether somebody said of anybody whether they came."""
    known = select(SignUp.id).where(SignUp.session_id == session_id, SignUp.state.in_(ROLL[1:]))
    return session.scalar(known.limit(1)) is not None


def forget_old(session: Session, now: datetime) -> None:
    """Delete the counts of wrong codes that do not count any more."""
    session.execute(delete(WrongCodes).where(WrongCodes.last_at <= now - WITHIN))


def _session_of(session: Session, code: str) -> int | None:
    return session.scalar(select(WorkshopSession.id).where(WorkshopSession.day_code == code))


def _when(here: Room, now: datetime) -> Arrival | None:
    """Why nobody can check in now; None when they can."""
    if here.state == SessionState.CANCELLED:
        return Arrival.CALLED_OFF
    if now < here.starts_at - EARLY:
        return Arrival.TOO_EARLY
    return Arrival.TOO_LATE if now >= here.ends_at + LATE else None


def _arrive(session: Session, here: Room, now: datetime) -> Arrival:
    if here.mine is None:
        return Arrival.NO_SEAT
    row = session.get_one(SignUp, here.mine, populate_existing=True)
    match row.state:
        case SignUpState.ATTENDED:
            return Arrival.ALREADY
        case SignUpState.WAITING:
            return Arrival.WAITING
        case SignUpState.CANCELLED:
            return Arrival.NO_SEAT
        case SignUpState.EXCUSED if row.size > here.free:
            return Arrival.NO_SEAT  # somebody signed up for it since
        case SignUpState.OFFERED:
            take(session, row, now)
    _become(session, row, SignUpState.ATTENDED, now)
    return Arrival.NOTED


def _become(session: Session, row: SignUp, state: SignUpState, now: datetime) -> None:
    """*state* is theirs; what they were still to be told before the session has no use now."""
    posting.cancel(session, Cause.SIGN_UP, row.id, now)
    row.state, row.changed_at = state, now
    session.flush()


def _count_wrong(session: Session, contact_id: int, now: datetime) -> Arrival:
    """One more; the hour begins again with each, so no hour has more than MOST_WRONG."""
    # Somebody with two phones writes twice at once: one after the other here.
    alone = select(Contact.id).where(Contact.id == contact_id).with_for_update(key_share=True)
    session.execute(alone)
    wrong = session.get(WrongCodes, contact_id, populate_existing=True)
    if wrong is None:
        wrong = WrongCodes(contact_id=contact_id, count=0, last_at=now)
        session.add(wrong)
    if wrong.are_too_many(now):
        return Arrival.TOO_MANY
    wrong.count = wrong.count + 1 if wrong.still_count(now) else 1
    wrong.last_at = now
    session.flush()
    return Arrival.WRONG
