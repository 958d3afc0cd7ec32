"""What people are told of their sign-up without having asked: one row of the outbox each.

Written in the transaction of what it tells. Its purpose names the event and its number (the
third offer, the second revision), so that the outbox itself refuses to tell anything twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.answers import Listener
from core.direction import directed
from core.messages import Bubble, Choice, Kind
from core.outbox import posting
from core.outbox.delivery import Cause
from core.texts import Texts, fits
from core.workshops.booking.deadlines import next_morning
from core.workshops.model import SignUp, SignUpState, WorkshopSession
from core.workshops.phrases import Phrases

# Somebody may be about to leave home: with less than this after the night, they are woken.
TO_GET_READY = timedelta(hours=3)
# By SMS, how many letters of the title and of the place, until all fits.
SHORTER = ((60, 60), (40, 40), (30, 30), (24, 24), (18, 18), (12, 12))


def offer_purpose(row: SignUp) -> str:
    return f"offer:{row.offers}"


class Notices:
    """*kinds* says what sort of screen each channel has."""

    def __init__(self, texts: Texts, kinds: Mapping[str, Kind]) -> None:
        self._texts = texts
        self._kinds = kinds

    def offer(self, session: Session, row: SignUp, now: datetime) -> None:
        """A seat is held for them until ``offered_until``; it is never sent later than that."""
        assert row.offered_until is not None
        listener = self._listener(row)
        choices = (
            Choice(self._texts.say("notice.accept.label", listener), f"accept:{row.id}"),
            Choice(self._texts.say("notice.decline.label", listener), f"decline:{row.id}"),
        )
        until = self._moment(row.offered_until, listener)
        bubble = self._worded("notice.offer", row, choices, until=until)
        self._post(
            session, row, Cause.SIGN_UP, offer_purpose(row), bubble, now, now, row.offered_until
        )

    def expired(self, session: Session, row: SignUp, now: datetime) -> None:
        """They did not answer the offer in time, and are not on the list any more."""
        listener = self._listener(row)
        again = Choice(self._texts.say("notice.again.label", listener), f"session:{row.session_id}")
        bubble = self._worded("notice.expired", row, (again,))
        leaves = next_morning(now)
        self._post(
            session, row, Cause.SIGN_UP, f"expired:{row.offers}", bubble, now, leaves,
            max(row.session.starts_at, leaves),
        )  # fmt: skip

    def called_off(self, session: Session, row: SignUp, had_seat: bool, now: datetime) -> None:
        """The session is cancelled; also said to who stopped, or they would come for nothing.

        Who *had_seat* may have it in their calendar.
        """
        bubble = self._worded("notice.called_off", row, ())
        if had_seat:
            bubble = replace(bubble, file=f"calendar:{row.id}")
        self._post(
            session, row, Cause.CALLED_OFF, f"called_off:{row.session.revision}", bubble, now,
            _when_useful(row.session, now), row.session.ends_at,
        )  # fmt: skip

    def changed(self, session: Session, row: SignUp, now: datetime) -> None:
        """The session is elsewhere or at another time now; they may give their place back."""
        listener = self._listener(row)
        no = Choice(self._texts.say("notice.release.label", listener), f"release:{row.id}")
        what = self._texts.say(_changed(row), listener)
        bubble = self._worded("notice.changed", row, (no,), what=what)
        if row.state == SignUpState.CONFIRMED:
            bubble = replace(bubble, file=f"calendar:{row.id}")
        self._post(
            session, row, Cause.SIGN_UP, f"changed:{row.session.revision}", bubble, now,
            _when_useful(row.session, now), row.session.ends_at,
        )  # fmt: skip

    def _post(
        self,
        session: Session,
        row: SignUp,
        cause: Cause,
        purpose: str,
        bubble: Bubble,
        now: datetime,
        leaves: datetime,
        not_after: datetime,
    ) -> None:
        posting.post(
            session, row.address, cause, row.id, purpose, bubble, now,
            not_before=leaves, for_long=not_after - leaves,
        )  # fmt: skip

    def _worded(
        self, key: str, row: SignUp, choices: tuple[Choice, ...], **values: object
    ) -> Bubble:
        """The sentence *key* with what, when and where; by SMS cut until it fits into two."""
        listener, one = self._listener(row), row.session
        values |= {"when": self._moment(one.starts_at, listener)}
        for title, where in self._lengths(one, listener):
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

    def _lengths(self, one: WorkshopSession, listener: Listener) -> Iterator[tuple[str, str]]:
        """Title and place, in full and then shorter and shorter; by SMS without the street."""
        if one.remote:
            where = self._texts.say("notice.remote", listener)
        elif listener.kind is Kind.SMS:
            where = ", ".join(filter(None, (one.commune, one.place)))
        else:
            where = ", ".join(filter(None, (one.place, one.street, one.commune)))
        yield one.workshop.title, where
        for most_title, most_where in SHORTER:
            yield _cut(one.workshop.title, most_title), _cut(where, most_where)

    def _moment(self, moment: datetime, listener: Listener) -> str:
        return Phrases(self._texts, listener).moment(moment)

    def _listener(self, row: SignUp) -> Listener:
        kind = self._kinds.get(row.address.channel, Kind.CHAT)
        contact = row.address.contact
        return Listener(kind, contact.language, contact.territory)


def _changed(row: SignUp) -> str:
    """The sentence that says what is another than they know."""
    times = row.session.times_revision > row.revision
    place = row.session.place_revision > row.revision
    if times and place:
        return "notice.what.both"
    return "notice.what.times" if times else "notice.what.place" if place else "notice.what.any"


def _when_useful(one: WorkshopSession, now: datetime) -> datetime:
    """In the morning when it is night, unless they must know before they leave home."""
    morning = next_morning(now)
    return morning if morning + TO_GET_READY <= one.starts_at else now


def _cut(text: str, most: int) -> str:
    """At most *most* letters of *text*, cut after a word where there is one."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    return (head.rsplit(" ", 1)[0] if " " in head else head).rstrip(" ,;:-") + "…"
