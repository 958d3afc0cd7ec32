"""What the clock does about sessions: end offers, tell what changed, offer what is free.

Everything is read from the tables, so a round may be missed, or repeated, or cut off half-way.
"""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.daytime import is_quiet
from core.workshops.booking import locking, room
from core.workshops.booking.cancelling import end_all, tell_changes
from core.workshops.booking.waiting import expire, offer_free_seats
from core.workshops.model import LIVE, SessionState, SignUp, SignUpState, WorkshopSession
from core.workshops.notices import Notices


def due(notices: Notices, session: Session, now: datetime) -> None:
    """Do what is due in every session, in the order of their numbers (booking.locking)."""
    for session_id in _due(session, now):
        locking.hold(session, [session_id])
        here = room.look(session, session_id)
        if here.state == SessionState.CANCELLED:
            end_all(session, notices, session_id, now)
            continue
        expire(session, notices, session_id, now)
        if here.state == SessionState.OPEN and now < here.ends_at:
            tell_changes(session, notices, session_id, now)
            offer_free_seats(session, notices, session_id, now)


def _due(session: Session, now: datetime) -> list[int]:
    """The sessions that something may have to be done about."""
    passed = or_(
        SignUp.offered_until <= now,
        WorkshopSession.closes_at <= now,
        WorkshopSession.state != SessionState.OPEN,
    )
    reasons = [
        (SignUp.state == SignUpState.OFFERED) & passed,
        SignUp.state.in_(LIVE) & (WorkshopSession.state == SessionState.CANCELLED),
        SignUp.state.in_(LIVE) & (SignUp.revision < WorkshopSession.revision),
    ]
    if not is_quiet(now):
        reasons.append((SignUp.state == SignUpState.WAITING) & (WorkshopSession.closes_at > now))
    query = (
        select(SignUp.session_id)
        .join(WorkshopSession, WorkshopSession.id == SignUp.session_id)
        .where(or_(WorkshopSession.ends_at > now, SignUp.state == SignUpState.OFFERED))
        .where(or_(*reasons))
        .distinct()
        .order_by(SignUp.session_id)
    )
    return list(session.scalars(query))
