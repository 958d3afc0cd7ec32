"""What picking a choice about sessions does, but for the sign-up itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.answers import Listener
from core.contacts import Address
from core.content.tables import Tables
from core.messages import Bubble, Choice
from core.texts import Texts
from core.workshops import interest
from core.workshops.listing import about, listing
from core.workshops.wanted import Wanted


@dataclass(frozen=True)
class Picker:
    """Somebody at *address* picks something at *now* (aware)."""

    session: Session
    texts: Texts
    tables: Tables
    address: Address
    listener: Listener
    now: datetime

    def pick(self, choice: str) -> Bubble | None:
        """The answer to ``session:ID``, ``more:OFFSET:WANTED``, ``interest:WANTED`` or ``enough``.

        None for any other choice. ValueError for one of these that we never made.
        """
        what, _, rest = choice.partition(":")
        match what:
            case "session":
                return about(self.session, self.texts, int(rest), self.listener, self.now)
            case "more":
                offset, _, wanted = rest.partition(":")
                return self.page(Wanted.decoded(wanted), int(offset))
            case "interest":
                return self.note(Wanted.decoded(rest))
            case "enough":
                interest.enough(self.session, self.address, self.now)
                return self._said("interest.ended")
        return None

    def page(self, wanted: Wanted, offset: int = 0) -> Bubble:
        return listing(
            self.session, self.texts, self.tables, wanted, self.listener, self.now, offset
        )

    def note(self, wanted: Wanted) -> Bubble:
        kept = interest.note(self.session, self.address, wanted, self.now)
        return self._said("interest.noted" if kept else "interest.stopped")

    def _said(self, key: str) -> Bubble:
        menu = Choice(self.texts.say("menu.label", self.listener), "menu")
        return self.texts.offer(key, self.listener, menu)
