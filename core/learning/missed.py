"""Questions that were not answered well, kept without the person: so that staff can answer them.

A question is kept when the assistant did not know, or when what it offered or answered did not
help. Its words are redacted first, and nothing in its row leads to anybody. Two ties to a
person exist beside it, both removed with the person:

* a *trail* from the message under which something can still be picked, cut after a day;
* the *wish* to be told the answer, made by the person and deleted once it is sent.

What a sensitive message says is never kept.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ForeignKey, String, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.answers import Answer, Listener, Outcome
from core.daytime import paris_day
from core.db import Base, UtcDateTime
from core.learning.redaction import redact, says_something
from core.outbox.delivery import Delivery
from core.people import consents
from core.people.consents import What
from core.people.contacts import Address

KEPT = timedelta(days=90)
TRAIL = timedelta(days=1)
# Who writes again so soon after says the same in other words.
SAME_BREATH = timedelta(minutes=30)
ASKS_AGAIN = (Outcome.ANSWERED, Outcome.SUGGESTED, Outcome.FALLBACK)


class Reason(StrEnum):
    UNANSWERED = "unanswered"
    CORRECTED = "corrected"
    THUMBS_DOWN = "thumbs_down"


class MissedState(StrEnum):
    """``offered`` waits to hear whether what was offered helped; nobody is shown it."""

    OFFERED = "offered"
    OPEN = "open"
    ANSWERED = "answered"
    DISMISSED = "dismissed"


class MissedQuestion(Base):
    """*text* is redacted; None while only a thumb said that an answer did not help.

    *question_id* is what was answered, or came nearest. *asked_on* is a day in Paris: a time
    would tell more about the person than about the question. *answered_by* is the id of the
    question of ``content/`` that staff wrote for it.
    """

    __tablename__ = "missed_question"
    # An id is never used twice: staff name groups by it, and deliveries their cause.
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str | None]
    language: Mapped[str] = mapped_column(String(2))
    territory: Mapped[str | None] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(16))
    question_id: Mapped[str | None] = mapped_column(String(64))
    asked_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(16), default=MissedState.OPEN, index=True)
    answered_by: Mapped[str | None] = mapped_column(String(64), index=True)


class MissedTrail(Base):
    """From a message just sent to the question that it did not answer; cut after a day."""

    __tablename__ = "missed_trail"

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True
    )
    missed_id: Mapped[int] = mapped_column(
        ForeignKey("missed_question.id", ondelete="CASCADE"), index=True
    )
    laid_at: Mapped[datetime] = mapped_column(UtcDateTime)

    missed: Mapped[MissedQuestion] = relationship()
    delivery: Mapped[Delivery] = relationship()


class WantsAnswer(Base):
    """Somebody agreed to be told the answer of a question that they asked."""

    __tablename__ = "wants_answer"

    missed_id: Mapped[int] = mapped_column(
        ForeignKey("missed_question.id", ondelete="CASCADE"), primary_key=True
    )
    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    address_id: Mapped[int] = mapped_column(
        ForeignKey("address.id", ondelete="CASCADE"), index=True
    )
    agreed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    missed: Mapped[MissedQuestion] = relationship()
    address: Mapped[Address] = relationship()


def learn(
    session: Session,
    shown: Sequence[Delivery],
    text: str,
    listener: Listener,
    answer: Answer,
    now: datetime,
) -> None:
    """*text* was answered by *answer*, which is what *shown* sends: keep it if it was missed."""
    if not shown:
        return
    words, address_id = redact(text), shown[-1].address_id
    if answer.sensitive:
        _unlearn(session, address_id, now)
        return
    if answer.corrects:
        _correct(session, shown[-1], listener, now)
        return
    again = _heard_again(session, address_id, words, now) if answer.outcome in ASKS_AGAIN else None
    if answer.question_id or not says_something(words):
        return
    reasons = {
        Outcome.FALLBACK: (Reason.UNANSWERED, MissedState.OPEN),
        Outcome.SUGGESTED: (Reason.CORRECTED, MissedState.OFFERED),
    }
    if answer.outcome not in reasons:
        return
    reason, state = reasons[answer.outcome]
    missed = again or _keep(session, words, listener, reason, answer.closest, state, now)
    _lay(session, shown[-1], missed, now)


def dislike(
    session: Session, delivery: Delivery, question_id: str, listener: Listener, now: datetime
) -> None:
    """The answer in *delivery* did not help. What they wanted is known if they say it again."""
    if _trail(session, delivery) is None:
        reason, state = Reason.THUMBS_DOWN, MissedState.OFFERED
        missed = _keep(session, None, listener, reason, question_id, state, now)
        _lay(session, delivery, missed, now)


def helped(session: Session, delivery: Delivery, now: datetime) -> None:
    """What *delivery* offered or answered was right: nothing was missed, nor has what they
    wanted instead of an earlier answer to be said."""
    for trail in _fresh_trails(session, delivery.address_id, now):
        waits = trail.missed.state == MissedState.OFFERED
        if waits and (trail.delivery_id == delivery.id or trail.missed.text is None):
            session.delete(trail)
            session.delete(trail.missed)


def failed(session: Session, delivery: Delivery) -> None:
    """Nothing of what *delivery* offered was right."""
    trail = _trail(session, delivery)
    if trail is not None and trail.missed.state == MissedState.OFFERED and trail.missed.text:
        trail.missed.state = MissedState.OPEN


def agree(session: Session, delivery: Delivery, now: datetime) -> bool:
    """Whoever got *delivery* wants the answer. False when nobody will answer that question."""
    trail = _trail(session, delivery)
    if trail is None or trail.missed.state == MissedState.DISMISSED:
        return False
    if _wish(session, trail) is None:
        session.add(
            WantsAnswer(
                missed_id=trail.missed_id,
                contact_id=delivery.contact_id,
                address_id=delivery.address_id,
                agreed_at=now,
            )
        )
        consents.note(session, delivery.address, What.ANSWER, now)
    return True


def forget_old(session: Session, now: datetime) -> None:
    """Delete what is over 90 days old, and what nobody said was missed; cut old trails."""
    today = paris_day(now)
    unsaid = (MissedQuestion.state == MissedState.OFFERED) & (MissedQuestion.asked_on < today)
    session.execute(delete(MissedQuestion).where(unsaid))
    session.execute(delete(MissedQuestion).where(MissedQuestion.asked_on < today - KEPT))
    session.execute(delete(MissedTrail).where(MissedTrail.laid_at < now - TRAIL))


def _heard_again(
    session: Session, address_id: int, words: str, now: datetime
) -> MissedQuestion | None:
    """Whoever asks again was not helped before: those questions are open now.

    The one that an unloved answer left without words, if any: *words* say what was wanted.
    """
    worded = None
    for trail in _fresh_trails(session, address_id, now):
        missed = trail.missed
        if missed.state != MissedState.OFFERED or not (missed.text or says_something(words)):
            continue
        session.delete(trail)
        missed.state = MissedState.OPEN
        if missed.text is None:
            missed.text, worded = words, missed
    session.flush()
    return worded


def _correct(session: Session, shown: Delivery, listener: Listener, now: datetime) -> None:
    """ "Not that": what was offered is open; after an answer, whose question is gone, what they
    wanted is known if they say it again."""
    offered = [
        trail.missed
        for trail in _fresh_trails(session, shown.address_id, now)
        if trail.missed.state == MissedState.OFFERED and trail.missed.text
    ]
    for missed in offered:
        missed.state = MissedState.OPEN
    if not offered:
        reason, state = Reason.CORRECTED, MissedState.OFFERED
        missed = _keep(session, None, listener, reason, listener.subject, state, now)
        _lay(session, shown, missed, now)


def _unlearn(session: Session, address_id: int, now: datetime) -> None:
    """What was said just before something sensitive was most likely the same in other words.

    It goes, unless they agreed that it stays.
    """
    for trail in _fresh_trails(session, address_id, now):
        if _wish(session, trail) is None:
            session.delete(trail)
            session.delete(trail.missed)
    session.flush()


def _fresh_trails(session: Session, address_id: int, now: datetime) -> Sequence[MissedTrail]:
    known = {"address_id": address_id, "since": now - SAME_BREATH}
    return session.scalars(_FRESH_TRAILS, known).all()


# Made once: every message asks for it, and it takes longer to make than to run.
_FRESH_TRAILS = (
    select(MissedTrail)
    .join(MissedTrail.delivery)
    .where(Delivery.address_id == bindparam("address_id"))
    .where(MissedTrail.laid_at >= bindparam("since"))
    .order_by(MissedTrail.missed_id)
)


def _keep(
    session: Session,
    words: str | None,
    listener: Listener,
    reason: Reason,
    question_id: str | None,
    state: MissedState,
    now: datetime,
) -> MissedQuestion:
    missed = MissedQuestion(
        text=words,
        language=listener.language,
        territory=listener.territory,
        reason=reason,
        question_id=question_id,
        asked_on=paris_day(now),
        state=state,
    )
    session.add(missed)
    session.flush()
    return missed


def _lay(session: Session, delivery: Delivery, missed: MissedQuestion, now: datetime) -> None:
    session.add(MissedTrail(delivery_id=delivery.id, missed_id=missed.id, laid_at=now))
    session.flush()


def _trail(session: Session, delivery: Delivery) -> MissedTrail | None:
    return session.get(MissedTrail, delivery.id)


def _wish(session: Session, trail: MissedTrail) -> WantsAnswer | None:
    return session.get(WantsAnswer, (trail.missed_id, trail.delivery.contact_id))
