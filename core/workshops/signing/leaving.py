"""Whoever has a place, and said or may have said that they cannot come, is shown it.

One tap then gives it back, and nothing else does: a doubtful word is enough to ask.
"""

from dataclasses import dataclass

from babel.dates import get_day_names

from core.answers import Answer, Asked
from core.people.consent import plain
from core.services import Service
from core.talk import Talk
from core.workshops.reminding.answer_words import COMES
from core.workshops.reminding.hearing import Verb, heard
from core.workshops.signing import form as forms
from core.workshops.signing.holdings import GIVE_BACK, Holdings
from core.workshops.voice import Voice

# Of these one is said, or it is something else that they cannot.
COMING = COMES | {"venir", "assister", "make", "ir", "asistir", "vir", "الحضور", "المجيء"}


@dataclass(frozen=True)
class Leaving(Service):
    """Between a reminder's answer and the model: what is said of a place without being asked."""

    voice: Voice
    holdings: Holdings

    def hear(self, talk: Talk, text: str) -> Answer | None:
        """Plain words about coming, and nothing else, while no form is being filled in."""
        days = get_day_names("wide", locale=talk.listener.language).values()
        said = heard(text, {plain(day) for day in days})
        if said is None or said.verb is not Verb.RELEASE or not COMING & {*plain(text).split()}:
            return None
        if self.voice.texts.danger(Asked(text)):
            return None
        filling = forms.current(talk.session, talk.address.contact_id, talk.now)
        return None if filling else self._shown(talk)

    def serve(self, talk: Talk, answer: Answer) -> Answer:
        """The model was not sure, and that was one of the two likeliest things."""
        if answer.is_sure:
            return answer
        services = self.voice.texts.services(answer)
        closest = self.voice.texts.question(answer.closest or "")
        likely = GIVE_BACK in services or (closest is not None and closest.service == GIVE_BACK)
        return (self._shown(talk) if likely else None) or answer

    def _shown(self, talk: Talk) -> Answer | None:
        return self.holdings.give_back(talk) if self.holdings.has_any(talk) else None
