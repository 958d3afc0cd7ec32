"""What the assistant does for a person beside answering from ``content/``.

Signing up, giving a place back, seeing one's own data: each is a service of its own, and a new one
is added to the list that the bot is made with. None asks a model.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.answers import Answer
from core.messages import Choice, Event, SentFile
from core.people.consent import Wish
from core.talk import Talk

Handler = Callable[[Talk, str], Answer]


@dataclass(frozen=True)
class Wanted:
    """*file* is to be fetched; *then* answers, given what is in it, None when it could not be had.

    *then* is called in a transaction of its own, some seconds later: it looks again at whatever
    said that the file is wanted.
    """

    file: SentFile
    then: Callable[[Talk, bytes | None], Answer]


class Service:
    """One such thing; it does nothing but what a subclass says.

    Each method is called in the transaction of the message that *talk* is about.
    """

    def commands(self) -> Mapping[str, Handler]:
        """What ``/word`` does with the words that come after it."""
        return {}

    def picks(self) -> Mapping[str, Handler]:
        """What picking a choice does: by what its ``does`` begins with, given the rest of it."""
        return {}

    def links(self) -> Mapping[str, Handler]:
        """What ``t.me/BOT?start=s42`` does: by its letter, given the digits after it."""
        return {}

    def events(self) -> Mapping[Event, Handler]:
        """What something that is no text but says something does (Incoming.text)."""
        return {}

    def sees(self, talk: Talk, file: SentFile | None) -> Answer | Wanted | None:
        """What is no text, or has more than its text; *file* is None where it is no file either."""
        return None

    def is_asking(self, talk: Talk) -> bool:
        """Whether something was asked whose answer may be any words."""
        return False

    def wished(self, talk: Talk, wish: Wish, session_id: int) -> Answer | None:
        """STOP or START with the number of a session after it."""
        return None

    def counts(self, talk: Talk) -> bool:
        """Whether how many was asked: then a number is heard, and picks no choice."""
        return False

    def doubt(self, talk: Talk, choice: Choice) -> Answer | None:
        """What to ask back when *choice*, picked by a digit or words, may be meant otherwise."""
        return None

    def hear(self, talk: Talk, text: str) -> Answer | None:
        """The answer to *text*, when it is plainly for this service; no model is asked then."""
        return None

    def serve(self, talk: Talk, answer: Answer) -> Answer:
        """*answer*, or what the database knows better than ``content/``."""
        return answer

    def after(self, talk: Talk, text: str, answer: Answer) -> Answer:
        """While it is asking: *answer*, which the model gave to *text*, or how it goes on."""
        return answer


class Services(Service):
    """Several as one; the first that has something to say is heard."""

    def __init__(self, *services: Service) -> None:
        self._services = services
        self._commands = {name: do for one in services for name, do in one.commands().items()}
        self._links = {name: do for one in services for name, do in one.links().items()}
        self._events = {name: do for one in services for name, do in one.events().items()}
        self._picks = {name: do for one in services for name, do in one.picks().items()}

    def commands(self) -> Mapping[str, Handler]:
        return self._commands

    def links(self) -> Mapping[str, Handler]:
        return self._links

    def events(self) -> Mapping[Event, Handler]:
        return self._events

    def picks(self) -> Mapping[str, Handler]:
        return self._picks

    def sees(self, talk: Talk, file: SentFile | None) -> Answer | Wanted | None:
        seen = (one.sees(talk, file) for one in self._services)
        return next((answer for answer in seen if answer is not None), None)

    def is_asking(self, talk: Talk) -> bool:
        return any(one.is_asking(talk) for one in self._services)

    def wished(self, talk: Talk, wish: Wish, session_id: int) -> Answer | None:
        done = (one.wished(talk, wish, session_id) for one in self._services)
        return next((answer for answer in done if answer is not None), None)

    def counts(self, talk: Talk) -> bool:
        return any(one.counts(talk) for one in self._services)

    def doubt(self, talk: Talk, choice: Choice) -> Answer | None:
        doubts = (one.doubt(talk, choice) for one in self._services)
        return next((answer for answer in doubts if answer is not None), None)

    def hear(self, talk: Talk, text: str) -> Answer | None:
        heard = (one.hear(talk, text) for one in self._services)
        return next((answer for answer in heard if answer is not None), None)

    def serve(self, talk: Talk, answer: Answer) -> Answer:
        for one in self._services:
            answer = one.serve(talk, answer)
        return answer

    def after(self, talk: Talk, text: str, answer: Answer) -> Answer:
        asking = next((one for one in self._services if one.is_asking(talk)), None)
        return asking.after(talk, text, answer) if asking else answer
