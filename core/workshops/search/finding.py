"""Sessions that fit what somebody looks for: those with seats first, the nearest, the soonest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from core.content.model import NATIONAL
from core.content.tables import Tables
from core.daytime import PARIS
from core.places import REACH_KM, distance, where
from core.workshops.booking.seating import taken, waiting
from core.workshops.model import Audience, SessionState, Workshop, WorkshopSession
from core.workshops.search.wanted import Wanted
from core.workshops.wishes.invitation import open_to

# Hours of the beginning, in Paris. Half past five is late in the afternoon and early evening.
HOURS = {"morning": range(12), "afternoon": range(12, 18), "evening": range(17, 24)}


@dataclass(frozen=True)
class Found:
    """A session that fits. *free* seats: none while others wait for one.

    *km* as the crow flies from where it was asked for; None when nobody can say, or it is remote.
    """

    session: WorkshopSession
    free: int
    km: float | None = None


def find(
    session: Session, tables: Tables, wanted: Wanted, now: datetime, contact_id: int | None = None
) -> list[Found]:
    """Every session that *wanted* fits and that takes sign-ups at *now* (aware), best first.

    Also those that are open to that contact alone, who was invited.

    Near a place: what is within 60 km, in whatever territory, and what is remote. What is full
    comes after what has seats, each group by distance, then by date.
    """
    communes = [tables.by_commune[name] for name in wanted.communes if name in tables.by_commune]
    points = [where(one) for one in communes] or ([wanted.location] if wanted.location else [])
    home = wanted.territory or (communes[0].territory if communes else None)
    measured = [
        (row, _km(row, points))
        for row in session.scalars(_query(wanted, now, contact_id))
        if _fits(row, wanted)
    ]
    within = [
        (row, km)
        for row, km in measured
        if (points and km is not None and km <= REACH_KM)
        or ((row.remote or not points) and _concerns(row, home))
    ]
    ids = [row.id for row, _ in within]
    seated, queue = taken(session, ids), waiting(session, ids)
    found = [
        Found(row, 0 if queue[row.id] else max(0, row.seats - seated[row.id]), km)
        for row, km in within
    ]
    return sorted(found, key=lambda one: _order(one, bool(points)))


def one(
    session: Session, session_id: int, now: datetime, contact_id: int | None = None
) -> Found | None:
    """The session of that number while it takes sign-ups of that contact, else None."""
    query = select(WorkshopSession).where(
        WorkshopSession.id == session_id,
        WorkshopSession.state == SessionState.OPEN,
        open_to(contact_id, now),
        WorkshopSession.closes_at > now,
    )
    row = session.scalar(query)
    if row is None:
        return None
    queue = waiting(session, [row.id])[row.id]
    seated = taken(session, [row.id])[row.id]
    return Found(row, 0 if queue else max(0, row.seats - seated))


def opens_later(session: Session, session_id: int, now: datetime) -> bool:
    """Whether people will be able to sign up for it, but not yet."""
    row = session.get(WorkshopSession, session_id)
    return row is not None and row.state == SessionState.OPEN and row.opens_at > now


def _query(wanted: Wanted, now: datetime, contact_id: int | None) -> Select[WorkshopSession]:
    query = (
        select(WorkshopSession)
        .join(WorkshopSession.workshop)
        .options(joinedload(WorkshopSession.workshop))
        .where(
            WorkshopSession.state == SessionState.OPEN,
            open_to(contact_id, now),
            WorkshopSession.closes_at > now,
            WorkshopSession.ends_at > now,
        )
    )
    if wanted.audience and wanted.audience is not Audience.ALL:
        query = query.where(Workshop.audience.in_([wanted.audience, Audience.ALL]))
    if wanted.themes:
        query = query.where(Workshop.theme.in_(wanted.themes))
    if wanted.kind:
        query = query.where(Workshop.kind == wanted.kind)
    if wanted.spans:
        days = [
            (WorkshopSession.starts_at < _midnight(span.last + timedelta(days=1)))
            & (WorkshopSession.ends_at > _midnight(span.first))
            for span in wanted.spans
        ]
        query = query.where(or_(*days))
    return query


def _concerns(row: WorkshopSession, home: str | None) -> bool:
    """Whether it is for people of *home*; for everybody when that is not known, or elsewhere."""
    return home in (None, NATIONAL) or row.territory in (home, NATIONAL)


def _fits(row: WorkshopSession, wanted: Wanted) -> bool:
    starts = row.starts_at.astimezone(PARIS)
    return (
        (not wanted.weekdays or starts.weekday() in wanted.weekdays)
        and (not wanted.times or any(starts.hour in HOURS[name] for name in wanted.times))
        and (not wanted.languages or bool(set(wanted.languages) & set(row.languages)))
    )


def _km(row: WorkshopSession, points: Sequence[tuple[float, float]]) -> float | None:
    if row.latitude is None or row.longitude is None or not points:
        return None
    here = (row.latitude, row.longitude)
    return min(distance(point, here) for point in points)


def _order(found: Found, near: bool) -> tuple[bool, float, datetime, int]:
    row = found.session
    km = found.km if found.km is not None else float("inf") if near else 0.0
    return found.free == 0, km, row.starts_at, row.id


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)
