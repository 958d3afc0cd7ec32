"""What a member of the team writes in the group: an answer to a person, or ``/fin``."""

import re
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from core import reading, sms
from core.answers import Answer, Outcome
from core.messages import Bubble, Incoming, Kind
from core.people.contacts import AddressState
from core.talk import Talk
from core.team import handoffs, lines
from core.team.handoffs import Ending, Handoff
from core.team.relay import Relay

END = "fin"
NUMBER = re.compile("#?([0-9]{1,9})")  # fits any database's integer


class Passed(StrEnum):
    """What became of an answer of the team."""

    SENT = "sent"
    OVER = "over"
    UNREACHABLE = "unreachable"
    TOO_LONG = "too_long"


class StaffRoom:
    """All that a member writes to us is acknowledged in the group, with the handoff's number."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def hear(self, talk: Talk, incoming: Incoming) -> Answer:
        """Do what *incoming* says; *talk* is the group's."""
        group, session, now = self._relay.group, talk.session, talk.now
        text = incoming.text.strip()
        order = reading.command(text) if text.startswith("/") else None
        number = group.named(session, incoming.reply_to)
        if order and order[0] == END and (written := NUMBER.fullmatch(order[1])):
            number = int(written[1])
        if number is None:
            return _explain(group.say("group.unknown"))
        handoff = session.get(Handoff, number, with_for_update=True)
        if handoff is None:
            return _explain(group.say("group.gone", number=number))
        if order:
            key = self.end(session, handoff, now) if order[0] == END else "group.command"
        elif incoming.event or not text:
            key = "group.text_only"
        else:
            purpose = f"answer-{talk.row.id}"
            passed = answer(self._relay, session, handoff, text, lines.GROUP, purpose, now)
            key = f"group.{passed}"
        group.post(session, handoff, f"ack-{talk.row.id}", group.say(key, number=number), now)
        return Answer((), Outcome.FORWARDED)

    def end(self, session: Session, handoff: Handoff, now: datetime) -> str:
        """Close *handoff* and tell the person; the key of what to say to staff."""
        if handoff.closed_at is not None:
            return "group.over"
        close(self._relay, session, handoff, Ending.TEAM, now)
        return "group.ended"


def answer(
    relay: Relay,
    session: Session,
    handoff: Handoff,
    text: str,
    author: str,
    purpose: str,
    now: datetime,
) -> Passed:
    """Send *text* on to the person, once for each *purpose*; *author* as in core.team.lines.

    Somebody who stopped gets it all the same: they asked.
    """
    if handoff.closed_at is not None:
        return Passed.OVER
    if handoff.address.state == AddressState.UNREACHABLE:
        return Passed.UNREACHABLE
    said = relay.worded(handoff, "relay.answer", words=text)
    parts = sms.size(sms.spell(said)).segments
    if relay.listener(handoff).kind is Kind.SMS and parts > sms.MOST_SEGMENTS:
        return Passed.TOO_LONG
    sent = relay.tell(session, handoff, purpose, "relay.answer", now, words=text)
    if sent is not None:
        relay.note(session, handoff, author, text, now, sent)
        handoffs.answered(handoff, now)
    return Passed.SENT


def close(relay: Relay, session: Session, handoff: Handoff, ending: Ending, now: datetime) -> None:
    """Over, by the team or by the clock. Who stopped is not written to just for that."""
    handoffs.close(session, handoff, ending, now)
    if handoff.address.state == AddressState.OPEN:
        relay.tell(session, handoff, "closed", "relay.closed", now)


def _explain(text: str) -> Answer:
    return Answer((Bubble(text),), Outcome.REACTED)
