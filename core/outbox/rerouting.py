"""The other channel: what could not be delivered on one goes out on another, once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.outbox.delivery import Cause, Delivery, State
from core.people.contacts import Address, AddressState

# Worded anew for the other channel, by their makers (core.outbox.making).
TRAVELS = (Cause.REMINDER, Cause.BROADCAST, Cause.SIGN_UP, Cause.CALLED_OFF)


def reroute(session: Session, row: Delivery, now: datetime) -> Delivery | None:
    """Try the person's other channel in place of *row*, which was lost; None when there is none.

    What is late, or was stopped, is not lost.
    """
    skipped = row.state == State.SKIPPED and row.address.state != AddressState.OPEN
    may_leave = row.not_after is None or row.not_after > now
    if not (row.state == State.FAILED or skipped) or not may_leave:
        return None
    if row.cause not in TRAVELS or row.instead_of is not None:
        return None
    other = other_way(session, row.address)
    if other is None:
        return None
    instead = Delivery(
        cause=row.cause,
        cause_id=row.cause_id,
        purpose=f"{row.purpose}~{other.channel}"[:32],
        contact_id=row.contact_id,
        address=other,
        channel=other.channel,
        lane=row.lane,
        not_before=now,
        not_after=row.not_after,
        created_at=now,
        about=row.about,
        instead_of=row.id,
        repeated=row.repeated,
    )
    session.add(instead)
    session.flush()
    return instead


def other_way(session: Session, address: Address) -> Address | None:
    """Another open address of the same person, the one they were last heard of at."""
    query = (
        select(Address)
        .where(Address.contact_id == address.contact_id, Address.id != address.id)
        .where(Address.state == AddressState.OPEN)
        .order_by(Address.state_at.desc(), Address.id)
    )
    return session.scalars(query).first()
