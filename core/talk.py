"""One message being answered: its transaction, who wrote, how to word it, and when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.answers import Listener
from core.contacts import Address
from core.inbound import Inbound


@dataclass(frozen=True)
class Talk:
    """*row* is the message as it is kept; *now* is aware."""

    session: Session
    address: Address
    listener: Listener
    now: datetime
    row: Inbound
