"""People as staff find them: by first name, by their exact number, and one of them.

An administrator finds everybody; an organizer the people of their territory or collège
(core.workshops.reach); nobody finds the members of the team. A number is never shown here
(core.console.persons).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from core import audit
from core.console.members import Nowhere, Right, StaffMember, check
from core.console.paging import Paged
from core.people import contacts
from core.people.consent import plain
from core.people.contacts import Contact, Role
from core.people.erasure import Erasure
from core.people.phones import mobile
from core.vault import Vault, VaultError
from core.workshops.model import NAME, Attendee, SignUp, WorkshopSession

A_PAGE = 50
MOST_NAMES = 40_000  # so many are opened for one search, the newest first
MOST_FOUND = 5_000  # of whom so many are found


@dataclass(frozen=True)
class Person:
    """A contact of a list. *names* are those on their sign-ups, "" once they are forgotten."""

    contact: Contact
    names: str
    sign_ups: int


@dataclass(frozen=True)
class Found(Paged):
    """One page of them, *total* in all."""

    a_page = A_PAGE

    people: Sequence[Person]
    total: int
    page: int = 1


def reached(member: StaffMember) -> ColumnElement[bool]:
    """Of the contacts: those whom *member* may know of."""
    known = and_(
        ~exists().where(Erasure.contact_id == Contact.id),
        ~exists().where(StaffMember.contact_id == Contact.id),
        or_(Contact.role.is_(None), Contact.role != Role.STAFF),
    )
    return and_(member.reach.people(), known)


def one(session: Session, member: StaffMember, contact_id: int) -> Contact:
    """Raises Nowhere also for somebody whom *member* may not know of; NotAllowed."""
    check(member, Right.PEOPLE)
    query = select(Contact).options(selectinload(Contact.addresses))
    found = session.scalar(query.where(Contact.id == contact_id, reached(member)))
    if found is None:
        raise Nowhere
    return found


def find(session: Session, member: StaffMember, vault: Vault, words: str, page: int = 1) -> Found:
    """Those with a first name that begins with each of *words*; all, who wrote last first.

    Names are sealed, so they are opened to be compared. Raises NotAllowed.
    """
    check(member, Right.PEOPLE)
    fits = [reached(member)]
    wanted = plain(words).split()
    if wanted:
        fits.append(Contact.id.in_(_called(session, member, vault, wanted)))
    total = session.scalar(select(func.count()).select_from(Contact).where(*fits)) or 0
    query = (
        select(Contact)
        .options(selectinload(Contact.addresses))
        .where(*fits)
        .order_by(Contact.seen_at.desc(), Contact.id.desc())
        .limit(A_PAGE)
        .offset((max(1, page) - 1) * A_PAGE)
    )
    people = _people(session, member, vault, session.scalars(query).all())
    return Found(people, total, max(1, page))


def find_number(
    session: Session, member: StaffMember, vault: Vault, channel: str, number: str, now: datetime
) -> Found:
    """Whoever has exactly this *number* on *channel*. Raises NotANumber, NotAllowed.

    Noted without the number: it shows that somebody is known.
    """
    check(member, Right.PEOPLE)
    address = contacts.find(session, vault, channel, mobile(number))
    audit.record(session, member.actor, "person.sought", "person", now, found=bool(address))
    if address is None:
        return Found((), 0)
    query = select(Contact).options(selectinload(Contact.addresses))
    found = session.scalars(query.where(Contact.id == address.contact_id, reached(member))).all()
    return Found(_people(session, member, vault, found), len(found))


def as_person(session: Session, member: StaffMember, vault: Vault, contact: Contact) -> Person:
    return _people(session, member, vault, [contact])[0]


def _called(
    session: Session, member: StaffMember, vault: Vault, wanted: Sequence[str]
) -> list[int]:
    query = (
        select(SignUp.contact_id, Attendee.name)
        .join(Attendee, Attendee.sign_up_id == SignUp.id)
        .join(WorkshopSession, WorkshopSession.id == SignUp.session_id)
        .where(member.reached())
        .order_by(Attendee.id.desc())
        .limit(MOST_NAMES)
    )
    called = set()
    for contact_id, sealed in session.execute(query):
        if contact_id not in called and _fits(_opened(vault, sealed), wanted):
            called.add(contact_id)
            if len(called) == MOST_FOUND:
                break
    return sorted(called)


def _fits(name: str, wanted: Sequence[str]) -> bool:
    words = plain(name).split()
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _people(
    session: Session, member: StaffMember, vault: Vault, found: Iterable[Contact]
) -> list[Person]:
    """Two queries for all of them. Names of sign-ups elsewhere are not shown."""
    found = list(found)
    ids = [contact.id for contact in found]
    names: defaultdict[int, dict[str, None]] = defaultdict(dict)
    query = (
        select(SignUp.contact_id, Attendee.name)
        .join(Attendee, Attendee.sign_up_id == SignUp.id)
        .join(WorkshopSession, WorkshopSession.id == SignUp.session_id)
        .where(SignUp.contact_id.in_(ids), member.reached())
        .order_by(Attendee.id)
    )
    for contact_id, sealed in session.execute(query):
        if name := _opened(vault, sealed):
            names[contact_id][name] = None
    counts = _counts(session, ids)
    return [
        Person(contact, ", ".join(names[contact.id]), counts.get(contact.id, 0))
        for contact in found
    ]


def _counts(session: Session, ids: Sequence[int]) -> Mapping[int, int]:
    query = select(SignUp.contact_id, func.count()).where(SignUp.contact_id.in_(ids))
    found = session.execute(query.group_by(SignUp.contact_id))
    return {row[0]: row[1] for row in found}


def _opened(vault: Vault, sealed: bytes) -> str:
    try:
        return vault.open(sealed, NAME)
    except VaultError:  # with a key that is lost
        return ""
