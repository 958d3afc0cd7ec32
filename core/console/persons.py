"""One person: what is held about them, and what is done about it at their request.

Each look at a file and each thing done is written into the audit log. What an organizer sees of
sign-ups are those where they work; the number is shown, and the whole file given, to those alone
who have the right to numbers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core import audit
from core.console import folk
from core.console.folk import Person
from core.console.members import Right, StaffMember, check
from core.people import erasure, merging, personal
from core.people.consents import Consent
from core.people.contacts import DESK, Contact
from core.people.phones import national
from core.vault import Vault, VaultError
from core.workshops.model import SignUp, WorkshopSession
from core.workshops.notices import Notices
from core.workshops.search.interest import Interest
from core.workshops.wishes.wishes import Wish

MOST = 200  # rows of each list


class SamePerson(Exception):
    """Two are needed to be made one."""


@dataclass(frozen=True)
class File:
    """What *member* may see of somebody: *sign_ups* and what is tied to them, the newest first."""

    person: Person
    sign_ups: Sequence[SignUp]
    consents: Sequence[Consent]
    interests: Sequence[Interest]
    wish: Wish | None

    @property
    def contact(self) -> Contact:
        return self.person.contact


def look(
    session: Session, member: StaffMember, vault: Vault, contact_id: int, now: datetime
) -> File:
    """Their file, which is noted. Raises Nowhere, NotAllowed."""
    contact = folk.one(session, member, contact_id)
    audit.record(session, member.actor, "person.looked_at", _subject(contact), now)
    return _file(session, member, vault, contact)


def number(
    session: Session, member: StaffMember, vault: Vault, contact_id: int, now: datetime
) -> list[tuple[str, str]]:
    """(channel, address) of each of their ways. Raises Nowhere, NotAllowed."""
    check(member, Right.NUMBERS)
    contact = folk.one(session, member, contact_id)
    audit.record(session, member.actor, "person.number", _subject(contact), now)
    return [
        (one.channel, _revealed(vault, one.reveal))
        for one in contact.addresses
        if one.channel != DESK
    ]


def export(
    session: Session, member: StaffMember, vault: Vault, contact_id: int, now: datetime
) -> bytes:
    """All that is held about them, as the person gets it too: it holds their number.

    Raises Nowhere, NotAllowed.
    """
    check(member, Right.NUMBERS)
    contact = folk.one(session, member, contact_id)
    audit.record(session, member.actor, "person.exported", _subject(contact), now)
    return personal.as_json(personal.collect(session, vault, contact.id), now)


def both(
    session: Session, member: StaffMember, vault: Vault, contact_id: int, other_id: int,
    now: datetime,
) -> tuple[File, File]:  # fmt: skip
    """The two that would become one. Raises SamePerson, Nowhere, NotAllowed."""
    if contact_id == other_id:
        raise SamePerson
    return (
        look(session, member, vault, contact_id, now),
        look(session, member, vault, other_id, now),
    )


def merge(
    session: Session, member: StaffMember, notices: Notices, contact_id: int, other_id: int,
    now: datetime,
) -> int:  # fmt: skip
    """Make them one; the number of the one that stays. Raises SamePerson, Nowhere, NotAllowed."""
    if contact_id == other_id:
        raise SamePerson
    two = [folk.one(session, member, one) for one in (contact_id, other_id)]
    subjects = [_subject(contact) for contact in two]
    stays = merging.merge(session, notices, contact_id, other_id, now)
    gone = next(one for one in subjects if one != _subject(stays))
    audit.record(session, member.actor, "person.merged", _subject(stays), now, other=gone)
    return stays.id


def erase(
    session: Session, member: StaffMember, notices: Notices, contact_id: int,
    erased: Callable[[Session, int, datetime], None], now: datetime,
) -> None:  # fmt: skip
    """All that is held about them goes, at their request; *erased* tells the team so.

    Raises Nowhere, NotAllowed.
    """
    contact = folk.one(session, member, contact_id)
    audit.record(session, member.actor, "person.erased", _subject(contact), now)
    erased(session, contact.id, now)
    erasure.begin(session, notices, contact, now)


def _file(session: Session, member: StaffMember, vault: Vault, contact: Contact) -> File:
    sign_ups = (
        select(SignUp)
        .join(SignUp.session)
        .options(joinedload(SignUp.session).joinedload(WorkshopSession.workshop))
        .where(SignUp.contact_id == contact.id, member.reached())
        .order_by(WorkshopSession.starts_at.desc(), SignUp.id.desc())
    )
    consents = select(Consent).where(Consent.contact_id == contact.id)
    interests = select(Interest).where(Interest.contact_id == contact.id)
    return File(
        folk.as_person(session, member, vault, contact),
        session.scalars(sign_ups.limit(MOST)).all(),
        session.scalars(consents.order_by(Consent.at.desc(), Consent.id.desc()).limit(MOST)).all(),
        session.scalars(interests.order_by(Interest.wished_at.desc()).limit(MOST)).all(),
        session.get(Wish, contact.id),
    )


def _subject(contact: Contact) -> str:
    return f"contact:{contact.uid}"


def _revealed(vault: Vault, reveal: Callable[[Vault], str]) -> str:
    """As France dials it; "" when no key opens it any more."""
    try:
        return national(reveal(vault))
    except VaultError:
        return ""
