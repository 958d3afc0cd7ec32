"""Who may write to many people, and to whom.

A member of the console may what their role there says: an administrator writes to everybody, an
organizer to the people of their territory (core.broadcasts.audience.Audience.reach), a reader to
nobody. Whoever else has the role of staff writes to everybody.
"""

from sqlalchemy import ColumnElement, and_, or_, select, true, update
from sqlalchemy.orm import Session

from core.broadcasts.audience import Audience
from core.broadcasts.model import Broadcast
from core.console.members import Right, StaffMember, StaffRole
from core.people.contacts import Address, AddressState, Contact, Role

EVERYWHERE = ""


def reach(session: Session, contact: Contact) -> str | None:
    """The territory of those *contact* may write to, or EVERYWHERE; None: they may not."""
    member = session.get(StaffMember, contact.id)
    if member is not None:
        return reach_of(member) if member.may(Right.BROADCASTS) else None
    return EVERYWHERE if contact.role == Role.STAFF else None


def reach_of(member: StaffMember) -> str:
    return EVERYWHERE if member.everywhere else member.territory or EVERYWHERE


def may_decide(session: Session, contact: Contact, broadcast: Broadcast) -> bool:
    """Whether *broadcast* is any of their business."""
    theirs = reach(session, contact)
    return theirs is not None and theirs in (EVERYWHERE, reach_in(broadcast))


def reach_in(broadcast: Broadcast) -> str:
    """What *broadcast* may reach at most."""
    return Audience.from_json(broadcast.audience).reach


def within(territory: str) -> ColumnElement[bool]:
    """Of the broadcasts: those that somebody who reaches *territory* may decide about."""
    if territory == EVERYWHERE:
        return true()
    reached: ColumnElement[str] = Broadcast.audience["reach"].as_string()
    return reached == territory


def addresses(session: Session, channel: str, group: str, broadcast: Broadcast) -> list[Address]:
    """Where those are written to, on *channel*, who may decide about *broadcast*.

    *group* is the fingerprint of the team's chat, which is nobody.
    """
    organizes = and_(
        StaffMember.role == StaffRole.ORGANIZER, StaffMember.territory == reach_in(broadcast)
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
