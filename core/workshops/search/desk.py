"""Where people see what there is: sessions that fit, one in full, and to be told of new ones."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from core.answers import Answer, Asked, Outcome
from core.content.tables import Tables
from core.messages import Bubble, Choice
from core.people.consent import plain
from core.services import Handler, Service
from core.talk import Talk
from core.workshops.model import Audience
from core.workshops.search import interest
from core.workshops.search.finding import find
from core.workshops.search.listing import about, listing
from core.workshops.search.wanted import Wanted, wanted
from core.workshops.voice import Voice, reacted

# "ATELIER 42", as posters say; the word in our six languages (core.people.consent.plain).
SHORT_CODE = re.compile(
    r"(?:atelier|formation|seance|workshop|training|taller|formacion|oficina|formacao|atolye|egitim"
    r"|\u0648\u0631\u0634\u0629)\s?(\d{1,9})"
)
ABOUT_SESSIONS = {"find", "browse"}


@dataclass(frozen=True)
class Desk(Service):
    """*tables* is called for each answer, as the library behind it may be newer."""

    voice: Voice
    tables: Callable[[], Tables]

    def picks(self) -> Mapping[str, Handler]:
        return {
            "session": self.session,
            "more": self.page,
            "interest": self.note,
            "enough": self.enough,
        }

    def links(self) -> Mapping[str, Handler]:
        return {"s": self.session}

    def hear(self, talk: Talk, text: str) -> Answer | None:
        """The session that *text* is the short code of, if it is one."""
        code = SHORT_CODE.fullmatch(plain(text))
        return self.session(talk, code[1]) if code else None

    def session(self, talk: Talk, session_id: str) -> Answer:
        """``session:ID``: one in full."""
        texts = self.voice.texts
        bubble = about(
            talk.session, texts, int(session_id), talk.listener, talk.now,
            contact_id=talk.address.contact_id,
        )  # fmt: skip
        return reacted(bubble)

    def page(self, talk: Talk, what: str) -> Answer:
        """``more:OFFSET:WANTED``: the next of them. ValueError when we never made *what*."""
        offset, _, sought = what.partition(":")
        return reacted(self._listing(talk, Wanted.decoded(sought), int(offset)))

    def note(self, talk: Talk, sought: str) -> Answer:
        """``interest:WANTED``: tell me when one opens. ValueError when we never made *sought*."""
        kept = interest.note(talk.session, talk.address, Wanted.decoded(sought), talk.now)
        return self.voice.say(talk, "interest.noted" if kept else "interest.stopped")

    def enough(self, talk: Talk, rest: str) -> Answer:
        """``enough``: tell me no more."""
        interest.enough(talk.session, talk.address, talk.now)
        return self.voice.say(talk, "interest.ended")

    def serve(self, talk: Talk, answer: Answer) -> Answer:
        """The sessions that fit what was asked, where ``content/`` only has general words.

        Who names a town, a day or a theme is shown what there is of it: also where the question
        was a more general one (``browse``), or only one of the two likeliest, and where nothing
        was surely understood, but workshops or trainings were named.
        """
        services = self.voice.texts.services(answer)
        contact = talk.address.contact
        sought = wanted(answer.asked or Asked(), contact.role, contact.territory, talk.now)
        if services == {"tell_me"}:
            return self._listed(talk, answer, sought)
        named = sought.kind is not None and not answer.is_sure
        if sought.is_narrow and (services & ABOUT_SESSIONS or named) and self._any(talk, sought):
            return self._listed(talk, answer, sought)
        if not services & ABOUT_SESSIONS:
            return answer
        if services == {"find"} and self._any(talk, sought.at_any_time()):
            return self._listed(talk, answer, sought)
        if "browse" in services and self._any(talk, sought.at_any_time()):
            see = self.voice.label(talk, "find.browse.label", f"more:0:{sought.encoded()}")
            return self._offered(talk, answer, "find.browse", see)
        if services == {"find"}:
            choices = [self.voice.label(talk, "find.tell_me.label", f"interest:{sought.encoded()}")]
            if sought.audience is Audience.TEACHERS:
                choices.append(self.voice.label(talk, "find.wish.label", "wishes"))
            return self._offered(talk, answer, "find.tell_me", *choices)
        return answer

    def _listed(self, talk: Talk, answer: Answer, sought: Wanted) -> Answer:
        bubbles = (self._listing(talk, sought),)
        if answer.question_id is None:
            return Answer(bubbles, Outcome.SIGN_UP)
        return replace(answer, bubbles=bubbles, asks_territory=False)

    def _offered(self, talk: Talk, answer: Answer, key: str, *choices: Choice) -> Answer:
        """What ``content/`` says, with something to pick after it; one thing is asked at a time."""
        if any(bubble.asks for bubble in answer.bubbles):
            return answer
        offered = self.voice.texts.offer(key, talk.listener, *choices)
        return replace(answer, bubbles=(*answer.bubbles, offered))

    def _any(self, talk: Talk, sought: Wanted) -> bool:
        contact_id = talk.address.contact_id
        return bool(find(talk.session, self.tables(), sought, talk.now, contact_id))

    def _listing(self, talk: Talk, sought: Wanted, offset: int = 0) -> Bubble:
        texts, tables = self.voice.texts, self.tables()
        return listing(
            talk.session, texts, tables, sought, talk.listener, talk.now, offset,
            talk.address.contact_id,
        )  # fmt: skip
