"""STOP 42 and START 42: no more messages about one session, or again. The seat stays."""

from dataclasses import dataclass, replace

from core.answers import Answer, Outcome
from core.people import consents
from core.people.consent import Wish
from core.people.contacts import AddressState
from core.services import Service
from core.talk import Talk
from core.workshops.model import LIVE, WorkshopSession
from core.workshops.signing.holdings import Holdings
from core.workshops.voice import Voice, reacted


@dataclass(frozen=True)
class Streams(Service):
    voice: Voice
    holdings: Holdings

    def wished(self, talk: Talk, wish: Wish, session_id: int) -> Answer:
        """Acknowledged once: a second STOP 42 changes nothing, and is not answered."""
        one = talk.session.get(WorkshopSession, session_id)
        if one is None:
            return self.voice.texts.sentence(
                "stop.unknown", talk.listener, Outcome.REACTED, number=session_id
            )
        if wish is Wish.START:
            return self._start(talk, one)
        contact_id = talk.address.contact_id
        if consents.stopped(talk.session, {(contact_id, one.id)}):
            return Answer((), Outcome.STOPPED)
        consents.stop_stream(talk.session, talk.address, one.id, talk.now)
        mine = self.holdings.sign_up_for(talk, one.id)
        if mine is None or mine.state not in LIVE:
            bubble = self.voice.about(talk, "stop.stream.no_seat", one, ())
        else:
            give_back = self.voice.label(talk, "mine.release.label", f"release:{mine.id}")
            bubble = self.voice.about(talk, "stop.stream", one, (give_back,))
        return replace(reacted(bubble), outcome=Outcome.STOPPED)

    def _start(self, talk: Talk, one: WorkshopSession) -> Answer:
        consents.start_stream(talk.session, talk.address, one.id)
        stopped = talk.address.state == AddressState.STOPPED
        key = "start.stream.stopped" if stopped else "start.stream"
        bubble = self.voice.about(talk, key, one, ())
        return replace(reacted(bubble), outcome=Outcome.STARTED)
