"""What a member sees first: the week, and what waits for somebody of the team."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from core.broadcasts.model import Broadcast, BroadcastState
from core.console import casts
from core.console.casts import Progress
from core.console.conversations import visible
from core.console.listing import Shown, between
from core.console.members import Right, StaffMember, check
from core.daytime import paris_midnight
from core.learning.missed import MissedQuestion, MissedState
from core.outbox.delivery import Delivery, State
from core.people.contacts import Contact
from core.team.handoffs import Handoff

WEEK = timedelta(days=7)
LATE = timedelta(minutes=5)  # what should have left so long ago shows that a channel is stuck
LATELY = timedelta(days=1)
LEFT = (State.SENT, State.DELIVERED)
UNDER_WAY = (BroadcastState.WAITING, BroadcastState.RUNNING, BroadcastState.PAUSED)
MOST_BROADCASTS = 20


@dataclass(frozen=True)
class Outgoing:
    """A channel: how many messages wait and should have left (*late*), and of the last day how
    many were *sent*, *failed* or are *uncertain*."""

    channel: str
    late: int
    sent: int
    failed: int
    uncertain: int

    @property
    def well(self) -> bool:
        return not self.late and self.failed <= self.sent


@dataclass(frozen=True)
class Sending:
    """A broadcast under way, and how far it is."""

    id: int
    title: str
    state: BroadcastState
    progress: Progress


@dataclass(frozen=True)
class Today:
    """*handoffs* wait for a person since *waiting_since*; *missed* found no answer."""

    week: Sequence[Shown]
    broadcasts: Sequence[Sending]
    handoffs: int
    waiting_since: datetime | None
    missed: int
    channels: Sequence[Outgoing]


def look(session: Session, member: StaffMember, now: datetime) -> Today:
    """All of it, in a fixed number of queries. Raises NotAllowed."""
    check(member, Right.LOOK)
    since = paris_midnight(now)
    handoffs, oldest = session.execute(
        select(func.count(), func.min(Handoff.waiting_since))
        .join(Contact, Contact.id == Handoff.contact_id)
        .where(
            Handoff.closed_at.is_(None), Handoff.waiting_since.is_not(None), visible(member, now)
        )
    ).one()
    missed = select(func.count()).where(MissedQuestion.state == MissedState.OPEN)
    return Today(
        between(session, member, since, since + WEEK),
        _broadcasts(session, member),
        handoffs,
        oldest,
        session.scalar(missed) or 0,
        _channels(session, now),
    )


def _broadcasts(session: Session, member: StaffMember) -> list[Sending]:
    query = select(Broadcast.id, Broadcast.title, Broadcast.state).where(casts.within(member))
    rows = session.execute(
        query.where(Broadcast.state.in_(UNDER_WAY)).order_by(Broadcast.id).limit(MOST_BROADCASTS)
    ).all()
    far = casts.progress(session, [row.id for row in rows])
    return [
        Sending(number, title, BroadcastState(state), far.get(number, Progress()))
        for number, title, state in rows
    ]


def _channels(session: Session, now: datetime) -> list[Outgoing]:
    late = (Delivery.state == State.QUEUED) & (Delivery.not_before <= now - LATE)
    lately = Delivery.ended_at > now - LATELY

    def number(*states: State) -> ColumnElement[int]:
        return func.sum(case((Delivery.state.in_(states) & lately, 1), else_=0))

    query = (
        select(
            Delivery.channel,
            func.sum(case((late, 1), else_=0)),
            number(*LEFT),
            number(State.FAILED),
            number(State.UNCERTAIN),
        )
        .where(late | lately)
        .group_by(Delivery.channel)
        .order_by(Delivery.channel)
    )
    return [Outgoing(channel, *map(int, counts)) for channel, *counts in session.execute(query)]
