"""From one date to another: the seat there is taken before the one here is given back."""

from datetime import datetime

from sqlalchemy.orm import Session

from core.vault import Vault
from core.workshops.booking import locking, room, seats
from core.workshops.booking.refusals import NotSignedUp, Refused
from core.workshops.model import LIVE, NAME, CancelReason, SignUp, SignUpState
from core.workshops.notices import Notices


def move(
    session: Session,
    notices: Notices,
    sign_up_id: int,
    session_id: int,
    vault: Vault,
    now: datetime,
) -> SignUp | None:
    """The sign-up for *session_id*, with a seat for the same people; None when there is no room.

    One transaction: nobody is ever without both. Raises Refused.
    """
    row = session.get(SignUp, sign_up_id)
    if row is None:
        raise NotSignedUp
    locking.hold(session, [row.session_id, session_id])
    row = room.held(session, sign_up_id)
    if row.state != SignUpState.CONFIRMED:
        raise NotSignedUp
    there = room.look(session, session_id, row.contact_id)
    mine = session.get(SignUp, there.mine) if there.mine else None
    if mine is not None and mine.state in LIVE:
        return None
    try:
        there.check_open(now)
    except Refused:
        return None
    if not room.has_room(session, there, row.size):
        return None
    moved = carry(session, notices, row, session_id, CancelReason.DATE, vault, now)
    moved.answered_at = now
    return moved


def carry(
    session: Session,
    notices: Notices,
    row: SignUp,
    session_id: int,
    reason: CancelReason,
    vault: Vault,
    now: datetime,
) -> SignUp:
    """*row*'s people get a seat in *session_id*, or wait there, and give back what they have.

    Both sessions are held. Raises Refused.
    """
    named = [(vault.open(one.name, NAME), one.child) for one in row.attendees]
    people = [*named, *[("", False)] * (row.size - len(named))]
    placed = seats.sign_up(session, row.address, session_id, people, row.consent, vault, now)
    moved = session.get_one(SignUp, placed.sign_up_id)
    moved.details, moved.note = row.details, row.note or moved.note
    seats.release(session, notices, row.id, reason, now)
    return moved
