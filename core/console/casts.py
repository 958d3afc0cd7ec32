"""The broadcasts that a member may decide about: which there are, how far they are, and whose."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, String, and_, case, cast, func, select
from sqlalchemy.orm import Session, joinedload, load_only

from core.broadcasts import authors
from core.broadcasts.model import OPEN, OVER, Broadcast, BroadcastState
from core.console.members import Nowhere, Right, StaffMember, check
from core.console.paging import Paged
from core.outbox.delivery import Cause, Delivery, State
from core.people.contacts import Contact
from core.workshops.model import SessionState, Workshop, WorkshopSession

A_PAGE = 30
BEFORE, AFTER = timedelta(days=30), timedelta(days=90)
MOST_SESSIONS = 500
TO_LEAVE = (State.QUEUED, State.HELD, State.SENDING)


class Stage(StrEnum):
    ALL = "all"
    OPEN = "open"  # being written, or to be confirmed
    UNDER_WAY = "under_way"
    OVER = "over"


STAGES: Mapping[Stage, tuple[BroadcastState, ...]] = {
    Stage.OPEN: OPEN,
    Stage.UNDER_WAY: tuple(one for one in BroadcastState if one not in (*OPEN, *OVER)),
    Stage.OVER: OVER,
}


@dataclass(frozen=True)
class Progress:
    """People: how many of the messages of its last occurrence have *left*, how many are to."""

    left: int = 0
    to_leave: int = 0

    @property
    def all(self) -> int:
        return self.left + self.to_leave


@dataclass(frozen=True)
class Listed:
    """One broadcast of a list. *author* as the others call them, "" for somebody unknown to the
    console; *to_confirm*: this member may be its second."""

    row: Broadcast
    progress: Progress
    author: str
    to_confirm: bool


@dataclass(frozen=True)
class Listing(Paged):
    """One page of them, *total* in all; *page* counts from 1."""

    a_page = A_PAGE

    listed: Sequence[Listed]
    total: int
    page: int


def within(member: StaffMember) -> ColumnElement[bool]:
    """Of the broadcasts: those that are any of their business."""
    return authors.within(member.reach)


def find(session: Session, member: StaffMember, stage: Stage, words: str, page: int) -> Listing:
    """The newest first; *words* stand in the title, or are the number. Raises NotAllowed."""
    check(member, Right.BROADCASTS)
    fits = [within(member)]
    if stage is not Stage.ALL:
        fits.append(Broadcast.state.in_(STAGES[stage]))
    for word in words.split():
        named = Broadcast.title.icontains(word, autoescape=True)
        number = word.isdecimal() and len(word) <= 9
        fits.append(named | (Broadcast.id == int(word)) if number else named)
    total = session.scalar(select(func.count()).select_from(Broadcast).where(*fits)) or 0
    page = max(1, page)
    query = select(Broadcast).where(*fits).order_by(Broadcast.id.desc())
    rows = session.scalars(query.limit(A_PAGE).offset((page - 1) * A_PAGE)).all()
    far, whose = progress(session, [row.id for row in rows]), names(session, rows)
    listed = [
        Listed(
            row, far.get(row.id, Progress()), whose.get(row.author, ""),
            row.state == BroadcastState.WAITING and row.author != member.actor,
        )
        for row in rows
    ]  # fmt: skip
    return Listing(listed, total, page)


def one(session: Session, member: StaffMember, number: int, lock: bool = False) -> Broadcast:
    """Raises Nowhere also when it is none of their business; NotAllowed."""
    check(member, Right.BROADCASTS)
    query = select(Broadcast).where(Broadcast.id == number, within(member))
    if lock:
        query = query.with_for_update(of=Broadcast).execution_options(populate_existing=True)
    row = session.scalar(query)
    if row is None:
        raise Nowhere
    return row


def progress(session: Session, numbers: Iterable[int]) -> dict[int, Progress]:
    """How far each is, by number; a person counts once, whatever channels are tried for them."""
    waits = Delivery.state.in_(TO_LEAVE)
    query = (
        select(
            Delivery.cause_id,
            func.sum(case((waits, 0), else_=1)),
            func.sum(case((waits, 1), else_=0)),
        )
        .join(Broadcast, Broadcast.id == Delivery.cause_id)
        .where(Delivery.cause == Cause.BROADCAST, Delivery.cause_id.in_(list(numbers)))
        .where(Delivery.purpose == cast(Broadcast.occurrence, String))
        .group_by(Delivery.cause_id)
    )
    return {row[0]: Progress(int(row[1]), int(row[2])) for row in session.execute(query)}


def sessions(
    session: Session, member: StaffMember, now: datetime, also: Iterable[str]
) -> list[WorkshopSession]:
    """What a broadcast may be about: the sessions of these weeks, and those numbered *also*."""
    check(member, Right.BROADCASTS)
    lately = and_(
        WorkshopSession.starts_at.between(now - BEFORE, now + AFTER),
        WorkshopSession.state != SessionState.DRAFT,
    )
    chosen = [int(one) for one in also if one.isdecimal() and len(one) <= 9]
    query = (
        select(WorkshopSession)
        .options(
            load_only(WorkshopSession.starts_at),
            joinedload(WorkshopSession.workshop).load_only(Workshop.title),
        )
        .where(member.reached(), lately | WorkshopSession.id.in_(chosen))
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
        .limit(MOST_SESSIONS)
    )
    return list(session.scalars(query))


def names(session: Session, rows: Iterable[Broadcast]) -> dict[str, str]:
    """What their authors, and who confirmed them, are called: members of the console by name, and
    whoever is at the command line by their login."""
    actors = {one for row in rows for one in (row.author, row.confirmer) if one}
    query = (
        select(Contact.uid, StaffMember.name)
        .join(StaffMember, StaffMember.contact_id == Contact.id)
        .where(Contact.uid.in_([one.removeprefix("contact:") for one in actors]))
    )
    known = {f"contact:{uid}": name for uid, name in session.execute(query)}
    typed = {one: one.removeprefix("cli:") for one in actors if one.startswith("cli:")}
    return known | typed
