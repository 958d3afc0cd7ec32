"""Two contacts become one: all that hangs on the younger one moves to the older one.

Where both have the same thing, the better one stays: a seat before an offer before a place in the
list. A seat that is free by that goes to the next. Nothing else is lost, and nobody is told twice.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from core.broadcasts import authors
from core.broadcasts.model import BroadcastAnswer
from core.console.feeds import ConsoleFeed
from core.console.links import ConsoleLink
from core.console.members import StaffMember
from core.console.visits import ConsoleVisit
from core.learning.missed import WantsAnswer
from core.outbox.delivery import Delivery, State
from core.people.consents import Consent, StreamStop
from core.people.contacts import Address, Contact
from core.team.handoffs import Ending, Handoff, close
from core.team.members import actor_of
from core.workshops.booking import locking, seats
from core.workshops.model import LIVE, SignUp, SignUpState, WorkshopSession
from core.workshops.notices import Notices
from core.workshops.search.interest import Interest
from core.workshops.signing.form import SignUpForm
from core.workshops.wishes.invitation import Invitation
from core.workshops.wishes.wishes import Wish

# The better first.
RANK = {
    state: rank
    for rank, state in enumerate(
        (
            SignUpState.ATTENDED,
            SignUpState.CONFIRMED,
            SignUpState.OFFERED,
            SignUpState.WAITING,
            SignUpState.ABSENT,
            SignUpState.EXCUSED,
            SignUpState.CANCELLED,
        )
    )
}
# Of these a contact has as many rows as they like, or those of each differ.
MOVING: Sequence[Any] = (
    Address, Consent, StreamStop, Delivery, Handoff, WantsAnswer, Interest, SignUp, Invitation,
    BroadcastAnswer, ConsoleFeed, ConsoleLink, ConsoleVisit,
)  # fmt: skip
# Of these they have one.
SINGLE: Sequence[Any] = (SignUpForm, Wish, StaffMember)


def merge(session: Session, notices: Notices, one: int, other: int, now: datetime) -> Contact:
    """One contact of the two with these numbers: the older of them.

    Both are locked, and the sessions that both have signed up for.
    """
    query = select(Contact).where(Contact.id.in_((one, other))).order_by(Contact.id)
    both = session.scalars(query.with_for_update()).all()
    if len(both) < 2:
        return both[0]
    older, younger = sorted(both, key=lambda contact: (contact.created_at, contact.id))
    _one_sign_up_a_session(session, notices, older.id, younger.id, now)
    for table in SINGLE:
        _newest(session, table, older.id, younger.id)
    _one_handoff(session, older.id, younger.id, now)
    _one_interest(session, older.id, younger.id)
    _one_invitation(session, older.id, younger.id)
    _one_stop(session, older.id, younger.id)
    _one_answer(session, older.id, younger.id)
    _told_once(session, older.id, younger.id, now)
    _what_they_are(older, younger)
    session.flush()
    for table in (*MOVING, *SINGLE):
        session.execute(
            update(table).where(table.contact_id == younger.id).values(contact_id=older.id),
            execution_options={"synchronize_session": False},
        )
    authors.become(session, actor_of(younger), actor_of(older))
    session.execute(
        delete(Contact).where(Contact.id == younger.id),
        execution_options={"synchronize_session": False},
    )
    # Expired first, or an address that was met in this transaction would leave with the younger.
    session.expire_all()
    session.expunge(younger)
    return older


def _one_sign_up_a_session(
    session: Session, notices: Notices, older: int, younger: int, now: datetime
) -> None:
    """The other one is given back, and its row goes: a contact has one a session."""
    mine = select(SignUp.session_id).where(SignUp.contact_id == older)
    theirs = select(SignUp.session_id).where(SignUp.contact_id == younger)
    shared = session.scalars(mine.where(SignUp.session_id.in_(theirs))).all()
    locking.hold(session, shared)
    for session_id in sorted(shared):
        pair = session.scalars(
            select(SignUp)
            .where(SignUp.session_id == session_id, SignUp.contact_id.in_((older, younger)))
            .execution_options(populate_existing=True)
        ).all()
        better, worse = sorted(pair, key=_worth)
        better.answered_at = better.answered_at or worse.answered_at
        better.rating = better.rating or worse.rating
        better.note = better.note or worse.note
        over = session.get_one(WorkshopSession, session_id).ends_at <= now
        if worse.state in LIVE and not over:
            seats.release(session, notices, worse.id, None, now)
        session.delete(worse)
        session.flush()


def _worth(row: SignUp) -> tuple[int, float, int, int]:
    """The best sorts first: by what they have, then who waits longest, or comes with most."""
    since = row.waiting_since.timestamp() if row.waiting_since else 0.0
    return RANK[SignUpState(row.state)], since, -row.size, row.id


def _newest(session: Session, table: Any, older: int, younger: int) -> None:
    """Of what a contact has one of: the one that was filled in last."""
    rows = [session.get(table, contact_id) for contact_id in (older, younger)]
    begun = sorted((row for row in rows if row), key=lambda row: row.changed_at)
    for row in begun[:-1]:
        session.delete(row)
    session.flush()


def _one_handoff(session: Session, older: int, younger: int, now: datetime) -> None:
    """The one that a member answers, else the first one."""
    query = select(Handoff).where(
        Handoff.contact_id.in_((older, younger)), Handoff.closed_at.is_(None)
    )
    rows = session.scalars(query.with_for_update()).all()
    for handoff in sorted(rows, key=lambda row: (row.taken_at is None, row.id))[1:]:
        close(session, handoff, Ending.PERSON, now)


def _one_interest(session: Session, older: int, younger: int) -> None:
    """Each is wished for once, since it was last said."""
    known = {_interest(one): one for one in _all(session, Interest, older)}
    for one in _all(session, Interest, younger):
        if same := known.get(_interest(one)):
            same.wished_at = max(same.wished_at, one.wished_at)
            session.delete(one)
    waits = {one.missed_id for one in _all(session, WantsAnswer, older)}
    for one in _all(session, WantsAnswer, younger):
        if one.missed_id in waits:
            session.delete(one)
    session.flush()


def _interest(one: Interest) -> tuple[str, ...]:
    return one.audience, one.kind, one.theme, one.commune, one.territory


def _one_invitation(session: Session, older: int, younger: int) -> None:
    """To each session once, since the first."""
    known = {one.session_id: one for one in _all(session, Invitation, older)}
    for one in _all(session, Invitation, younger):
        if same := known.get(one.session_id):
            same.invited_at = min(same.invited_at, one.invited_at)
            session.delete(one)
    session.flush()


def _one_stop(session: Session, older: int, younger: int) -> None:
    """What either of them stopped stays so."""
    known = {one.session_id for one in _all(session, StreamStop, older)}
    for one in _all(session, StreamStop, younger):
        if one.session_id in known:
            session.delete(one)
    session.flush()


def _one_answer(session: Session, older: int, younger: int) -> None:
    """To each broadcast the last one."""
    known = {
        (one.broadcast_id, one.occurrence): one for one in _all(session, BroadcastAnswer, older)
    }
    for one in _all(session, BroadcastAnswer, younger):
        if same := known.get((one.broadcast_id, one.occurrence)):
            session.delete(min(same, one, key=lambda answer: answer.at))
    session.flush()


def _told_once(session: Session, older: int, younger: int, now: datetime) -> None:
    """What was queued for both leaves once; what left twice is remembered twice."""
    same = select(Delivery.cause, Delivery.cause_id, Delivery.purpose)
    twice = same.where(Delivery.contact_id == older).intersect(
        same.where(Delivery.contact_id == younger)
    )
    for cause, cause_id, purpose in session.execute(twice).all():
        query = select(Delivery).where(
            Delivery.cause == cause,
            Delivery.cause_id == cause_id,
            Delivery.purpose == purpose,
            Delivery.contact_id.in_((older, younger)),
        )
        rows = session.scalars(query.with_for_update()).all()
        # One that has not left stays back; its name gives way.
        first, second = sorted(rows, key=lambda row: (row.state == State.QUEUED, row.id))
        if second.state == State.QUEUED and first.state != State.CANCELLED:
            second.end(State.CANCELLED, "one person", now)
        second.purpose = f"{purpose[:20]}+{second.id}"
    session.flush()


def _what_they_are(older: Contact, younger: Contact) -> None:
    if younger.language_chosen and not older.language_chosen:
        older.language, older.language_chosen = younger.language, True
    older.role = older.role or younger.role
    if older.territory is None:
        older.territory = younger.territory
    asked = (older.territory_asked_at, younger.territory_asked_at)
    older.territory_asked_at = max(filter(None, asked), default=None)
    older.seen_at = max(older.seen_at, younger.seen_at)


def _all(session: Session, table: Any, contact_id: int) -> Sequence[Any]:
    return session.scalars(select(table).where(table.contact_id == contact_id)).all()
