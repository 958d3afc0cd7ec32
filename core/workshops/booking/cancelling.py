"""A session that is cancelled, or that changes: everybody with a sign-up is told, once.

Both are read from the session's row, so it does not matter who writes it, nor whether whoever
did was interrupted: the next round (core.workshops.rounds) goes on from there.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.workshops.booking import locking, room
from core.workshops.booking.refusals import SessionCalledOff, SessionOver
from core.workshops.booking.waiting import end
from core.workshops.model import (
    LIVE,
    CancelReason,
    SessionState,
    SignUp,
    SignUpState,
    WorkshopSession,
)
from core.workshops.notices import Notices, note_waiver


def call_off(session: Session, notices: Notices, session_id: int, now: datetime) -> list[SignUp]:
    """Cancel the session: every sign-up ends, and they are told. Those that it ended.

    Doing it twice changes nothing. Raises NoSuchSession, SessionOver.
    """
    locking.hold(session, [session_id])
    here = room.look(session, session_id)
    if here.state != SessionState.CANCELLED:
        if here.is_over(now):
            raise SessionOver
        room.fresh(session, session_id).state = SessionState.CANCELLED
    return end_all(session, notices, session_id, now)


def revise(one: WorkshopSession, times: bool, place: bool) -> None:
    """A new revision, for its *times* or its *place* were changed; the clock tells of it."""
    one.revision += 1
    if times:
        one.times_revision = one.revision
    if place:
        one.place_revision = one.revision


def change(
    session: Session, notices: Notices, session_id: int, times: bool, place: bool, now: datetime
) -> list[SignUp]:
    """The session's *times* or *place* were changed: told to all at once. Those who are told.

    Raises NoSuchSession, SessionCalledOff, SessionOver.
    """
    locking.hold(session, [session_id])
    here = room.look(session, session_id)
    if here.state == SessionState.CANCELLED:
        raise SessionCalledOff
    if here.is_over(now):
        raise SessionOver
    revise(room.fresh(session, session_id), times, place)
    return tell_changes(session, notices, session_id, now)


def end_all(session: Session, notices: Notices, session_id: int, now: datetime) -> list[SignUp]:
    """End what is left of a session that is cancelled: a new revision. Its lock is held."""
    query = select(SignUp).where(SignUp.session_id == session_id, SignUp.state.in_(LIVE))
    fresh = query.order_by(SignUp.id).execution_options(populate_existing=True)
    ended = list(session.scalars(fresh))
    one = room.fresh(session, session_id)
    if ended:
        one.revision += 1  # it may have been cancelled before, and opened again
    for row in ended:
        had_seat = row.state == SignUpState.CONFIRMED
        end(session, row, CancelReason.SESSION_CANCELLED, now)
        notices.called_off(session, row, had_seat, now)
    note_waiver(session, one, "called_off", len(ended), now)
    return ended


def tell_changes(
    session: Session, notices: Notices, session_id: int, now: datetime
) -> list[SignUp]:
    """Tell those who do not know the newest revision; the lock of the session is held."""
    one = room.fresh(session, session_id)
    query = (
        select(SignUp)
        .where(SignUp.session_id == session_id, SignUp.state.in_(LIVE))
        .where(SignUp.revision < one.revision)
    )
    fresh = query.order_by(SignUp.id).execution_options(populate_existing=True)
    told = list(session.scalars(fresh))
    for row in told:
        notices.changed(session, row, now)
        if one.times_revision > row.revision:
            _begin_anew(row, now)
        row.revision = one.revision
    note_waiver(session, one, "changed", len(told), now)
    return told


def _begin_anew(row: SignUp, now: datetime) -> None:
    """That they come was said of another date."""
    row.answered_at = None
    if row.settled_at is not None:
        row.settled_at = now
