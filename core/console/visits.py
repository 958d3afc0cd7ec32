"""A member at the console: from signing in until an hour without a click, twelve at most."""

import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, or_, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from core.console.members import StaffMember
from core.db import Base, UtcDateTime
from core.vault import Vault

IDLE, LONGEST = timedelta(hours=1), timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)  # not each click is a write
TOKEN, FORMS = "console visit", "console forms"  # what the fingerprints are bound to


class ConsoleVisit(Base):
    """One browser. Its token is only there; here is the fingerprint."""

    __tablename__ = "console_visit"

    hashed: Mapped[str] = mapped_column(String(64), primary_key=True)
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    begun_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


def begin(session: Session, vault: Vault, member: StaffMember, now: datetime) -> str:
    """A new token for the browser of *member*, whatever it had before."""
    token = secrets.token_urlsafe(32)
    session.add(
        ConsoleVisit(
            hashed=vault.index(token, TOKEN), contact_id=member.contact_id,
            begun_at=now, seen_at=now,
        )
    )  # fmt: skip
    member.contact.seen_at = now
    session.flush()
    return token


def current(
    session: Session, vault: Vault, token: str, now: datetime, awake: bool = True
) -> StaffMember | None:
    """Who comes with *token*; None when it is none, too old, or of somebody who was removed.

    Unless they are *awake*, it was no click: a page that asks by itself keeps no visit open.
    """
    query = (
        select(ConsoleVisit, StaffMember)
        .join(StaffMember, StaffMember.contact_id == ConsoleVisit.contact_id)
        .options(joinedload(StaffMember.contact))
        .where(ConsoleVisit.hashed == vault.index(token, TOKEN))
        .where(ConsoleVisit.seen_at > now - IDLE, ConsoleVisit.begun_at > now - LONGEST)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    visit, member = found
    if awake and now - visit.seen_at >= NOTED_EVERY:
        visit.seen_at = now
    return member


def end(session: Session, vault: Vault, token: str) -> None:
    session.execute(delete(ConsoleVisit).where(ConsoleVisit.hashed == vault.index(token, TOKEN)))


def forms_token(vault: Vault, token: str) -> str:
    """What every form of this visit carries: no other site can know it."""
    return vault.index(token, FORMS)


def is_ours(vault: Vault, token: str, given: str) -> bool:
    """Whether *given* is what the forms of this visit carry, in a time that tells nothing."""
    return hmac.compare_digest(forms_token(vault, token).encode(), given.encode(errors="replace"))


def forget_old(session: Session, now: datetime) -> None:
    """Delete the visits that are over."""
    over = or_(ConsoleVisit.seen_at <= now - IDLE, ConsoleVisit.begun_at <= now - LONGEST)
    session.execute(delete(ConsoleVisit).where(over))
