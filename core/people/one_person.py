"""``/lier``: a Telegram chat and a phone number become one person (linking, merging)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.answers import Answer, Outcome
from core.messages import Bubble, Choice, Event, Kind
from core.outbox import posting
from core.outbox.delivery import Cause
from core.people import consents, contacts, linking, merging
from core.people.consents import What
from core.people.contacts import Address
from core.people.linking import DIGITS, LASTS, TooMany
from core.people.phones import NotANumber, mobile
from core.services import Handler, Service
from core.talk import Talk
from core.texts import Texts
from core.vault import Vault
from core.workshops.notices import Notices

CODE = re.compile(rf"\d{{{DIGITS}}}")


@dataclass(frozen=True)
class OnePerson(Service):
    """*sms* is the channel that codes go by, "" when there is none; *bot* is our name on Telegram.

    A number is only ever in a row that is sealed, and never said back.
    """

    texts: Texts
    vault: Vault
    notices: Notices
    sms: str
    bot: str

    def commands(self) -> Mapping[str, Handler]:
        return {"lier": self.begin, "link": self.begin}

    def picks(self) -> Mapping[str, Handler]:
        return {"link": self.pick}

    def links(self) -> Mapping[str, Handler]:
        return {"l": self.follow}

    def events(self) -> Mapping[Event, Handler]:
        return {Event.CONTACT: self.shared}

    def hear(self, talk: Talk, text: str) -> Answer | None:
        """A code or the number that was asked for; on Telegram.

        Otherwise six digits are something else: the code of the day of a session.
        """
        if talk.listener.kind is not Kind.CHAT:
            return None
        typed = text.replace(" ", "")
        if CODE.fullmatch(typed):
            awaited = linking.awaits(talk.session, talk.address.contact_id, talk.now)
            return self.type(talk, typed) if awaited or self._asked(talk) else None
        if _looks_like_a_number(typed) and self._asked(talk):
            return self.send(talk, text)
        return None

    def begin(self, talk: Talk, rest: str) -> Answer:
        """``/lier``, with a number or a code behind it or not."""
        if not self.sms:
            return self._say(talk, "link.none")
        if talk.listener.kind is Kind.SMS:
            return self._show(talk)
        typed = rest.replace(" ", "")
        if typed:
            return self.type(talk, typed) if CODE.fullmatch(typed) else self.send(talk, rest)
        choices = (
            Choice(self.texts.say("link.share.label", talk.listener), "link:number"),
            Choice(self.texts.say("link.no.label", talk.listener), "link:no"),
        )
        return _reacted(self.texts.offer("link.ask", talk.listener, *choices))

    def pick(self, talk: Talk, what: str) -> Answer:
        """``link:no``; ``link:code:CODE``; ``link:number`` where a channel cannot ask for it."""
        verb, _, code = what.partition(":")
        if verb == "code":
            return self.type(talk, code)
        return self._again(talk, "link.write") if what == "number" else self._say(talk, "link.left")

    def follow(self, talk: Talk, code: str) -> Answer:
        """The link of an SMS; asked back first, for somebody else may have sent it to them."""
        choices = (
            Choice(self.texts.say("link.mine.label", talk.listener), f"link:code:{code}"),
            Choice(self.texts.say("link.no.label", talk.listener), "link:no"),
        )
        return _reacted(self.texts.offer("link.mine", talk.listener, *choices))

    def send(self, talk: Talk, number: str) -> Answer:
        """A code to *number*, by SMS. What became of it is the same for every number."""
        session, mine = talk.session, talk.address.contact_id
        try:
            linking.check_asker(session, mine, talk.now)
            phone = self._phone(talk, number)
            if phone.contact_id == mine:
                return self._say(talk, "link.already")
            code, row_id = linking.make(session, self.vault, mine, phone, talk.now)
        except NotANumber:
            return self._again(talk, "link.number")
        except TooMany:
            return self._say(talk, "link.often")
        # In the language of whoever asks: what is known of the number tells them nothing.
        by_sms = replace(talk.listener, kind=Kind.SMS)
        bubble = Bubble(self.texts.say("link.code", by_sms, code=code))
        posting.post(
            talk.session, phone, Cause.LINK, row_id, "code", bubble, talk.now, vault=self.vault,
            for_long=LASTS,
        )  # fmt: skip
        return self._say(talk, "link.sent")

    def type(self, talk: Talk, code: str) -> Answer:
        """A code that was got by SMS."""
        if talk.listener.kind is not Kind.CHAT:
            return self._say(talk, "link.wrong")
        contact_id = talk.address.contact_id
        try:
            phone = linking.use(talk.session, self.vault, contact_id, code, talk.now)
        except TooMany:
            return self._say(talk, "link.often")
        return self._join(talk, phone) if phone else self._say(talk, "link.wrong")

    def shared(self, talk: Talk, number: str) -> Answer:
        """The number of their own account, which Telegram vouches for: no code is needed."""
        if not self.sms:
            return self._say(talk, "link.none")
        try:
            return self._join(talk, self._phone(talk, number))
        except NotANumber:
            return self._say(talk, "link.number")

    def _show(self, talk: Talk) -> Answer:
        """By SMS: a code to type on Telegram."""
        try:
            code, _ = linking.make(
                talk.session, self.vault, talk.address.contact_id, talk.address, talk.now
            )
        except TooMany:
            return self._say(talk, "link.often")
        where = f"t.me/{self.bot}?start=l{code}" if self.bot else ""
        key = "link.show.link" if where else "link.show"
        text = self.texts.say(key, talk.listener, code=code, link=where)
        return _reacted(Bubble(text, private=True))

    def _join(self, talk: Talk, phone: Address) -> Answer:
        session, now, mine = talk.session, talk.now, talk.address.contact_id
        if phone.contact_id == mine:
            return self._say(talk, "link.already")
        merging.merge(session, self.notices, mine, phone.contact_id, now)
        consents.note(session, talk.address, What.LINKING, now)
        consents.note(session, phone, What.LINKING, now)
        return self._say(talk, "link.done")

    def _phone(self, talk: Talk, number: str) -> Address:
        """Whoever has *number*; somebody new when it is not known. Raises NotANumber."""
        written = mobile(number)
        known = contacts.find(talk.session, self.vault, self.sms, written)
        if known is not None:
            return known
        language = talk.listener.language
        return contacts.meet(talk.session, self.vault, self.sms, written, talk.now, language)

    def _asked(self, talk: Talk) -> bool:
        """Whether the last thing that they were shown asks for a number."""
        prompt = talk.last_prompt
        return prompt is not None and any(one.does.startswith("link:") for one in prompt.picks())

    def _again(self, talk: Talk, key: str) -> Answer:
        """What they write next is a number."""
        no = Choice(self.texts.say("link.no.label", talk.listener), "link:no")
        return _reacted(self.texts.offer(key, talk.listener, no))

    def _say(self, talk: Talk, key: str) -> Answer:
        menu = Choice(self.texts.say("menu.label", talk.listener), "menu")
        return _reacted(self.texts.offer(key, talk.listener, menu))


def _looks_like_a_number(typed: str) -> bool:
    return re.fullmatch(r"[+\d().\-/]{8,20}", typed) is not None


def _reacted(bubble: Bubble) -> Answer:
    return Answer((bubble,), Outcome.REACTED)
