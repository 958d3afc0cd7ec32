"""The waiting list: a seat that is free is offered to the next, who has some time to answer.

    waiting ─(offer_free_seats)→ offered ─(accept)→ confirmed
                                    └─(decline, or expire)→ cancelled

Who does not answer in time leaves the list, is told so, and may join again: a list of people who
no longer look at it would keep seats empty. Whom staff must call, as they left no number, stays on
it: that nobody called is not their doing. See core.workshops.booking.room for the order.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.outbox import posting
from core.outbox.delivery import Cause
from core.people.contacts import DESK
from core.workshops.booking import locking, room
from core.workshops.booking.deadlines import deadline
from core.workshops.booking.refusals import NotEnoughSeats, OfferOver
from core.workshops.model import CancelReason, SessionState, SignUp, SignUpState
from core.workshops.notices import Notices, offer_purpose


def offer_free_seats(
    session: Session, notices: Notices, session_id: int, now: datetime
) -> list[SignUp]:
    """Offer the free seats to the next in order, who are told; those who got an offer.

    Nothing is offered at night, nor when too little time is left (see deadlines).
    """
    locking.hold(session, [session_id])
    here = room.look(session, session_id)
    until = deadline(here.starts_at, here.closes_at, now)
    if until is None or not here.waiting or not here.takes_sign_ups(now):
        return []
    room.fresh(session, session_id)  # notices read it
    offered, free = [], here.free
    while free > 0 and (row := room.next_that_fits(session, session_id, free)):
        row.state, row.offered_until, row.changed_at = SignUpState.OFFERED, until, now
        row.offers += 1
        session.flush()
        notices.offer(session, row, now)
        offered.append(row)
        free -= row.size
    return offered


def accept(session: Session, sign_up_id: int, now: datetime) -> SignUp:
    """They come. Doing it twice changes nothing.

    Raises OfferOver when the offer has passed, with the session or by itself; NotSignedUp.
    """
    row = room.held(session, sign_up_id)
    here = room.look(session, row.session_id)
    if row.state == SignUpState.CONFIRMED:
        return row
    until = row.offered_until
    holds = row.state == SignUpState.OFFERED and until is not None and now < until
    if not holds or not here.takes_sign_ups(now):
        raise OfferOver
    take(session, row, now)
    return row


def decline(session: Session, notices: Notices, sign_up_id: int, now: datetime) -> None:
    """They do not want the seat that is offered, and leave the list; the next gets it.

    Raises OfferOver when none is offered: an old button gives no confirmed seat back.
    """
    row = room.held(session, sign_up_id)
    if row.state != SignUpState.OFFERED:
        raise OfferOver
    end(session, row, None, now)
    offer_free_seats(session, notices, row.session_id, now)


def give(session: Session, sign_up_id: int, now: datetime) -> SignUp:
    """Staff called them, and they come: the seat that was held for them, or one that is free.

    Raises OfferOver, NotEnoughSeats, NotSignedUp.
    """
    row = room.held(session, sign_up_id)
    if row.state != SignUpState.WAITING:
        return accept(session, sign_up_id, now)
    here = room.look(session, row.session_id)
    if not here.takes_sign_ups(now):
        raise OfferOver
    if row.size > here.free:
        raise NotEnoughSeats(here.free)
    take(session, row, now)
    return row


def pass_over(session: Session, notices: Notices, sign_up_id: int, now: datetime) -> None:
    """Staff could not call them: they wait on in their place, and the next gets the seat.

    Raises OfferOver when none is held for them, NotSignedUp.
    """
    row = room.held(session, sign_up_id)
    if row.state != SignUpState.OFFERED or row.address.channel != DESK:
        raise OfferOver
    _wait_on(session, row, now)
    offer_free_seats(session, notices, row.session_id, now)


def expire(session: Session, notices: Notices, session_id: int, now: datetime) -> list[SignUp]:
    """End the offers whose time is over, or which sign-ups closing has ended; those they had.

    They are told; who is told by staff alone waits on. What that frees is not offered yet.
    """
    locking.hold(session, [session_id])
    here = room.look(session, session_id)
    query = select(SignUp).where(
        SignUp.session_id == session_id, SignUp.state == SignUpState.OFFERED
    )
    if here.takes_sign_ups(now):
        query = query.where(SignUp.offered_until <= now)
    passed = session.scalars(query.order_by(SignUp.id).execution_options(populate_existing=True))
    ended = list(passed)
    if ended:
        room.fresh(session, session_id)  # notices read it
    for row in ended:
        if row.address.channel == DESK:
            _wait_on(session, row, now)
            continue
        end(session, row, CancelReason.NO_ANSWER, now)
        if here.state == SessionState.OPEN and now < here.starts_at:
            notices.expired(session, row, now)
    return ended


def take(session: Session, row: SignUp, now: datetime) -> None:
    """The seat that was offered is theirs; an offer that has not left yet never does."""
    posting.cancel(session, Cause.SIGN_UP, row.id, now, offer_purpose(row))
    row.state, row.changed_at, row.settled_at = SignUpState.CONFIRMED, now, now
    row.waiting_since = row.offered_until = None
    session.flush()


def _wait_on(session: Session, row: SignUp, now: datetime) -> None:
    """They keep their place in the list; no seat is held for them by itself again."""
    row.state, row.offered_until, row.changed_at = SignUpState.WAITING, None, now
    session.flush()


def end(session: Session, row: SignUp, reason: CancelReason | None, now: datetime) -> None:
    """They have no seat and wait for none: what they were to be told of it is over too."""
    posting.cancel(session, Cause.SIGN_UP, row.id, now)
    row.state, row.reason, row.changed_at = SignUpState.CANCELLED, reason, now
    row.waiting_since = row.offered_until = None
    session.flush()
