"""``/mesdonnees``: what is held about the person who asks; ``/oublier``: erased, after a yes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.answers import Answer, Listener, Outcome
from core.direction import directed
from core.files import Maker
from core.messages import Attachment, Bubble, Choice, Kind
from core.people import erasure, personal
from core.people.about_you import AboutYou
from core.services import Handler, Service
from core.speaker import fits
from core.talk import Talk
from core.team.relay import Relay
from core.texts import Texts
from core.vault import Vault
from core.workshops.notices import Notices

FILE = "mydata"
NAME = "mes-donnees.json"


@dataclass(frozen=True)
class OwnData(Service):
    """*relay* is the way to the team, which may have read something of theirs."""

    texts: Texts
    vault: Vault
    notices: Notices
    relay: Relay

    def commands(self) -> Mapping[str, Handler]:
        return {"mesdonnees": self.show, "mydata": self.show, "oublier": self.ask}

    def picks(self) -> Mapping[str, Handler]:
        return {"mydata": self.page, "forget": self.ask, "erase": self.erase, "keep": self.keep}

    def serve(self, talk: Talk, answer: Answer) -> Answer:
        """Who asks how their data is erased can say yes at once."""
        if self.texts.services(answer) != {"forget"}:
            return answer
        return replace(answer, bubbles=(*answer.bubbles, *self.ask(talk, "").bubbles))

    def show(self, talk: Talk, rest: str) -> Answer:
        return self.page(talk, "0")

    def page(self, talk: Talk, first: str) -> Answer:
        """``mydata:LINE``: from that line on; all that fits into two SMS, or all on a screen."""
        held = personal.collect(talk.session, self.vault, talk.address.contact_id)
        lines = AboutYou(self.texts, talk.listener, held).lines()
        begin = min(int(first), len(lines) - 1)
        for end in range(len(lines), begin, -1):
            bubble = self._bubble(talk, lines, begin, end)
            if talk.listener.kind is not Kind.SMS or fits(bubble):
                break
        return Answer((bubble,), Outcome.REACTED)

    def ask(self, talk: Talk, rest: str) -> Answer:
        """Nothing is erased without a yes."""
        choices = (
            Choice(self.texts.say("forget.yes.label", talk.listener), "erase"),
            Choice(self.texts.say("forget.no.label", talk.listener), "keep"),
        )
        return _reacted(self.texts.offer("forget.ask", talk.listener, *choices))

    def erase(self, talk: Talk, rest: str) -> Answer:
        self.relay.erased(talk)
        erasure.begin(talk.session, self.notices, talk.address.contact, talk.now, talk.row)
        return _reacted(Bubble(self.texts.say("forget.done", talk.listener)))

    def keep(self, talk: Talk, rest: str) -> Answer:
        menu = Choice(self.texts.say("menu.label", talk.listener), "menu")
        return _reacted(self.texts.offer("forget.kept", talk.listener, menu))

    def _bubble(self, talk: Talk, lines: list[str], begin: int, end: int) -> Bubble:
        more = Choice(self.texts.say("mydata.more.label", talk.listener), f"mydata:{end}")
        forget = Choice(self.texts.say("mydata.forget.label", talk.listener), "forget")
        text = directed("\n".join(lines[begin:end]), talk.listener.language)
        if talk.listener.kind is Kind.SMS:
            text = "\n".join(lines[begin:end])
        choices = (more if end < len(lines) else forget,)
        offered = self.texts.offer("mydata.page", talk.listener, *choices, lines=text)
        return replace(offered, private=True, file=f"{FILE}:{talk.address.contact_id}")


def data_maker(vault: Vault) -> Maker:
    """Makes ``mydata:CONTACT``: all that is held about them at the moment of sending, as JSON."""

    def make(session: Session, contact_id: str, listener: Listener, now: datetime) -> Attachment:
        held = personal.collect(session, vault, int(contact_id))
        return Attachment(NAME, personal.as_json(held, now), "application/json")

    return make


def _reacted(bubble: Bubble) -> Answer:
    return Answer((bubble,), Outcome.REACTED)
