"""Sessions to try the assistant with: a spreadsheet whose days are counted from today.

In ``content/demo/sessions.csv`` ``S+1 mercredi`` is the Wednesday of next week. Each session's
identifier ends with its day, so that a later start makes new ones once the old ones are over.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.content.tables import Tables
from core.daytime import paris_day
from core.people.consent import plain
from core.workshops.model import WorkshopSession
from core.workshops.sheets import importing, spreadsheet
from core.workshops.sheets.columns import COLUMNS, OPTIONAL
from core.workshops.sheets.importing import Applied
from core.workshops.sheets.spreadsheet import Cell, Line, UnreadableSheet

FILE = Path("demo/sessions.csv")
DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
DAY = re.compile(r"S\+(\d+) (\w+)")


def load(session: Session, tables: Tables, content: Path, now: datetime) -> Applied:
    """Create those sessions of the demonstration of which none is still to come.

    *now* (aware) is what days are counted from. Raises UnreadableSheet when the file is wrong.
    """
    lines = spreadsheet.read(content / FILE, COLUMNS, OPTIONAL)
    coming = set(
        session.scalars(select(WorkshopSession.external_id).where(WorkshopSession.starts_at > now))
    )
    missing = [line for line in lines if not _comes(line, coming)]
    plan = importing.plan(session, tables, [_dated(line, now) for line in missing], now)
    if plan.wrongs:
        raise UnreadableSheet(*plan.wrongs)
    return importing.apply(session, tables, plan, now)


def _comes(line: Line, external_ids: Iterable[str]) -> bool:
    return any(name.rpartition("-")[0] == line.cells["identifiant"] for name in external_ids)


def _dated(line: Line, now: datetime) -> Line:
    cells = {name: _cell(cell, now) for name, cell in line.cells.items()}
    day = str(cells["debut"]).split()[0]
    cells["identifiant"] = f"{cells['identifiant']}-{''.join(reversed(day.split('/')))}"
    return replace(line, cells=cells)


def _cell(cell: Cell, now: datetime) -> Cell:
    return DAY.sub(lambda match: _day(match.groups(), now), cell) if isinstance(cell, str) else cell


def _day(counted: Sequence[str], now: datetime) -> str:
    today = paris_day(now)
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=int(counted[0]))
    return f"{monday + timedelta(days=DAYS.index(plain(counted[1]))):%d/%m/%Y}"
