"""Secrets that are good once: the link that signs a member in, and the code that ties their chat.

A link is good for ten minutes; a code, which an administrator gives to somebody, for a day. Only
their keyed fingerprints are kept.
"""

import secrets
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import audit
from core.console.members import StaffMember, first_administrator
from core.db import Base, UtcDateTime
from core.vault import Vault

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none is taken for another
CODE = 10  # letters: 30 ** 10 are not tried in a day
MOST = 5  # links of one member that are good at the same time


class Purpose(StrEnum):
    ENTER = "enter"
    JOIN = "join"


LASTS = {Purpose.ENTER: timedelta(minutes=10), Purpose.JOIN: timedelta(days=1)}


class TooManyLinks(Exception):
    """So many links that were not used: one of them will do."""


class ConsoleLink(Base):
    """A secret that was not used yet."""

    __tablename__ = "console_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    hashed: Mapped[str] = mapped_column(String(64), unique=True)
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    purpose: Mapped[str] = mapped_column(String(16))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


def make(session: Session, vault: Vault, contact_id: int, purpose: Purpose, now: datetime) -> str:
    """A new secret for a member. Raises TooManyLinks."""
    count = select(func.count()).where(
        ConsoleLink.contact_id == contact_id,
        ConsoleLink.purpose == purpose,
        ConsoleLink.made_at > now - LASTS[purpose],
    )
    if (session.scalar(count) or 0) >= MOST:
        raise TooManyLinks
    if purpose is Purpose.JOIN:
        secret = "".join(secrets.choice(LETTERS) for _ in range(CODE))
    else:
        secret = secrets.token_urlsafe(32)
    hashed = vault.index(secret, purpose)
    session.add(ConsoleLink(hashed=hashed, contact_id=contact_id, purpose=purpose, made_at=now))
    session.flush()
    return secret


def for_first_administrator(
    session: Session, vault: Vault, name: str, actor: str, now: datetime
) -> str:
    """A link for the administrator who has been one for longest, made under *name* where there is
    none; *actor* asked for it. Raises TooManyLinks."""
    member = first_administrator(session, name, now)
    secret = make(session, vault, member.contact_id, Purpose.ENTER, now)
    audit.record(session, actor, "console.link", member.actor, now)
    return secret


def use(
    session: Session, vault: Vault, secret: str, purpose: Purpose, now: datetime
) -> StaffMember | None:
    """Whose *secret* it was; None when it is none, was used, or is too old. It is used now."""
    # In one statement: of two who come at once the second finds nothing.
    used = (
        delete(ConsoleLink)
        .where(
            ConsoleLink.hashed == vault.index(secret, purpose),
            ConsoleLink.purpose == purpose,
            ConsoleLink.made_at > now - LASTS[purpose],
        )
        .returning(ConsoleLink.contact_id)
        .execution_options(synchronize_session=False)
    )
    contact_id = session.scalar(used)
    return session.get(StaffMember, contact_id) if contact_id is not None else None


def forget_old(session: Session, now: datetime) -> None:
    """Delete what is too old to be used."""
    for purpose, lasts in LASTS.items():
        old = ConsoleLink.made_at <= now - lasts
        session.execute(delete(ConsoleLink).where(ConsoleLink.purpose == purpose, old))
