"""What stands on the poster of a session, and on the page at its door; bot.poster_page draws it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.answers import Listener
from core.content.load import load
from core.languages import FRENCH, LANGUAGES
from core.settings import Settings
from core.texts import Texts
from core.wording import Wording
from core.workshops.attendance.checking_in import WORD as PRESENT
from core.workshops.model import WorkshopSession
from core.workshops.phrases import Phrases
from core.workshops.sheets.columns import KINDS

WORD = "ATELIER"  # what people write before a session's number by SMS


@dataclass(frozen=True)
class Poster:
    """What stands on it. *link* is where the QR code leads, to the bot of the name *bot*; *word*
    and *number* are the text of the message and where it goes, by what *carrier* names. One of
    the two ways is needed.
    *sentences* say what to do, by language, the first one boldest."""

    kind: str
    title: str
    day: str
    hours: str
    place: str
    organizer: str
    sentences: Sequence[tuple[str, str]]
    link: str = ""
    bot: str = ""
    word: str = ""
    number: str = ""
    carrier: str = "SMS"


def poster_of(row: WorkshopSession, settings: Settings) -> Poster:
    """The poster of *row*: in French, and how to sign up in every language.

    *settings* name the bot, the SMS number, or both.
    """
    wording, library = Wording(settings.locale_dir), load(settings.content_dir)
    phrases = Phrases(Texts(lambda: library, wording), Listener(language=FRENCH))
    way = "poster.both"
    if not settings.sms_number:
        way = "poster.scan"
    elif not settings.telegram_bot_name:
        way = "poster.write"
    day, bot = phrases.day(row, year=True), settings.telegram_bot_name
    return Poster(
        kind=next(name for name, kind in KINDS.items() if kind == row.workshop.kind),
        title=phrases.title(row),
        day=day[:1].upper() + day[1:],
        hours=phrases.hours(row),
        place=phrases.where(row),
        organizer=wording.say("about.organizer", FRENCH, name=row.workshop.organizer),
        sentences=[(language, wording.say(way, language)) for language in LANGUAGES],
        link=f"https://t.me/{bot}?start=s{row.id}" if bot else "",
        bot=bot,
        word=f"{WORD} {row.id}",
        number=settings.sms_number,
    )


def door_of(row: WorkshopSession, code: str, settings: Settings) -> Poster:
    """The page at the door of *row*: those who come scan it, or write what stands on it.

    *code* is the one of the day. It is in six languages; *settings* as for the poster.
    """
    wording, bot = Wording(settings.locale_dir), settings.telegram_bot_name
    key = "door.scan" if bot else "door.write"
    page = replace(
        poster_of(row, settings),
        kind=wording.say("door.kind", FRENCH),
        sentences=[(language, wording.say(key, language)) for language in LANGUAGES],
        link=f"https://t.me/{bot}?start=p{code}" if bot else "",
        word=f"{PRESENT} {code}",
    )
    if page.number:
        return page
    # Whoever cannot scan finds us by name.
    return replace(page, number=f"@{bot}", carrier="Telegram")
