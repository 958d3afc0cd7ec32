"""Whom nobody but the team can tell that a seat is theirs: they left no number."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from core import audit
from core.console.members import Right, StaffMember, check
from core.console.people import Somebody, sign_up_of, somebody
from core.people.contacts import DESK, Address
from core.vault import Vault
from core.workshops.booking import waiting
from core.workshops.booking.refusals import OfferOver
from core.workshops.model import SignUp, SignUpState, WorkshopSession
from core.workshops.notices import Notices

MOST = 50


@dataclass(frozen=True)
class Call:
    """*who* is to be called about a seat in *row*, which is held until ``who.offered_until``."""

    who: Somebody
    row: WorkshopSession


def to_call(session: Session, member: StaffMember, vault: Vault, now: datetime) -> Sequence[Call]:
    """Those for whom a seat is held, where *member* works; who has least time first.

    Raises NotAllowed.
    """
    check(member, Right.PEOPLE)
    query = (
        select(SignUp)
        .join(SignUp.address)
        .join(SignUp.session)
        .options(
            contains_eager(SignUp.address),
            contains_eager(SignUp.session).joinedload(WorkshopSession.workshop),
            joinedload(SignUp.contact),
            selectinload(SignUp.attendees),
        )
        .where(Address.channel == DESK, SignUp.state == SignUpState.OFFERED)
        .where(SignUp.offered_until > now, member.reached())
        .order_by(SignUp.offered_until, SignUp.id)
        .limit(MOST)
    )
    return [Call(somebody(row, vault), row.session) for row in session.scalars(query)]


def give(
    session: Session, member: StaffMember, session_id: int, sign_up_id: int, now: datetime
) -> None:
    """They were called, and come. Raises OfferOver, Refused, NotAllowed."""
    row = _desk(session, member, session_id, sign_up_id)
    waiting.give(session, row.id, now)
    audit.record(session, member.actor, "sign_up.seat_given", f"sign_up:{row.id}", now)


def pass_over(
    session: Session, member: StaffMember, notices: Notices, session_id: int, sign_up_id: int,
    now: datetime,
) -> None:  # fmt: skip
    """Nobody could call them: the next gets the seat, and they wait on. Raises as ``give``."""
    row = _desk(session, member, session_id, sign_up_id)
    waiting.pass_over(session, notices, row.id, now)
    audit.record(session, member.actor, "sign_up.passed_over", f"sign_up:{row.id}", now)


def _desk(session: Session, member: StaffMember, session_id: int, sign_up_id: int) -> SignUp:
    """Whoever has a number answers the offer themselves."""
    row = sign_up_of(session, member, session_id, sign_up_id)
    if row.address.channel != DESK:
        raise OfferOver
    return row
