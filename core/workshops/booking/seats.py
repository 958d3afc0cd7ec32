"""Seats: who signs up, who gives a seat back, and that there are never more than there are.

To wait is to sign up for a session that is full; to leave the list is to give the sign-up back.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.db import Base
from core.people.contacts import Address
from core.vault import Vault
from core.workshops.booking import locking, room
from core.workshops.booking.refusals import (
    NotEnoughSeats,
    NotSignedUp,
    SessionOver,
    TooManyPeople,
)
from core.workshops.booking.room import Room
from core.workshops.booking.waiting import end, offer_free_seats, take
from core.workshops.model import (
    LIVE,
    NAME,
    SEATED,
    Attendee,
    CancelReason,
    SignUp,
    SignUpState,
)
from core.workshops.notices import Notices

Person = tuple[str, bool]  # a first name, and whether it is a child's
TICK = timedelta(microseconds=1)
_SIGN_UP = insert(Base.metadata.tables["sign_up"]).returning(SignUp.id)
_ATTENDEE = insert(Base.metadata.tables["attendee"])


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
    here = room.look(session, session_id, who.contact_id)
    here.check_open(now)
    _check_size(here, people)
    if here.mine is None:
        return _first(session, here, who, people, consent, vault, now)
    row = session.get_one(SignUp, here.mine, populate_existing=True)
    if row.state in (SignUpState.ATTENDED, SignUpState.ABSENT):
        raise SessionOver
    if row.offered_until is not None and row.offered_until <= now:
        end(session, row, CancelReason.NO_ANSWER, now)
        here = room.look(session, session_id)
    if row.state in LIVE:
        _change(session, here, row, people, vault, now)
    else:
        _anew(session, here, row, people, vault, now)
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
    if here.is_over(now):
        raise SessionOver
    if len(people) > row.size:
        here.check_open(now)
    _check_size(here, people)
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
    if here.is_over(now):
        raise SessionOver
    end(session, row, reason, now)
    offer_free_seats(session, notices, row.session_id, now)


def placed(session: Session, row: SignUp) -> Placed:
    return Placed(row.id, SignUpState(row.state), room.place(session, row))


def _first(
    session: Session,
    here: Room,
    who: Address,
    people: Sequence[Person],
    consent: str,
    vault: Vault,
    now: datetime,
) -> Placed:
    """Somebody new. Everybody else waits for this to be written, so it is without detours."""
    state, since = _seat_or_place(session, here, len(people), now)
    connection = session.connection()
    number: int = connection.execute(
        _SIGN_UP,
        {
            "session_id": here.id, "contact_id": who.contact_id, "address_id": who.id,
            "size": len(people), "state": state, "created_at": now, "changed_at": now,
            "waiting_since": since, "revision": here.revision, "offers": 0,
            "consent": consent, "settled_at": None if since else now,
        },
    ).scalar_one()  # fmt: skip
    connection.execute(
        _ATTENDEE,
        [
            {"sign_up_id": number, "name": vault.seal(name, NAME), "child": child}
            for name, child in people
        ],
    )
    return Placed(number, state, here.waiting + 1 if since else None)


def _anew(
    session: Session,
    here: Room,
    row: SignUp,
    people: Sequence[Person],
    vault: Vault,
    now: datetime,
) -> None:
    """Somebody who had given it back, or did not answer, and comes after all."""
    row.state, row.waiting_since = _seat_or_place(session, here, len(people), now)
    row.offered_until = row.reason = row.answered_at = row.rating = None
    row.settled_at = None if row.waiting_since else now
    row.revision = here.revision
    row.size, row.changed_at = len(people), now
    row.attendees = _sealed(people, vault)


def _seat_or_place(
    session: Session, here: Room, people: int, now: datetime
) -> tuple[SignUpState, datetime | None]:
    """The state of whoever comes now, and since when they wait."""
    if room.has_room(session, here, people):
        return SignUpState.CONFIRMED, None
    # Somebody who was heard first may get the lock last: the end of the list is the end.
    return SignUpState.WAITING, max(now, here.last + TICK) if here.last else now


def _change(
    session: Session,
    here: Room,
    row: SignUp,
    people: Sequence[Person],
    vault: Vault,
    now: datetime,
) -> None:
    more = len(people) - row.size
    if row.state in SEATED and more > 0 and not room.has_room(session, here, more):
        raise NotEnoughSeats(here.free)
    row.size, row.changed_at = len(people), now
    row.attendees = _sealed(people, vault)
    session.flush()


def _check_size(here: Room, people: Sequence[Person]) -> None:
    if not people:
        raise ValueError("a sign-up is for somebody")
    if len(people) > here.seats:
        raise TooManyPeople(here.seats)


def _sealed(people: Sequence[Person], vault: Vault) -> list[Attendee]:
    return [Attendee(name=vault.seal(name, NAME), child=child) for name, child in people]
