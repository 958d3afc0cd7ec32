"""What the clock does about handoffs. Every round is safe to miss and to repeat."""

from datetime import datetime, timedelta

from babel.dates import format_datetime
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.daytime import PARIS
from core.languages import FRENCH
from core.outbox.delivery import Cause, Delivery, State
from core.team import handoffs
from core.team.handoffs import Ending, Handoff
from core.team.relay import Relay
from core.team.staffroom import close

LOST = (State.FAILED, State.SKIPPED, State.UNCERTAIN)
LOOK_BACK = timedelta(days=1)


def remind(relay: Relay, session: Session, now: datetime) -> None:
    """Tell the group who waits for an answer; in office hours only."""
    if not relay.group.exists:
        return
    for handoff in handoffs.to_remind(session, now):
        handoffs.reminded(handoff, now)
        assert handoff.waiting_since is not None
        since = format_datetime(
            handoff.waiting_since, "EEEE d MMMM 'à' H 'h' mm", tzinfo=PARIS, locale=FRENCH
        )
        text = relay.group.say("group.reminder", number=handoff.id, since=since)
        # Numbered by the moment too: after an answer, counting begins again.
        purpose = f"reminder-{handoff.waiting_since:%y%m%d%H%M%S}-{handoff.reminders}"
        relay.group.post(session, handoff, purpose, text, now)


def end_idle(relay: Relay, session: Session, now: datetime) -> None:
    """Close what nobody wrote to for a day, so that the assistant answers again."""
    if not relay.group.exists:
        return
    for handoff in handoffs.to_end(session, now):
        close(relay, session, handoff, Ending.IDLE, now)
        text = relay.group.say("group.idle", number=handoff.id)
        relay.group.post(session, handoff, "idle", text, now)


def report_lost(relay: Relay, session: Session, now: datetime) -> None:
    """Tell the group which of its answers did not arrive."""
    if not relay.group.exists:
        return
    query = (
        select(Delivery)
        .where(Delivery.cause == Cause.HANDOFF, Delivery.purpose.startswith("answer-"))
        .where(Delivery.state.in_(LOST), Delivery.ended_at >= now - LOOK_BACK)
        .order_by(Delivery.id)
    )
    for row in session.scalars(query).all():
        handoff = session.get(Handoff, row.cause_id)
        if handoff is not None:
            text = relay.group.say("group.lost", number=handoff.id)
            relay.group.post(session, handoff, f"lost-{row.id}", text, now)
