"""The tables: a broadcast, and what people answered to it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.workshops.model import WorkshopSession

MOST_BUTTONS = 3
LONGEST_LABEL = 40
LONGEST_TITLE = 100


class BroadcastState(StrEnum):
    DRAFT = "draft"
    READY = "ready"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


# Nothing of it was decided yet: it can be written anew.
OPEN = (BroadcastState.DRAFT, BroadcastState.READY, BroadcastState.WAITING)
# Nothing more becomes of it.
OVER = (BroadcastState.FINISHED, BroadcastState.CANCELLED)


class Broadcast(Base):
    """*author* and *confirmer* are actors as in core.audit; *confirmer* only where one is needed.

    *title* is for staff. *audience* is an Audience as JSON. *texts* maps languages to texts, and
    each of *buttons* languages to labels; French is always there. *session_id* is the session that
    it is about, whose variables its texts may use; *sign_up* adds a button to sign up for it.

    It begins at *start_at*; None: as soon as it is confirmed. *rrule* (RFC 5545) repeats it, on the
    clock of Paris. *waits*: what is due in quiet hours leaves in the morning. *urgent* says why it
    leaves at any hour, "" when it does not. *next_at* is when it is due next, and *occurrence*
    counts those that began. *size* is how many people it is for, as of its confirmation, then of
    its last beginning; *excluded* counts the others, by reason. *asking* is what its author is
    being asked on Telegram (core.broadcasts.desk).
    """

    __tablename__ = "broadcast"
    __table_args__ = (
        Index("ix_broadcast_due", "state", "next_at"),
        # Its number is the cause of deliveries for good.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(String(16), default=BroadcastState.DRAFT)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE), default="")
    author: Mapped[str] = mapped_column(String(64))
    confirmer: Mapped[str | None] = mapped_column(String(64))
    audience: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    texts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    buttons: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    session_id: Mapped[int | None] = mapped_column(
        ForeignKey("workshop_session.id", ondelete="SET NULL")
    )
    sign_up: Mapped[bool] = mapped_column(default=False)
    file_name: Mapped[str] = mapped_column(String(100), default="")
    file_type: Mapped[str] = mapped_column(String(100), default="")
    file: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    start_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rrule: Mapped[str] = mapped_column(String(200), default="")
    waits: Mapped[bool] = mapped_column(default=False)
    urgent: Mapped[str] = mapped_column(String(200), default="")
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    occurrence: Mapped[int] = mapped_column(default=0)
    size: Mapped[int | None]
    excluded: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    asking: Mapped[str] = mapped_column(String(32), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    session: Mapped[WorkshopSession | None] = relationship()

    @property
    def subject(self) -> str:
        """What the audit log calls it."""
        return f"broadcast:{self.id}"


class BroadcastAnswer(Base):
    """The button that a contact pressed last under one occurrence of a broadcast."""

    __tablename__ = "broadcast_answer"
    __table_args__ = (UniqueConstraint("broadcast_id", "occurrence", "contact_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    broadcast_id: Mapped[int] = mapped_column(ForeignKey("broadcast.id", ondelete="CASCADE"))
    occurrence: Mapped[int]
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    button: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
