"""What people do with a broadcast: press one of its buttons. The last one counts."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.answers import Answer, Outcome
from core.broadcasts.model import Broadcast, BroadcastAnswer
from core.broadcasts.words import ANSWER
from core.languages import FRENCH
from core.services import Handler, Service
from core.talk import Talk
from core.texts import Texts


@dataclass(frozen=True)
class Answering(Service):
    """Each answer is acknowledged with the words that were pressed: nobody wonders whether it
    arrived.
    """

    texts: Texts

    def picks(self) -> Mapping[str, Handler]:
        return {ANSWER: self.answer}

    def answer(self, talk: Talk, rest: str) -> Answer:
        """``cast:BROADCAST:OCCURRENCE:BUTTON``."""
        number, occurrence, button = map(int, rest.split(":"))
        broadcast = talk.session.get(Broadcast, number)
        if broadcast is None or button >= len(broadcast.buttons):
            return self.texts.guidance("choice.none", talk.listener, Outcome.REACTED)
        _keep(talk, number, occurrence, button)
        labels = broadcast.buttons[button]
        label = labels.get(talk.listener.language) or labels[FRENCH]
        return self.texts.sentence(
            "broadcast.answered", talk.listener, Outcome.REACTED, answer=label
        )


def _keep(talk: Talk, number: int, occurrence: int, button: int) -> None:
    which = {
        "broadcast_id": number,
        "occurrence": occurrence,
        "contact_id": talk.address.contact_id,
    }
    query = select(BroadcastAnswer).filter_by(**which)
    known = talk.session.scalar(query)
    if known is None:
        try:
            with talk.session.begin_nested():
                talk.session.add(BroadcastAnswer(**which, button=button, at=talk.now))
            return
        except IntegrityError:  # two taps at once
            known = talk.session.scalars(query).one()
    known.button, known.at = button, talk.now
