"""Where somebody of the team works: everywhere, in one territory, or for one collège of it.

A session is the collège's that its organizer is, by name; else the one in which it is held. The
people of a collège are those who signed up for its sessions, and those who named it when they said
what they wish for.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session, joinedload

from core.content.tables import Tables
from core.people.consent import plain
from core.people.contacts import Contact
from core.workshops.model import SignUp, WorkshopSession
from core.workshops.wishes.wishes import Wish


@dataclass(frozen=True)
class Reach:
    """*territory*, and of it *college* alone, as the table of collèges calls it; "" for all."""

    territory: str = ""
    college: str = ""

    @property
    def everywhere(self) -> bool:
        return not (self.territory or self.college)

    def holds(self, other: "Reach") -> bool:
        """Whether *other* is no wider."""
        return self.territory in ("", other.territory) and self.college in ("", other.college)

    def sessions(self) -> ColumnElement[bool]:
        """Of the sessions: those that are theirs."""
        if self.everywhere:
            return true()
        here = WorkshopSession.territory == self.territory
        return and_(here, WorkshopSession.college == self.college) if self.college else here

    def people(self) -> ColumnElement[bool]:
        """Of the contacts: those that are theirs, whatever became of their sign-ups."""
        if self.everywhere:
            return true()
        went = exists().where(
            SignUp.contact_id == Contact.id,
            WorkshopSession.id == SignUp.session_id,
            self.sessions(),
        )
        if self.college:
            wishes = exists().where(Wish.contact_id == Contact.id, Wish.college == self.college)
            return or_(went, wishes)
        return or_(went, Contact.territory == self.territory)


def reach_of(row: WorkshopSession) -> Reach:
    """The narrowest that holds *row*."""
    return Reach(row.territory, row.college or "")


def college_of(
    tables: Tables, territory: str, organizer: str, place: str, commune: str
) -> str | None:
    """The collège whose session that is, as the table calls it; None for a session of none."""
    here = [one for one in tables.colleges if one.territory == territory]
    there = [one.name for one in here if one.commune == commune]
    return _named(organizer, [one.name for one in here]) or _named(place, there)


def name_colleges(tables: Tables, rows: Iterable[WorkshopSession]) -> None:
    """Write down whose session each of *rows* is."""
    for row in rows:
        row.college = college_of(
            tables, row.territory, row.workshop.organizer, row.place, row.commune
        )


def name_all(session: Session, tables: Tables, territory: str) -> None:
    """Write it down of every session of *territory*: the table may have got longer since."""
    query = (
        select(WorkshopSession)
        .options(joinedload(WorkshopSession.workshop))
        .where(WorkshopSession.territory == territory)
    )
    name_colleges(tables, session.scalars(query))
    session.flush()


def _named(text: str, names: Iterable[str]) -> str | None:
    """The one of *names* that stands in *text*, whatever is around it; None for none or two."""
    words = f" {plain(text)} "
    found = {name for name in names if f" {plain(name)} " in words}
    return found.pop() if len(found) == 1 else None
