"""What somebody was asked last: a digit or a yes is the answer to that."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from core.messages import Bubble
from core.outbox.delivery import Delivery, State
from core.people.contacts import Address

SEEN = (State.SENDING, State.SENT, State.DELIVERED, State.UNCERTAIN)


def last_prompt(session: Session, address: Address) -> Delivery | None:
    """The newest message to *address* under which something can be picked; thumbs ask nothing."""
    rows = session.scalars(_NEWEST, {"address_id": address.id})
    return next((row for row in rows if Bubble(row.text, row.picks()).asks), None)


# Made once: every message asks for it, and it takes longer to make than to run.
_NEWEST = (
    select(Delivery)
    .where(Delivery.address_id == bindparam("address_id"), Delivery.state.in_(SEEN))
    .order_by(Delivery.id.desc())
    .limit(10)
)
