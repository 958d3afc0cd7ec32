"""Who of the staff may use the console, and for what.

    administrator   everything, everywhere, and who else is a member
    organizer       sessions, the people in them and messages to them, in their own territory
                    or for their own collège; conversations, and questions that the assistant
                    could not answer
    reader          sessions and figures, and nobody's name; everywhere, or there too

Each page names the right that it needs, and each rule of this package asks for it again: what a
page forgets to ask is refused here.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from core import audit
from core.content.tables import Tables
from core.db import Base, UtcDateTime
from core.languages import FRENCH
from core.people.contacts import Contact
from core.workshops import reach
from core.workshops.model import LONGEST_COLLEGE
from core.workshops.reach import Reach

LONGEST_NAME = 60


class StaffRole(StrEnum):
    ADMINISTRATOR = "administrator"
    ORGANIZER = "organizer"
    READER = "reader"


class Right(StrEnum):
    """*look*: sessions and figures; *people*: who signed up, and what becomes of their seats;
    *sessions*: write them; *broadcasts*: write to many; *conversations*: answer who asks for a
    human; *knowledge*: answer what the assistant could not; *publish*: put content in service;
    *numbers*: see how somebody is reached; *team*: who is a member; *audit*: who did what."""

    LOOK = "look"
    PEOPLE = "people"
    SESSIONS = "sessions"
    BROADCASTS = "broadcasts"
    CONVERSATIONS = "conversations"
    KNOWLEDGE = "knowledge"
    PUBLISH = "publish"
    NUMBERS = "numbers"
    TEAM = "team"
    AUDIT = "audit"


RIGHTS: Mapping[StaffRole, frozenset[Right]] = {
    StaffRole.ADMINISTRATOR: frozenset(Right),
    StaffRole.ORGANIZER: frozenset(
        (
            Right.LOOK,
            Right.PEOPLE,
            Right.SESSIONS,
            Right.BROADCASTS,
            Right.CONVERSATIONS,
            Right.KNOWLEDGE,
        )
    ),
    StaffRole.READER: frozenset((Right.LOOK,)),
}


class NotAllowed(Exception):
    """That is not for this member."""


class Nowhere(Exception):
    """There is no such thing, or not where this member works: they are not told which."""


class LastAdministrator(Exception):
    """Without this one there is no administrator any more."""


class StaffMember(Base):
    """A contact who may use the console. *name* is what the others call them, *territory* where
    they work: needed of an organizer, everywhere when a reader has none; of it *college* alone,
    where it is one's."""

    __tablename__ = "staff_member"
    __table_args__ = (
        CheckConstraint("role <> 'organizer' OR territory IS NOT NULL", name="organizer"),
    )

    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True
    )
    role: Mapped[str] = mapped_column(String(16))
    territory: Mapped[str | None] = mapped_column(String(32))
    college: Mapped[str | None] = mapped_column(String(LONGEST_COLLEGE))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    contact: Mapped[Contact] = relationship()

    @property
    def actor(self) -> str:
        """What the audit log calls them."""
        return f"contact:{self.contact.uid}"

    @property
    def reach(self) -> Reach:
        """Where they work."""
        if self.role == StaffRole.ADMINISTRATOR:
            return Reach()
        return Reach(self.territory or "", self.college or "")

    @property
    def everywhere(self) -> bool:
        return self.reach.everywhere

    def may(self, right: Right) -> bool:
        return right in RIGHTS[StaffRole(self.role)]

    def reaches(self, territory: str) -> bool:
        """Whether they work in *territory*, or for a collège there."""
        return self.reach.territory in ("", territory)

    def reached(self) -> ColumnElement[bool]:
        """Of the sessions: those where they work."""
        return self.reach.sessions()


def check(member: StaffMember, right: Right) -> None:
    """Raises NotAllowed when *member* lacks *right*."""
    if not member.may(right):
        raise NotAllowed


def of(session: Session, contact_id: int) -> StaffMember | None:
    """The member who is the contact of that number."""
    return session.get(StaffMember, contact_id)


def everybody(session: Session, member: StaffMember) -> Sequence[StaffMember]:
    """All members, by name. Raises NotAllowed."""
    check(member, Right.TEAM)
    query = select(StaffMember).options(joinedload(StaffMember.contact))
    return session.scalars(query.order_by(StaffMember.name, StaffMember.contact_id)).all()


def names(session: Session) -> Mapping[str, str]:
    """What members are called, by what the audit log calls them."""
    query = select(Contact.uid, StaffMember.name).join(
        StaffMember, StaffMember.contact_id == Contact.id
    )
    return {f"contact:{uid}": name for uid, name in session.execute(query)}


def first_administrator(session: Session, name: str, now: datetime) -> StaffMember:
    """The administrator who has been one for longest; made under *name* where there is none."""
    query = select(StaffMember).where(StaffMember.role == StaffRole.ADMINISTRATOR)
    known = session.scalar(query.order_by(StaffMember.contact_id).limit(1))
    return known or _make(session, name, StaffRole.ADMINISTRATOR, Reach(), now)


def add(
    session: Session, member: StaffMember, tables: Tables, name: str, role: StaffRole,
    where: Reach, now: datetime,
) -> StaffMember:  # fmt: skip
    """Somebody new, who has yet to come (core.console.links). A collège alone says where it is.

    Raises NotAllowed, ValueError.
    """
    check(member, Right.TEAM)
    made = _make(session, name, role, _placed(tables, where), now)
    if made.college:
        reach.name_all(session, tables, made.reach.territory)
    audit.record(
        session, member.actor, "member.added", made.actor, now, role=role,
        territory=made.territory, college=made.college,
    )  # fmt: skip
    return made


def remove(session: Session, member: StaffMember, contact_id: int, now: datetime) -> None:
    """No member any more, from their next click on. Raises NotAllowed, LastAdministrator."""
    check(member, Right.TEAM)
    gone = session.get(StaffMember, contact_id)
    if gone is None:
        return
    count = select(func.count()).where(StaffMember.role == StaffRole.ADMINISTRATOR)
    if gone.role == StaffRole.ADMINISTRATOR and session.scalar(count) == 1:
        raise LastAdministrator
    audit.record(session, member.actor, "member.removed", gone.actor, now)
    session.delete(gone)
    session.flush()


def _placed(tables: Tables, where: Reach) -> Reach:
    """*where*, its collège in its territory. Raises ValueError when it is not there."""
    if not where.college:
        return where
    homes = [one.territory for one in tables.colleges if one.name == where.college]
    if homes != [where.territory or homes[0] if homes else ""]:
        raise ValueError("no such collège there")
    return Reach(homes[0], where.college)


def _make(session: Session, name: str, role: StaffRole, where: Reach, now: datetime) -> StaffMember:
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name or (role is StaffRole.ORGANIZER and where.everywhere):
        raise ValueError("a member has a name, and an organizer a territory")
    contact = Contact(language=FRENCH, created_at=now, seen_at=now)
    if role is StaffRole.ADMINISTRATOR:
        where = Reach()
    made = StaffMember(
        contact=contact, role=role, name=name, changed_at=now,
        territory=where.territory or None, college=where.college or None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made
