"""What members do about who asked for a human: see to it, answer, close. The group hears of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from core import audit
from core.console.conversations import one
from core.console.members import StaffMember
from core.team import lines, staffroom
from core.team.handoffs import Ending, Handoff
from core.team.relay import Relay
from core.team.staffroom import Passed

LONGEST = 3000  # characters of an answer


def take(
    session: Session, relay: Relay, member: StaffMember, handoff_id: int, now: datetime
) -> None:
    """*member* sees to it, and the group knows. Raises Nowhere, NotAllowed."""
    handoff = one(session, member, handoff_id, now, lock=True)
    if handoff.closed_at is not None or handoff.holder == member.actor:
        return
    handoff.holder = member.actor
    _tell_group(session, relay, handoff, f"held-{now:%y%m%d%H%M%S}", "group.held", member, now)
    audit.record(session, member.actor, "handoff.taken", f"handoff:{handoff.id}", now)


def answered_since(session: Session, handoff: Handoff, seen: int, once: str, now: datetime) -> bool:
    """Whether the team said something after the line *seen*, other than what is sent *once*."""
    return any(
        row.id > seen
        and row.author != lines.PERSON
        and not (row.delivery and row.delivery.purpose == f"answer-{once}")
        for row in lines.shown(session, handoff.id, now)
    )


def answer(
    session: Session, relay: Relay, member: StaffMember, handoff_id: int, words: str, once: str,
    now: datetime,
) -> Passed:  # fmt: skip
    """Send *words* to the person, and show them to the group; the same *once* sends them once.

    Raises ValueError when there are none, Nowhere, NotAllowed.
    """
    handoff = one(session, member, handoff_id, now, lock=True)
    words = words.strip()
    if not words:
        raise ValueError("an answer has words")
    if len(words) > LONGEST:
        return Passed.TOO_LONG
    before = handoff.answered_at
    purpose = f"answer-{once}"
    passed = staffroom.answer(relay, session, handoff, words, member.actor, purpose, now)
    if passed is not Passed.SENT or handoff.answered_at == before:
        return passed
    handoff.holder = handoff.holder or member.actor
    _tell_group(
        session, relay, handoff, f"console-{once}", "group.console", member, now,
        "\n\n" + relay.group.quoted(words),
    )  # fmt: skip
    audit.record(session, member.actor, "handoff.answered", f"handoff:{handoff.id}", now)
    return passed


def close(
    session: Session, relay: Relay, member: StaffMember, handoff_id: int, now: datetime
) -> bool:
    """It is over; the person is told, and the group. False when it was already."""
    handoff = one(session, member, handoff_id, now, lock=True)
    if handoff.closed_at is not None:
        return False
    staffroom.close(relay, session, handoff, Ending.TEAM, now)
    _tell_group(session, relay, handoff, "closed", "group.console_ended", member, now)
    audit.record(session, member.actor, "handoff.closed", f"handoff:{handoff.id}", now)
    return True


def _tell_group(
    session: Session, relay: Relay, handoff: Handoff, purpose: str, key: str, member: StaffMember,
    now: datetime, more: str = "",
) -> None:  # fmt: skip
    if relay.group.exists:
        text = relay.group.say(key, number=handoff.id, name=member.name) + more
        relay.group.post(session, handoff, purpose, text, now)
