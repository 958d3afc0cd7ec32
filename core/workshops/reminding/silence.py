"""Who says nothing to the reminders: listed for staff to phone, or their seat goes to the next.

A seat is only given back where staff chose so for the session, after an hour that the person was
told in time, and when they wrote nothing at all since.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.content.reminders import Rule, RuleSet, rules_for
from core.daytime import is_quiet
from core.messages import Kind
from core.outbox.delivery import Cause, Delivery, State
from core.people.contacts import Contact
from core.workshops.booking import room, seats
from core.workshops.model import (
    CancelReason,
    SessionState,
    SignUp,
    SignUpState,
    WorkshopSession,
)
from core.workshops.notices import Notices
from core.workshops.reminding.moments import before, released_at
from core.workshops.reminding.planning import AHEAD, purpose

FAIR = timedelta(hours=6)  # between the words that announce it and the seat going
ARRIVED = (State.SENT, State.DELIVERED)
MOST = 200  # seats a round


def ends(one: WorkshopSession, rule: Rule, rules: Sequence[Rule], kind: Kind) -> datetime | None:
    """When silence after *rule* gives a seat back; None when it does not."""
    if not one.silence_releases:
        return None
    due = next((due for due in before(rules, kind, one.starts_at) if due.rule == rule), None)
    return released_at(due, one.starts_at) if due else None


class Silence:
    """*rules* gives those of the library as it is now; *kinds* the screen of each channel."""

    def __init__(
        self,
        notices: Notices,
        rules: Callable[[], Sequence[RuleSet]],
        kinds: Mapping[str, Kind],
    ) -> None:
        self._notices = notices
        self._rules = rules
        self._kinds = kinds

    def release(self, session: Session, now: datetime) -> list[int]:
        """Give back the seats of those whose time is over, by day; their sign-ups."""
        if is_quiet(now):
            return []
        released: list[int] = []
        for one in _open(session, now, releasing=True):
            for rule, sign_up_id, said_at, kind in self._silent(session, one):
                until = ends(one, rule, self._of(one), kind)
                if until is None or now < until or said_at > until - FAIR:
                    continue
                if self._give_back(session, sign_up_id, now):
                    released.append(sign_up_id)
                if len(released) == MOST:
                    return released
        return released

    def to_phone(
        self, session: Session, now: datetime, session_id: int | None = None
    ) -> list[SignUp]:
        """Those who come as far as we know, and were asked for the last time without an answer.

        The soonest session first; of one session, or of all.
        """
        found: list[SignUp] = []
        for one in _open(session, now):
            if session_id not in (None, one.id):
                continue
            asked = [
                due.at
                for kind in set(self._kinds.values())
                for due in before(self._of(one), kind, one.starts_at)
                if due.rule.asks
            ]
            if not asked or now < max(asked):
                continue
            query = (
                select(SignUp)
                .where(SignUp.session_id == one.id, SignUp.state == SignUpState.CONFIRMED)
                .where(SignUp.answered_at.is_(None), SignUp.settled_at <= max(asked))
                .order_by(SignUp.id)
            )
            found += session.scalars(query)
        return found

    def _of(self, one: WorkshopSession) -> tuple[Rule, ...]:
        return rules_for(self._rules(), one.workshop.kind, one.workshop.audience)

    def _silent(
        self, session: Session, one: WorkshopSession
    ) -> Sequence[tuple[Rule, int, datetime, Kind]]:
        """The rule, the sign-up, when it was told that silence has an end, and on which screen."""
        by_name = {
            purpose(rule.name, one.times_revision): rule
            for rule in self._of(one)
            if rule.releases_after
        }
        query = (
            select(Delivery.purpose, SignUp.id, Delivery.sent_at, Delivery.channel)
            .join(SignUp, SignUp.id == Delivery.cause_id)
            .join(Contact, Contact.id == SignUp.contact_id)
            .where(Delivery.cause == Cause.REMINDER, Delivery.state.in_(ARRIVED))
            .where(Delivery.purpose.in_(_both(by_name, self._kinds)))
            .where(SignUp.session_id == one.id, SignUp.state == SignUpState.CONFIRMED)
            .where(SignUp.answered_at.is_(None), Contact.seen_at <= Delivery.sent_at)
            .order_by(SignUp.id)
        )
        return [
            (by_name[name.partition("~")[0]], number, at, self._kinds.get(channel, Kind.CHAT))
            for name, number, at, channel in session.execute(query)
            if at is not None
        ]

    def _give_back(self, session: Session, sign_up_id: int, now: datetime) -> bool:
        """Unless they answered just now."""
        row = room.held(session, sign_up_id)
        here = room.fresh(session, row.session_id)
        if row.state != SignUpState.CONFIRMED or row.answered_at or not here.silence_releases:
            return False
        seats.release(session, self._notices, sign_up_id, CancelReason.NO_ANSWER, now)
        self._notices.silent(session, row, now)
        return True


def _both(names: Mapping[str, Rule], kinds: Mapping[str, Kind]) -> list[str]:
    """Also as they are called on the other channel (core.outbox.rerouting)."""
    return [*names, *(f"{name}~{channel}" for name in names for channel in kinds)]


def _open(session: Session, now: datetime, releasing: bool = False) -> Sequence[WorkshopSession]:
    """In the order of their numbers when seats are given back (booking.locking)."""
    query = select(WorkshopSession).where(
        WorkshopSession.state == SessionState.OPEN,
        WorkshopSession.starts_at > now,
        WorkshopSession.starts_at < now + AHEAD,
    )
    if releasing:
        return session.scalars(
            query.where(WorkshopSession.silence_releases).order_by(WorkshopSession.id)
        ).all()
    return session.scalars(query.order_by(WorkshopSession.starts_at, WorkshopSession.id)).all()
