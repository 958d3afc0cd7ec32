"""Reading what Telegram tells: who did what, in our words, and nothing for what concerns nobody."""

import mimetypes
import re
from datetime import UTC, datetime

from telegram import MaybeInaccessibleMessage, Message, Update, User
from telegram.constants import ChatType

from core.messages import Event, Incoming, SentFile
from core.people.phones import NotANumber, e164

CHANNEL = "telegram"
LONGEST_NAME = 255  # of a file; its end says what it is
GROUPS = (ChatType.GROUP, ChatType.SUPERGROUP)
# What Telegram calls the things that are not text, and what they are to us; first match wins.
EVENTS = (
    ("voice", Event.VOICE), ("audio", Event.VOICE), ("video_note", Event.VOICE),
    ("photo", Event.PHOTO), ("video", Event.PHOTO), ("story", Event.PHOTO),
    ("animation", Event.STICKER), ("sticker", Event.STICKER), ("dice", Event.STICKER),
    ("poll", Event.STICKER), ("venue", Event.LOCATION), ("location", Event.LOCATION),
    ("document", Event.DOCUMENT), ("contact", Event.CONTACT),
)  # fmt: skip


def parse(update: Update, bot_name: str, staff_group: str = "") -> list[Incoming]:
    """What a person did in *update*; nothing for what concerns nobody (joins, edits of media).

    *staff_group* is the chat in which the team answers people.
    """
    if update.callback_query is not None:
        return _tap(update)
    message = update.effective_message
    if message is None or update.edited_channel_post or update.channel_post:
        return []
    if str(message.chat.id) == staff_group:
        return _from_staff(update, message, bot_name)
    if message.chat.type in GROUPS:
        return [_incoming(update, message, event=Event.GROUP)] if _to_us(message, bot_name) else []
    if message.chat.type != ChatType.PRIVATE:
        return []
    if number := _own_number(message):
        return [_incoming(update, message, text=number, event=Event.CONTACT)]
    file = None if update.edited_message else _file(message)
    if words := message.text or message.caption:
        return [_incoming(update, message, text=words, file=file)]
    for field, event in EVENTS:
        if getattr(message, field, None):
            edited = update.edited_message is not None
            return [] if edited else [_incoming(update, message, event=event, file=file)]
    return []


def _file(message: Message) -> SentFile | None:
    """A photo in its largest size, or a document; what moves or sounds is none.

    Only where it is: nothing is fetched. Raises TypeError for what is none.
    """
    if message.photo:
        found, name = message.photo[-1], "photo.jpg"
        return _sent(found.file_id, name, found.file_size)
    document = message.document
    if document is None or message.animation is not None:
        return None
    ending = mimetypes.guess_extension(document.mime_type or "") or ""
    return _sent(document.file_id, document.file_name or f"document{ending}", document.file_size)


def _sent(reference: str, name: str, size: int | None) -> SentFile:
    if not (isinstance(reference, str) and isinstance(name, str)):
        raise TypeError("a file has a reference and a name")
    if size is not None and not isinstance(size, int):
        raise TypeError("a size is a number")
    return SentFile(reference, name[-LONGEST_NAME:], size)


def _own_number(message: Message) -> str | None:
    """The sender's own phone number, when they share it: Telegram vouches that it is theirs.

    A card of somebody else's is not read.
    """
    card, user = message.contact, message.from_user
    if card is None or user is None or card.user_id != user.id:
        return None
    try:
        return e164("+" + card.phone_number.lstrip("+"))
    except NotANumber:
        return None


def _from_staff(update: Update, message: Message, bot_name: str) -> list[Incoming]:
    """An answer to one of our messages, or a command to us: the rest is between colleagues.

    A picture with words is a picture, or its words would go on without it. What was sent on
    cannot be changed any more: an edit is not read.
    """
    if update.edited_message or not _to_us(message, bot_name):
        return []
    before = message.reply_to_message
    ours = before if before and before.from_user and before.from_user.username == bot_name else None
    text = message.text or ""
    if ours is None and not text.startswith("/"):
        return []
    event = next((event for field, event in EVENTS if getattr(message, field, None)), None)
    if not text and event is None:
        return []
    reply_to = str(ours.message_id) if ours else None
    return [_incoming(update, message, text, event, reply_to)]


def _incoming(
    update: Update,
    message: Message,
    text: str = "",
    event: Event | None = None,
    reply_to: str | None = None,
    file: SentFile | None = None,
) -> Incoming:
    place = message.location or (message.venue.location if message.venue else None)
    user = message.from_user
    if not isinstance(text, str):
        raise TypeError("text is text")
    # The pictures of an album come as one update each: answered once, as one message.
    album = message.media_group_id
    return Incoming(
        channel=CHANNEL,
        address=_address(message),
        provider_id=_reference(update, album),
        received_at=datetime.now(UTC),
        text=text,
        event=event,
        language_hint=_language(user),
        location=(_within(place.latitude, 90), _within(place.longitude, 180)) if place else None,
        reply_to=reply_to,
        file=file,
    )


def _address(message: MaybeInaccessibleMessage) -> str:
    """The chat's number. Raises ValueError when it has none."""
    address = str(message.chat.id)
    if not re.fullmatch("-?[0-9]{1,20}", address):
        raise ValueError("a chat has a number")
    return address


def _reference(update: Update, album: str | None = None) -> str:
    """What tells this from all other updates. Raises ValueError when nothing does."""
    reference = f"album:{album}" if album else f"update:{update.update_id}"
    if not re.fullmatch("(update:[0-9]{1,20}|album:[!-~]{1,64})", reference):
        raise ValueError("an update has a number")
    return reference


def _language(user: User | None) -> str | None:
    """What their phone is set to. Raises TypeError for what is no name of a language."""
    hint = user.language_code if user else None
    if hint is not None and not isinstance(hint, str):
        raise TypeError("a language has a name")
    return hint


def _within(degrees: float, limit: int) -> float:
    """Raises ValueError or TypeError for what is no place on Earth."""
    if not -limit <= degrees <= limit:
        raise ValueError("not on Earth")
    return float(degrees)


def _tap(update: Update) -> list[Incoming]:
    query = update.callback_query
    if query is None or query.message is None or not isinstance(query.data, str):
        return []
    return [
        Incoming(
            channel=CHANNEL,
            address=_address(query.message),
            provider_id=_reference(update),
            received_at=datetime.now(UTC),
            tapped=query.data,
            language_hint=_language(query.from_user),
        )
    ]


def _to_us(message: Message, bot_name: str) -> bool:
    """In a group only what is said to the bot is read: its name, a command, an answer to it."""
    before = message.reply_to_message
    if before and before.from_user and before.from_user.username == bot_name:
        return True
    text = message.text or message.caption or ""
    if text.startswith("/"):
        name = text.split()[0].partition("@")[2]
        return not name or name.casefold() == bot_name.casefold()
    return re.search(rf"@{re.escape(bot_name)}\b", text, re.IGNORECASE) is not None
