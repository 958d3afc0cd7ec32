"""What we say on Telegram: buttons, texts in pieces, and what an error means for the sender."""

from datetime import timedelta

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)
from telegram.constants import MessageLimit
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.channels.base import Busy, DeliveryError, Refused, TryLater, Uncertain, Unreachable
from bot.channels.telegram_http import never_left
from core.messages import Outgoing

# Refusals of a chat, not of a message: nothing more will arrive there.
CHAT_GONE = ("chat not found", "user is deactivated", "bot was kicked", "peer_id_invalid")


def keyboard(outgoing: Outgoing) -> InlineKeyboardMarkup | ReplyKeyboardMarkup:
    """Buttons under the message; one that shares a number can only be in place of the letters.

    There a tap writes the label, and shows it once.
    """
    if not any(choice.shares_number for choice in outgoing.choices):
        return InlineKeyboardMarkup(key_rows(outgoing))
    rows = [
        [KeyboardButton(choice.label, request_contact=choice.shares_number)]
        for choice in outgoing.choices
    ]
    return ReplyKeyboardMarkup(rows, resize_keyboard=True, one_time_keyboard=True)


def key_rows(outgoing: Outgoing) -> list[list[InlineKeyboardButton]]:
    """One row a choice, but thumbs beside each other."""
    rows: list[list[InlineKeyboardButton]] = []
    beside = False
    for position, choice in enumerate(outgoing.choices):
        data = f"{outgoing.delivery_id}:{position}"
        key = InlineKeyboardButton(choice.label, callback_data=data)
        if beside and choice.is_thumb:
            rows[-1].append(key)
        else:
            rows.append([key])
        beside = choice.is_thumb
    return rows


def pieces(text: str, limit: int = MessageLimit.MAX_TEXT_LENGTH) -> list[str]:
    """*text* cut to *limit* UTF-16 units, at the end of a line, else of a word, else anywhere."""
    cut: list[str] = []
    while len(text.encode("utf-16-le")) > 2 * limit:
        fitting = text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore")
        end = max(fitting.rfind("\n"), 0) or max(fitting.rfind(" "), 0) or len(fitting)
        cut.append(fitting[:end].rstrip())
        text = text[end:].lstrip()
    return [*cut, text]


def decision(error: TelegramError) -> DeliveryError:
    """What to do about *error*; its text is never kept, for it may name a chat."""
    kind = type(error).__name__
    match error:
        case RetryAfter(retry_after=wait):
            return Busy(kind, wait if isinstance(wait, timedelta) else timedelta(seconds=wait))
        case Forbidden():
            return Unreachable(kind)
        case BadRequest(message=message):
            gone = any(words in message.casefold() for words in CHAT_GONE)
            return Unreachable(kind) if gone else Refused(kind)
        case InvalidToken():
            return TryLater(kind)
        case NetworkError(__cause__=cause):
            return TryLater(kind) if cause is None or never_left(cause) else Uncertain(kind)
    return Uncertain(kind)
