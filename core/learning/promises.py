"""Answers that were promised: sent once, by day, to those who agreed to be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.answers import Listener
from core.daytime import next_daytime
from core.learning.missed import MissedQuestion, WantsAnswer
from core.messages import Kind
from core.outbox import posting
from core.outbox.delivery import Cause, Lane
from core.people.contacts import AddressState
from core.texts import Texts

WORTH_SENDING = timedelta(days=7)


@dataclass(frozen=True)
class Kept:
    """How many people will be told, and how many want no messages or cannot be reached."""

    told: int
    lost: int


def keep(
    session: Session, texts: Texts, kinds: Mapping[str, Kind], question_id: str, now: datetime
) -> Kept:
    """Queue the answer *question_id* for everybody who waits for it, and forget that they do.

    *kinds* says what sort of screen each channel has. Somebody who asked twice is told once.
    Raises KeyError when there is no such question.
    """
    query = (
        select(WantsAnswer)
        .join(WantsAnswer.missed)
        .where(MissedQuestion.answered_by == question_id)
        .order_by(WantsAnswer.agreed_at, WantsAnswer.missed_id)
    )
    wishes = session.scalars(query).all()
    told: set[int] = set()
    for wish in wishes:
        if wish.contact_id not in told and wish.address.state == AddressState.OPEN:
            told.add(wish.contact_id)
            _tell(session, texts, kinds[wish.address.channel], question_id, wish, now)
        session.delete(wish)
    session.flush()
    return Kept(len(told), len({wish.contact_id for wish in wishes} - told))


def _tell(
    session: Session, texts: Texts, kind: Kind, question_id: str, wish: WantsAnswer, now: datetime
) -> None:
    contact, start = wish.address.contact, next_daytime(now)
    language = contact.language if contact.language_chosen else wish.missed.language
    listener = Listener(kind, language, contact.territory, may_ask_territory=False)
    for position, bubble in enumerate(texts.announced(question_id, listener, now), start=1):
        posting.post(
            session, wish.address, Cause.ANSWER, wish.missed_id, str(position), bubble, now,
            lane=Lane.BULK, not_before=start, for_long=WORTH_SENDING,
        )  # fmt: skip
