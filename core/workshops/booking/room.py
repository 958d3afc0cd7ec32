"""What a session has room for, read under the lock; and the order of its waiting list.

The order is that of ``waiting_since``, then of the id. A party that is too big for what is free
is passed over: it keeps its place, and gets the next seats that are enough. Otherwise five free
seats would stay empty for a day behind a family of six. Somebody new comes after all who wait:
they get free seats only when nobody who waits could take them, on offer or not yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, Select, and_, bindparam, case, func, or_, select, tuple_
from sqlalchemy.orm import Session

from core.people.contacts import DESK, Address, AddressState
from core.workshops.booking import locking
from core.workshops.booking.refusals import (
    NoSuchSession,
    NotOpenYet,
    NotSignedUp,
    SessionCalledOff,
    SessionOver,
    SignUpsClosed,
)
from core.workshops.model import SEATED, SessionState, SignUp, SignUpState, WorkshopSession
from core.workshops.wishes.invitation import Invitation

_WAITS = SignUp.state == SignUpState.WAITING
# From when on the contact that is asked about is invited; without one, the first of all.
_INVITED = (
    select(func.min(Invitation.invited_at))
    .where(
        Invitation.session_id == WorkshopSession.id,
        Invitation.contact_id
        == func.coalesce(bindparam("contact", type_=Integer), Invitation.contact_id),
    )
    .scalar_subquery()
)
# Columns, and no object of the session: everybody else waits while this is read.
_ROOM = (
    select(
        WorkshopSession.id,
        WorkshopSession.state,
        WorkshopSession.opens_at,
        WorkshopSession.closes_at,
        WorkshopSession.starts_at,
        WorkshopSession.ends_at,
        WorkshopSession.seats,
        WorkshopSession.revision,
        # Not ``in_``: its list would be written out each time.
        func.sum(case(*((SignUp.state == one, SignUp.size) for one in SEATED), else_=0)),
        func.count(case((_WAITS, 1))),
        func.max(SignUp.waiting_since),
        func.max(case((SignUp.contact_id == bindparam("contact", type_=Integer), SignUp.id))),
        _INVITED,
    )
    .outerjoin(SignUp, SignUp.session_id == WorkshopSession.id)
    .where(WorkshopSession.id == bindparam("one"))
    .group_by(WorkshopSession.id)
)


@dataclass(frozen=True)
class Room:
    """What is read of a session under its lock; the first eight are its own (core.workshops.model).

    Seats are *taken*, sign-ups are *waiting*, the *last* of them since then. *mine* is the number
    of the sign-up of the contact that was asked about, *invited_at* when that one was invited;
    when nobody was asked about, the first who was.
    """

    id: int
    state: str
    opens_at: datetime
    closes_at: datetime
    starts_at: datetime
    ends_at: datetime
    seats: int
    revision: int
    taken: int
    waiting: int
    last: datetime | None
    mine: int | None
    invited_at: datetime | None

    @property
    def free(self) -> int:
        """Seats that nobody sits on and that are on offer to nobody."""
        return self.seats - self.taken

    def is_over(self, now: datetime) -> bool:
        return self.ends_at <= now

    def takes_sign_ups(self, now: datetime) -> bool:
        """Whether seats may still be taken, and offered. *now* is aware."""
        return self.state == SessionState.OPEN and self._has_opened(now) and now < self.closes_at

    def check_open(self, now: datetime) -> None:
        """Raises Refused when nobody may sign up now, if only for the waiting list."""
        if self.state == SessionState.CANCELLED:
            raise SessionCalledOff
        if self.is_over(now):
            raise SessionOver
        if self.state != SessionState.OPEN or not self._has_opened(now):
            raise NotOpenYet
        if now >= self.closes_at:
            raise SignUpsClosed

    def _has_opened(self, now: datetime) -> bool:
        """To the contact that was asked about, else to anybody: who waits was let in already."""
        return min(self.opens_at, self.invited_at or self.opens_at) <= now


def look(session: Session, session_id: int, contact_id: int | None = None) -> Room:
    """The session as it is now, whatever was read before. Hold it first. Raises NoSuchSession."""
    session.flush()
    asked = {"one": session_id, "contact": contact_id}
    found = session.connection().execute(_ROOM, asked).one_or_none()
    if found is None:
        raise NoSuchSession
    return Room(*found)


def fresh(session: Session, session_id: int) -> WorkshopSession:
    """The session itself, to be written or told of, as it is now. Hold it first."""
    session.flush()
    return session.get_one(WorkshopSession, session_id, populate_existing=True)


def held(session: Session, sign_up_id: int) -> SignUp:
    """The sign-up as it is now, its session held. Raises NotSignedUp when there is none."""
    session_id = session.scalar(select(SignUp.session_id).where(SignUp.id == sign_up_id))
    if session_id is None:
        raise NotSignedUp
    locking.hold(session, [session_id])
    row = session.get(SignUp, sign_up_id, populate_existing=True)
    if row is None:  # forgotten while we waited
        raise NotSignedUp
    return row


def next_that_fits(session: Session, session_id: int, free: int) -> SignUp | None:
    """Who gets *free* seats: the first in order whose party fits and who can be told.

    Whom staff signed up without a number is told by staff: once the seat is held for them by
    itself; whoever could not be called then waits on, and staff give them one when they can.
    """
    called = and_(Address.channel == DESK, SignUp.offers == 0)
    query = (
        _in_order(session_id)
        .join(Address, Address.id == SignUp.address_id)
        .where(SignUp.size <= free, or_(Address.state == AddressState.OPEN, called))
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return session.scalar(query)


def has_room(session: Session, room: Room, people: int) -> bool:
    """Whether *people* who come now get seats at once."""
    if people > room.free:
        return False
    return not room.waiting or next_that_fits(session, room.id, room.free) is None


def place(session: Session, row: SignUp) -> int | None:
    """Which one *row* is in the waiting list, from 1; None when they do not wait."""
    if row.state != SignUpState.WAITING:
        return None
    mine = tuple_(SignUp.waiting_since, SignUp.id) <= tuple_(
        bindparam("since", row.waiting_since, SignUp.waiting_since.type), row.id
    )
    query = select(func.count()).select_from(SignUp).where(SignUp.session_id == row.session_id)
    return session.scalar(query.where(_WAITS, mine))


def waiting_list(session: Session, session_id: int) -> Sequence[SignUp]:
    """Those who wait, in their order."""
    return session.scalars(_in_order(session_id)).all()


def _in_order(session_id: int) -> Select[SignUp]:
    query = select(SignUp).where(SignUp.session_id == session_id, _WAITS)
    return query.order_by(SignUp.waiting_since, SignUp.id)
