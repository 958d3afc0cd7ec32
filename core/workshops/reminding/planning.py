"""What the clock does about reminders: whoever is due one gets a row of the outbox, once.

The row has no words yet: they are made when it leaves (wording). Everything is read from the
tables, so a round may be missed, repeated, or done by two clocks at once. Of what was missed only
the newest is made up for.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import literal, null, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from core.content.reminders import RuleSet, rules_for
from core.daytime import is_quiet
from core.db import UtcDateTime
from core.messages import Kind
from core.outbox.delivery import Cause, Delivery, Lane, State
from core.people.contacts import Address
from core.workshops.model import SessionState, SignUp, SignUpState, Workshop, WorkshopSession
from core.workshops.reminding.moments import WORTH_IT, Due, after, before, late

AHEAD, BEHIND = timedelta(days=75), timedelta(days=21)  # no rule speaks earlier, or later
MOST = 2000  # rows a round: a minute's worth for the fastest channel
EXPECTED = (SignUpState.CONFIRMED,)
WERE_THERE = (SignUpState.CONFIRMED, SignUpState.ATTENDED, SignUpState.ABSENT)


@dataclass(frozen=True)
class _One:
    """What must be known of a session, and of its workshop."""

    id: int
    starts_at: datetime
    ends_at: datetime
    times_revision: int
    kind: str
    audience: str


@dataclass(frozen=True)
class _Wave:
    """Who gets a reminder *due* of one session: those in *states* who have had their seat since
    *due*, or *newer*: since after it."""

    due: Due
    states: tuple[SignUpState, ...]
    newer: bool = False


class Planning:
    """*rules* gives those of the library as it is now; *kinds* the screen of each channel."""

    def __init__(self, rules: Callable[[], Sequence[RuleSet]], kinds: Mapping[str, Kind]) -> None:
        self._rules = rules
        self._kinds = kinds

    def due(self, session: Session, now: datetime) -> None:
        """Post what is due at *now*; nothing in quiet hours, the morning makes up for it."""
        if is_quiet(now):
            return
        room = MOST
        for one in _sessions(session, now):
            for wave, channels in self._waves(one, now).items():
                room -= _post(session, one, wave, channels, room, now)
                if room <= 0:
                    return

    def _waves(self, one: _One, now: datetime) -> Mapping[_Wave, list[str]]:
        """With the channels on which each goes out."""
        rules = rules_for(self._rules(), one.kind, one.audience)
        waves: dict[_Wave, list[str]] = defaultdict(list)
        for channel, kind in self._kinds.items():
            if now < one.starts_at:
                found = _before_it(before(rules, kind, one.starts_at), one.starts_at, now)
            else:
                found = _after_it(after(rules, kind, one.ends_at), now)
            for wave in found:
                waves[wave].append(channel)
        return waves


def purpose(rule_name: str, times_revision: int) -> str:
    """A session that is moved is reminded of anew."""
    return f"{rule_name}:{times_revision}"


def _before_it(dues: Sequence[Due], starts_at: datetime, now: datetime) -> Iterator[_Wave]:
    begun = [due for due in dues if due.at <= now]
    if begun and now < begun[-1].until:
        yield _Wave(begun[-1], EXPECTED)
    # No rule is left for who came after all of them: the last one comes late.
    if dues and len(begun) == len(dues) and late(starts_at) <= now <= starts_at - WORTH_IT:
        yield _Wave(begun[-1], EXPECTED, newer=True)


def _after_it(dues: Sequence[Due], now: datetime) -> Iterator[_Wave]:
    return (_Wave(due, WERE_THERE) for due in dues if due.at <= now < due.until)


def _sessions(session: Session, now: datetime) -> list[_One]:
    """Those that somebody may be due a reminder of, the soonest first."""
    query = (
        select(
            WorkshopSession.id,
            WorkshopSession.starts_at,
            WorkshopSession.ends_at,
            WorkshopSession.times_revision,
            Workshop.kind,
            Workshop.audience,
        )
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(WorkshopSession.state == SessionState.OPEN)
        .where(WorkshopSession.starts_at < now + AHEAD, WorkshopSession.ends_at > now - BEHIND)
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
    )
    return [_One(*row) for row in session.execute(query)]


def _post(
    session: Session,
    one: _One,
    wave: _Wave,
    channels: Collection[str],
    most: int,
    now: datetime,
) -> int:
    """One row for everybody who has none of this yet, at most *most*; how many."""
    due, name = wave.due, purpose(wave.due.rule.name, one.times_revision)
    settled = SignUp.settled_at > due.at if wave.newer else SignUp.settled_at <= due.at
    known = select(Delivery.id).where(
        Delivery.cause == Cause.REMINDER, Delivery.cause_id == SignUp.id, Delivery.purpose == name
    )
    written: dict[str, Any] = {
        "cause": literal(Cause.REMINDER),
        "cause_id": SignUp.id,
        "purpose": literal(name),
        "contact_id": SignUp.contact_id,
        "address_id": SignUp.address_id,
        "channel": Address.channel,
        "lane": literal(int(Lane.NOTICE)),
        "state": literal(State.QUEUED),
        "text": literal(""),
        "choices": literal([], Delivery.choices.type),
        "not_before": literal(now, UtcDateTime()),
        "not_after": literal(due.until, UtcDateTime()),
        "created_at": literal(now, UtcDateTime()),
        "about": SignUp.session_id,
    }
    query = (
        select(*(value.label(column) for column, value in written.items()))
        .join(Address, Address.id == SignUp.address_id)
        .where(SignUp.session_id == one.id, SignUp.state.in_(wave.states), settled)
        # Who was not told yet that it is at another time is told that first.
        .where(SignUp.revision >= one.times_revision, Address.channel.in_(channels))
        .where(~known.exists())
        .order_by(SignUp.id)
        .limit(most)
    )
    if due.rule.only_if_silent:
        query = query.where(SignUp.answered_at.is_(null()))
    engine = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    # Another clock may be writing the same: whoever comes second writes nothing.
    insert = engine.insert(Delivery).from_select(list(written), query).on_conflict_do_nothing()
    return session.connection().execute(insert).rowcount
