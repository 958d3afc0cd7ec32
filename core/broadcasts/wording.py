"""The maker of broadcasts: words one row of the outbox at the moment of sending."""

import re
from collections import OrderedDict
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.answers import Listener
from core.broadcasts.means import Means
from core.broadcasts.model import Broadcast, BroadcastState
from core.broadcasts.words import Template, template
from core.messages import Attachment, Bubble, Kind
from core.outbox.delivery import Delivery
from core.vault import Vault, VaultError
from core.workshops.model import NAME, Attendee, SignUp

FRESH = timedelta(seconds=30)  # a session that changes is told as it is now
KEPT = 200


class Maker:
    """Called for each row; what it says is the same for thousands, and made once in 30 seconds."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._templates: OrderedDict[tuple[int, str, Listener], tuple[datetime, Template | None]]
        self._templates = OrderedDict()

    def __call__(self, session: Session, row: Delivery, now: datetime) -> Bubble | None:
        """None when the broadcast was cancelled, or is no more."""
        contact = row.address.contact
        kind = self._means.kinds.get(row.channel, Kind.SMS)
        listener = Listener(kind, contact.language)
        found = self._template(session, row, listener, now)
        if found is None:
            return None
        name = ""
        if found.wants_name and row.about is not None:
            name = first_name(session, self._means.vault, row.contact_id, row.about)
        return found.bubble(name)

    def _template(
        self, session: Session, row: Delivery, listener: Listener, now: datetime
    ) -> Template | None:
        # The other channel's row of the second occurrence is called "2~sms", a test "0-1f…".
        occurrence = re.split("[~+-]", row.purpose)[0]
        key = row.cause_id, occurrence, listener
        made, found = self._templates.get(key, (None, None))
        if made is None or not timedelta() <= now - made < FRESH:
            broadcast = session.get(Broadcast, row.cause_id)
            gone = broadcast is None or broadcast.state == BroadcastState.CANCELLED
            found = None
            if broadcast is not None and not gone:
                found = template(self._means.texts, broadcast, listener, occurrence)
            self._templates[key] = now, found
            if len(self._templates) > KEPT:
                self._templates.popitem(last=False)
        return found


def first_name(session: Session, vault: Vault, contact_id: int, session_id: int) -> str:
    """Of the first adult whom the contact signed up for the session; "" when nobody knows."""
    query = (
        select(Attendee.name)
        .join(SignUp, SignUp.id == Attendee.sign_up_id)
        .where(SignUp.contact_id == contact_id, SignUp.session_id == session_id)
        .order_by(Attendee.child, Attendee.id)
        .limit(1)
    )
    sealed = session.scalar(query)
    try:
        return vault.open(sealed, NAME) if sealed else ""
    except VaultError:
        return ""


def attachment(
    session: Session, number: str, listener: Listener, now: datetime
) -> Attachment | None:
    """Makes ``broadcast:NUMBER``: the file that goes with it."""
    broadcast = session.get(Broadcast, int(number))
    if broadcast is None or not broadcast.file:
        return None
    return Attachment(broadcast.file_name, broadcast.file, broadcast.file_type)
