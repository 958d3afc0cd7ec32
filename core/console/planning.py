"""Lines of sessions that a member writes, by a form or a file: theirs to write, or refused.

What is wrong with them is found by core.workshops.sheets; here is what a member may not touch.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from core import audit
from core.console.members import Right, StaffMember, check
from core.content.tables import Tables
from core.workshops.model import Workshop, WorkshopSession
from core.workshops.reach import college_of, reach_of
from core.workshops.search import interest
from core.workshops.search.interest import Telling
from core.workshops.sheets import importing
from core.workshops.sheets.columns import COLUMNS, WORKSHOP_COLUMNS, Entry, entry_of
from core.workshops.sheets.importing import Applied, Plan
from core.workshops.sheets.spreadsheet import Cell, Line, Wrong, tidy


def plan(
    session: Session, tables: Tables, member: StaffMember, lines: Sequence[Line], now: datetime
) -> Plan:
    """What writing *lines* would do, and all that is wrong with them. Raises NotAllowed.

    The sessions that it names are locked until the transaction ends.
    """
    check(member, Right.SESSIONS)
    # First: what is wrong with a line of somebody else's would tell about their session.
    named = {_name(line): line.number for line in lines}
    wrongs = list(_sessions_of_others(session, member, named))
    if wrongs:
        return Plan(wrongs=tuple(wrongs))
    planned = importing.plan(session, tables, lines, now)
    if member.everywhere or planned.wrongs:
        return planned
    entries = [*planned.created, *(change.entry for change in planned.changed)]
    # Again, as the names were read, whatever they looked like.
    read = {entry.external_id: entry.line for entry in entries}
    wrongs += _sessions_of_others(session, member, read)
    wrongs += [
        Wrong(entry.line, "territoire", "console.wrong.territory", {"found": entry.territory})
        for entry in entries
        if not member.reaches(entry.territory)
    ]
    wrongs += _of_other_colleges(tables, member, entries)
    wrongs += _workshops_of_others(session, member, entries)
    return Plan(wrongs=tuple(wrongs)) if wrongs else planned


def write(
    session: Session, telling: Telling, member: StaffMember, planned: Plan, now: datetime
) -> Applied:
    """Do what *planned* (of the same transaction) says; whoever waits for it is told."""
    check(member, Right.SESSIONS)
    applied = importing.apply(session, telling.tables, planned, now)
    if applied.opened:
        interest.opened(session, telling, applied.opened, now)
    changed = {change.entry.external_id: change.columns for change in planned.changed}
    names = [*changed, *(entry.external_id for entry in planned.created)]
    for name, number in zip(names, numbers(session, names), strict=True):
        action = "session.changed" if name in changed else "session.created"
        details = {"columns": sorted(changed[name])} if name in changed else {}
        audit.record(session, member.actor, action, f"session:{number}", now, **details)
    return applied


def lines(session: Session, member: StaffMember) -> list[list[Cell]]:
    """Every session where *member* works as a line of the spreadsheet, in the order of time."""
    check(member, Right.LOOK)
    query = (
        select(WorkshopSession)
        .options(joinedload(WorkshopSession.workshop))
        .where(member.reached())
        .order_by(WorkshopSession.starts_at, WorkshopSession.id)
    )
    written = (entry_of(row).cells() for row in session.scalars(query))
    return [[cells[name] for name in COLUMNS] for cells in written]


def numbers(session: Session, external_ids: Sequence[str]) -> list[int]:
    """The numbers of those sessions, in the same order."""
    query = select(WorkshopSession.external_id, WorkshopSession.id).where(
        WorkshopSession.external_id.in_(external_ids)
    )
    known = {row[0]: row[1] for row in session.execute(query)}
    return [known[name] for name in external_ids]


def _sessions_of_others(
    session: Session, member: StaffMember, names: Mapping[str, int]
) -> Iterator[Wrong]:
    query = select(WorkshopSession.external_id).where(
        WorkshopSession.external_id.in_(names), ~member.reached()
    )
    for name in session.scalars(query):
        yield Wrong(names[name], "identifiant", "console.wrong.not_yours", {"found": name})


def _name(line: Line) -> str:
    return " ".join(tidy(str(line.cells.get("identifiant") or "")).split())


def _of_other_colleges(
    tables: Tables, member: StaffMember, entries: Sequence[Entry]
) -> Iterator[Wrong]:
    """Whoever works for a collège writes its sessions, and makes no other's of them."""
    for entry in entries:
        whose = college_of(tables, entry.territory, entry.organizer, entry.place, entry.commune)
        if member.college and whose != member.college:
            values = {"college": member.college}
            yield Wrong(entry.line, "organisateur", "console.wrong.college", values)


def _workshops_of_others(
    session: Session, member: StaffMember, entries: Sequence[Entry]
) -> Iterator[Wrong]:
    """What a workshop is called is changed by nobody while it is also held elsewhere."""
    query = (
        select(Workshop)
        .options(selectinload(Workshop.sessions))
        .where(Workshop.external_id.in_({entry.workshop_id for entry in entries}))
    )
    known = {row.external_id: row for row in session.scalars(query)}
    for entry in entries:
        workshop = known.get(entry.workshop_id)
        elsewhere = workshop and next(
            (one for one in workshop.sessions if not member.reach.holds(reach_of(one))), None
        )
        if not elsewhere:
            continue
        theirs, ours = entry_of(elsewhere).texts(), entry.texts()
        for column in WORKSHOP_COLUMNS:
            if theirs[column] != ours[column]:
                yield Wrong(entry.line, column, "console.wrong.shared")
