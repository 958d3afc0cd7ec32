"""Who came is forgotten three months after a session, as was promised when they signed up.

That somebody had a seat stays, for the statistics: it names nobody.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from core.workshops.model import Attendee, SignUp, WorkshopSession

KEPT = timedelta(days=91)


def forget_old(session: Session, now: datetime) -> None:
    """Delete names, what teachers said and notes of staff, of sessions that ended KEPT ago."""
    old = (
        select(SignUp.id)
        .join(WorkshopSession, WorkshopSession.id == SignUp.session_id)
        .where(WorkshopSession.ends_at < now - KEPT)
    )
    session.execute(delete(Attendee).where(Attendee.sign_up_id.in_(old)))
    session.execute(
        update(SignUp)
        .where(SignUp.id.in_(old), or_(SignUp.details.is_not(None), SignUp.note.is_not(None)))
        .values(details=None, note=None)
        .execution_options(synchronize_session=False)
    )
