"""What a member does about a broadcast that was written: look at it, try it, confirm it, hold it.

Each asks for the right, and finds only what is the member's business (core.console.casts.one).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.broadcasts import agreeing, deciding, preview, recurring, report, testing
from core.broadcasts.audience import Audience
from core.broadcasts.checking import could_be_urgent, faults
from core.broadcasts.deciding import Refused
from core.broadcasts.means import Means
from core.broadcasts.model import Broadcast, BroadcastState
from core.broadcasts.preview import Preview
from core.broadcasts.team import Team
from core.console import casts, composing
from core.console.cast_fields import worded
from core.console.members import Right, StaffMember, check
from core.messages import Attachment
from core.people.contacts import Address, AddressState
from core.workshops.sheets.spreadsheet import Wrong

COMING = 3  # times that are shown of what comes again
MOVES: Mapping[str, Callable[[Session, int, str, datetime], object]] = {
    "pause": deciding.pause,
    "resume": deciding.resume,
    "cancel": deciding.cancel,
}


@dataclass(frozen=True)
class Seen:
    """All that must be known before it is confirmed. *preview* is None while *wrongs* hold it back;
    *quiet* says which moment is quiet, until it is decided what becomes of it. *seen* stands for
    what was looked at: who confirms says it again.
    """

    wrongs: Sequence[Wrong]
    quiet: Wrong | None
    could_be_urgent: bool
    preview: Preview | None
    coming: Sequence[datetime]
    seen: str


def look(session: Session, means: Means, row: Broadcast, now: datetime) -> Seen:
    """What would become of *row*, which ``casts.one`` found."""
    found = faults(session, means, row, now)
    wrongs = [worded(one) for one in found if one.key != composing.QUIET]
    quiet = next((worded(one) for one in found if one.key == composing.QUIET), None)
    seen = None if wrongs else preview.preview(session, means, row, now)
    coming: Sequence[datetime] = ()
    if row.rrule and not wrongs:
        coming = recurring.upcoming(row.rrule, row.start_at or now)[:COMING]
    urgent = could_be_urgent(row, now)
    return Seen(wrongs, quiet, urgent, seen, coming, row.changed_at.isoformat())


def decide_night(
    session: Session, means: Means, member: StaffMember, number: int, waits: bool, urgent: str,
    now: datetime,
) -> None:  # fmt: skip
    """In quiet hours it *waits* for the morning, or is *urgent*, for that reason.

    Raises Refused, NotAllowed.
    """
    row = composing.find(session, member, number)
    before = row.waits, row.urgent
    row.waits, row.urgent = waits, urgent
    for fault in faults(session, means, row, now):
        if fault.at[0] in ("urgent", "quand", "repetition"):
            row.waits, row.urgent = before
            raise Refused(fault.key, **fault.values)
    row.changed_at = now
    audit.record(
        session, member.actor, "broadcast.night", row.subject, now, waits=waits, urgent=urgent
    )
    composing.settle(session, means, row, now)


def ways(session: Session, means: Means, member: StaffMember) -> Sequence[Address]:
    """Where a test may be sent to: the member's own, one a channel."""
    query = (
        select(Address)
        .where(Address.contact_id == member.contact_id, Address.state == AddressState.OPEN)
        .where(Address.channel.in_(means.channels()))
        .order_by(Address.id)
    )
    found = {one.channel: one for one in session.scalars(query)}
    return [found[name] for name in means.channels() if name in found]


def test(
    session: Session, means: Means, member: StaffMember, number: int, channel: str, now: datetime
) -> None:
    """To the member on *channel*, and nobody else. Raises Refused, NotAllowed, Nowhere."""
    row = casts.one(session, member, number)
    address = next((one for one in ways(session, means, member) if one.channel == channel), None)
    if address is None or composing.wrongs_of(session, means, row, now):
        raise Refused("broadcasts.not_now", number=number)
    testing.send(session, row, address, member.actor, now)


def confirm(
    session: Session, team: Team, member: StaffMember, number: int, seen: str, everybody: bool,
    now: datetime,
) -> BroadcastState:  # fmt: skip
    """The member wants it to be sent, as it was when it was *seen*; to *everybody* only knowingly.

    Raises Refused, NotAllowed.
    """
    row = casts.one(session, member, number, lock=True)
    if row.changed_at.isoformat() != seen:
        raise Refused("console.cast.refused.changed")
    if Audience.from_json(row.audience).is_everybody and not everybody:
        raise Refused("console.cast.refused.everybody")
    if row.state == BroadcastState.DRAFT:
        composing.settle(session, team.means, row, now)  # an hour that was quiet may be none now
    return agreeing.confirm(session, team, number, member.actor, now)[0]


def refuse(session: Session, team: Team, member: StaffMember, number: int, now: datetime) -> None:
    """Back to its author, who may change it; or the author takes it back. Raises Refused."""
    casts.one(session, member, number)
    agreeing.refuse(session, team, number, member.actor, now)


def move(session: Session, member: StaffMember, number: int, how: str, now: datetime) -> None:
    """*how* is one of MOVES. Raises Refused, NotAllowed."""
    casts.one(session, member, number)
    MOVES[how](session, number, member.actor, now)


def phones(
    session: Session, team: Team, member: StaffMember, number: int, now: datetime
) -> Attachment:
    """Whom it did not reach, with their numbers. Raises NotAllowed."""
    check(member, Right.PEOPLE)
    row = casts.one(session, member, number)
    return team.phones(session, row, member.actor, now)


def told(session: Session, row: Broadcast) -> report.Report:
    return report.report(session, row)
