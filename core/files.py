"""Files that go with messages, made at the moment of sending from what the database holds then."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.answers import Listener
from core.messages import Attachment, Kind
from core.outbox.delivery import Delivery

log = logging.getLogger(__name__)
# Of what ``Bubble.file`` says after the colon; None when there is nothing (any more) to make.
Maker = Callable[[Session, str, Listener, datetime], Attachment | None]


@dataclass(frozen=True)
class Files:
    """*makers* by what ``Bubble.file`` begins with; *kinds* says what each channel can show."""

    makers: Mapping[str, Maker]
    kinds: Mapping[str, Kind]

    def made(self, session: Session, row: Delivery, now: datetime) -> Attachment | None:
        """The file of *row*; None when it has none, or its channel takes none.

        What cannot be made is left out: the message says what matters without it.
        """
        kind = self.kinds.get(row.channel, Kind.SMS)
        if not row.file or kind is Kind.SMS:
            return None
        contact = row.address.contact
        what, _, rest = row.file.partition(":")
        try:
            listener = Listener(kind, contact.language, contact.territory)
            return self.makers[what](session, rest, listener, now)
        except Exception as error:
            log.error("delivery %d: no file (%s)", row.id, type(error).__name__)
            return None
