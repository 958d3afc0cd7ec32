"""A message to one person: the row, its states, and what its cause says about it."""

from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.messages import Choice
from core.people.contacts import Address
from core.vault import Vault

PURPOSE = "delivery"  # what the vault binds the words to


class Cause(StrEnum):
    REPLY = "reply"
    REMINDER = "reminder"
    BROADCAST = "broadcast"
    HANDOFF = "handoff"
    ANSWER = "answer"
    SESSION_OPENED = "session_opened"
    SIGN_UP = "sign_up"
    CALLED_OFF = "called_off"
    INVITED = "invited"
    LINK = "link"


# Sent even to somebody who stopped: they asked, or would come for nothing.
ASKED_FOR = (Cause.REPLY, Cause.HANDOFF, Cause.CALLED_OFF)
# Tried for as long as they may leave: somebody was told that a person reads them.
PATIENT = (Cause.HANDOFF,)
# Nobody gets more of these than so many a day (core.outbox.claiming).
CAPPED = (
    Cause.REMINDER,
    Cause.BROADCAST,
    Cause.ANSWER,
    Cause.SESSION_OPENED,
    Cause.SIGN_UP,
    Cause.INVITED,
)


class Lane(IntEnum):
    """The lower lane leaves first: replies overtake bulk, and so does what cannot wait for it.

    The first two leave at any hour; the others by day (core.daytime).
    """

    REPLY = 0
    URGENT = 1
    NOTICE = 5
    BULK = 10


class State(StrEnum):
    """*held*: queued, and its cause is held (core.outbox.holding)."""

    QUEUED = "queued"
    HELD = "held"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class Delivery(Base):
    """A message to one person.

    ``(cause, cause_id, contact_id, purpose)`` is unique: writing the same message twice is
    impossible. *purpose* tells apart the messages of one cause ("1", "2" for the bubbles of
    a reply). *not_before* and *not_after* bound when it may leave. *provider_id* is the
    provider's reference. *reason* says why it failed or was skipped, never with an address or
    words in it. *segments* counts SMS parts. *sealed* holds what a person wrote, instead of
    *text*, until it has left; a row with neither is worded when it is sent (core.outbox.making).
    *file* names the file that goes with it (Bubble.file). *about* is the session it is about,
    whose messages somebody may stop (core.people.consents). *instead_of* is the row that could
    not be delivered on the person's other channel. *repeated*: a sender died while it held the
    row, which may have been on the wire, so the person may see it twice, never not at all.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("cause", "cause_id", "contact_id", "purpose"),
        Index("ix_delivery_due", "channel", "state", "lane", "not_before", "id"),
        Index("ix_delivery_person", "address_id", "state"),
        # What still has words is found without reading the rest (core.people.retention).
        Index(
            "ix_delivery_worded",
            "created_at",
            sqlite_where=text("text <> ''"),
            postgresql_where=text("text <> ''"),
        ),
        # An id is never used twice: buttons and delivery reports name it long afterwards.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(String(16))
    cause_id: Mapped[int]
    purpose: Mapped[str] = mapped_column(String(32))
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), index=True
    )
    address_id: Mapped[int] = mapped_column(ForeignKey("address.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(32))
    lane: Mapped[int] = mapped_column(default=Lane.BULK)
    state: Mapped[str] = mapped_column(String(16), default=State.QUEUED)
    text: Mapped[str] = mapped_column(default="")
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    choices: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list)
    file: Mapped[str] = mapped_column(String(64), default="", server_default="")
    not_before: Mapped[datetime] = mapped_column(UtcDateTime)
    not_after: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    repeated: Mapped[bool] = mapped_column(default=False)
    provider_id: Mapped[str | None] = mapped_column(String(128))
    segments: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(String(64))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    about: Mapped[int | None]
    instead_of: Mapped[int | None]

    address: Mapped[Address] = relationship()

    def reveal(self, vault: Vault) -> str:
        """The text, for the moment of sending. Raises VaultError."""
        return vault.open(self.sealed, PURPOSE) if self.sealed else self.text

    def picks(self) -> tuple[Choice, ...]:
        return tuple(Choice.from_json(choice) for choice in self.choices)

    def end(self, state: State, reason: str | None, now: datetime) -> None:
        """Nothing more is to be done about it; what a person wrote is erased."""
        self.state, self.ended_at, self.sealed = state, now, None
        self.reason = reason[:64] if reason else None
        self.release()

    def release(self) -> None:
        self.lease = self.leased_until = None
