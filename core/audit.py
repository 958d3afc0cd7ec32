"""Who of the staff did what, and when: only ever added to, read and exported."""

from datetime import datetime

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base, UtcDateTime

ASSISTANT = "assistant"  # the actor of what no human did


class Audit(Base):
    """One thing done. *actor* is ``contact:UID``, ``cli:LOGIN`` or ASSISTANT; *action* is what, in
    two words at most (``broadcast.confirmed``), *subject* on which (``broadcast:12``). *details*
    are numbers and settings, never an address, a name or anybody's words, but the reason that staff
    give.
    """

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)


def record(
    session: Session, actor: str, action: str, subject: str, now: datetime, **details: object
) -> None:
    """Write down, in the transaction of what was done, that *actor* did it."""
    session.add(Audit(at=now, actor=actor, action=action, subject=subject, details=details))
