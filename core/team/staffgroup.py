"""The team's group on Telegram: an address like another, and what is posted to it.

A post names a handoff by its number (#12) and says what kind of help is wanted, in which
language, from which territory and channel; never who asks, nor from which number or chat.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from babel import Locale
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.answers import Listener
from core.languages import FRENCH
from core.messages import Bubble, Kind
from core.outbox import posting
from core.outbox.delivery import Cause, Delivery
from core.people import contacts
from core.people.contacts import Address, AddressState, Role
from core.team import handoffs
from core.team.handoffs import Handoff, Reason
from core.vault import Vault
from core.wording import Wording

CHANNEL = "telegram"
REASONS: Mapping[str, str] = {
    Reason.ASKED: "group.asked",
    Reason.FAILURES: "group.failures",
    Reason.SENSITIVE: "group.sensitive",
}
TERRITORIES: Mapping[str | None, str] = {
    "vienne": "group.vienne",
    "finistere": "group.finistere",
    "national": "group.elsewhere",
    None: "group.somewhere",
}
CHANNELS: Mapping[Kind, str] = {Kind.CHAT: "Telegram", Kind.SMS: "SMS"}
MOST_CHARACTERS = 1500  # of each message; two fit into one of Telegram's
# A person may take a sensitive message back before anybody reads it.
GRACE = timedelta(minutes=2)
# Telegram may be away for a weekend: what a person was promised still arrives.
FOR_LONG = timedelta(days=3)


class StaffGroup:
    """*chat* is the group's number on Telegram; empty: there is no group."""

    def __init__(self, vault: Vault, wording: Wording, chat: str) -> None:
        self._vault = vault
        self._wording = wording
        self._chat = chat
        self._fingerprint = vault.index(chat, CHANNEL)

    @property
    def exists(self) -> bool:
        return bool(self._chat)

    def owns(self, address: Address) -> bool:
        """Whether *address* is the group's."""
        ours = address.channel == CHANNEL and address.fingerprint == self._fingerprint
        return ours and self.exists

    def say(self, key: str, **values: object) -> str:
        return self._wording.say(key, FRENCH, **values)

    def post(
        self,
        session: Session,
        handoff: Handoff,
        purpose: str,
        text: str,
        now: datetime,
        held: bool = False,
    ) -> None:
        """Queue *text* for the group, once for each *purpose*; sealed, for it may quote.

        *held* leaves the person the time to take it back; nothing overtakes what is held.
        """
        posting.post(
            session, self._address(session, now), Cause.HANDOFF, handoff.id, purpose, Bubble(text),
            now, vault=self._vault, not_before=self.leaves(handoff, now, held), for_long=FOR_LONG,
        )  # fmt: skip

    @staticmethod
    def leaves(handoff: Handoff, now: datetime, held: bool = False) -> datetime:
        """When the team is shown what is posted now."""
        leaves = now + GRACE if held else now
        if handoff.reason == Reason.SENSITIVE:
            leaves = max(leaves, handoff.opened_at + GRACE)
        return leaves

    def opening(self, handoff: Handoff, title: str, who: Listener, *words: str) -> str:
        """The first post about *handoff*; *words* are the person's, the oldest first.

        *title* is the question's that was answered, "" when none was.
        """
        said = [self.quoted(one) for one in words if one] or [self.say("group.no_words")]
        lines = [
            self.say(REASONS[handoff.reason], number=handoff.id, question=title),
            self._who(who),
            *said,
        ]
        if handoff.reason == Reason.SENSITIVE:
            lines.append(self.say("group.careful"))
        return "\n\n".join([*lines, self.say("group.how")])

    def quoted(self, words: str) -> str:
        """*words* between quotation marks, cut at a word when they are very long."""
        if len(words) > MOST_CHARACTERS:
            head = words[:MOST_CHARACTERS]
            words = f"{head[: head.rfind(' ')] if ' ' in head else head} […]"
        return self.say("group.words", words=words)

    def added(self, handoff: Handoff, *words: str) -> str:
        """A later post about *handoff*: what the person wrote since."""
        said = [self.quoted(one) for one in words if one]
        return "\n\n".join([self.say("group.added", number=handoff.id), *said])

    def has_more(self, session: Session, handoff: Handoff) -> bool:
        """Whether anything was posted of what the person wrote after the opening."""
        query = select(Delivery.id).where(
            Delivery.cause == Cause.HANDOFF,
            Delivery.cause_id == handoff.id,
            Delivery.purpose.startswith("message-"),
        )
        return session.scalar(query.limit(1)) is not None

    def named(self, session: Session, reply_to: str | None) -> int | None:
        """The number of the handoff that the post *reply_to* (Telegram's reference) is about."""
        if reply_to is None:
            return None
        query = (
            select(Delivery.cause_id)
            .join(Address, Address.id == Delivery.address_id)
            .where(Address.channel == CHANNEL, Address.fingerprint == self._fingerprint)
            .where(Delivery.cause == Cause.HANDOFF, Delivery.provider_id == reply_to)
        )
        return session.scalar(query)

    def _who(self, who: Listener) -> str:
        return self.say(
            "group.who",
            language=Locale(FRENCH).languages[who.language],
            territory=self.say(TERRITORIES[who.territory]),
            channel=CHANNELS[who.kind],
        )

    def _address(self, session: Session, now: datetime) -> Address:
        """The group's; an earlier failure does not keep us from trying again."""
        address = contacts.find(session, self._vault, CHANNEL, self._chat)
        if address is None:
            address = self._meet(session, now)
        if address.contact.role != Role.STAFF:
            address.contact.role = Role.STAFF
        contacts.change_state(address, AddressState.OPEN, now)
        return address

    def _meet(self, session: Session, now: datetime) -> Address:
        """The group, the first time; another process may meet it at the same moment."""
        try:
            with session.begin_nested():
                return contacts.meet(session, self._vault, CHANNEL, self._chat, now)
        except IntegrityError:
            return contacts.meet(session, self._vault, CHANNEL, self._chat, now)

    def erased(self, session: Session, contact_id: int, now: datetime) -> None:
        """A contact is being erased: what has not left never does, and of the rest the team is
        asked to delete its messages."""
        if not self.exists:
            return
        read = [
            one
            for one in handoffs.of(session, contact_id)
            if posting.cancel(session, Cause.HANDOFF, one.id, now)
        ]
        if read:
            numbers = ", ".join(f"#{one.id}" for one in read)
            self.post(session, read[-1], "erased", self.say("group.erased", numbers=numbers), now)
