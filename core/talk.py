"""One message being answered: its transaction, who wrote, how to word it, and when."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from core.answers import Listener
from core.inbound import Inbound
from core.outbox import prompts
from core.outbox.delivery import Delivery
from core.people.contacts import Address


@dataclass(frozen=True)
class Talk:
    """*row* is the message as it is kept; *now* is aware.

    *prompt* is the message under which they picked something.
    """

    session: Session
    address: Address
    listener: Listener
    now: datetime
    row: Inbound
    prompt: Delivery | None = None

    @cached_property
    def last_prompt(self) -> Delivery | None:
        """What they were asked last; see core.outbox.prompts."""
        return prompts.last_prompt(self.session, self.address)
