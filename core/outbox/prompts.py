"""What somebody was asked last: a digit or a yes is the answer to that."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.messages import Bubble
from core.outbox.delivery import Delivery, State
from core.people.contacts import Address

SEEN = (State.SENDING, State.SENT, State.DELIVERED, State.UNCERTAIN)


def last_prompt(session: Session, address: Address) -> Delivery | None:
    """The newest message to *address* under which something can be picked; thumbs ask nothing."""
    query = (
        select(Delivery)
        .where(Delivery.address_id == address.id, Delivery.state.in_(SEEN))
        .order_by(Delivery.id.desc())
        .limit(10)
    )
    rows = session.scalars(query)
    return next((row for row in rows if Bubble(row.text, row.picks()).asks), None)
