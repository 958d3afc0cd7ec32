"""Who came is forgotten three months after a session, as was promised when they signed up.

That somebody had a seat stays, for the statistics: it names nobody.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.workshops.model import Attendee, SignUp, WorkshopSession

KEPT = timedelta(days=91)


def forget_old(session: Session, now: datetime) -> None:
    """Delete first names, and what teachers said, of sessions that ended KEPT ago."""
    old = (
        select(SignUp.id)
        .join(WorkshopSession, WorkshopSession.id == SignUp.session_id)
        .where(WorkshopSession.ends_at < now - KEPT)
    )
    session.execute(delete(Attendee).where(Attendee.sign_up_id.in_(old)))
    session.execute(
        update(SignUp)
        .where(SignUp.id.in_(old), SignUp.details.is_not(None))
        .values(details=None)
        .execution_options(synchronize_session=False)
    )
