"""What came in: kept until it is answered, so that a crash loses nothing, and dropped twice.

The text is sealed while it waits and erased the moment it is answered.
"""

import base64
import json
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import (
    JSON,
    ForeignKey,
    LargeBinary,
    String,
    UniqueConstraint,
    bindparam,
    select,
)
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from core.answers import Answer
from core.db import Base, UtcDateTime
from core.messages import Event, Incoming, SentFile
from core.people.contacts import Address, meet
from core.vault import Vault

PURPOSE = "inbound"
AT_WORK = timedelta(seconds=30)  # an answer takes one or two
REST = timedelta(seconds=30)  # before another process tries what one could not answer


class Inbound(Base):
    """One accepted message; *handled_at* is empty while it waits for its answer.

    While *worked_until* is to come a process is at work on it. *outcome*, *question_id*,
    *confidence* and *language* say how it ended, for statistics: they hold no words of the person.
    """

    __tablename__ = "inbound"
    __table_args__ = (
        UniqueConstraint("channel", "provider_id"),
        {"sqlite_autoincrement": True},  # replies are tied to the id for good
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    provider_id: Mapped[str] = mapped_column(String(128))
    address_id: Mapped[int] = mapped_column(
        ForeignKey("address.id", ondelete="CASCADE"), index=True
    )
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    handled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    worked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sealed_text: Mapped[bytes | None] = mapped_column(LargeBinary)
    details: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    outcome: Mapped[str | None] = mapped_column(String(16))
    question_id: Mapped[str | None] = mapped_column(String(64))
    confidence: Mapped[float | None]
    language: Mapped[str | None] = mapped_column(String(2))

    address: Mapped[Address] = relationship()


def accept(
    session: Session, vault: Vault, incoming: Incoming, language: str, now: datetime
) -> Inbound | None:
    """Write *incoming* down; None when the same one was accepted before.

    *language* is a new contact's first language. Raises IntegrityError when it, or another first
    message of the same person, was accepted at this very moment: try again in a new transaction.
    """
    known = {"channel": incoming.channel, "provider_id": incoming.provider_id}
    if session.scalar(_SEEN, known) is not None:
        return None
    row = Inbound(
        channel=incoming.channel,
        provider_id=incoming.provider_id,
        address=meet(session, vault, incoming.channel, incoming.address, now, language),
        worked_until=now + AT_WORK,
        received_at=incoming.received_at,
        sealed_text=vault.seal(incoming.text, PURPOSE),
        details={
            "event": incoming.event,
            "tapped": incoming.tapped,
            "location": list(incoming.location) if incoming.location else None,
            "reply_to": incoming.reply_to,
            "file": _sealed(incoming.file, vault) if incoming.file else None,
        },
    )
    session.add(row)
    session.flush()
    return row


def waiting(session: Session, row_id: int) -> Inbound | None:
    """The message with that id and who wrote it, unless it was answered, or erased, meanwhile."""
    return session.scalar(_WAITING, {"id": row_id})


def restore(row: Inbound, vault: Vault) -> Incoming:
    """The Incoming that *row* keeps, to answer it now or after a restart."""
    details = row.details
    location = details.get("location")
    return Incoming(
        channel=row.channel,
        address=row.address.reveal(vault),
        provider_id=row.provider_id,
        received_at=row.received_at,
        text=words(row, vault),
        event=Event(str(details["event"])) if details.get("event") else None,
        tapped=str(details["tapped"]) if details.get("tapped") else None,
        location=(location[0], location[1]) if isinstance(location, list) else None,
        reply_to=str(details["reply_to"]) if details.get("reply_to") else None,
        file=_opened(str(details["file"]), vault) if details.get("file") else None,
    )


def _sealed(file: SentFile, vault: Vault) -> str:
    """Where it is, not what is in it. What somebody calls a file may say who they are."""
    return base64.b64encode(vault.seal(json.dumps(asdict(file)), PURPOSE)).decode()


def _opened(sealed: str, vault: Vault) -> SentFile:
    return SentFile(**json.loads(vault.open(base64.b64decode(sealed), PURPOSE)))


def words(row: Inbound, vault: Vault) -> str:
    """What the person wrote, while it is kept; "" when it is erased. Raises VaultError."""
    return vault.open(row.sealed_text, PURPOSE) if row.sealed_text else ""


def finish(
    row: Inbound, answer: Answer, language: str, now: datetime, keep_words: bool = False
) -> None:
    """Answered: the words are no longer needed, and erased; for *keep_words* see core.failures."""
    row.handled_at, row.outcome, row.language = now, answer.outcome, language
    row.question_id, row.confidence = answer.question_id, answer.confidence
    row.sealed_text, row.details = row.sealed_text if keep_words else None, {}


def take_up(
    session: Session, channels: list[str], now: datetime, within: timedelta, alone: bool
) -> list[tuple[int, int]]:
    """What was accepted in the last *within* and never answered: (its id, address id), in order.

    Unless we are *alone*, only what nobody has been at work on for a while.
    """
    query = (
        select(Inbound)
        .where(Inbound.handled_at.is_(None), Inbound.channel.in_(channels))
        .where(Inbound.received_at >= now - within)
        .order_by(Inbound.id)
        .with_for_update(skip_locked=True)
    )
    if not alone:
        query = query.where(Inbound.worked_until < now - REST)
    rows = session.scalars(query).all()
    for row in rows:
        row.worked_until = now + AT_WORK
    return [(row.id, row.address_id) for row in rows]


def has_earlier(session: Session, row: Inbound, now: datetime) -> bool:
    """Whether an earlier message of the same person is being answered, by another process."""
    known = {"address_id": row.address_id, "id": row.id, "now": now}
    return session.scalar(_EARLIER, known) is not None


# Made once: every message asks for them, and they take longer to make than to run.
_SEEN = select(Inbound.id).where(
    Inbound.channel == bindparam("channel"), Inbound.provider_id == bindparam("provider_id")
)
_WAITING = (
    select(Inbound)
    .where(Inbound.id == bindparam("id"), Inbound.handled_at.is_(None))
    .join(Inbound.address)
    .join(Address.contact)
    .options(contains_eager(Inbound.address).contains_eager(Address.contact))
)
_EARLIER = (
    select(Inbound.id)
    .where(
        Inbound.address_id == bindparam("address_id"),
        Inbound.id < bindparam("id"),
        Inbound.handled_at.is_(None),
        Inbound.worked_until > bindparam("now"),
    )
    .limit(1)
)
