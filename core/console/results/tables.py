"""The tables of the page of results, for what a member asks for, where they work."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from core.console.members import Right, StaffMember, check
from core.console.results import counting
from core.console.results.costs import NOTHING, Costs, costs
from core.console.results.cube import ALL, Cell, Cube, Where, area
from core.console.results.period import Period
from core.texts import Texts

LAST_YEAR = 33  # per cent of the teachers who had signed up did not come in 2023-24
Number = int | float | None


@dataclass(frozen=True)
class Asked:
    """What is looked at; "" where it is not narrowed down. *by* is one of counting.DIMENSIONS.

    *college* is one of *territory*: of it there are sign-ups, as only sessions are a collège's, and
    neither questions nor SMS.
    """

    period: Period
    territory: str = ALL
    kind: str = ALL
    by: str = "month"
    college: str = ALL

    def within(self, member: StaffMember) -> "Asked":
        """Where *member* works, whatever was asked for."""
        if member.everywhere:
            return self
        return replace(self, territory=member.reach.territory, college=member.reach.college)

    @property
    def where(self) -> Where:
        term = str(self.period.term) if self.period.term else ALL
        where = area(self.territory, self.college) if self.college else self.territory
        return Where(term, where, self.kind)


@dataclass(frozen=True)
class Table:
    """*columns* name what is in each row after its value; None is hidden. *total* adds up all."""

    name: str
    columns: Sequence[str]
    rows: Mapping[str, Sequence[Number]]
    total: Sequence[Number]


@dataclass(frozen=True)
class Results:
    """*signed* is by what was asked for; *seats* and *sms* by month."""

    asked: Asked
    signed: Table
    seats: Table
    reasons: Table
    questions: Table
    sms: Table
    causes: Table
    ratings: Table

    @property
    def tables(self) -> Sequence[Table]:
        return (
            self.signed, self.seats, self.reasons, self.questions, self.sms, self.causes,
            self.ratings,
        )  # fmt: skip


def results(
    session: Session, texts: Texts, member: StaffMember, asked: Asked, price: float
) -> Results:
    """All of it. *price* is that of one SMS part, in euros. Raises NotAllowed."""
    check(member, Right.LOOK)
    asked = asked.within(member)
    people = counting.sign_ups(session, asked.period)
    questions = counting.questions(session, texts, asked.period)
    spent = NOTHING if asked.college else costs(session, asked.period, asked.territory)
    of_people = _Counted(people, asked)
    return Results(
        asked,
        _signed(of_people, asked.by),
        of_people.table("seats", "month", ("gave", "refilled")),
        of_people.table("reasons", "reason", ("given",)),
        # No question is of a kind of session.
        _Counted(questions, asked, kind=False).table("questions", "subject", ("asked",)),
        _sms(spent, price),
        _causes(spent, price),
        _ratings(of_people),
    )


def choices(session: Session, member: StaffMember, now: datetime) -> Sequence[Period]:
    """The periods that may be looked at, the last year first. Raises NotAllowed."""
    check(member, Right.LOOK)
    years = counting.years(session, now)
    return [Period(year, term) for year in years for term in range(4)]


def rate(missed: int | None, came: int | None) -> float | None:
    """How many per cent of those who had a seat did not come; None where that is not known."""
    if missed is None or came is None or not missed + came:
        return None
    return 100 * missed / (missed + came)


class _Counted:
    """The numbers of *cube* where *asked* looks."""

    def __init__(self, cube: Cube, asked: Asked, kind: bool = True) -> None:
        self._cube = cube
        self._where = asked.where if kind else asked.where._replace(kind=ALL)

    def number(self, measure: str, dimension: str = ALL, value: str = ALL) -> int | None:
        return self._cube.number(Cell(measure, dimension, value, self._where))

    def numbers(
        self, measures: Sequence[str], dimension: str = ALL, value: str = ALL
    ) -> list[int | None]:
        return [self.number(measure, dimension, value) for measure in measures]

    def values(self, dimension: str) -> list[str]:
        """Those of which there is anything: months in their order, the rest by how much."""
        values = self._cube.values(dimension, self._where)
        return sorted(values) if dimension == "month" else values

    def table(self, name: str, dimension: str, measures: Sequence[str]) -> Table:
        rows = {one: self.numbers(measures, dimension, one) for one in self.values(dimension)}
        told = {one: numbers for one, numbers in rows.items() if any(n != 0 for n in numbers)}
        return Table(name, measures, told, self.numbers(measures))


def _signed(counted: _Counted, by: str) -> Table:
    measures = ("signed", "seat", "came", "missed")

    def row(dimension: str, value: str) -> list[Number]:
        numbers = counted.numbers(measures, dimension, value)
        return [*numbers, rate(numbers[3], numbers[2])]

    rows = {value: row(by, value) for value in counted.values(by)}
    return Table("signed", (*measures, "rate"), rows, row(ALL, ALL))


def _ratings(counted: _Counted) -> Table:
    measures = ("rating_3", "rating_2", "rating_1")
    return counted.table("ratings", "theme", measures)


def _sms(spent: Costs, price: float) -> Table:
    rows = {day.isoformat(): _spent(parts, price) for day, parts in sorted(spent.by_month.items())}
    return Table("sms", ("parts", "cost"), rows, _spent(sum(spent.by_month.values()), price))


def _causes(spent: Costs, price: float) -> Table:
    ordered = sorted(spent.by_cause.items(), key=lambda one: (-one[1], one[0]))
    rows = {cause: _spent(parts, price) for cause, parts in ordered}
    return Table("causes", ("parts", "cost"), rows, _spent(sum(spent.by_cause.values()), price))


def _spent(parts: int, price: float) -> list[Number]:
    return [parts, parts * price]
