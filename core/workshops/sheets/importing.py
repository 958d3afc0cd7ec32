"""Sessions out of a spreadsheet into the database: planned first, then written whole or not at all.

A session is known by its identifier; what the spreadsheet does not name stays as it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from core.content.tables import Tables
from core.outbox import posting
from core.outbox.delivery import Cause
from core.places import where
from core.workshops.booking import locking
from core.workshops.booking.cancelling import revise
from core.workshops.booking.seating import taken
from core.workshops.model import DEMO, LIVE, SessionState, SignUp, Workshop, WorkshopSession
from core.workshops.reach import name_colleges
from core.workshops.sheets.columns import COLUMNS, Entry, entry_of
from core.workshops.sheets.lines import read_entries
from core.workshops.sheets.spreadsheet import Cell, Line, Wrong

# People who signed up must be told of a change in these.
TIMES = {"debut", "fin"}
PLACE = {"distance", "lieu", "adresse", "commune", "lien"}


@dataclass(frozen=True)
class Change:
    """What a line changes: (column, before, after) of each cell that differs."""

    entry: Entry
    cells: tuple[tuple[str, str, str], ...]

    @property
    def columns(self) -> set[str]:
        return {column for column, _, _ in self.cells}


@dataclass(frozen=True)
class Plan:
    """What an import would do; nothing at all when something is wrong."""

    created: tuple[Entry, ...] = ()
    changed: tuple[Change, ...] = ()
    same: int = 0
    wrongs: tuple[Wrong, ...] = ()


@dataclass
class Applied:
    """The sessions (ids) that opened, that changed so that people must be told, that were
    cancelled."""

    opened: list[int] = field(default_factory=list)
    revised: list[int] = field(default_factory=list)
    cancelled: list[int] = field(default_factory=list)


def plan(session: Session, tables: Tables, lines: Sequence[Line], now: datetime) -> Plan:
    """What importing *lines* would create, change and leave, and all that is wrong with them.

    The sessions that it names are locked until the transaction ends.
    """
    entries, wrongs = read_entries(lines, tables)
    names = [entry.external_id for entry in entries]
    # First the lock that sign-ups take first: seats are counted while nobody takes one.
    ids = select(WorkshopSession.id).where(WorkshopSession.external_id.in_(names))
    locking.hold(session, session.scalars(ids))
    known = _known(session, names)
    seated = taken(session, [row.id for row in known.values()])
    live = _live(session, [row.id for row in known.values()])
    created, changed, same = [], [], 0
    for entry in entries:
        row = known.get(entry.external_id)
        if row is None:
            wrongs += _wrong_when_new(entry, now)
            minute = now.replace(second=0, microsecond=0)
            created.append(
                replace(
                    entry,
                    opens_at=entry.opens_at or minute,
                    silence_releases=bool(entry.silence_releases),
                )
            )
            continue
        silence = entry.silence_releases
        complete = replace(
            entry,
            opens_at=entry.opens_at or row.opens_at,
            silence_releases=row.silence_releases if silence is None else silence,
        )
        cells = _differences(entry_of(row), complete)
        change = Change(complete, cells)
        wrongs += _wrong_when_changed(row, change, seated[row.id], live[row.id], now)
        if cells:
            changed.append(change)
        else:
            same += 1
    if wrongs:
        return Plan(wrongs=tuple(sorted(wrongs, key=_place_of)))
    return Plan(tuple(created), tuple(changed), same)


def apply(session: Session, tables: Tables, plan: Plan, now: datetime) -> Applied:
    """Write what *plan* (of the same transaction) says. ValueError when something is wrong."""
    if plan.wrongs:
        raise ValueError("nothing is written while something is wrong")
    applied = Applied()
    workshops = _workshops(session, plan)
    known = _known(session, [change.entry.external_id for change in plan.changed])
    for entry in plan.created:
        row = WorkshopSession(external_id=entry.external_id, revision=0)
        _fill(row, entry, workshops[entry.workshop_id], tables)
        session.add(row)
        session.flush()
        if entry.state is SessionState.OPEN:
            applied.opened.append(row.id)
    for change in plan.changed:
        row, before = known[change.entry.external_id], known[change.entry.external_id].state
        _fill(row, change.entry, workshops[change.entry.workshop_id], tables)
        if row.state == SessionState.OPEN and before != SessionState.OPEN:
            applied.opened.append(row.id)
        elif row.state == SessionState.OPEN and change.columns & (TIMES | PLACE):
            revise(row, bool(change.columns & TIMES), bool(change.columns & PLACE))
            applied.revised.append(row.id)
        elif row.state == SessionState.CANCELLED and before != SessionState.CANCELLED:
            applied.cancelled.append(row.id)
            posting.cancel(session, Cause.SESSION_OPENED, row.id, now)
            posting.cancel(session, Cause.INVITED, row.id, now)
    session.flush()
    _name_colleges(session, tables, workshops.values())
    return applied


def rows(session: Session) -> Iterable[list[Cell]]:
    """Every session as a line of the spreadsheet, in the order of time."""
    query = (
        select(WorkshopSession)
        .options(joinedload(WorkshopSession.workshop))
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
    )
    for row in session.scalars(query):
        cells = entry_of(row).cells()
        yield [cells[name] for name in COLUMNS]


def _known(session: Session, external_ids: Sequence[str]) -> dict[str, WorkshopSession]:
    """The sessions of those identifiers, locked; people may still sign up meanwhile."""
    query = (
        select(WorkshopSession)
        .where(WorkshopSession.external_id.in_(external_ids))
        .order_by(WorkshopSession.id)
        .with_for_update(key_share=True)
    )
    return {row.external_id: row for row in session.scalars(query)}


def _live(session: Session, session_ids: Sequence[int]) -> dict[int, int]:
    """How many sign-ups of each session still count, waiting ones too."""
    query = (
        select(SignUp.session_id, func.count())
        .where(SignUp.session_id.in_(session_ids), SignUp.state.in_(LIVE))
        .group_by(SignUp.session_id)
    )
    return dict.fromkeys(session_ids, 0) | {key: int(n) for key, n in session.execute(query)}


def _differences(before: Entry, after: Entry) -> tuple[tuple[str, str, str], ...]:
    old, new = before.texts(), after.texts()
    return tuple((name, old[name], new[name]) for name in COLUMNS if old[name] != new[name])


def _wrong_when_new(entry: Entry, now: datetime) -> list[Wrong]:
    if entry.state is SessionState.OPEN and entry.starts_at <= now:
        return [Wrong(entry.line, "debut", "sheet.past")]
    return []


def _wrong_when_changed(
    row: WorkshopSession, change: Change, seated: int, live: int, now: datetime
) -> list[Wrong]:
    entry, wrongs = change.entry, []
    if entry.seats < seated:
        values = {"taken": seated, "found": entry.seats}
        wrongs.append(Wrong(entry.line, "places", "sheet.seats_taken", values))
    if row.state == SessionState.CANCELLED and entry.state is not SessionState.CANCELLED:
        wrongs.append(Wrong(entry.line, "etat", "sheet.was_cancelled"))
    if entry.state is SessionState.DRAFT and live:
        wrongs.append(Wrong(entry.line, "etat", "sheet.has_sign_ups", {"count": live}))
    dated = {"debut", "etat"} & change.columns and entry.state is SessionState.OPEN
    if dated and entry.starts_at <= now:
        wrongs.append(Wrong(entry.line, "debut", "sheet.past"))
    return wrongs


def _workshops(session: Session, plan: Plan) -> Mapping[str, Workshop]:
    """The workshops that the lines belong to, made or brought up to date."""
    entries = {
        entry.workshop_id: entry
        for entry in (*plan.created, *(change.entry for change in plan.changed))
    }
    query = select(Workshop).where(Workshop.external_id.in_(entries))
    known = {row.external_id: row for row in session.scalars(query)}
    for name, entry in entries.items():
        row = known.setdefault(name, Workshop(external_id=name))
        row.kind, row.title, row.description = entry.kind, entry.title, entry.description
        row.theme, row.audience, row.organizer = entry.theme, entry.audience, entry.organizer
        row.demo = entry.title.startswith(DEMO)
        session.add(row)
    session.flush()
    return known


def _fill(row: WorkshopSession, entry: Entry, workshop: Workshop, tables: Tables) -> None:
    commune = tables.by_commune.get(entry.commune)
    row.workshop = workshop
    row.starts_at, row.ends_at = entry.starts_at, entry.ends_at
    row.remote, row.link = entry.remote, entry.link
    row.place, row.street, row.commune = entry.place, entry.street, entry.commune
    row.latitude, row.longitude = where(commune) if commune else (None, None)
    row.territory, row.languages = entry.territory, list(entry.languages)
    row.seats, row.state = entry.seats, entry.state
    assert entry.opens_at is not None  # the plan saw to it
    row.opens_at, row.closes_at = entry.opens_at, entry.closes_at
    row.silence_releases = bool(entry.silence_releases)


def _name_colleges(session: Session, tables: Tables, workshops: Iterable[Workshop]) -> None:
    """Of all sessions of *workshops*: who organizes them may have changed with one of them."""
    query = select(WorkshopSession).where(
        WorkshopSession.workshop_id.in_([one.id for one in workshops])
    )
    name_colleges(tables, session.scalars(query))
    session.flush()


def _place_of(wrong: Wrong) -> tuple[int, int]:
    return wrong.line, COLUMNS.index(wrong.column) if wrong.column in COLUMNS else -1
