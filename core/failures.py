"""Questions that found no answer: twice in a row, and a person of the team is asked.

The words of a first failure stay sealed for half an hour, for whoever reads the second; they
are erased sooner when the next message is answered. Only while there is a team to read them.
"""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.answers import Outcome
from core.inbound import Inbound

WITHIN = timedelta(minutes=30)


def failed(outcome: str | None, question_id: str | None) -> bool:
    """Whether a message found no answer. A question that is known and declined found one."""
    return outcome == Outcome.SUGGESTED or (outcome == Outcome.FALLBACK and question_id is None)


def before(session: Session, row: Inbound, now: datetime, since: datetime | None) -> Inbound | None:
    """The message before *row*, when it failed less than half an hour ago and after *since*.

    What is no question (a sticker, "with other words") is no success either: it is passed over.
    """
    query = (
        select(Inbound)
        .where(Inbound.address_id == row.address_id, Inbound.id < row.id)
        .where(Inbound.handled_at >= now - WITHIN, Inbound.outcome != Outcome.REACTED)
        .order_by(Inbound.id.desc())
        .limit(1)
    )
    last = session.scalar(query)
    if last is None or not failed(last.outcome, last.question_id):
        return None
    assert last.handled_at is not None
    return last if since is None or last.handled_at > since else None


def forget(session: Session, row: Inbound) -> None:
    """Erase the words kept of what this person wrote before *row*."""
    session.execute(
        update(Inbound)
        .where(Inbound.address_id == row.address_id, Inbound.id < row.id)
        .where(Inbound.handled_at.is_not(None), Inbound.sealed_text.is_not(None))
        .values(sealed_text=None)
    )


def forget_old(session: Session, now: datetime) -> None:
    """Erase all words kept for longer than half an hour; safe to miss and to repeat."""
    session.execute(
        update(Inbound)
        .where(Inbound.handled_at < now - WITHIN, Inbound.sealed_text.is_not(None))
        .values(sealed_text=None)
    )
