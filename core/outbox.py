"""The outbox: one row per person per message, written in the same transaction as its cause.

    queued → sending → sent → delivered | failed | uncertain | skipped(reason) | cancelled

A sender claims rows with a lease, closes its session, calls the provider, then writes the
result down. A lease that runs out (the sender died) puts the row back in the queue, marked
``repeated``: it may have been on the wire, so the person may see it twice, never not at all.

Words of people that pass through (a handoff) are sealed while they wait, and erased once they
have left.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from sqlalchemy import (
    JSON,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    UniqueConstraint,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.daytime import next_daytime
from core.db import Base, UtcDateTime
from core.messages import Bubble, Choice
from core.people.contacts import Address, AddressState, change_state
from core.vault import Vault

LEASE = timedelta(seconds=60)
MAX_ATTEMPTS = 5
BACK_OFF = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)
PURPOSE = "delivery"


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
# They can wait for the day, however late the sender comes to them.
BY_DAY = (Cause.ANSWER, Cause.SESSION_OPENED, Cause.INVITED)


class Lane(IntEnum):
    """Replies overtake bulk: the lower lane leaves first."""

    REPLY = 0
    BULK = 10


class State(StrEnum):
    QUEUED = "queued"
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
    a reply). *not_before* and *not_after* bound when it may leave. *part_ids* and
    *provider_id* are the provider's references. *reason* says why it failed or was skipped,
    never with an address or words in it. *segments* counts SMS parts. *sealed* holds what a
    person wrote, instead of *text*, until it has left. *file* names the file that goes with it
    (Bubble.file).
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("cause", "cause_id", "contact_id", "purpose"),
        Index("ix_delivery_due", "state", "lane", "not_before", "id"),
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
    address_id: Mapped[int] = mapped_column(
        ForeignKey("address.id", ondelete="CASCADE"), index=True
    )
    channel: Mapped[str] = mapped_column(String(32))
    lane: Mapped[int] = mapped_column(default=Lane.BULK)
    state: Mapped[str] = mapped_column(String(16), default=State.QUEUED)
    text: Mapped[str]
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

    address: Mapped[Address] = relationship()

    def reveal(self, vault: Vault) -> str:
        """The text, for the moment of sending. Raises VaultError."""
        return vault.open(self.sealed, PURPOSE) if self.sealed else self.text

    def picks(self) -> tuple[Choice, ...]:
        return tuple(Choice.from_json(choice) for choice in self.choices)


def reply(
    session: Session,
    address: Address,
    cause_id: int,
    bubbles: Sequence[Bubble],
    now: datetime,
    vault: Vault | None = None,
) -> list[Delivery]:
    """Queue the answer to the inbound message *cause_id*: one row a bubble, in order.

    A reply is worth nothing a day later: it is not sent after 24 hours. With a *vault*, what is
    private is sealed until it has left.
    """
    rows = [
        Delivery(
            cause=Cause.REPLY,
            cause_id=cause_id,
            purpose=str(position),
            contact_id=address.contact_id,
            address=address,
            channel=address.channel,
            lane=Lane.REPLY,
            text="" if vault and bubble.private else bubble.text,
            sealed=vault.seal(bubble.text, PURPOSE) if vault and bubble.private else None,
            choices=[choice.as_json() for choice in bubble.choices],
            file=bubble.file,
            not_before=now,
            not_after=now + timedelta(days=1),
            created_at=now,
        )
        for position, bubble in enumerate(bubbles, start=1)
    ]
    session.add_all(rows)
    session.flush()
    return rows


def post(
    session: Session,
    address: Address,
    cause: Cause,
    cause_id: int,
    purpose: str,
    bubble: Bubble,
    now: datetime,
    *,
    vault: Vault | None = None,
    lane: Lane = Lane.REPLY,
    not_before: datetime | None = None,
    for_long: timedelta = timedelta(days=1),
) -> Delivery | None:
    """Queue one message that answers none; None when it was queued before.

    With a *vault* the text is sealed until it has left. Not sent later than *for_long* after
    *not_before* (by default *now*).
    """
    same = select(Delivery.id).where(
        Delivery.cause == cause,
        Delivery.cause_id == cause_id,
        Delivery.contact_id == address.contact_id,
        Delivery.purpose == purpose,
    )
    if session.scalar(same) is not None:
        return None
    leaves = not_before or now
    row = Delivery(
        cause=cause,
        cause_id=cause_id,
        purpose=purpose,
        contact_id=address.contact_id,
        address=address,
        channel=address.channel,
        lane=lane,
        text="" if vault else bubble.text,
        sealed=vault.seal(bubble.text, PURPOSE) if vault else None,
        choices=[choice.as_json() for choice in bubble.choices],
        file=bubble.file,
        not_before=leaves,
        not_after=leaves + for_long,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return row


def cancel(
    session: Session, cause: Cause, cause_id: int, now: datetime, purpose: str | None = None
) -> bool:
    """Keep back what has not left yet, of one *purpose* or all; whether anything had left."""
    query = select(Delivery).where(Delivery.cause == cause, Delivery.cause_id == cause_id)
    if purpose is not None:
        query = query.where(Delivery.purpose == purpose)
    rows = session.scalars(query.with_for_update()).all()
    for row in rows:
        if row.state == State.QUEUED:
            _end(row, State.CANCELLED, "withdrawn", now)
    return any(row.state != State.CANCELLED for row in rows)


def claim(
    session: Session, channels: Sequence[str], now: datetime, limit: int = 50
) -> list[Delivery]:
    """Take up to *limit* due rows of *channels* for this sender, best lane first.

    Rows past their ``not_after`` end as skipped, as does what somebody who stopped did not
    ask for; what was promised (BY_DAY) waits for the day; rows whose lease ran out are taken
    again and marked. On PostgreSQL other senders skip the rows being taken.
    """
    _skip_late(session, channels, now)
    due = or_(
        (Delivery.state == State.QUEUED) & (Delivery.not_before <= now),
        (Delivery.state == State.SENDING) & (Delivery.leased_until < now),
    )
    query = (
        select(Delivery)
        .where(Delivery.channel.in_(channels), due)
        .order_by(Delivery.lane, Delivery.not_before, Delivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    token = uuid.uuid4().hex
    rows = []
    for row in session.scalars(query):
        if row.cause not in ASKED_FOR and row.address.state != AddressState.OPEN:
            _end(row, State.SKIPPED, row.address.state, now)
            continue
        if row.cause in BY_DAY and next_daytime(now) > now:
            row.state, row.not_before = State.QUEUED, next_daytime(now)
            _release(row)
            continue
        rows.append(row)
        row.repeated = row.repeated or row.state == State.SENDING
        row.state, row.lease, row.leased_until = State.SENDING, token, now + LEASE
    return rows


def _skip_late(session: Session, channels: Sequence[str], now: datetime) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.state == State.QUEUED, Delivery.channel.in_(channels))
        .where(Delivery.not_after < now)
        .values(state=State.SKIPPED, reason="too late", ended_at=now, sealed=None)
    )


def sent(
    session: Session, row_id: int, lease: str, provider_id: str, segments: int | None, now: datetime
) -> None:
    """The provider took it. A delivery report that came first is kept."""
    row = _leased(session, row_id, lease)
    if row is None:
        return
    row.provider_id, row.segments, row.sent_at = provider_id, segments, now
    if row.state == State.SENDING:
        row.state = State.SENT
    row.sealed = None
    _release(row)


def retry(
    session: Session,
    row_id: int,
    lease: str,
    reason: str,
    now: datetime,
    after: timedelta | None = None,
) -> None:
    """Not now. *after* is the provider's own request to wait: it costs no attempt.

    Without it the wait doubles from 5 s, and the fifth failure is final; for what is PATIENT
    only ``not_after`` is.
    """
    row = _leased(session, row_id, lease)
    if row is None:
        return
    if after is None:
        row.attempts += 1
        after = min(BACK_OFF * 2 ** min(row.attempts - 1, 10), LONGEST_WAIT)
    if row.attempts >= MAX_ATTEMPTS and row.cause not in PATIENT:
        _end(row, State.FAILED, reason, now)
    else:
        row.state, row.reason, row.not_before = State.QUEUED, reason, now + after
    _release(row)


def fail(
    session: Session,
    row_id: int,
    lease: str,
    reason: str,
    now: datetime,
    unreachable: bool = False,
) -> None:
    """Given up for good; *unreachable* closes the address until they write again."""
    row = _leased(session, row_id, lease)
    if row is None:
        return
    _end(row, State.FAILED, reason, now)
    if unreachable and row.address.state == AddressState.OPEN:
        change_state(row.address, AddressState.UNREACHABLE, now)
    _release(row)


def doubt(session: Session, row_id: int, lease: str, reason: str, now: datetime) -> None:
    """It left, and no answer came: uncertain, never sent again by itself."""
    row = _leased(session, row_id, lease)
    if row is None:
        return
    _end(row, State.UNCERTAIN, reason, now)
    _release(row)


def report(session: Session, row_id: int, channel: str, arrived: bool, now: datetime) -> bool:
    """A delivery report, in any order. False when there is no such delivery on *channel*.

    ``delivered`` is final: a late "failed" of another part or an older attempt changes nothing.
    """
    row = session.get(Delivery, row_id, with_for_update=True)
    if row is None or row.channel != channel:
        return False
    if arrived:
        row.state, row.reason, row.ended_at = State.DELIVERED, None, now
        row.sealed = None
    elif row.state in (State.SENDING, State.SENT, State.UNCERTAIN):
        _end(row, State.FAILED, "reported by the operator", now)
    return True


def last_prompt(session: Session, address: Address) -> Delivery | None:
    """The newest message to *address* under which something can be picked; thumbs ask nothing."""
    query = (
        select(Delivery)
        .where(Delivery.address_id == address.id)
        .where(Delivery.state.in_([State.SENDING, State.SENT, State.DELIVERED, State.UNCERTAIN]))
        .order_by(Delivery.id.desc())
        .limit(10)
    )
    rows = session.scalars(query)
    return next((row for row in rows if Bubble(row.text, row.picks()).asks), None)


def _leased(session: Session, row_id: int, lease: str) -> Delivery | None:
    """The row, while this sender still holds it: another may have taken it over."""
    row = session.get(Delivery, row_id, with_for_update=True)
    return row if row is not None and row.lease == lease else None


def _end(row: Delivery, state: State, reason: str, now: datetime) -> None:
    row.state, row.reason, row.ended_at = state, reason[:64], now
    row.sealed = None


def _release(row: Delivery) -> None:
    row.lease = row.leased_until = None
