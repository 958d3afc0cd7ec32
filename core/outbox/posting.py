"""Writing into the outbox: the answer to a message, one message that answers none, and taking
back what has not left yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.messages import Bubble
from core.outbox.delivery import PURPOSE, Cause, Delivery, Lane, State
from core.people.contacts import Address
from core.vault import Vault


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
    bubble: Bubble | None,
    now: datetime,
    *,
    vault: Vault | None = None,
    lane: Lane = Lane.REPLY,
    not_before: datetime | None = None,
    for_long: timedelta = timedelta(days=1),
    about: int | None = None,
) -> Delivery | None:
    """Queue one message that answers none; None when it was queued before.

    Without a *bubble* it is worded when it is sent (core.outbox.making). With a *vault* the text
    is sealed until it has left. Not sent later than *for_long* after *not_before* (by default
    *now*). *about* is the session that it is about.
    """
    same = select(Delivery.id).where(
        Delivery.cause == cause,
        Delivery.cause_id == cause_id,
        Delivery.contact_id == address.contact_id,
        Delivery.purpose == purpose,
    )
    if session.scalar(same) is not None:
        return None
    leaves, words = not_before or now, bubble or Bubble("")
    row = Delivery(
        cause=cause,
        cause_id=cause_id,
        purpose=purpose,
        contact_id=address.contact_id,
        address=address,
        channel=address.channel,
        lane=lane,
        text="" if vault else words.text,
        sealed=vault.seal(words.text, PURPOSE) if vault else None,
        choices=[choice.as_json() for choice in words.choices],
        file=words.file,
        not_before=leaves,
        not_after=leaves + for_long,
        created_at=now,
        about=about,
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
        if row.state in (State.QUEUED, State.HELD):
            row.end(State.CANCELLED, "withdrawn", now)
    return any(row.state != State.CANCELLED for row in rows)
