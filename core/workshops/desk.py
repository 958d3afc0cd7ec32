"""Where people see what there is: sessions that fit, one in full, and to be told of new ones."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from core.answers import Answer, Asked, Outcome
from core.consent import plain
from core.content.tables import Tables
from core.messages import Bubble, Choice
from core.talk import Talk
from core.texts import Texts
from core.workshops.finding import find
from core.workshops.listing import listing
from core.workshops.picks import Picker
from core.workshops.wanted import Wanted, wanted

# "ATELIER 42", as posters say; the word in our six languages (core.consent.plain).
SHORT_CODE = re.compile(
    r"(?:atelier|formation|seance|workshop|training|taller|formacion|oficina|formacao|atolye|egitim"
    r"|\u0648\u0631\u0634\u0629)\s?(\d{1,9})"
)


@dataclass(frozen=True)
class Desk:
    """*tables* is called for each answer, as the library behind it may be newer."""

    texts: Texts
    tables: Callable[[], Tables]

    def by_code(self, talk: Talk, text: str) -> Answer | None:
        """The session that *text* is the short code of, if it is one."""
        code = SHORT_CODE.fullmatch(plain(text))
        return self.session(talk, code[1]) if code else None

    def session(self, talk: Talk, session_id: str) -> Answer:
        bubble = self._picker(talk).pick(f"session:{session_id}")
        assert bubble is not None
        return _shown(bubble)

    def picked(self, talk: Talk, choice: Choice) -> Answer | None:
        """What picking *choice* shows; None when it is not one of ours."""
        bubble = self._picker(talk).pick(choice.does)
        return _shown(bubble) if bubble else None

    def serve(self, talk: Talk, answer: Answer) -> Answer:
        """The sessions that fit what was asked, where ``content/`` only has general words."""
        question = self.texts.served(answer)
        if question is None or question.service not in ("find", "tell_me"):
            return answer
        contact = talk.address.contact
        sought = wanted(answer.asked or Asked(), contact.role, contact.territory, talk.now)
        if question.service == "find" and not self._any(talk, sought):
            return self._general(talk, answer, sought)
        bubble = listing(talk.session, self.texts, self.tables(), sought, talk.listener, talk.now)
        return replace(answer, bubbles=(bubble,), asks_territory=False)

    def _general(self, talk: Talk, answer: Answer, sought: Wanted) -> Answer:
        """Nothing is open: what ``content/`` says, and to be told when something opens."""
        tell = Choice(
            self.texts.say("find.tell_me.label", talk.listener), f"interest:{sought.encoded()}"
        )
        *said, last = answer.bubbles
        if any(not choice.is_thumb for choice in last.choices):
            return answer  # one thing is asked at a time
        offered = self.texts.offer("find.tell_me", talk.listener, tell)
        return replace(answer, bubbles=(*said, last, offered))

    def _any(self, talk: Talk, sought: Wanted) -> bool:
        return bool(find(talk.session, self.tables(), sought.at_any_time(), talk.now))

    def _picker(self, talk: Talk) -> Picker:
        return Picker(
            talk.session, self.texts, self.tables(), talk.address, talk.listener, talk.now
        )


def _shown(bubble: Bubble) -> Answer:
    return Answer((bubble,), Outcome.SIGN_UP)
