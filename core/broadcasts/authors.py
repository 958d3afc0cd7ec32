"""Who may write to many people, and to whom.

A member of the console may what their role there says: an administrator writes to everybody, an
organizer to the people of their territory or collège (core.broadcasts.audience.Audience.bound), a
reader to nobody. Whoever else has the role of staff writes to everybody.
"""

from sqlalchemy import ColumnElement, and_, or_, select, true, update
from sqlalchemy.orm import Session

from core.broadcasts.audience import Audience
from core.broadcasts.model import Broadcast
from core.console.members import Right, StaffMember, StaffRole
from core.people.contacts import Address, AddressState, Contact, Role
from core.workshops.reach import Reach

EVERYWHERE = Reach()


def reach(session: Session, contact: Contact) -> Reach | None:
    """Whom *contact* may write to; None: they may not."""
    member = session.get(StaffMember, contact.id)
    if member is not None:
        return member.reach if member.may(Right.BROADCASTS) else None
    return EVERYWHERE if contact.role == Role.STAFF else None


def may_decide(session: Session, contact: Contact, broadcast: Broadcast) -> bool:
    """Whether *broadcast* is any of their business."""
    theirs = reach(session, contact)
    return theirs is not None and theirs.holds(reach_in(broadcast))


def reach_in(broadcast: Broadcast) -> Reach:
    """What *broadcast* may reach at most."""
    return Audience.from_json(broadcast.audience).bound


def within(theirs: Reach) -> ColumnElement[bool]:
    """Of the broadcasts: those that somebody who reaches *theirs* may decide about."""
    if theirs.everywhere:
        return true()
    territory: ColumnElement[str] = Broadcast.audience["reach"].as_string()
    college: ColumnElement[str] = Broadcast.audience["college"].as_string()
    here = territory == theirs.territory
    return and_(here, college == theirs.college) if theirs.college else here


def addresses(session: Session, channel: str, group: str, broadcast: Broadcast) -> list[Address]:
    """Where those are written to, on *channel*, who may decide about *broadcast*.

    *group* is the fingerprint of the team's chat, which is nobody.
    """
    bound = reach_in(broadcast)
    organizes = and_(
        StaffMember.role == StaffRole.ORGANIZER,
        StaffMember.territory == bound.territory,
        or_(StaffMember.college.is_(None), StaffMember.college == bound.college),
    )
    query = (
        select(Address)
        .join(Address.contact)
        .outerjoin(StaffMember, StaffMember.contact_id == Contact.id)
        .where(
            or_(
                and_(StaffMember.contact_id.is_(None), Contact.role == Role.STAFF),
                StaffMember.role == StaffRole.ADMINISTRATOR,
                organizes,
            )
        )
        .where(Address.channel == channel, Address.state == AddressState.OPEN)
        .where(Address.fingerprint != group)
        .order_by(Address.id)
    )
    return list(session.scalars(query))


def become(session: Session, before: str, after: str) -> None:
    """The actor *before* is *after* from now on: nobody is the second of their own broadcast."""
    for column in (Broadcast.author, Broadcast.confirmer):
        session.execute(
            update(Broadcast).where(column == before).values({column: after}),
            execution_options={"synchronize_session": False},
        )
