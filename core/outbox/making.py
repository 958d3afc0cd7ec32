"""Words made at the moment of sending, so that they are true then, and kept nowhere.

A row that was posted without words is worded by the maker of its cause: a reminder says where the
session is now, whatever it was when the reminder was planned.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from core.messages import Bubble
from core.outbox.delivery import Cause, Delivery

# None: there is nothing to say any more.
Maker = Callable[[Session, Delivery, datetime], Bubble | None]
Makers = Mapping[Cause, Maker]


def make(session: Session, makers: Makers, row: Delivery, now: datetime) -> Bubble | None:
    """What *row* says; its choices and its file are written into it. None: nothing any more."""
    bubble = makers[Cause(row.cause)](session, row, now)
    if bubble is not None:
        row.choices = [choice.as_json() for choice in bubble.choices]
        row.file = bubble.file
    return bubble
