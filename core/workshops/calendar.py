"""A sign-up for the person's own calendar: an ``.ics`` file (RFC 5545).

The UID stays the same, so that a new file replaces the one before; its SEQUENCE counts the
changes of the session. Times are in UTC, which every calendar shows on its own clock. No alarm:
the assistant reminds.
"""

from datetime import datetime

from icalendar import Calendar, Event
from sqlalchemy.orm import Session

from core.answers import Listener
from core.files import Maker
from core.messages import Attachment
from core.texts import Texts
from core.workshops.model import SessionState, SignUp, SignUpState
from core.workshops.phrases import Phrases

MEDIA_TYPE = "text/calendar; method=PUBLISH; charset=utf-8"
NAME = "tne.ics"
PRODUCT = "-//TNE//tne-assistant//FR"


def calendar_file(
    sign_up: SignUp, texts: Texts, listener: Listener, now: datetime, cancelled: bool = False
) -> bytes:
    """The session that *sign_up* is for; *cancelled* strikes it out of the calendar.

    Holds nobody's name. *now* (aware) is when the file is made.
    """
    row, phrases = sign_up.session, Phrases(texts, listener)
    give_back = texts.say("calendar.give_back", listener)
    description = [row.workshop.description, row.link or "", give_back]
    event = Event()
    event.add("uid", f"signup-{sign_up.id}@tne-assistant")
    # What is struck out comes after whatever was there before.
    event.add("sequence", row.revision + cancelled)
    event.add("dtstamp", now)
    event.add("dtstart", row.starts_at)
    event.add("dtend", row.ends_at)
    event.add("summary", phrases.title(row))
    event.add("location", phrases.where(row))
    event.add("description", "\n\n".join(part for part in description if part))
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    if row.link:
        event.add("url", row.link)
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written


def calendar_maker(texts: Texts) -> Maker:
    """Makes ``calendar:SIGNUP``; what was given back or called off is struck out."""

    def make(session: Session, sign_up_id: str, listener: Listener, now: datetime) -> Attachment:
        sign_up = session.get_one(SignUp, int(sign_up_id))
        off = (
            sign_up.state == SignUpState.CANCELLED
            or sign_up.session.state == SessionState.CANCELLED
        )
        content = calendar_file(sign_up, texts, listener, now, cancelled=off)
        return Attachment(NAME, content, MEDIA_TYPE)

    return make
