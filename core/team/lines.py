"""What was said in an open handoff, for the console: sealed, and erased when it is closed.

On Telegram the words lie in the team's group; a page needs them from us (docs/decisions/0014).
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from core.db import Base, UtcDateTime
from core.outbox.delivery import Delivery
from core.vault import Vault

PURPOSE = "handoff line"  # what the vault binds the words to
PERSON, GROUP = "person", "group"


class HandoffLine(Base):
    """One message of a handoff. *author* is PERSON, GROUP (a member on Telegram, we do not know
    which) or an actor (core.audit). Nobody is shown it before *shown_from*: what is sensitive can
    be taken back for so long. *delivery* is what carries it to the person.
    """

    __tablename__ = "handoff_line"
    __table_args__ = ({"sqlite_autoincrement": True},)  # a page asks for what came after an id

    id: Mapped[int] = mapped_column(primary_key=True)
    handoff_id: Mapped[int] = mapped_column(
        ForeignKey("handoff.id", ondelete="CASCADE"), index=True
    )
    author: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    shown_from: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    delivery_id: Mapped[int | None] = mapped_column(
        ForeignKey("delivery.id", ondelete="SET NULL"), index=True
    )

    delivery: Mapped[Delivery | None] = relationship()

    def reveal(self, vault: Vault) -> str:
        """The words. Raises VaultError."""
        return vault.open(self.sealed, PURPOSE)


def note(
    session: Session,
    vault: Vault,
    handoff_id: int,
    author: str,
    words: str,
    now: datetime,
    shown_from: datetime | None = None,
    delivery: Delivery | None = None,
) -> None:
    session.add(
        HandoffLine(
            handoff_id=handoff_id, author=author, at=now, shown_from=shown_from or now,
            sealed=vault.seal(words, PURPOSE), delivery=delivery,
        )
    )  # fmt: skip
    session.flush()


def shown(session: Session, handoff_id: int, now: datetime) -> Sequence[HandoffLine]:
    """All that may be read of a handoff, the oldest first."""
    query = (
        select(HandoffLine)
        .options(joinedload(HandoffLine.delivery))
        .where(HandoffLine.handoff_id == handoff_id, HandoffLine.shown_from <= now)
        .order_by(HandoffLine.id)
    )
    return session.scalars(query).all()


def erase(session: Session, handoff_id: int) -> None:
    session.execute(delete(HandoffLine).where(HandoffLine.handoff_id == handoff_id))
