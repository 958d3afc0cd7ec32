"""Thumbs under answers: counted by question, language and day, without anybody's name.

What somebody pressed under a message is remembered with that message, so that the last press
counts and none counts twice; it goes with the message.
"""

from datetime import date, timedelta

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.db import Base
from core.outbox.delivery import Delivery


class Feedback(Base):
    """*day* is when the answer was given, in Paris."""

    __tablename__ = "feedback"
    __table_args__ = (UniqueConstraint("question_id", "language", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(2))
    day: Mapped[date]
    good: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)


class Thumb(Base):
    """What was pressed last under one message."""

    __tablename__ = "thumb"

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("delivery.id", ondelete="CASCADE"), primary_key=True
    )
    feedback_id: Mapped[int] = mapped_column(ForeignKey("feedback.id", ondelete="CASCADE"))
    good: Mapped[bool]

    feedback: Mapped[Feedback] = relationship()


def press(
    session: Session, delivery: Delivery, question_id: str, language: str, day: date, good: bool
) -> bool:
    """Count a thumb under *delivery*; False when the same one was pressed there before."""
    thumb = session.get(Thumb, delivery.id)
    if thumb is None:
        counted = _counted(session, question_id, language, day)
        session.add(Thumb(delivery_id=delivery.id, feedback=counted, good=good))
        _add(counted, good, 1)
        return True
    if thumb.good == good:
        return False
    _add(thumb.feedback, thumb.good, -1)
    _add(thumb.feedback, good, 1)
    thumb.good = good
    return True


def worst(session: Session, today: date, most: int = 5) -> list[tuple[str, int, int]]:
    """(question id, good, bad) of the last 90 days, where thumbs down are at least as many."""
    good, bad = func.sum(Feedback.good), func.sum(Feedback.bad)
    query = (
        select(Feedback.question_id, good, bad)
        .where(Feedback.day >= today - timedelta(days=90))
        .group_by(Feedback.question_id)
        .having(bad > 0, bad >= good)
        .order_by((bad - good).desc(), Feedback.question_id)
        .limit(most)
    )
    return [(question_id, up, down) for question_id, up, down in session.execute(query)]


def _add(counted: Feedback, good: bool, number: int) -> None:
    """The database adds, so that two people at once are both counted."""
    if good:
        counted.good = Feedback.good + number
    else:
        counted.bad = Feedback.bad + number


def _counted(session: Session, question_id: str, language: str, day: date) -> Feedback:
    """The row to count in, made by whoever comes first."""
    query = select(Feedback).where(
        Feedback.question_id == question_id, Feedback.language == language, Feedback.day == day
    )
    found = session.scalar(query)
    if found is not None:
        return found
    try:
        with session.begin_nested():
            made = Feedback(question_id=question_id, language=language, day=day, good=0, bad=0)
            session.add(made)
    except IntegrityError:
        return session.scalars(query).one()
    return made
