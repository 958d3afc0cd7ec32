"""What does not leave for now, whatever its rows say: the messages of one cause, while it is held.

Those that wait are marked, so that everybody sees it; one that was on its way and comes back is
passed over by who claims (core.outbox.claiming), and marked when the clock comes by.
"""

from sqlalchemy import ColumnElement, String, delete, exists, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base
from core.outbox.delivery import Cause, Delivery, State


class Hold(Base):
    """While it is there, no message of this cause leaves."""

    __tablename__ = "hold"

    cause: Mapped[str] = mapped_column(String(16), primary_key=True)
    cause_id: Mapped[int] = mapped_column(primary_key=True)


def hold(session: Session, cause: Cause, cause_id: int) -> None:
    """Nothing more of it leaves but what is on its way. Twice is once."""
    session.merge(Hold(cause=cause, cause_id=cause_id))
    session.flush()
    _mark(session, cause, cause_id, State.QUEUED, State.HELD)


def let_go(session: Session, cause: Cause, cause_id: int) -> None:
    """It goes on where it was."""
    forget(session, cause, cause_id)
    _mark(session, cause, cause_id, State.HELD, State.QUEUED)


def forget(session: Session, cause: Cause, cause_id: int) -> None:
    """Nothing of it waits any more."""
    session.execute(delete(Hold).where(Hold.cause == cause, Hold.cause_id == cause_id))


def is_held() -> ColumnElement[bool]:
    """Of the deliveries: whether their cause is."""
    return exists().where(Hold.cause == Delivery.cause, Hold.cause_id == Delivery.cause_id)


def _mark(session: Session, cause: Cause, cause_id: int, before: State, after: State) -> None:
    session.execute(
        update(Delivery)
        .where(Delivery.cause == cause, Delivery.cause_id == cause_id, Delivery.state == before)
        .values(state=after)
        .execution_options(synchronize_session=False)
    )
