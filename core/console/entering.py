"""``/console`` on Telegram: a link that signs a member of the staff in."""

from collections.abc import Mapping
from dataclasses import dataclass

from core import audit
from core.answers import Answer, Outcome
from core.console import links, members
from core.console.links import Purpose, TooManyLinks
from core.messages import Bubble, Kind
from core.people import merging
from core.services import Handler, Service
from core.talk import Talk
from core.texts import Texts
from core.vault import Vault
from core.workshops.notices import Notices

ENTRANCE = "/console/enter/"


@dataclass(frozen=True)
class Entering(Service):
    """*base* is the address at which our pages are reached ("https://..."); "" for no console.

    Whoever is no member is answered as to any unknown command.
    """

    texts: Texts
    vault: Vault
    notices: Notices
    base: str

    def commands(self) -> Mapping[str, Handler]:
        return {"console": self.enter} if self.base else {}

    def enter(self, talk: Talk, code: str) -> Answer:
        """``/console``; ``/console CODE`` the first time, with the code of an administrator."""
        if talk.listener.kind is not Kind.CHAT:
            return self._unknown(talk)
        if code.strip() and not self._join(talk, code):
            return self._unknown(talk)
        member = members.of(talk.session, talk.address.contact_id)
        if member is None:
            return self._unknown(talk)
        try:
            secret = links.make(
                talk.session, self.vault, member.contact_id, Purpose.ENTER, talk.now
            )
        except TooManyLinks:
            return self.texts.sentence("console.often", talk.listener, Outcome.REACTED)
        text = self.texts.say("console.link", talk.listener, link=self.base + ENTRANCE + secret)
        return Answer((Bubble(text, private=True),), Outcome.REACTED)

    def _join(self, talk: Talk, code: str) -> bool:
        """Whoever writes is the member that the code was made for."""
        typed = code.strip().upper()
        member = links.use(talk.session, self.vault, typed, Purpose.JOIN, talk.now)
        if member is None:
            return False
        if member.contact_id != talk.address.contact_id:
            merging.merge(
                talk.session, self.notices, talk.address.contact_id, member.contact_id, talk.now
            )
        joined = members.of(talk.session, talk.address.contact_id)
        assert joined is not None
        audit.record(talk.session, joined.actor, "member.joined", joined.actor, talk.now)
        return True

    def _unknown(self, talk: Talk) -> Answer:
        return self.texts.guidance("command.unknown", talk.listener, Outcome.REACTED)
