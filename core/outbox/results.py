"""Writing down what became of a row that was handed to a channel.

Every one of these is about a row that the sender still holds (``held``, or the lease that comes
with an ``Arrival``): somebody else may have taken it over.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.orm import Session, joinedload

from core.db import UtcDateTime
from core.outbox.delivery import PATIENT, Delivery, State
from core.outbox.rerouting import reroute
from core.people.contacts import AddressState, change_state

MAX_ATTEMPTS = 20  # over three hours
BACK_OFF = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=10)


@dataclass(frozen=True)
class Arrival:
    """The provider took the row *row_id*, which the sender holds by *lease*."""

    row_id: int
    lease: str
    provider_id: str
    segments: int | None = None


def held(session: Session, leases: Mapping[int, str]) -> dict[int, Delivery]:
    """The rows, by number, of which this sender still has the lease; locked until it is done."""
    query = (
        select(Delivery)
        .where(Delivery.id.in_(sorted(leases)))
        .options(joinedload(Delivery.address, innerjoin=True))
        .order_by(Delivery.id)
        .with_for_update(of=Delivery)
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in session.scalars(query) if row.lease == leases[row.id]}


def sent(session: Session, arrivals: Collection[Arrival], now: datetime) -> None:
    """The provider took them. A delivery report that came first is kept.

    One statement for all: it is what nearly every message costs.
    """
    rows = [
        {
            "row": one.row_id,
            "held_by": one.lease,
            "as": one.provider_id,
            "parts": one.segments,
            "now": now,
        }
        for one in sorted(arrivals, key=lambda one: one.row_id)  # locked in one order by all
    ]
    session.connection().execute(_SENT, rows)


def retry(row: Delivery, reason: str, now: datetime, after: timedelta | None = None) -> None:
    """Not now. *after* is the provider's own request to wait: it costs no attempt.

    Without it the wait doubles from 5 s to 10 minutes, and the last failure is final; for what is
    PATIENT only ``not_after`` is.
    """
    if after is None:
        row.attempts += 1
        after = min(BACK_OFF * 2 ** min(row.attempts - 1, 10), LONGEST_WAIT)
    if row.attempts >= MAX_ATTEMPTS and row.cause not in PATIENT:
        row.end(State.FAILED, reason, now)
    else:
        row.state, row.reason, row.not_before = State.QUEUED, reason, now + after
        row.release()


def give_back(row: Delivery) -> None:
    """It was never handed to the channel: another sender may."""
    if row.state == State.SENDING:
        row.state = State.QUEUED
        row.release()


def fail(row: Delivery, reason: str, now: datetime, unreachable: bool = False) -> None:
    """Given up for good; *unreachable* closes the address until they write again."""
    row.end(State.FAILED, reason, now)
    if unreachable and row.address.state == AddressState.OPEN:
        change_state(row.address, AddressState.UNREACHABLE, now)


def doubt(row: Delivery, reason: str, now: datetime) -> None:
    """It left, and no answer came: uncertain, never sent again by itself."""
    row.sent_at = now
    row.end(State.UNCERTAIN, reason, now)


_ON_ITS_WAY = Delivery.state == State.SENDING
_SENT = (
    update(Delivery.__table__)  # type: ignore[arg-type]
    .where(Delivery.id == bindparam("row"), Delivery.lease == bindparam("held_by"))
    .values(
        state=case((_ON_ITS_WAY, State.SENT), else_=Delivery.state),
        reason=case((_ON_ITS_WAY, None), else_=Delivery.reason),
        provider_id=bindparam("as"),
        segments=bindparam("parts"),
        sent_at=bindparam("now", type_=UtcDateTime(timezone=True)),
        sealed=None,
        lease=None,
        leased_until=None,
    )
)


def report(
    session: Session, row_id: int, channel: str, arrived: bool, now: datetime, gone: bool = False
) -> bool:
    """A delivery report, in any order. False when there is no such delivery on *channel*.

    ``delivered`` is final: a late "failed" of another part or an older attempt changes nothing.
    *gone* closes the address, as nobody can be reached there. What failed goes by the person's
    other channel.
    """
    row = session.get(Delivery, row_id, with_for_update=True)
    if row is None or row.channel != channel:
        return False
    if arrived:
        row.state, row.reason, row.ended_at = State.DELIVERED, None, now
        row.sealed = None
    elif row.state in (State.SENDING, State.SENT, State.UNCERTAIN):
        lease = row.lease, row.leased_until
        row.end(State.FAILED, "reported by the operator", now)
        row.lease, row.leased_until = lease  # its sender has still to write down what it got
        if gone and row.address.state == AddressState.OPEN:
            change_state(row.address, AddressState.UNREACHABLE, now)
        reroute(session, row, now)
    return True
