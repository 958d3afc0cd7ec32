"""What people are told of a session without having asked: a sentence, with what, when and where.

By SMS title and place are cut until all fits into two.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from core.answers import Listener
from core.direction import directed
from core.messages import Bubble, Choice, Kind
from core.people.contacts import Address
from core.speaker import fits
from core.texts import Texts
from core.workshops.model import WorkshopSession
from core.workshops.phrases import Phrases

# By SMS, how many letters of the title and of the place, until all fits.
SHORTER = ((60, 60), (40, 40), (30, 30), (24, 24), (18, 18), (12, 12))


class Sentences:
    """*kinds* says what sort of screen each channel has."""

    def __init__(self, texts: Texts, kinds: Mapping[str, Kind]) -> None:
        self._texts = texts
        self._kinds = kinds

    def listener(self, address: Address) -> Listener:
        kind = self._kinds.get(address.channel, Kind.CHAT)
        return Listener(kind, address.contact.language, address.contact.territory)

    def say(self, key: str, listener: Listener, **values: object) -> str:
        return self._texts.say(key, listener, **values)

    def count(self, key: str, listener: Listener, number: int, **values: object) -> str:
        return self._texts.count(key, listener, number, **values)

    def label(self, key: str, listener: Listener, does: str) -> Choice:
        return Choice(self._texts.say(key, listener), does)

    def phrases(self, listener: Listener) -> Phrases:
        return Phrases(self._texts, listener)

    def moment(self, moment: datetime, listener: Listener) -> str:
        return Phrases(self._texts, listener).moment(moment)

    def about(
        self,
        key: str,
        one: WorkshopSession,
        listener: Listener,
        choices: Sequence[Choice] = (),
        street: bool = False,
        **values: object,
    ) -> Bubble:
        """The sentence *key* about the session *one*; *choices* may be none.

        With the *street* also by SMS, where it fits.
        """
        values |= {"when": self.moment(one.starts_at, listener)}
        for title, where in self._lengths(one, listener, street):
            known = values | {"title": title, "where": where}
            if choices:
                bubble = self._texts.offer(key, listener, *choices, **known)
            else:
                bubble = Bubble(self._texts.say(key, listener, **known))
            if listener.kind is not Kind.SMS:
                return replace(bubble, text=directed(bubble.text, listener.language))
            if fits(bubble):
                break
        return bubble

    def _lengths(
        self, one: WorkshopSession, listener: Listener, street: bool
    ) -> Iterator[tuple[str, str]]:
        """Title and place, in full and then shorter and shorter."""
        if one.remote:
            where = self._texts.say("notice.remote", listener)
        elif listener.kind is Kind.SMS:
            where = ", ".join(filter(None, (one.commune, one.place, one.street if street else "")))
        else:
            where = ", ".join(filter(None, (one.place, one.street, one.commune)))
        yield one.workshop.title, where
        for most_title, most_where in SHORTER:
            yield _cut(one.workshop.title, most_title), _cut(where, most_where)


def _cut(text: str, most: int) -> str:
    """At most *most* letters of *text*, cut after a word where there is one."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(" ,;:-") + "…"
