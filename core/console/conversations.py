"""People who asked for a human: who waits, what was said, and an answer, from here or Telegram.

An organizer sees those of their territory, and those of whom nobody knows where they live.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select, true
from sqlalchemy.orm import Session, contains_eager

from core import audit
from core.console import members
from core.console.members import Nowhere, Right, StaffMember, check
from core.content.model import NATIONAL
from core.messages import Kind
from core.outbox.delivery import State
from core.people.contacts import Address, Contact
from core.team import lines, staffroom
from core.team.handoffs import Ending, Handoff, Reason
from core.team.relay import Relay
from core.team.staffgroup import GRACE
from core.team.staffroom import Passed
from core.vault import Vault, VaultError
from core.workshops.model import LIVE, SignUp, Workshop, WorkshopSession

A_PAGE = 30
LONGEST = 3000  # characters of an answer
MOST_SIGN_UPS = 10
ARRIVED = (State.SENT, State.DELIVERED)
ON_ITS_WAY = (State.QUEUED, State.HELD, State.SENDING)


@dataclass(frozen=True)
class Waiting:
    """A handoff in the list; *holder* is the name of who sees to it, "" for nobody."""

    row: Handoff
    holder: str


@dataclass(frozen=True)
class Found:
    """A page of them, those who wait first; *waiting* counts these, *total* all that are open."""

    shown: Sequence[Waiting]
    waiting: int
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // A_PAGE))


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


def places(session: Session, handoff: Handoff, now: datetime) -> list[Place]:
    """Where the person is expected, soonest first."""
    query = (
        select(WorkshopSession.id, Workshop.title, WorkshopSession.starts_at, SignUp.state)
        .select_from(SignUp)
        .join(WorkshopSession, WorkshopSession.id == SignUp.session_id)
        .join(Workshop, Workshop.id == WorkshopSession.workshop_id)
        .where(SignUp.contact_id == handoff.contact_id, SignUp.state.in_(LIVE))
        .where(WorkshopSession.ends_at > now)
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
        .limit(MOST_SIGN_UPS)
    )
    return [Place(*row) for row in session.execute(query)]


def take(
    session: Session, relay: Relay, member: StaffMember, handoff_id: int, now: datetime
) -> None:
    """*member* sees to it, and the group knows. Raises Nowhere, NotAllowed."""
    handoff = one(session, member, handoff_id, now, lock=True)
    if handoff.closed_at is not None or handoff.holder == member.actor:
        return
    handoff.holder = member.actor
    _tell_group(session, relay, handoff, f"held-{now:%y%m%d%H%M%S}", "group.held", member, now)
    audit.record(session, member.actor, "handoff.taken", f"handoff:{handoff.id}", now)


def holder(session: Session, handoff: Handoff) -> str:
    """The name of who sees to it, "" for nobody."""
    return members.names(session).get(handoff.holder or "", "") if handoff.holder else ""


def answered_since(session: Session, handoff: Handoff, seen: int, once: str, now: datetime) -> bool:
    """Whether the team said something after the line *seen*, other than what is sent *once*."""
    return any(
        row.id > seen
        and row.author != lines.PERSON
        and not (row.delivery and row.delivery.purpose == f"answer-{once}")
        for row in lines.shown(session, handoff.id, now)
    )


def answer(
    session: Session, relay: Relay, member: StaffMember, handoff_id: int, words: str, once: str,
    now: datetime,
) -> Passed:  # fmt: skip
    """Send *words* to the person, and show them to the group; the same *once* sends them once.

    Raises ValueError when there are none, Nowhere, NotAllowed.
    """
    handoff = one(session, member, handoff_id, now, lock=True)
    words = words.replace("\r\n", "\n").strip()
    if not words:
        raise ValueError("an answer has words")
    if len(words) > LONGEST:
        return Passed.TOO_LONG
    before = handoff.answered_at
    purpose = f"answer-{once}"
    passed = staffroom.answer(relay, session, handoff, words, member.actor, purpose, now)
    if passed is not Passed.SENT or handoff.answered_at == before:
        return passed
    handoff.holder = handoff.holder or member.actor
    _tell_group(
        session, relay, handoff, f"console-{once}", "group.console", member, now,
        "\n\n" + relay.group.quoted(words),
    )  # fmt: skip
    audit.record(session, member.actor, "handoff.answered", f"handoff:{handoff.id}", now)
    return passed


def close(
    session: Session, relay: Relay, member: StaffMember, handoff_id: int, now: datetime
) -> bool:
    """It is over; the person is told, and the group. False when it was already."""
    handoff = one(session, member, handoff_id, now, lock=True)
    if handoff.closed_at is not None:
        return False
    staffroom.close(relay, session, handoff, Ending.TEAM, now)
    _tell_group(session, relay, handoff, "closed", "group.console_ended", member, now)
    audit.record(session, member.actor, "handoff.closed", f"handoff:{handoff.id}", now)
    return True


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


def _tell_group(
    session: Session, relay: Relay, handoff: Handoff, purpose: str, key: str, member: StaffMember,
    now: datetime, more: str = "",
) -> None:  # fmt: skip
    if relay.group.exists:
        text = relay.group.say(key, number=handoff.id, name=member.name) + more
        relay.group.post(session, handoff, purpose, text, now)
