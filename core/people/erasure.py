"""Erasing a person: at once all that is held about them, then the rest once we have said so.

    begin ─ seats go to the next, everything is deleted but where the last message goes
      └─ complete ─ that message has left, or never will, and Rasa has forgotten: the contact goes

Between the two the address is found by nobody: whoever writes from there is somebody new. Each step
is one transaction, and the second is tried each minute, so that whatever is killed ends up whole.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, exists, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base, UtcDateTime
from core.inbound import Inbound
from core.outbox.delivery import Delivery, State
from core.people import consents
from core.people.contacts import Address, AddressState, Contact
from core.people.personal import PARTS
from core.workshops.booking import seats
from core.workshops.model import LIVE, SignUp, WorkshopSession
from core.workshops.notices import Notices

# Rasa keeps conversations in memory only: after a day of absence it has forgotten them.
RASA_AWAY = timedelta(days=1)
AT_ONCE = 100
KEPT = (Contact, Address)


class Erasure(Base):
    """A contact who is being erased *since* then; *conversation_gone*: Rasa has forgotten them."""

    __tablename__ = "erasure"

    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True
    )
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    conversation_gone: Mapped[bool] = mapped_column(default=False)


def begin(
    session: Session,
    notices: Notices,
    contact: Contact,
    now: datetime,
    answering: Inbound | None = None,
) -> None:
    """Delete what is held about *contact*, whose seats are offered to the next.

    What is left: the contact's number, their address sealed, and the message that is *answering*.
    What came in since and was not answered goes too. Doing it twice changes nothing.
    """
    if session.get(Erasure, contact.id) is not None:
        return
    _give_seats_back(session, notices, contact.id, now)
    consents.leave_counts(session, contact.id)
    _hide(session, contact, answering, now)
    _delete(session, contact.id, answering.id if answering else None)
    session.add(Erasure(contact_id=contact.id, since=now))
    session.flush()


def complete(session: Session, now: datetime) -> None:
    """Delete those to whom nothing is on its way any more, a hundred at most."""
    on_its_way = exists().where(
        Delivery.contact_id == Erasure.contact_id,
        Delivery.state.in_((State.QUEUED, State.SENDING)),
    )
    done = (
        select(Erasure.contact_id)
        .where(or_(Erasure.conversation_gone, Erasure.since < now - RASA_AWAY), ~on_its_way)
        .order_by(Erasure.contact_id)
        .limit(AT_ONCE)
    )
    ids = session.scalars(done).all()
    session.execute(delete(Contact).where(Contact.id.in_(ids)))


def conversations(session: Session) -> Sequence[str]:
    """The names under which Rasa still remembers people who are being erased."""
    query = select(Contact.uid).join(Erasure, Erasure.contact_id == Contact.id)
    return session.scalars(query.where(~Erasure.conversation_gone).limit(AT_ONCE)).all()


def conversation_gone(session: Session, uid: str) -> None:
    """Rasa has forgotten the conversation *uid*."""
    query = select(Erasure).join(Contact, Contact.id == Erasure.contact_id)
    erasure = session.scalar(query.where(Contact.uid == uid))
    if erasure is not None:
        erasure.conversation_gone = True


def _give_seats_back(session: Session, notices: Notices, contact_id: int, now: datetime) -> None:
    """In the order of the sessions (core.workshops.booking.locking)."""
    query = (
        select(SignUp.id)
        .join(WorkshopSession, WorkshopSession.id == SignUp.session_id)
        .where(SignUp.contact_id == contact_id, SignUp.state.in_(LIVE))
        .where(WorkshopSession.ends_at > now)
        .order_by(SignUp.session_id)
    )
    for sign_up_id in session.scalars(query).all():
        seats.release(session, notices, sign_up_id, None, now)


def _hide(session: Session, contact: Contact, answering: Inbound | None, now: datetime) -> None:
    """Nobody finds the address any more; before anything is deleted, so that nothing comes after.

    An accepted message locks its address (core.people.contacts.meet): it is either here, and
    deleted, or comes later, from somebody new.
    """
    stays = answering.address_id if answering else None
    for address in session.scalars(select(Address).where(Address.contact_id == contact.id)).all():
        if address.id == stays:
            address.fingerprint = secrets.token_hex(32)
            # A reply goes out all the same; nothing else does.
            address.state, address.state_at = AddressState.STOPPED, now
        else:
            session.delete(address)
    contact.role = contact.territory = contact.territory_asked_at = None
    contact.subject = contact.subject_at = None
    contact.nearest, contact.created_at, contact.seen_at = [], now, now
    session.flush()


def _delete(session: Session, contact_id: int, answering: int | None) -> None:
    for part in reversed(PARTS):
        if part.table in KEPT:
            continue
        rows = delete(part.table).where(part.whose(contact_id))
        if part.table is Inbound:
            rows = rows.where(Inbound.id != func.coalesce(answering, 0))
        session.execute(rows, execution_options={"synchronize_session": False})
    session.expire_all()
