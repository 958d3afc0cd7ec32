"""Other dates for somebody who cannot come to theirs, or did not."""

from datetime import datetime

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session, joinedload

from core.messages import Kind
from core.workshops.booking.seating import taken, waiting
from core.workshops.model import LIVE, SessionState, SignUp, Workshop, WorkshopSession
from core.workshops.phrases import Phrases
from core.workshops.search.wanted import Wanted
from core.workshops.wishes.invitation import open_to

LOOKED_AT = 30
SHOWN = {Kind.CHAT: 4, Kind.SMS: 2}
TOWN = 16  # letters, on a button


def others(session: Session, row: SignUp, now: datetime) -> list[WorkshopSession]:
    """Sessions with room for all of *row*, of the same workshop first, else like it and near.

    Not those that they signed up for already.
    """
    one, workshop = row.session, row.session.workshop
    same = WorkshopSession.workshop_id == workshop.id
    alike = (
        (Workshop.kind == workshop.kind)
        & (Workshop.audience == workshop.audience)
        & (WorkshopSession.territory == one.territory)
    )
    mine = select(SignUp.session_id).where(
        SignUp.contact_id == row.contact_id, SignUp.state.in_(LIVE)
    )
    query = (
        select(WorkshopSession)
        .join(WorkshopSession.workshop)
        .options(joinedload(WorkshopSession.workshop))
        .where(or_(same, alike), WorkshopSession.state == SessionState.OPEN)
        .where(open_to(row.contact_id, now), WorkshopSession.closes_at > now)
        .where(WorkshopSession.starts_at > now, WorkshopSession.id != one.id)
        .where(WorkshopSession.id.not_in(mine))
        .order_by(case((same, 0), else_=1), WorkshopSession.starts_at, WorkshopSession.id)
        .limit(LOOKED_AT)
    )
    rows = session.scalars(query).all()
    ids = [found.id for found in rows]
    seated, queue = taken(session, ids), waiting(session, ids)
    return [
        found
        for found in rows
        if not queue[found.id] and found.seats - seated[found.id] >= row.size
    ]


def near(row: SignUp) -> Wanted:
    """What somebody looks for who signed up for that: the same audience, near the same town."""
    one = row.session
    return Wanted(
        audience=one.workshop.audience,  # type: ignore[arg-type]
        communes=(one.commune,) if one.commune else (),
        territory=one.territory,
    )


def label(phrases: Phrases, one: WorkshopSession) -> str:
    """ "14 déc. 14:00 Latillé"."""
    town = phrases.town(one)[:TOWN]
    return f"{phrases.short_day(one)} {phrases.hour(one.starts_at)} {town}".strip()
