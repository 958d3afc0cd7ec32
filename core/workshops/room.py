"""What a session has room for, read under the lock; and the order of its waiting list.

The order is that of ``waiting_since``, then of the id. A party that is too big for what is free
is passed over: it keeps its place, and gets the next seats that are enough. Otherwise five free
seats would stay empty for a day behind a family of six. Somebody new comes after all who wait:
they get free seats only when nobody who waits could take them, on offer or not yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, bindparam, case, func, select, tuple_
from sqlalchemy.orm import Session

from core.contacts import Address, AddressState
from core.workshops import locking
from core.workshops.model import SEATED, SignUp, SignUpState, WorkshopSession
from core.workshops.refusals import NoSuchSession, NotSignedUp

_WAITS = SignUp.state == SignUpState.WAITING
# Made once: to make it takes longer than to ask it.
_ROOM = (
    select(
        WorkshopSession,
        func.coalesce(func.sum(case((SignUp.state.in_(SEATED), SignUp.size), else_=0)), 0),
        func.count(case((_WAITS, 1))),
        func.max(SignUp.waiting_since),
    )
    .outerjoin(SignUp, SignUp.session_id == WorkshopSession.id)
    .where(WorkshopSession.id == bindparam("one"))
    .group_by(WorkshopSession.id)
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True)
class Room:
    """A session under the lock: seats *taken*, sign-ups *waiting*, and since when the *last* is."""

    session: WorkshopSession
    taken: int
    waiting: int
    last: datetime | None

    @property
    def free(self) -> int:
        """Seats that nobody sits on and that are on offer to nobody."""
        return self.session.seats - self.taken


def look(session: Session, session_id: int) -> Room:
    """The session as it is now, whatever was read before. Hold it first. Raises NoSuchSession."""
    found = session.execute(_ROOM, {"one": session_id}).one_or_none()
    if found is None:
        raise NoSuchSession
    one, taken, waiting, last = found
    return Room(one, taken, waiting, last)


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
    """Who gets *free* seats: the first in order whose party fits and who can be told."""
    query = (
        _in_order(session_id)
        .join(Address, Address.id == SignUp.address_id)
        .where(SignUp.size <= free, Address.state == AddressState.OPEN)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return session.scalar(query)


def has_room(session: Session, room: Room, people: int) -> bool:
    """Whether *people* who come now get seats at once."""
    if people > room.free:
        return False
    return not room.waiting or next_that_fits(session, room.session.id, room.free) is None


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
