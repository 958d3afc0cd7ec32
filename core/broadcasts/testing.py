"""A broadcast sent to one person to look at, and counted nowhere."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core import audit
from core.broadcasts.model import Broadcast
from core.outbox import posting
from core.outbox.delivery import Cause, Delivery, Lane
from core.people.contacts import Address

LASTS = timedelta(hours=1)


def send(
    session: Session, broadcast: Broadcast, address: Address, actor: str, now: datetime
) -> Delivery | None:
    """Queue it for *address*, at any hour: occurrence 0, which no report looks at."""
    audit.record(session, actor, "broadcast.tested", broadcast.subject, now)
    return posting.post(
        session, address, Cause.BROADCAST, broadcast.id, f"0-{uuid.uuid4().hex[:8]}", None, now,
        lane=Lane.REPLY, for_long=LASTS, about=broadcast.session_id,
    )  # fmt: skip
