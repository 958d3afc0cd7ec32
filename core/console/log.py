"""The log of what staff did: read and exported, never written here."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.audit import Audit
from core.console import members
from core.console.members import Right, StaffMember, check
from core.console.paging import Paged
from core.daytime import PARIS

A_PAGE = 50
MOST = 50_000  # lines of an export
LONGEST_DETAIL = 60  # characters


@dataclass(frozen=True)
class Wanted:
    """What is looked for; "" and None where anything will do. Days are whole, in Paris."""

    actor: str = ""
    action: str = ""
    since: date | None = None
    until: date | None = None
    page: int = 1


@dataclass(frozen=True)
class Entry:
    """One thing done; *who* is a name where it is known, *about* one or the subject itself."""

    at: datetime
    who: str
    action: str
    about: str
    details: str


@dataclass(frozen=True)
class Log(Paged):
    """A page of them, the newest first, and what there is to choose from."""

    a_page = A_PAGE

    shown: Sequence[Entry]
    total: int
    page: int
    actors: Sequence[tuple[str, str]]
    actions: Sequence[str]


def find(session: Session, member: StaffMember, wanted: Wanted) -> Log:
    """Raises NotAllowed."""
    check(member, Right.AUDIT)
    fits = list(_fits(wanted))
    names = members.names(session)
    page = max(1, wanted.page)
    query = select(Audit).where(*fits).order_by(Audit.id.desc())
    rows = session.scalars(query.limit(A_PAGE).offset((page - 1) * A_PAGE)).all()
    total = session.scalar(select(func.count()).select_from(Audit).where(*fits)) or 0
    actors = sorted(
        ((one, names.get(one, one)) for one in session.scalars(select(Audit.actor).distinct())),
        key=lambda pair: pair[1].casefold(),
    )
    actions = session.scalars(select(Audit.action).distinct().order_by(Audit.action)).all()
    return Log([_entry(row, names) for row in rows], total, page, actors, actions)


def export(session: Session, member: StaffMember, wanted: Wanted) -> list[Entry]:
    """All that fits, the newest first, MOST at the most. Raises NotAllowed."""
    check(member, Right.AUDIT)
    names = members.names(session)
    query = select(Audit).where(*_fits(wanted)).order_by(Audit.id.desc()).limit(MOST)
    return [_entry(row, names) for row in session.scalars(query)]


def _fits(wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    if wanted.actor:
        yield Audit.actor == wanted.actor
    if wanted.action:
        yield Audit.action == wanted.action
    if wanted.since:
        yield Audit.at >= datetime.combine(wanted.since, time(), PARIS)
    if wanted.until:
        yield Audit.at < datetime.combine(wanted.until + timedelta(days=1), time(), PARIS)


def _entry(row: Audit, names: Mapping[str, str]) -> Entry:
    details = ", ".join(
        f"{name}: {_short(value)}" for name, value in row.details.items() if value is not None
    )
    return Entry(
        row.at, names.get(row.actor, row.actor), row.action, names.get(row.subject, row.subject),
        details,
    )  # fmt: skip


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_DETAIL else f"{text[: LONGEST_DETAIL - 1]}…"
