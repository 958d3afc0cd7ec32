"""Sign-ups and questions of a school year, counted in the database: one query each, however many.

Demonstration data is left out. Sign-ups are counted, not the people who come with them: what is
hidden is then about one person, or too few.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from core.answers import Outcome
from core.console.results.cube import ALL, Cell, Cube, Tree, Where, area
from core.console.results.period import Period, midnight, term_of
from core.daytime import paris_day
from core.inbound import Inbound
from core.people.contacts import Address, Contact
from core.texts import Texts
from core.workshops.model import CancelReason, SignUp, SignUpState, Workshop, WorkshopSession

NONE = "none"  # of no theme, from nowhere that we know of
UNANSWERED = "unanswered"
# signed = seat + gave + other; seat = came + missed + open, and = refilled + direct;
# rated = rating_1 + rating_2 + rating_3.
TREE: Tree = {
    "seat": ("outcome", "signed"),
    "gave": ("outcome", "signed"),
    "other": ("outcome", "signed"),
    "came": ("presence", "seat"),
    "missed": ("presence", "seat"),
    "open": ("presence", "seat"),
    **{f"rating_{number}": ("rating", "rated") for number in (1, 2, 3)},
}
# "given" is "gave", by reason.
ACROSS: Tree = {
    "refilled": ("way", "seat"),
    "direct": ("way", "seat"),
    "given": ("reason", "gave"),
}
BETWEEN = ("other", "open", "direct")
DIMENSIONS = ("month", "theme", "place", "channel", "language")
SEAT = ("came", "missed", "open")

_OUTCOME = case(
    (SignUp.state == SignUpState.ATTENDED, "came"),
    (SignUp.state.in_((SignUpState.ABSENT, SignUpState.EXCUSED)), "missed"),
    (SignUp.state == SignUpState.CONFIRMED, "open"),
    (
        (SignUp.state == SignUpState.CANCELLED)
        & SignUp.settled_at.is_not(None)
        & (func.coalesce(SignUp.reason, ALL) != CancelReason.SESSION_CANCELLED),
        "gave",
    ),
    else_="other",
)
_OFFERED = case((SignUp.offers > 0, 1), else_=0)


def sign_ups(session: Session, period: Period) -> Cube:
    """Those for sessions that begin in the year of *period*."""
    atoms: Counter[Cell] = Counter()
    sessions = _sessions(session, period)
    for number, channel, language, outcome, offered, reason, rating, count in session.execute(
        select(
            SignUp.session_id, Address.channel, Contact.language, _OUTCOME, _OFFERED,
            SignUp.reason, SignUp.rating, func.count(),
        )
        .join(Address, Address.id == SignUp.address_id)
        .join(Contact, Contact.id == SignUp.contact_id)
        .join(WorkshopSession, WorkshopSession.id == SignUp.session_id)
        .where(WorkshopSession.starts_at >= period.begins)
        .where(WorkshopSession.starts_at < period.ends)
        .group_by(
            SignUp.session_id, Address.channel, Contact.language, _OUTCOME, _OFFERED,
            SignUp.reason, SignUp.rating,
        )
    ):  # fmt: skip
        if number not in sessions:
            continue
        where, values = sessions[number]
        for dimension, value in (
            (ALL, ALL), *values.items(), ("channel", channel), ("language", language)
        ):  # fmt: skip
            atoms[Cell(outcome, dimension, value, where)] += count
            if dimension in (ALL, "month") and outcome in SEAT:
                way = "refilled" if offered else "direct"
                atoms[Cell(way, dimension, value, where)] += count
            if dimension in (ALL, "theme") and rating:
                atoms[Cell(f"rating_{rating}", dimension, value, where)] += count
        if outcome == "gave":
            atoms[Cell("given", where=where)] += count
            atoms[Cell("given", "reason", reason or NONE, where)] += count
    return Cube(atoms, TREE, ACROSS, BETWEEN)


def questions(session: Session, texts: Texts, period: Period) -> Cube:
    """What people asked and was answered, by the subject of the answer; and what was not.

    Their territory is that of whoever asked. Nothing here is of one kind of session.
    """
    atoms: Counter[Cell] = Counter()
    term = _term(period)
    for question_id, outcome, part, territory, count in session.execute(
        select(Inbound.question_id, Inbound.outcome, term, Contact.territory, func.count())
        .join(Address, Address.id == Inbound.address_id)
        .join(Contact, Contact.id == Address.contact_id)
        .where(Inbound.received_at >= period.begins, Inbound.received_at < period.ends)
        .where(Inbound.outcome.in_((Outcome.ANSWERED, Outcome.FALLBACK)))
        .group_by(Inbound.question_id, Inbound.outcome, term, Contact.territory)
    ):
        subject = UNANSWERED
        if outcome == Outcome.ANSWERED:
            question = texts.question(question_id) if question_id else None
            subject = question.subject if question else NONE
        where = Where(str(part), territory or NONE, NONE)
        atoms[Cell("asked", where=where)] += count
        atoms[Cell("asked", "subject", subject, where)] += count
    return Cube(atoms, {}, {}, ())


def years(session: Session, now: datetime) -> list[int]:
    """The school years in which anything was held, and this one; the last first."""
    first = session.scalar(select(func.min(WorkshopSession.starts_at)))
    last = session.scalar(select(func.max(WorkshopSession.starts_at)))
    this = Period.of(now).year
    begun = Period.of(first).year if first else this
    until = Period.of(last).year if last else this
    return list(range(max(until, this), min(begun, this) - 1, -1))


def _sessions(session: Session, period: Period) -> dict[int, tuple[Where, dict[str, str]]]:
    query = (
        select(
            WorkshopSession.id, WorkshopSession.starts_at, WorkshopSession.territory,
            WorkshopSession.college, WorkshopSession.remote, WorkshopSession.commune,
            Workshop.kind, Workshop.theme,
        )
        .join(WorkshopSession.workshop)
        .where(~Workshop.demo, WorkshopSession.starts_at >= period.begins)
        .where(WorkshopSession.starts_at < period.ends)
    )  # fmt: skip
    found = {}
    rows = session.execute(query).all()
    with_colleges = {row.territory for row in rows if row.college}
    for number, starts_at, territory, college, remote, commune, kind, theme in rows:
        day = paris_day(starts_at)
        values = {
            "month": day.replace(day=1).isoformat(),
            "theme": theme or NONE,
            "place": NONE if remote else commune or NONE,
        }
        where = area(territory, college or "") if territory in with_colleges else territory
        found[number] = Where(str(term_of(day.month)), where, kind), values
    return found


def _term(period: Period) -> ColumnElement[int]:
    second, third = (midnight(Period(period.year, number).months[0]) for number in (2, 3))
    return case((Inbound.received_at < second, 1), (Inbound.received_at < third, 2), else_=3)
