"""Where people see what there is: sessions that fit, one in full, and to be told of new ones."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from core.answers import Answer, Asked
from core.consent import plain
from core.content.tables import Tables
from core.messages import Bubble
from core.services import Handler, Service
from core.talk import Talk
from core.workshops import interest
from core.workshops.finding import find
from core.workshops.listing import about, listing
from core.workshops.voice import Voice, reacted
from core.workshops.wanted import Wanted, wanted

# "ATELIER 42", as posters say; the word in our six languages (core.consent.plain).
SHORT_CODE = re.compile(
    r"(?:atelier|formation|seance|workshop|training|taller|formacion|oficina|formacao|atolye|egitim"
    r"|\u0648\u0631\u0634\u0629)\s?(\d{1,9})"
)


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
        return reacted(about(talk.session, texts, int(session_id), talk.listener, talk.now))

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
        """The sessions that fit what was asked, where ``content/`` only has general words."""
        question = self.voice.texts.served(answer)
        if question is None or question.service not in ("find", "tell_me"):
            return answer
        contact = talk.address.contact
        sought = wanted(answer.asked or Asked(), contact.role, contact.territory, talk.now)
        if question.service == "find" and not self._any(talk, sought):
            return self._general(talk, answer, sought)
        return replace(answer, bubbles=(self._listing(talk, sought),), asks_territory=False)

    def _general(self, talk: Talk, answer: Answer, sought: Wanted) -> Answer:
        """Nothing is open: what ``content/`` says, and to be told when something opens."""
        tell = self.voice.label(talk, "find.tell_me.label", f"interest:{sought.encoded()}")
        *said, last = answer.bubbles
        if any(not choice.is_thumb for choice in last.choices):
            return answer  # one thing is asked at a time
        offered = self.voice.texts.offer("find.tell_me", talk.listener, tell)
        return replace(answer, bubbles=(*said, last, offered))

    def _any(self, talk: Talk, sought: Wanted) -> bool:
        return bool(find(talk.session, self.tables(), sought.at_any_time(), talk.now))

    def _listing(self, talk: Talk, sought: Wanted, offset: int = 0) -> Bubble:
        texts, tables = self.voice.texts, self.tables()
        return listing(talk.session, texts, tables, sought, talk.listener, talk.now, offset)
