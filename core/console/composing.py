"""Writing a broadcast in a form (core.console.cast_fields): nothing leaves by that."""

from datetime import datetime

from sqlalchemy.orm import Session

from core import audit
from core.broadcasts import deciding
from core.broadcasts.checking import faults
from core.broadcasts.deciding import Refused
from core.broadcasts.means import Means
from core.broadcasts.model import Broadcast, BroadcastState
from core.console import casts, meanwhile
from core.console.cast_fields import FIELDS, OF_THE_TIME, shown, worded
from core.console.meanwhile import Values
from core.console.members import Right, StaffMember, check
from core.workshops.sheets.spreadsheet import Wrong

QUIET = "broadcasts.quiet"
OPEN = (BroadcastState.DRAFT, BroadcastState.READY)
WRITTEN = (
    "title", "audience", "texts", "buttons", "session_id", "sign_up", "start_at", "rrule",
    "waits", "urgent", "file_name", "file_type", "file",
)  # fmt: skip


def wrongs_of(session: Session, means: Means, row: Broadcast, now: datetime) -> list[Wrong]:
    """What is wrong with *row* but for quiet hours, which are decided about in the preview."""
    return [worded(one) for one in faults(session, means, row, now) if one.key != QUIET]


def create(
    session: Session, means: Means, member: StaffMember, row: Broadcast, now: datetime
) -> Broadcast:
    """Keep a new *row* that was read. Raises NotAllowed."""
    check(member, Right.BROADCASTS)
    deciding.create(session, row, now)
    settle(session, means, row, now)
    return row


def find(session: Session, member: StaffMember, number: int) -> Broadcast:
    """One that may still be written, locked. Raises Nowhere, NotAllowed, Refused."""
    row = casts.one(session, member, number, lock=True)
    if row.state not in OPEN:
        raise Refused("broadcasts.not_now", number=number)
    return row


def merged(was: Values, mine: Values, row: Broadcast) -> meanwhile.Merged:
    """*mine* with what others wrote into *row* since *was*."""
    return meanwhile.merge(FIELDS, was, mine, shown(row))


def change(
    session: Session, means: Means, member: StaffMember, row: Broadcast, read: Broadcast,
    now: datetime,
) -> None:  # fmt: skip
    """Write what was *read* into *row*, which ``find`` found. Raises NotAllowed."""
    check(member, Right.BROADCASTS)
    before = shown(row)
    if any(getattr(row, name) != getattr(read, name) for name in OF_THE_TIME):
        row.next_at = row.confirmed_at = None
    for name in WRITTEN:
        setattr(row, name, getattr(read, name))
    row.session, row.changed_at = read.session, now
    after = shown(row)
    changed = sorted(name for name in FIELDS if after[name] != before[name])
    audit.record(session, member.actor, "broadcast.changed", row.subject, now, fields=changed)
    settle(session, means, row, now)


def settle(session: Session, means: Means, row: Broadcast, now: datetime) -> None:
    """It is ready when nothing is wrong with it, else a draft."""
    wrong = faults(session, means, row, now)
    row.state = BroadcastState.DRAFT if wrong else BroadcastState.READY
    session.flush()
