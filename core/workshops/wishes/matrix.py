"""Wishes counted: how many people want which theme when, and the dates that reach most of them.

Counts only: nothing here says who.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from core.content.tables import Tables
from core.people.consent import plain
from core.people.contacts import AddressState
from core.workshops.wishes.halfdays import HALF_DAYS, school_days
from core.workshops.wishes.inviting import territory_of, wishes
from core.workshops.wishes.wishes import Wish


@dataclass
class Counts:
    """People of one collège, or of all. *cells* are by theme and half-day, *themes* by theme alone:
    who is free on two half-days is in two cells, and once in *themes*.
    """

    people: int = 0
    themes: Counter[str] = field(default_factory=Counter)
    cells: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, wish: Wish) -> None:
        self.people += 1
        self.themes.update(wish.themes)
        self.cells.update((theme, half) for theme in wish.themes for half in wish.half_days)


@dataclass(frozen=True)
class Reach:
    """How many *people* want the theme and are free on *half_day*; the *dates* it falls on."""

    half_day: str
    people: int
    dates: tuple[date, ...]


@dataclass(frozen=True)
class Chosen:
    """Which wishes are looked at: those of a collège, or of a territory; all by default.

    A territory's are those of its collèges, and of whoever lives there as far as we know.
    *reachable*: only of those who may be written to.
    """

    college: str | None = None
    territory: str | None = None
    reachable: bool = False

    def holds(self, wish: Wish, tables: Tables) -> bool:
        if self.college is not None and plain(wish.college or "") != plain(self.college):
            return False
        if self.reachable and wish.address.state != AddressState.OPEN:
            return False
        return self.territory in (None, territory_of(wish, tables))


def by_college(
    session: Session, tables: Tables, chosen: Chosen, now: datetime
) -> dict[str, Counts]:
    """The counts of each collège, those with most people first; "" is for who did not say.

    A name that is written in several ways is one collège when only accents, capitals and
    punctuation differ. A wish without themes or half-days is not one yet.
    """
    counted: defaultdict[str, Counts] = defaultdict(Counts)
    names: dict[str, str] = {}
    for wish in _complete(session, tables, chosen, now):
        name = wish.college or ""
        counted[names.setdefault(plain(name), name)].add(wish)
    return dict(sorted(counted.items(), key=lambda one: (-one[1].people, one[0])))


def of_all(session: Session, tables: Tables, chosen: Chosen, now: datetime) -> Counts:
    """The counts of everybody who is chosen."""
    counts = Counts()
    for wish in _complete(session, tables, chosen, now):
        counts.add(wish)
    return counts


def best(counts: Counts, theme: str, first: date, last: date) -> list[Reach]:
    """The half-days on which *theme* reaches somebody, those that reach most first.

    Their dates are those from *first* to *last*, both included, with school on them
    (core.workshops.wishes.halfdays.school_days); a half-day that has none is left out.
    """
    dates: defaultdict[str, list[date]] = defaultdict(list)
    for day, half in school_days(first, last):
        dates[half].append(day)
    reached = [
        Reach(half, counts.cells[theme, half], tuple(dates[half]))
        for half in HALF_DAYS
        if dates[half] and counts.cells[theme, half]
    ]
    return sorted(reached, key=lambda one: -one.people)


def _complete(session: Session, tables: Tables, chosen: Chosen, now: datetime) -> Iterable[Wish]:
    return (
        wish
        for wish in wishes(session, now)
        if wish.themes and wish.half_days and chosen.holds(wish, tables)
    )
