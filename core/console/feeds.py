"""A member's own calendar: an address that is a secret, with the sessions where they work.

Whoever has the address reads it without signing in, as calendars do; so it holds nobody's name. It
is kept as a keyed fingerprint only: it is shown once, when it is made.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from core import audit
from core.console.listing import Shown, with_figures
from core.console.members import Right, StaffMember, check
from core.db import Base, UtcDateTime
from core.vault import Vault
from core.workshops.model import SessionState, WorkshopSession

PURPOSE = "console calendar"  # what the fingerprint is bound to
PAST, COMING = timedelta(days=60), timedelta(days=400)
MOST = 1000


class ConsoleFeed(Base):
    """That a member has an address; of which only the fingerprint is here."""

    __tablename__ = "console_feed"

    hashed: Mapped[str] = mapped_column(String(64), primary_key=True)
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


def made_at(session: Session, member: StaffMember) -> datetime | None:
    """Since when they have an address; None when they have none."""
    query = select(ConsoleFeed.made_at).where(ConsoleFeed.contact_id == member.contact_id)
    return session.scalar(query.limit(1))


def make(session: Session, vault: Vault, member: StaffMember, now: datetime) -> str:
    """A new secret for the address; the one before is good no longer. Raises NotAllowed."""
    check(member, Right.LOOK)
    _end(session, member)
    secret = secrets.token_urlsafe(32)
    hashed = vault.index(secret, PURPOSE)
    session.add(ConsoleFeed(hashed=hashed, contact_id=member.contact_id, made_at=now))
    audit.record(session, member.actor, "calendar.made", member.actor, now)
    session.flush()
    return secret


def revoke(session: Session, member: StaffMember, now: datetime) -> None:
    """The address is good no longer. Raises NotAllowed."""
    check(member, Right.LOOK)
    _end(session, member)
    audit.record(session, member.actor, "calendar.revoked", member.actor, now)


def whose(session: Session, vault: Vault, secret: str) -> StaffMember | None:
    """The member whose address has *secret*; None when it is revoked, or they are no member."""
    query = (
        select(StaffMember)
        .join(ConsoleFeed, ConsoleFeed.contact_id == StaffMember.contact_id)
        .options(joinedload(StaffMember.contact))
        .where(ConsoleFeed.hashed == vault.index(secret, PURPOSE))
        # Of the time before they were a member again, none is good.
        .where(ConsoleFeed.made_at >= StaffMember.changed_at)
    )
    return session.scalar(query)


def sessions(session: Session, member: StaffMember, now: datetime) -> Sequence[Shown]:
    """What *member* has in their calendar: no drafts, and what was cancelled, to be struck out."""
    check(member, Right.LOOK)
    query = (
        select(WorkshopSession)
        .options(joinedload(WorkshopSession.workshop))
        .where(member.reached(), WorkshopSession.state != SessionState.DRAFT)
        .where(WorkshopSession.starts_at.between(now - PAST, now + COMING))
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
        .limit(MOST)
    )
    return with_figures(session, session.scalars(query))


def _end(session: Session, member: StaffMember) -> None:
    session.execute(delete(ConsoleFeed).where(ConsoleFeed.contact_id == member.contact_id))
