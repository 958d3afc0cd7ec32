"""What became of a broadcast: each person once, whatever channels were tried for them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from core import audit
from core.broadcasts.means import Means
from core.broadcasts.model import Broadcast, BroadcastAnswer
from core.broadcasts.people import Why
from core.broadcasts.wording import first_name
from core.messages import Kind
from core.outbox.delivery import Cause, Delivery, State
from core.people.contacts import Address, AddressState, Contact
from core.people.phones import national

WAITING = (State.QUEUED, State.HELD, State.SENDING)
# They did not get it, or may not have, and did not ask for that.
UNREACHED = (State.FAILED, State.UNCERTAIN, State.SKIPPED)
WANTED_NONE = (Why.STOPPED, Why.STOPPED_SESSION, "no longer of use")


@dataclass(frozen=True)
class Report:
    """People, of one occurrence. *outcomes* counts them by state (those that wait are ``queued``),
    *reasons* those that did not get it by (state, why). *left_out* are those who were never to get
    it. *answers* counts the buttons, in their order.
    """

    outcomes: Counter[str]
    reasons: Counter[tuple[str, str]]
    left_out: Counter[str]
    answers: Sequence[int]

    @property
    def size(self) -> int:
        return self.outcomes.total()

    @property
    def waiting(self) -> int:
        return self.outcomes[State.QUEUED]

    @property
    def to_phone(self) -> int:
        """How many would be on the list of ``unreached``."""
        wanted = (count for (_, why), count in self.reasons.items() if why not in WANTED_NONE)
        return sum(wanted)


@dataclass(frozen=True)
class Unreached:
    """Somebody to phone. *number* as French people write it, "" when we have none."""

    number: str
    first_name: str
    language: str
    territory: str | None
    state: str
    reason: str


def report(session: Session, broadcast: Broadcast) -> Report:
    """Of its last occurrence."""
    query = select(Delivery.state, Delivery.reason, func.count()).where(*_of(broadcast))
    outcomes, reasons = Counter[str](), Counter[tuple[str, str]]()
    for state, reason, count in session.execute(query.group_by(Delivery.state, Delivery.reason)):
        kept = State.QUEUED if state in WAITING else state
        outcomes[kept] += count
        if state in UNREACHED:
            reasons[state, reason or ""] += count
    missed = Counter(broadcast.excluded)
    for why in (Why.UNREACHABLE, Why.CAPPED):  # these have a row each, and are counted there
        del missed[why]
    return Report(outcomes, reasons, missed, _answers(session, broadcast))


def unreached(
    session: Session, means: Means, broadcast: Broadcast, actor: str, now: datetime
) -> list[Unreached]:
    """Whom to phone, for *actor*: numbers are nowhere else in the open, so it is written down.

    Not who wanted no messages.
    """
    query = (
        select(Contact, Delivery.state, Delivery.reason)
        .join(Contact, Contact.id == Delivery.contact_id)
        .where(*_of(broadcast), Delivery.state.in_(UNREACHED))
        .where(or_(Delivery.reason.is_(None), Delivery.reason.not_in(WANTED_NONE)))
        .order_by(Delivery.id)
    )
    found = [
        Unreached(
            _number(session, means, contact),
            _name(session, means, broadcast, contact),
            contact.language,
            contact.territory,
            state,
            reason or "",
        )
        for contact, state, reason in session.execute(query).all()
    ]
    audit.record(session, actor, "broadcast.phone_list", broadcast.subject, now, people=len(found))
    return found


def _of(broadcast: Broadcast) -> list[ColumnElement[bool]]:
    """The row of each person that says what became of it: the last one that was tried."""
    purpose, instead = str(broadcast.occurrence), aliased(Delivery)
    tried_again = select(instead.id).where(
        instead.cause == Cause.BROADCAST,
        instead.cause_id == broadcast.id,
        instead.instead_of == Delivery.id,
    )
    return [
        Delivery.cause == Cause.BROADCAST,
        Delivery.cause_id == broadcast.id,
        or_(Delivery.purpose == purpose, Delivery.purpose.startswith(f"{purpose}~")),
        ~tried_again.exists(),
    ]


def _answers(session: Session, broadcast: Broadcast) -> list[int]:
    query = (
        select(BroadcastAnswer.button, func.count())
        .where(BroadcastAnswer.broadcast_id == broadcast.id)
        .where(BroadcastAnswer.occurrence == broadcast.occurrence)
        .group_by(BroadcastAnswer.button)
    )
    counted = {row[0]: row[1] for row in session.execute(query)}
    return [counted.get(place, 0) for place in range(len(broadcast.buttons))]


def _number(session: Session, means: Means, contact: Contact) -> str:
    query = select(Address).where(
        Address.contact_id == contact.id,
        Address.channel.in_(means.channels(Kind.SMS)),
        Address.state != AddressState.STOPPED,
    )
    address = session.scalars(query.order_by(Address.id)).first()
    return national(address.reveal(means.vault)) if address else ""


def _name(session: Session, means: Means, broadcast: Broadcast, contact: Contact) -> str:
    if broadcast.session_id is None:
        return ""
    return first_name(session, means.vault, contact.id, broadcast.session_id)
