"""Who may sign up for a session before everybody else.

An invitation opens a session to one contact earlier than its ``opens_at``, and does nothing
after that. It is kept until the session is over.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, delete, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base, UtcDateTime
from core.workshops.model import WorkshopSession


class Invitation(Base):
    """*invited_at* is from when on the contact may sign up."""

    __tablename__ = "invitation"

    session_id: Mapped[int] = mapped_column(
        ForeignKey("workshop_session.id", ondelete="CASCADE"), primary_key=True
    )
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)


def invited(session: Session, session_id: int) -> Collection[int]:
    """The contacts (ids) that are invited to a session."""
    query = select(Invitation.contact_id).where(Invitation.session_id == session_id)
    return set(session.scalars(query))


def open_to(contact_id: int | None, now: datetime) -> ColumnElement[bool]:
    """Whether a ``WorkshopSession`` of a query has opened to that contact by *now* (aware).

    Without a contact: to everybody.
    """
    opened = WorkshopSession.opens_at <= now
    if contact_id is None:
        return opened
    mine = exists().where(
        Invitation.session_id == WorkshopSession.id,
        Invitation.contact_id == contact_id,
        Invitation.invited_at <= now,
    )
    return opened | mine


def forget_old(session: Session, now: datetime) -> None:
    """Delete the invitations to sessions that are over."""
    over = select(WorkshopSession.id).where(WorkshopSession.ends_at <= now)
    session.execute(delete(Invitation).where(Invitation.session_id.in_(over)))
