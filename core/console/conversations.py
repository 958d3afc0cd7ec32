"""People who asked for a human: who waits, what was said, and an answer, from here or Telegram.

An organizer sees those of their territory, and those of whom nobody knows where they live; one of
a collège sees its people, and of their sign-ups those for its sessions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select, true
from sqlalchemy.orm import Session, contains_eager

from core import audit
from core.console import members
from core.console.members import Nowhere, Right, StaffMember, check
from core.console.paging import Paged
from core.content.model import NATIONAL
from core.messages import Kind
from core.outbox.delivery import State
from core.people.contacts import Address, Contact
from core.team import lines
from core.team.handoffs import Handoff, Reason
from core.team.relay import Relay
from core.team.staffgroup import GRACE
from core.vault import Vault, VaultError
from core.workshops.model import LIVE, SignUp, Workshop, WorkshopSession

A_PAGE = 30
MOST_SIGN_UPS = 10
ARRIVED = (State.SENT, State.DELIVERED)
ON_ITS_WAY = (State.QUEUED, State.HELD, State.SENDING)


@dataclass(frozen=True)
class Waiting:
    """A handoff in the list; *holder* is the name of who sees to it, "" for nobody."""

    row: Handoff
    holder: str


@dataclass(frozen=True)
class Found(Paged):
    """A page of them, those who wait first; *waiting* counts these, *total* all that are open."""

    a_page = A_PAGE

    shown: Sequence[Waiting]
    waiting: int
    total: int
    page: int


@dataclass(frozen=True)
class Line:
    """What somebody said; *by* is the member's name, "" for the person and for the group.
    *words* is None when no key opens them; *fate* of an answer is way, arrived or lost."""

    id: int
    from_team: bool
    by: str
    words: str | None
    at: datetime
    fate: str


@dataclass(frozen=True)
class Place:
    """A session to come that the person signed up for."""

    session_id: int
    title: str
    starts_at: datetime
    state: str


def visible(member: StaffMember, now: datetime) -> ColumnElement[bool]:
    """Of the open handoffs joined with their contacts: those that *member* may see at *now*.

    What is sensitive is not shown before it can no longer be taken back.
    """
    near = member.reach.people()
    if not member.college:
        near = Contact.territory.in_((member.territory, NATIONAL)) | Contact.territory.is_(None)
    ready = or_(
        Handoff.reason != Reason.SENSITIVE,
        Handoff.taken_at.is_not(None),
        Handoff.opened_at <= now - GRACE,
    )
    return ready & (true() if member.everywhere else near)


def find(session: Session, member: StaffMember, now: datetime, page: int = 1) -> Found:
    """Those that are open: who waits longest first, then whom the team answered."""
    check(member, Right.CONVERSATIONS)
    seen = (Handoff.closed_at.is_(None), visible(member, now))
    counts = select(func.count(), func.count(Handoff.waiting_since))
    total, waiting = session.execute(
        counts.select_from(Handoff).join(Contact, Contact.id == Handoff.contact_id).where(*seen)
    ).one()
    query = (
        select(Handoff)
        .join(Contact, Contact.id == Handoff.contact_id)
        .join(Handoff.address)
        .options(contains_eager(Handoff.address).joinedload(Address.contact))
        .where(*seen)
        .order_by(
            case((Handoff.waiting_since.is_(None), 1), else_=0), Handoff.waiting_since, Handoff.id
        )
    )
    names = members.names(session)
    page = max(1, page)
    rows = session.scalars(query.limit(A_PAGE).offset((page - 1) * A_PAGE)).all()
    shown = [Waiting(row, names.get(row.holder or "", "")) for row in rows]
    return Found(shown, waiting, total, page)


def one(
    session: Session, member: StaffMember, handoff_id: int, now: datetime, lock: bool = False
) -> Handoff:
    """Open or closed. Raises Nowhere also where *member* does not work."""
    check(member, Right.CONVERSATIONS)
    query = (
        select(Handoff)
        .join(Contact, Contact.id == Handoff.contact_id)
        .where(Handoff.id == handoff_id, visible(member, now))
    )
    row = session.scalar(query.with_for_update(of=Handoff) if lock else query)
    if row is None:
        raise Nowhere
    return row


def thread(session: Session, vault: Vault, handoff: Handoff, now: datetime) -> list[Line]:
    """What was said, the oldest first; nothing once it is closed."""
    names = members.names(session)
    return [_line(row, vault, names) for row in lines.shown(session, handoff.id, now)]


def places(session: Session, member: StaffMember, handoff: Handoff, now: datetime) -> list[Place]:
    """Where the person is expected of the sessions that *member* may see, soonest first."""
    query = (
        select(WorkshopSession.id, Workshop.title, WorkshopSession.starts_at, SignUp.state)
        .select_from(SignUp)
        .join(WorkshopSession, WorkshopSession.id == SignUp.session_id)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(SignUp.contact_id == handoff.contact_id, SignUp.state.in_(LIVE))
        .where(WorkshopSession.ends_at > now, member.reached())
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
        .limit(MOST_SIGN_UPS)
    )
    return [Place(*row) for row in session.execute(query)]


def holder(session: Session, handoff: Handoff) -> str:
    """The name of who sees to it, "" for nobody."""
    return members.names(session).get(handoff.holder or "", "") if handoff.holder else ""


def numbers(
    session: Session, vault: Vault, relay: Relay, member: StaffMember, handoff_id: int,
    now: datetime,
) -> list[str]:  # fmt: skip
    """The telephone numbers of the person, and that *member* saw them. Raises NotAllowed."""
    check(member, Right.NUMBERS)
    handoff = one(session, member, handoff_id, now)
    audit.record(session, member.actor, "number.seen", f"handoff:{handoff.id}", now)
    query = select(Address).where(Address.contact_id == handoff.contact_id).order_by(Address.id)
    known = [row for row in session.scalars(query) if relay.kind(row.channel) is Kind.SMS]
    return [number for row in known if (number := _opened(row, vault))]


def _line(row: lines.HandoffLine, vault: Vault, names: Mapping[str, str]) -> Line:
    try:
        words: str | None = row.reveal(vault)
    except VaultError:
        words = None
    fate = ""
    if row.delivery is not None:
        state = row.delivery.state
        fate = "arrived" if state in ARRIVED else "way" if state in ON_ITS_WAY else "lost"
    return Line(row.id, row.author != lines.PERSON, names.get(row.author, ""), words, row.at, fate)


def _opened(row: Address, vault: Vault) -> str:
    try:
        return row.reveal(vault)
    except VaultError:
        return ""
