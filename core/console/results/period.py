"""School years and their three parts: what results are counted over.

There are no other periods: with any two days to choose from, the difference between two of them
would tell what one day brought.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Self

from core.daytime import PARIS, paris_day

BEGINS = 9  # September
FIRST, LAST = 2000, 2100  # years that are asked for in earnest
# The months of each part, in the order of a school year.
TERMS: Sequence[Sequence[int]] = ((9, 10, 11, 12), (1, 2, 3), (4, 5, 6, 7, 8))


@dataclass(frozen=True)
class Period:
    """The school year that begins in September of *year*; *term* is 1 to 3, and 0 for all of it."""

    year: int
    term: int = 0

    @property
    def begins(self) -> datetime:
        """Of the whole year, aware."""
        return midnight(date(self.year, BEGINS, 1))

    @property
    def ends(self) -> datetime:
        return midnight(date(self.year + 1, BEGINS, 1))

    @property
    def until(self) -> datetime:
        """When this very period ends."""
        last = self.months[-1]
        return midnight(date(last.year + (last.month == 12), last.month % 12 + 1, 1))

    @property
    def months(self) -> list[date]:
        """The first day of each month of this very period."""
        terms = TERMS if not self.term else TERMS[self.term - 1 : self.term]
        return [
            date(self.year + (month < BEGINS), month, 1) for months in terms for month in months
        ]

    def __str__(self) -> str:
        return f"{self.year}-{self.term}" if self.term else f"{self.year}"

    @classmethod
    def of(cls, now: datetime) -> Self:
        """The school year that it is at *now* (aware)."""
        day = paris_day(now)
        return cls(day.year - (day.month < BEGINS))

    @classmethod
    def read(cls, text: str) -> Self | None:
        """What ``str`` writes; None for anything else."""
        year, dash, term = text.partition("-")
        if not (year.isdecimal() and year.isascii() and len(year) == 4):
            return None
        if not FIRST <= int(year) <= LAST:
            return None
        if not dash:
            return cls(int(year))
        return cls(int(year), int(term)) if term in ("1", "2", "3") else None


def term_of(month: int) -> int:
    """The part of the school year, 1 to 3, that has this month."""
    return next(number for number, months in enumerate(TERMS, start=1) if month in months)


def midnight(day: date) -> datetime:
    """When *day* begins in Paris, aware."""
    return datetime.combine(day, time(), PARIS)
