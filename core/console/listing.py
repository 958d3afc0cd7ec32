"""The sessions that a member works with, and how full each is; so many queries however many."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from core.console.members import Right, StaffMember, check
from core.console.paging import Paged
from core.outbox.delivery import Cause, Delivery, State
from core.workshops.booking.refusals import NoSuchSession
from core.workshops.model import SEATED, SessionState, SignUpState, Workshop, WorkshopSession
from core.workshops.model import SignUp as Row

A_PAGE = 50
ARRIVED = (State.SENT, State.DELIVERED)
# They were asked whether they come, and said nothing so far.
_REMINDED = exists().where(
    Delivery.cause == Cause.REMINDER,
    Delivery.cause_id == Row.id,
    Delivery.contact_id == Row.contact_id,
    Delivery.state.in_(ARRIVED),
)


class When(StrEnum):
    COMING = "coming"
    PAST = "past"
    ALL = "all"


@dataclass(frozen=True)
class Wanted:
    """What is looked for; "" where anything will do. *page* counts from 1."""

    words: str = ""
    when: When = When.COMING
    state: str = ""
    territory: str = ""
    page: int = 1


@dataclass(frozen=True)
class Figures:
    """People, not sign-ups: one phone may have signed up a family. Of those *confirmed* some
    *said_yes* again when they were reminded, and some were *silent*."""

    seats: int
    confirmed: int = 0
    offered: int = 0
    waiting: int = 0
    attended: int = 0
    absent: int = 0
    said_yes: int = 0
    silent: int = 0

    @property
    def taken(self) -> int:
        return self.confirmed + self.offered + self.attended + self.absent

    @property
    def free(self) -> int:
        return max(0, self.seats - self.taken)


@dataclass(frozen=True)
class Shown:
    """One session of a list."""

    row: WorkshopSession
    figures: Figures


@dataclass(frozen=True)
class Listing(Paged):
    """One page of them, *total* in all."""

    a_page = A_PAGE

    shown: Sequence[Shown]
    total: int
    page: int


def find(session: Session, member: StaffMember, wanted: Wanted, now: datetime) -> Listing:
    """What fits *wanted*: those to come soonest first, what is over last first."""
    check(member, Right.LOOK)
    fits = [member.reached(), *_fits(wanted, now)]
    count = select(func.count()).select_from(WorkshopSession).join(Workshop).where(*fits)
    order = WorkshopSession.starts_at
    if wanted.when is When.PAST:
        order = order.desc()  # type: ignore[assignment]
    query = _sessions().where(*fits).order_by(order, WorkshopSession.id)
    page = max(1, wanted.page)
    rows = session.scalars(query.limit(A_PAGE).offset((page - 1) * A_PAGE)).all()
    return Listing(with_figures(session, rows), session.scalar(count) or 0, page)


def between(session: Session, member: StaffMember, since: datetime, until: datetime) -> list[Shown]:
    """What begins in that time and was not cancelled, soonest first."""
    check(member, Right.LOOK)
    query = _sessions().where(
        member.reached(),
        WorkshopSession.starts_at >= since,
        WorkshopSession.starts_at < until,
        WorkshopSession.state == SessionState.OPEN,
    )
    rows = session.scalars(query.order_by(WorkshopSession.starts_at, WorkshopSession.id)).all()
    return with_figures(session, rows)


def one(session: Session, member: StaffMember, session_id: int) -> WorkshopSession:
    """Raises NoSuchSession also where *member* does not work: nobody learns what is there."""
    check(member, Right.LOOK)
    query = _sessions().where(WorkshopSession.id == session_id, member.reached())
    row = session.scalar(query)
    if row is None:
        raise NoSuchSession
    return row


def with_figures(session: Session, rows: Iterable[WorkshopSession]) -> list[Shown]:
    """Two queries for all of them."""
    rows = list(rows)
    counted: dict[int, dict[str, int]] = {row.id: {} for row in rows}
    query = (
        select(Row.session_id, Row.state, func.sum(Row.size))
        .where(Row.session_id.in_(counted), Row.state.in_((*SEATED, SignUpState.WAITING)))
        .group_by(Row.session_id, Row.state)
    )
    for session_id, state, people in session.execute(query):
        counted[session_id][state] = int(people)
    answers = (
        select(
            Row.session_id,
            func.sum(case((Row.answered_at.is_not(None), Row.size), else_=0)),
            func.sum(case((Row.answered_at.is_(None) & _REMINDED, Row.size), else_=0)),
        )
        .where(Row.session_id.in_(counted), Row.state == SignUpState.CONFIRMED)
        .group_by(Row.session_id)
    )
    for session_id, said_yes, silent in session.execute(answers):
        counted[session_id] |= {"said_yes": int(said_yes), "silent": int(silent)}
    return [Shown(row, Figures(seats=row.seats, **counted[row.id])) for row in rows]


def _sessions() -> Select[WorkshopSession]:
    return (
        select(WorkshopSession)
        .join(WorkshopSession.workshop)
        .options(joinedload(WorkshopSession.workshop))
    )


def _fits(wanted: Wanted, now: datetime) -> Iterable[ColumnElement[bool]]:
    if wanted.when is When.COMING:
        yield WorkshopSession.ends_at > now
    elif wanted.when is When.PAST:
        yield WorkshopSession.ends_at <= now
    if wanted.state:
        yield WorkshopSession.state == wanted.state
    if wanted.territory:
        yield WorkshopSession.territory == wanted.territory
    for word in wanted.words.split():
        names = [
            column.icontains(word, autoescape=True)
            for column in (Workshop.title, WorkshopSession.commune, WorkshopSession.place)
        ]
        if word.isdecimal() and len(word) <= 9:
            names.append(WorkshopSession.id == int(word))
        yield or_(*names)
