"""Somebody signed up, or moved to another session, by the team: with the same locks and the same
waiting list as everybody, at the request of a person who telephones or stands at the counter."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.console.listing import one
from core.console.members import Right, StaffMember, check
from core.console.people import sign_up_of
from core.people import consents, contacts
from core.people.consents import What
from core.people.contacts import Address
from core.people.phones import mobile
from core.vault import Vault
from core.workshops.booking import locking, room, seats
from core.workshops.booking.refusals import NotSignedUp
from core.workshops.booking.seats import Placed
from core.workshops.model import LIVE, CancelReason, SignUp
from core.workshops.notices import Notices
from core.workshops.reminding.moving import carry
from core.workshops.signing.form import MOST_PEOPLE

# Of the sentence that is read out to them; the one that people read has a date alone.
CONSENT = "2026-11-told"
LONGEST_NAME = 80


class AlreadySignedUp(Exception):
    """They have a place in that session."""


class Full(Exception):
    """There is no seat for them: they would wait, which nobody has agreed to yet."""


@dataclass(frozen=True)
class Caller:
    """Who asks. *phone* as it was typed, "" for none: then nobody but staff can tell them."""

    name: str
    phone: str
    language: str
    people: int = 1

    @property
    def party(self) -> list[tuple[str, bool]]:
        name = " ".join(self.name.split())[:LONGEST_NAME]
        if not name or not 1 <= self.people <= MOST_PEOPLE:
            raise ValueError("a name, and from one person to MOST_PEOPLE")
        return [(name, False), *[("", False)] * (self.people - 1)]


def add(
    session: Session, member: StaffMember, notices: Notices, vault: Vault, sms: str,
    session_id: int, caller: Caller, now: datetime,
) -> Placed:  # fmt: skip
    """A seat, or a place in the waiting list; by *sms*, the channel of that name, they are told.

    That they agreed is for *member* to know. Raises ValueError, NotANumber, AlreadySignedUp,
    Refused, NotAllowed.
    """
    check(member, Right.PEOPLE)
    one(session, member, session_id)
    party = caller.party
    who = _address(session, vault, sms, caller, now)
    locking.hold(session, [session_id])
    _check_new(session, session_id, who.contact_id)
    placed = seats.sign_up(session, who, session_id, party, CONSENT, vault, now)
    consents.note(session, who, What.SIGN_UP, now, version=CONSENT)
    row = session.get_one(SignUp, placed.sign_up_id)
    notices.added(session, row, now)
    audit.record(
        session, member.actor, "sign_up.added", f"sign_up:{row.id}", now,
        state=placed.state, told=bool(caller.phone.strip()),
    )  # fmt: skip
    return placed


def move(
    session: Session, member: StaffMember, notices: Notices, vault: Vault, session_id: int,
    sign_up_id: int, target_id: int, may_wait: bool, now: datetime,
) -> Placed:  # fmt: skip
    """From one session to another, both where *member* works; the person is told once.

    Nobody is ever without both. Raises Full unless they *may_wait* there; AlreadySignedUp,
    Refused, NotAllowed.
    """
    sign_up_of(session, member, session_id, sign_up_id)
    one(session, member, target_id)
    locking.hold(session, [session_id, target_id])
    row = room.held(session, sign_up_id)
    if row.state not in LIVE or target_id == session_id:
        raise NotSignedUp
    there = room.look(session, target_id, row.contact_id)
    there.check_open(now)
    _check_new(session, target_id, row.contact_id)
    if not may_wait and not room.has_room(session, there, row.size):
        raise Full
    moved = carry(session, notices, row, target_id, CancelReason.MOVED, vault, now)
    notices.moved(session, moved, now)
    placed = seats.placed(session, moved)
    audit.record(
        session, member.actor, "sign_up.moved", f"sign_up:{moved.id}", now,
        from_session=session_id, to_session=target_id, state=placed.state,
    )  # fmt: skip
    return placed


def _address(session: Session, vault: Vault, sms: str, caller: Caller, now: datetime) -> Address:
    """Where they are written to; whoever is known there keeps their language. Raises NotANumber."""
    if not caller.phone.strip():
        return contacts.write_down(session, vault, now, caller.language)
    written = mobile(caller.phone)
    known = contacts.find(session, vault, sms, written, lock=True)
    if known is not None:
        return known
    made = contacts.meet(session, vault, sms, written, now, caller.language)
    made.contact.language_chosen = True
    return made


def _check_new(session: Session, session_id: int, contact_id: int) -> None:
    query = select(SignUp.id).where(
        SignUp.session_id == session_id, SignUp.contact_id == contact_id, SignUp.state.in_(LIVE)
    )
    if session.scalar(query) is not None:
        raise AlreadySignedUp
