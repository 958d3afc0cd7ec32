"""Cancelling a session: first what people will read, to the letter, then the deed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.console.listing import one
from core.console.members import Right, StaffMember, check
from core.outbox.delivery import Cause, Delivery
from core.people.contacts import Contact
from core.workshops.booking import cancelling
from core.workshops.notices import Notices


@dataclass(frozen=True)
class Told:
    """One message that *people* are sent on *channel*, in *language*."""

    channel: str
    language: str
    text: str
    people: int


def rehearse(
    session: Session, notices: Notices, member: StaffMember, session_id: int, now: datetime
) -> Sequence[Told]:
    """What cancelling would say, and to how many. It is done, read, and undone again.

    Raises Refused, NotAllowed.
    """
    check(member, Right.SESSIONS)
    one(session, member, session_id)
    trial = session.begin_nested()
    try:
        ended = cancelling.call_off(session, notices, session_id, now)
        query = (
            select(Delivery.channel, Contact.language, Delivery.text)
            .join(Contact, Contact.id == Delivery.contact_id)
            .where(Delivery.cause == Cause.CALLED_OFF)
            .where(Delivery.cause_id.in_([row.id for row in ended]), Delivery.created_at == now)
        )
        said = [tuple(row) for row in session.execute(query)]
    finally:
        trial.rollback()
    return [
        Told(channel, language, text, said.count((channel, language, text)))
        for channel, language, text in sorted(set(said))
    ]


def call_off(
    session: Session, notices: Notices, member: StaffMember, session_id: int, now: datetime
) -> int:
    """Cancel it; how many sign-ups are told. Raises Refused, NotAllowed."""
    check(member, Right.SESSIONS)
    one(session, member, session_id)
    ended = cancelling.call_off(session, notices, session_id, now)
    audit.record(
        session, member.actor, "session.called_off", f"session:{session_id}", now,
        sign_ups=len(ended),
    )  # fmt: skip
    return len(ended)
