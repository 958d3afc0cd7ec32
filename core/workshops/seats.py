"""Seats: who signs up, who gives a seat back, and that there are never more than there are.

To wait is to sign up for a session that is full; to leave the list is to give the sign-up back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.contacts import Address
from core.vault import Vault
from core.workshops import locking, room
from core.workshops.model import (
    LIVE,
    NAME,
    SEATED,
    Attendee,
    CancelReason,
    SessionState,
    SignUp,
    SignUpState,
    WorkshopSession,
)
from core.workshops.notices import Notices
from core.workshops.refusals import (
    NotEnoughSeats,
    NotOpenYet,
    NotSignedUp,
    SessionCalledOff,
    SessionOver,
    SignUpsClosed,
    TooManyPeople,
)
from core.workshops.room import Room
from core.workshops.waiting import end, offer_free_seats, take

Person = tuple[str, bool]  # a first name, and whether it is a child's
TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class Placed:
    """What a sign-up has become. *place* in the waiting list counts from 1; None for a seat."""

    sign_up_id: int
    state: SignUpState
    place: int | None = None


def sign_up(
    session: Session,
    who: Address,
    session_id: int,
    people: Sequence[Person],
    consent: str,
    vault: Vault,
    now: datetime,
) -> Placed:
    """A seat for each of *people*, or a place in the waiting list; *consent* is its version.

    Doing it again changes the same sign-up: who is on it, and who has a seat on offer accepts
    it. One that was given back begins anew, at the end of the list. Seats that this frees are
    offered by the next round. Raises Refused.
    """
    locking.hold(session, [session_id])
    here = room.look(session, session_id)
    check_open(here.session, now)
    query = select(SignUp).where(
        SignUp.session_id == session_id, SignUp.contact_id == who.contact_id
    )
    row = session.scalar(query.execution_options(populate_existing=True))
    if row is not None and _lapsed(row, now):
        end(session, row, CancelReason.NO_ANSWER, now)
        here = room.look(session, session_id)
    if row is not None and row.state in (SignUpState.ATTENDED, SignUpState.ABSENT):
        raise SessionOver
    if row is not None and row.state in LIVE:
        _change(session, here, row, people, vault, now)
    else:
        row = _begin(session, here, row, who, people, vault, now)
    if row.state == SignUpState.OFFERED:
        take(session, row, now)
    row.address, row.consent = who, consent
    session.flush()
    return placed(session, row)


def change_people(
    session: Session,
    notices: Notices,
    sign_up_id: int,
    people: Sequence[Person],
    vault: Vault,
    now: datetime,
) -> Placed:
    """Others come, fewer or more; who waits keeps their place.

    The seats of those who do not come are offered at once. Raises NotEnoughSeats when more come
    than there are free seats, SignUpsClosed when it is too late for more, and Refused.
    """
    row = room.held(session, sign_up_id)
    here = room.look(session, row.session_id)
    if row.state not in LIVE:
        raise NotSignedUp
    if here.session.is_over(now):
        raise SessionOver
    if len(people) > row.size:
        check_open(here.session, now)
    _change(session, here, row, people, vault, now)
    offer_free_seats(session, notices, row.session_id, now)
    return placed(session, row)


def release(
    session: Session,
    notices: Notices,
    sign_up_id: int,
    reason: CancelReason | None,
    now: datetime,
) -> None:
    """They do not come: seat, offer or place in the list is given back, and goes to the next.

    *reason* is None when they did not say why. Raises NotSignedUp, SessionOver.
    """
    row = room.held(session, sign_up_id)
    here = room.look(session, row.session_id)
    if row.state not in LIVE:
        raise NotSignedUp
    if here.session.is_over(now):
        raise SessionOver
    end(session, row, reason, now)
    offer_free_seats(session, notices, row.session_id, now)


def check_open(one: WorkshopSession, now: datetime) -> None:
    """Raises Refused when nobody may sign up for *one* now, if only for the waiting list."""
    if one.state == SessionState.CANCELLED:
        raise SessionCalledOff
    if one.is_over(now):
        raise SessionOver
    if one.state != SessionState.OPEN or now < one.opens_at:
        raise NotOpenYet
    if now >= one.closes_at:
        raise SignUpsClosed


def placed(session: Session, row: SignUp) -> Placed:
    return Placed(row.id, SignUpState(row.state), room.place(session, row))


def _lapsed(row: SignUp, now: datetime) -> bool:
    return row.offered_until is not None and row.offered_until <= now


def _begin(
    session: Session,
    here: Room,
    row: SignUp | None,
    who: Address,
    people: Sequence[Person],
    vault: Vault,
    now: datetime,
) -> SignUp:
    """A new sign-up, or *row* anew: with a seat, or at the very end of the list."""
    _check_size(here, people)
    seated = room.has_room(session, here, len(people))
    if row is None:
        row = SignUp(session_id=here.session.id, contact_id=who.contact_id, created_at=now)
        session.add(row)
    row.state = SignUpState.CONFIRMED if seated else SignUpState.WAITING
    # Somebody who was heard first may get the lock last: the end of the list is the end.
    last = here.last + TICK if here.last else now
    row.waiting_since = None if seated else max(now, last)
    row.offered_until = row.reason = None
    row.revision = here.session.revision
    row.size, row.changed_at = len(people), now
    row.attendees = _sealed(people, vault)
    return row


def _change(
    session: Session,
    here: Room,
    row: SignUp,
    people: Sequence[Person],
    vault: Vault,
    now: datetime,
) -> None:
    _check_size(here, people)
    more = len(people) - row.size
    if row.state in SEATED and more > 0 and not room.has_room(session, here, more):
        raise NotEnoughSeats(here.free)
    row.size, row.changed_at = len(people), now
    row.attendees = _sealed(people, vault)
    session.flush()


def _check_size(here: Room, people: Sequence[Person]) -> None:
    if not people:
        raise ValueError("a sign-up is for somebody")
    if len(people) > here.session.seats:
        raise TooManyPeople(here.session.seats)


def _sealed(people: Sequence[Person], vault: Vault) -> list[Attendee]:
    return [Attendee(name=vault.seal(name, NAME), child=child) for name, child in people]
