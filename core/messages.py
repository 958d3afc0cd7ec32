"""What crosses between front ends and rules: Incoming, Outgoing, Choice, Event."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self


class Kind(StrEnum):
    """What sort of screen a channel has; answers are worded for it."""

    CHAT = "telegram"
    SMS = "sms"


class Event(StrEnum):
    """What a person sent that is not text."""

    VOICE = "voice"
    PHOTO = "photo"
    STICKER = "sticker"
    LOCATION = "location"
    DOCUMENT = "document"
    CONTACT = "contact"
    GROUP = "group"


@dataclass(frozen=True)
class SentFile:
    """A file that somebody sent, and nobody has fetched: most never are.

    *reference* is what its channel knows it by, *name* what they called it, *size* in bytes, None
    when the channel does not say.
    """

    reference: str
    name: str
    size: int | None = None


@dataclass(frozen=True)
class Incoming:
    """One thing a person did on a channel.

    *address* is the channel's own: a Telegram chat, a number in E.164. *provider_id* is
    unique on its channel: the same one twice is the same message delivered twice.
    *received_at* is aware. *tapped* is the ``delivery:position`` of a pressed button.
    *language_hint* is what the phone says it is set to (IETF tag), never proof of it.
    *location* is (latitude, longitude) in degrees. *reply_to* is the provider's reference of
    our message that this one answers (the staff group only). With the event ``contact``, *text* is
    the sender's own phone number, in E.164: nobody else's is ever read. *file* is what came with
    it, in private.
    """

    channel: str
    address: str
    provider_id: str
    received_at: datetime
    text: str = ""
    event: Event | None = None
    tapped: str | None = None
    language_hint: str | None = None
    location: tuple[float, float] | None = None
    reply_to: str | None = None
    file: SentFile | None = None


@dataclass(frozen=True)
class Choice:
    """One thing a person can pick: a button, or a digit on SMS.

    *does* says what picking it does: ``question:ID``, ``subject:ID``, ``menu``,
    ``territory:ID:QUESTION``, ``language:CODE``, ``human``, ``assistant``, ``withdraw:HANDOFF``,
    ``reword``, ``notify``, ``good:QUESTION`` or ``bad:QUESTION`` (see core.conversation);
    ``session:ID``, ``more:OFFSET:WANTED``, ``interest:WANTED`` or ``enough`` (see
    core.workshops.search.desk); ``signup:SESSION``, ``change:SESSION`` or ``form:WHAT``
    (signing_up); ``accept:SIGNUP``, ``decline:SIGNUP``, ``release:SIGNUP`` or
    ``reason:SIGNUP:WHY`` (holdings); ``come:SIGNUP``, ``another:SIGNUP``, ``move:SIGNUP:SESSION``
    or ``rate:SIGNUP:STARS`` (core.workshops.reminding.answering); ``wishes`` or
    ``wish:WHAT`` (wishing);
    ``mydata:LINE``, ``forget``, ``erase`` or ``keep`` (see
    core.people.own_data); ``link:number``, ``link:code:CODE`` or ``link:no`` (see
    core.people.one_person); ``cast:BROADCAST:OCCURRENCE:BUTTON`` (core.broadcasts.answering).
    """

    label: str
    does: str

    @property
    def shares_number(self) -> bool:
        """Where a channel can ask for it, tapping it sends the person's own phone number."""
        return self.does == "link:number"

    @property
    def is_thumb(self) -> bool:
        """Said about an answer, not an answer to a question of ours: no digit picks it."""
        return self.does.startswith(("good:", "bad:"))

    @property
    def says(self) -> bool | None:
        """Whether "oui" or "non", written out, picks it; None: neither does.

        To erase everything takes its own words, or its digit: "ok merci" must not.
        """
        if self.does.startswith(("accept:", "come:", "form:confirm")):
            return True
        return False if self.does.startswith(("decline:", "keep")) else None

    def as_json(self) -> dict[str, str]:
        return {"label": self.label, "does": self.does}

    @classmethod
    def from_json(cls, value: dict[str, str]) -> Self:
        return cls(value["label"], value["does"])


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a message. *media_type* is a MIME type."""

    name: str
    content: bytes
    media_type: str


@dataclass(frozen=True)
class Bubble:
    """One message as a person sees it: plain text, and what can be picked under it.

    *file* names what goes with it where files can go (``calendar:SIGNUP``, ``mydata:CONTACT``);
    it is made at the moment of sending (core.files), so that it is true then, and kept nowhere.
    *private*: the text says who they are, and is sealed until it has left.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    file: str = ""
    private: bool = False

    @property
    def asks(self) -> bool:
        """Whether an answer to it is waited for; thumbs are welcome, not waited for."""
        return any(not choice.is_thumb for choice in self.choices)


@dataclass(frozen=True)
class Outgoing:
    """One delivery, ready for a channel. *text* is plain; *delivery_id* marks its buttons.

    A channel that takes no files sends the rest.
    """

    delivery_id: int
    address: str
    text: str
    choices: tuple[Choice, ...] = ()
    attachment: Attachment | None = None
