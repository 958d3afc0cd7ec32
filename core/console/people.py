"""Who signed up for a session, and what staff do about it: who came, and seats given back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from core import audit
from core.console.listing import one
from core.console.members import Right, StaffMember, check
from core.people.consent import plain
from core.vault import Vault, VaultError
from core.workshops.attendance import attendance
from core.workshops.booking import seats
from core.workshops.booking.refusals import NotSignedUp
from core.workshops.model import NAME, NOTE, CancelReason, SignUp, SignUpState
from core.workshops.notices import Notices
from core.workshops.signing.form import Said

LONGEST_NOTE = 300
# Who sits there, then who waits, then who does not come any more.
ORDER = (
    SignUpState.CONFIRMED,
    SignUpState.ATTENDED,
    SignUpState.ABSENT,
    SignUpState.EXCUSED,
    SignUpState.OFFERED,
    SignUpState.WAITING,
    SignUpState.CANCELLED,
)


@dataclass(frozen=True)
class Somebody:
    """A sign-up as staff see it; *names* as they were said, "" once they are forgotten."""

    id: int
    names: str
    school: str
    children: int
    size: int
    state: SignUpState
    channel: str
    language: str
    since: datetime
    offered_until: datetime | None
    note: str
    contact_id: int


def everybody(
    session: Session, member: StaffMember, vault: Vault, session_id: int, words: str = ""
) -> list[Somebody]:
    """All sign-ups whose names or school hold *words*, in ORDER. Raises NotAllowed."""
    check(member, Right.PEOPLE)
    one(session, member, session_id)
    query = (
        select(SignUp)
        .options(
            selectinload(SignUp.attendees), joinedload(SignUp.contact), joinedload(SignUp.address)
        )
        .where(SignUp.session_id == session_id)
    )
    found = [somebody(row, vault) for row in session.scalars(query)]
    wanted = plain(words).split()
    fits = (
        who for who in found if all(word in plain(f"{who.names} {who.school}") for word in wanted)
    )
    return sorted(fits, key=_in_order)


def find(
    session: Session, member: StaffMember, vault: Vault, session_id: int, sign_up_id: int
) -> Somebody:
    """One of them. Raises NotSignedUp, NoSuchSession where *member* does not work."""
    return somebody(sign_up_of(session, member, session_id, sign_up_id), vault)


def mark(
    session: Session, member: StaffMember, session_id: int, sign_up_id: int, state: SignUpState,
    now: datetime,
) -> None:  # fmt: skip
    """They came, did not, or excused themselves. Raises Refused, NotAllowed."""
    row = sign_up_of(session, member, session_id, sign_up_id)
    before = row.state
    if attendance.mark(session, row.id, state, now):
        audit.record(
            session, member.actor, "attendance.marked", f"sign_up:{row.id}", now,
            before=before, after=state,
        )  # fmt: skip


def mark_absent(session: Session, member: StaffMember, session_id: int, now: datetime) -> int:
    """Those of whom nobody said anything did not come; how many. Raises Refused, NotAllowed."""
    check(member, Right.PEOPLE)
    one(session, member, session_id)
    count = len(attendance.mark_absent(session, session_id, now))
    audit.record(
        session, member.actor, "attendance.absent", f"session:{session_id}", now, count=count
    )
    return count


def give_back(
    session: Session, member: StaffMember, notices: Notices, session_id: int, sign_up_id: int,
    now: datetime,
) -> None:  # fmt: skip
    """They told somebody of the team that they do not come: the seat goes to the next.

    Raises Refused, NotAllowed.
    """
    row = sign_up_of(session, member, session_id, sign_up_id)
    seats.release(session, notices, row.id, CancelReason.OTHER, now)
    audit.record(session, member.actor, "sign_up.given_back", f"sign_up:{row.id}", now)


def write_note(
    session: Session, member: StaffMember, vault: Vault, session_id: int, sign_up_id: int,
    text: str, now: datetime,
) -> None:  # fmt: skip
    """What staff want to remember of it, in place of what was there; "" for nothing.

    The person sees it with what else is held about them. Raises NotSignedUp, NotAllowed.
    """
    row = sign_up_of(session, member, session_id, sign_up_id)
    text = " ".join(text.split())[:LONGEST_NOTE]
    row.note = vault.seal(text, NOTE) if text else None
    session.flush()
    audit.record(session, member.actor, "sign_up.noted", f"sign_up:{row.id}", now)


def _in_order(who: Somebody) -> tuple[int, str, datetime, int]:
    """By name; who waits, by since when."""
    name = "" if who.state is SignUpState.WAITING else plain(who.names)
    return ORDER.index(who.state), name, who.since, who.id


def sign_up_of(session: Session, member: StaffMember, session_id: int, sign_up_id: int) -> SignUp:
    """Raises NotSignedUp, NoSuchSession where *member* does not work, NotAllowed."""
    check(member, Right.PEOPLE)
    one(session, member, session_id)
    row = session.get(SignUp, sign_up_id)
    if row is None or row.session_id != session_id:
        raise NotSignedUp
    return row


def somebody(row: SignUp, vault: Vault) -> Somebody:
    """*row* as staff see it."""
    said = Said()
    names: Sequence[str] = ()
    note = ""
    try:
        note = vault.open(row.note, NOTE) if row.note else ""
        said = Said.opened(row.details, vault) if row.details else said
        names = [name for one in row.attendees if (name := vault.open(one.name, NAME))]
    except VaultError:  # sealed with a key that is lost: the seat is theirs all the same
        pass
    return Somebody(
        row.id,
        said.name or ", ".join(names),
        said.school or "",
        sum(one.child for one in row.attendees),
        row.size,
        SignUpState(row.state),
        row.address.channel,
        row.contact.language,
        row.created_at,
        row.offered_until,
        note,
        row.contact_id,
    )
