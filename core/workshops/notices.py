"""What people are told of their sign-up without having asked: one row of the outbox each.

Written in the transaction of what it tells. Its purpose names the event and its number (the
third offer, the second revision), so that the outbox itself refuses to tell anything twice.

They leave by day, but for what is of no use in the morning any more.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core import audit
from core.answers import Listener
from core.daytime import is_quiet, next_daytime, paris_evening
from core.messages import Bubble, Kind
from core.outbox import posting
from core.outbox.delivery import Cause, Delivery, Lane
from core.people.contacts import DESK
from core.texts import Texts
from core.workshops.model import (
    LIVE,
    CancelReason,
    SessionState,
    SignUp,
    SignUpState,
    WorkshopSession,
)
from core.workshops.sentences import Sentences

# Somebody may be about to leave home: with less than this after the night, they are woken.
TO_GET_READY = timedelta(hours=3)
EVENT = re.compile(r"([a-z_]+):(\d+)")  # what a purpose begins with


def offer_purpose(row: SignUp) -> str:
    return f"offer:{row.offers}"


def lane(one: WorkshopSession, now: datetime) -> Lane:
    """That of a change of *one*: urgent when the end of quiet hours would be too late for it."""
    morning = next_daytime(now if is_quiet(now) else paris_evening(now))
    return Lane.NOTICE if morning + TO_GET_READY <= one.starts_at else Lane.URGENT


def note_waiver(
    session: Session, one: WorkshopSession, event: str, people: int, now: datetime
) -> None:
    """Into the audit log, when quiet hours do not hold for what *people* are being told."""
    if people and lane(one, now) is Lane.URGENT:
        audit.record(
            session, audit.ASSISTANT, "quiet_hours.waived", f"session:{one.id}", now,
            notice=event, revision=one.revision, people=people,
        )  # fmt: skip


class Notices:
    """*kinds* says what sort of screen each channel has."""

    def __init__(self, texts: Texts, kinds: Mapping[str, Kind]) -> None:
        self._sentences = Sentences(texts, kinds)

    def offer(self, session: Session, row: SignUp, now: datetime) -> None:
        """A seat is held for them until ``offered_until``; it is never sent later than that."""
        assert row.offered_until is not None
        bubble = self._offer(row, self._sentences.listener(row.address))
        self._post(
            session, row, Cause.SIGN_UP, offer_purpose(row), bubble, now, now, row.offered_until
        )

    def expired(self, session: Session, row: SignUp, now: datetime) -> None:
        """They did not answer the offer in time, and are not on the list any more."""
        bubble = self._again("notice.expired", row, self._sentences.listener(row.address))
        leaves = next_daytime(now)
        self._post(
            session, row, Cause.SIGN_UP, f"expired:{row.offers}", bubble, now, leaves,
            max(row.session.starts_at, leaves),
        )  # fmt: skip

    def silent(self, session: Session, row: SignUp, now: datetime) -> None:
        """They said nothing to the reminders, and the seat goes to the next, as announced."""
        bubble = self._again("notice.silent", row, self._sentences.listener(row.address))
        self._post(
            session, row, Cause.SIGN_UP, f"silent:{row.session.times_revision}", bubble, now, now,
            row.session.starts_at,
        )  # fmt: skip

    def called_off(self, session: Session, row: SignUp, had_seat: bool, now: datetime) -> None:
        """The session is cancelled; also said to who stopped, or they would come for nothing.

        Who *had_seat* may have it in their calendar.
        """
        listener = self._sentences.listener(row.address)
        bubble = self._sentences.about("notice.called_off", row.session, listener)
        if had_seat:
            bubble = replace(bubble, file=f"calendar:{row.id}")
        self._post_change(session, row, Cause.CALLED_OFF, "called_off", bubble, now)

    def changed(self, session: Session, row: SignUp, now: datetime) -> None:
        """The session is elsewhere or at another time now; they may give their place back."""
        bubble = self._changed(row, self._sentences.listener(row.address), since=row.revision + 1)
        self._post_change(session, row, Cause.SIGN_UP, "changed", bubble, now)

    def added(self, session: Session, row: SignUp, now: datetime) -> None:
        """Staff signed them up, at their request: a seat, or a place in the waiting list."""
        self._settle(session, row, "added", now)

    def moved(self, session: Session, row: SignUp, now: datetime) -> None:
        """Staff moved them to this session from another one, at their request."""
        self._settle(session, row, "moved", now)

    def word(self, session: Session, delivery: Delivery, now: datetime) -> Bubble | None:
        """What one of these says, for the channel of *delivery*; None when it is true no longer."""
        row, event = session.get(SignUp, delivery.cause_id), EVENT.match(delivery.purpose)
        if row is None or event is None:
            return None
        one, number = row.session, int(event[2])
        listener = self._sentences.listener(delivery.address)
        live = row.state in LIVE and one.state == SessionState.OPEN
        match event[1]:
            case "offer" if row.offers == number and row.offered_until and live:
                return self._offer(row, listener) if now < row.offered_until else None
            case "expired" if row.offers == number and row.reason == CancelReason.NO_ANSWER:
                return self._again("notice.expired", row, listener)
            case "silent" if row.reason == CancelReason.NO_ANSWER and now < one.starts_at:
                return self._again("notice.silent", row, listener)
            case "called_off" if one.revision == number and one.state == SessionState.CANCELLED:
                return self._sentences.about("notice.called_off", one, listener)
            case "added" | "moved" if live and row.state != SignUpState.OFFERED:
                return self._settled(row, event[1], listener)
            case "changed" if one.revision == number and live:
                return self._changed(row, listener, since=number)
        return None

    # The words

    def _offer(self, row: SignUp, listener: Listener) -> Bubble:
        assert row.offered_until is not None
        choices = (
            self._sentences.label("notice.accept.label", listener, f"accept:{row.id}"),
            self._sentences.label("notice.decline.label", listener, f"decline:{row.id}"),
        )
        until = self._sentences.moment(row.offered_until, listener)
        return self._sentences.about("notice.offer", row.session, listener, choices, until=until)

    def _again(self, key: str, row: SignUp, listener: Listener) -> Bubble:
        """They have no seat, and may sign up again."""
        again = self._sentences.label("notice.again.label", listener, f"session:{row.session_id}")
        return self._sentences.about(key, row.session, listener, (again,))

    def _changed(self, row: SignUp, listener: Listener, since: int) -> Bubble:
        """What is another *since* that revision, and how it is now."""
        no = self._sentences.label("notice.release.label", listener, f"release:{row.id}")
        what = self._sentences.say(_what_changed(row.session, since), listener)
        bubble = self._sentences.about("notice.changed", row.session, listener, (no,), what=what)
        if row.state == SignUpState.CONFIRMED:
            bubble = replace(bubble, file=f"calendar:{row.id}")
        return bubble

    def _settled(self, row: SignUp, event: str, listener: Listener) -> Bubble:
        key = f"notice.{event}"
        no = self._sentences.label("notice.release.label", listener, f"release:{row.id}")
        if row.state == SignUpState.WAITING:
            return self._sentences.about(f"{key}.waiting", row.session, listener, (no,))
        bubble = self._sentences.about(key, row.session, listener, (no,))
        return replace(bubble, file=f"calendar:{row.id}")

    # The rows

    def _settle(self, session: Session, row: SignUp, event: str, now: datetime) -> None:
        bubble = self._settled(row, event, self._sentences.listener(row.address))
        leaves = next_daytime(now)
        self._post(
            session, row, Cause.SIGN_UP, f"{event}:{int(now.timestamp())}", bubble, now, leaves,
            max(row.session.starts_at, leaves),
        )  # fmt: skip

    def _post_change(
        self, session: Session, row: SignUp, cause: Cause, event: str, bubble: Bubble, now: datetime
    ) -> None:
        one = row.session
        how = lane(one, now)
        leaves = now if how is Lane.URGENT else next_daytime(now)
        self._post(
            session, row, cause, f"{event}:{one.revision}", bubble, now, leaves, one.ends_at, how
        )

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
        how: Lane = Lane.NOTICE,
    ) -> None:
        if row.address.channel == DESK:
            return  # staff tell them
        posting.post(
            session, row.address, cause, row.id, purpose, bubble, now, lane=how,
            not_before=leaves, for_long=not_after - leaves, about=row.session_id,
        )  # fmt: skip


def _what_changed(one: WorkshopSession, since: int) -> str:
    """The sentence that says what is another since that revision."""
    times, place = one.times_revision >= since, one.place_revision >= since
    if times and place:
        return "notice.what.both"
    return "notice.what.times" if times else "notice.what.place" if place else "notice.what.any"
