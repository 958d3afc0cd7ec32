"""What teachers would like to learn, and when they are free, before any session exists.

A wish is one row a contact, and names nobody: what was ticked counts at once, and can be changed
or erased at any time. It is forgotten a year after it was last changed.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from core.db import Base, UtcDateTime, find
from core.people.contacts import Address, Contact, Role
from core.workshops.themes import THEMES
from core.workshops.wishes.halfdays import HALF_DAYS

KEPT = timedelta(days=366)
ASKED_FOR = timedelta(days=7)  # what was asked is still being answered
LONGEST_COLLEGE = 80


class Ask(StrEnum):
    """What is asked, in this order."""

    THEMES = "themes"
    HALF_DAYS = "half_days"
    COLLEGE = "college"


class Wish(Base):
    """One at most a contact. *themes* are those of core.workshops.themes.

    *half_days* are those of core.workshops.wishes.halfdays, when no pupils are in front of them.
    *college* is the name of their collège or school: as the table spells it, else their own
    words; "" when they would rather not say, None until they were asked. *asking* is what is being
    asked (an Ask). *address* is where they said it, and are written to.
    """

    __tablename__ = "wish"

    contact_id: Mapped[int] = mapped_column(
        ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True
    )
    address_id: Mapped[int] = mapped_column(
        ForeignKey("address.id", ondelete="CASCADE"), index=True
    )
    themes: Mapped[list[str]] = mapped_column(JSON, default=list)
    half_days: Mapped[list[str]] = mapped_column(JSON, default=list)
    college: Mapped[str | None] = mapped_column(String(LONGEST_COLLEGE))
    asking: Mapped[str | None] = mapped_column(String(16))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    contact: Mapped[Contact] = relationship()
    address: Mapped[Address] = relationship()

    def still_to_ask(self) -> Ask | None:
        """The first thing that they were not asked or did not answer; None when all is said."""
        return next((ask for ask in Ask if not self.said(ask)), None)

    def said(self, what: Ask) -> bool:
        """Whether it was answered."""
        match what:
            case Ask.THEMES:
                return bool(self.themes)
            case Ask.HALF_DAYS:
                return bool(self.half_days)
            case Ask.COLLEGE:
                return self.college is not None

    def asks_at(self, now: datetime) -> Ask | None:
        """What a message at *now* (aware) may still answer."""
        lives = self.asking is not None and now - self.changed_at <= ASKED_FOR
        return Ask(self.asking) if self.asking and lives else None

    def ask(self, what: Ask | None, now: datetime) -> None:
        self.asking, self.changed_at = what, now

    def toggle(self, what: Ask, values: Iterable[str], now: datetime) -> None:
        """Tick each of *values*, or take its tick away."""
        ticked = set(self._ticked(what)) ^ set(values)
        self._keep(what, ticked, now)

    def add(self, what: Ask, values: Iterable[str], now: datetime) -> None:
        """Tick each of *values*."""
        self._keep(what, {*self._ticked(what), *values}, now)

    def _ticked(self, what: Ask) -> list[str]:
        return self.themes if what is Ask.THEMES else self.half_days

    def _keep(self, what: Ask, ticked: set[str], now: datetime) -> None:
        """In the order of the lists; what is on neither list is left out."""
        if what is Ask.THEMES:
            self.themes = [name for name in THEMES if name in ticked]
        else:
            self.half_days = [name for name in HALF_DAYS if name in ticked]
        self.changed_at = now


def current(session: Session, contact_id: int) -> Wish | None:
    return find(session, Wish, contact_id)


def of(session: Session, address: Address, now: datetime) -> Wish:
    """The wish of the contact behind *address*, who is told there; an empty one the first time.

    Who has wishes is a teacher, unless we know better.
    """
    wish = session.get(Wish, address.contact_id)
    if wish is None:
        wish = Wish(contact=address.contact, themes=[], half_days=[], changed_at=now)
        address.contact.role = address.contact.role or Role.TEACHER
        session.add(wish)
    wish.address = address
    session.flush()
    return wish


def erase(session: Session, contact_id: int) -> None:
    wish = session.get(Wish, contact_id)
    if wish is not None:
        session.delete(wish)
        session.flush()


def forget_old(session: Session, now: datetime) -> None:
    """Delete the wishes that were last changed over a year ago."""
    session.execute(delete(Wish).where(Wish.changed_at < now - KEPT))
