"""How long what people wrote and read is kept, and for how long somebody who is silent is known.

Each round does a part, in a short transaction: a big table is never locked for long, and what one
minute leaves is done in the next. Safe to miss and to repeat. The table is in
docs/personal-data.md; what else is forgotten, by its own module, is there too.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from core.inbound import Inbound
from core.outbox.delivery import Delivery
from core.people import erasure
from core.people.contacts import Contact, Role
from core.people.erasure import Erasure
from core.team.lines import HandoffLine
from core.workshops.model import LIVE, SignUp, WorkshopSession
from core.workshops.notices import Notices

WORDS_KEPT = timedelta(days=90)
SILENCE = timedelta(days=730)  # 24 months
WORDS_AT_ONCE = 1000
PEOPLE_AT_ONCE = 50


def forget_words(session: Session, now: datetime) -> None:
    """Erase what was said 90 days ago, on either side; that it was said stays, for statistics.

    What people wrote is erased once it is answered (core.inbound): here goes what never was.
    """
    old = now - WORDS_KEPT
    unanswered = (
        select(Inbound.id)
        .where(Inbound.handled_at.is_(None), Inbound.received_at < old)
        .where(Inbound.sealed_text.is_not(None))
        .order_by(Inbound.id)
        .limit(WORDS_AT_ONCE)
    )
    session.execute(
        update(Inbound)
        .where(Inbound.id.in_(session.scalars(unanswered).all()))
        .values(sealed_text=None, details={})
    )
    session.execute(delete(HandoffLine).where(HandoffLine.at < old))
    worded = (
        select(Delivery.id)
        .where(Delivery.text != "", Delivery.created_at < old)
        .order_by(Delivery.created_at)
        .limit(WORDS_AT_ONCE)
    )
    # The labels of its buttons are words too.
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_(session.scalars(worded).all()))
        .values(text="", sealed=None, choices=[], file="")
    )


def forget_silent(notices: Notices, session: Session, now: datetime) -> None:
    """Erase people who wrote nothing for 24 months and have no place in a session to come."""
    expected = (
        select(SignUp.id)
        .join(WorkshopSession, WorkshopSession.id == SignUp.session_id)
        .where(SignUp.contact_id == Contact.id, SignUp.state.in_(LIVE))
        .where(WorkshopSession.ends_at > now)
    )
    silent = (
        select(Contact)
        .where(Contact.seen_at < now - SILENCE)
        .where(or_(Contact.role.is_(None), Contact.role != Role.STAFF))
        .where(~expected.exists(), ~exists().where(Erasure.contact_id == Contact.id))
        .order_by(Contact.seen_at)
        .limit(PEOPLE_AT_ONCE)
    )
    for contact in session.scalars(silent).all():
        erasure.begin(session, notices, contact, now)
