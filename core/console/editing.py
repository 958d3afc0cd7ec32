"""One session in a form; two may write in it at once (core.console.meanwhile)."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.console import meanwhile, planning
from core.console.listing import one
from core.console.meanwhile import Values
from core.console.members import Right, StaffMember, check
from core.workshops.booking import locking
from core.workshops.booking.refusals import SessionCalledOff
from core.workshops.model import SessionState, WorkshopSession
from core.workshops.search.interest import Telling
from core.workshops.sheets.columns import COLUMNS, entry_of
from core.workshops.sheets.spreadsheet import Line, Wrong

MOMENTS = ("debut", "fin", "inscriptions_de", "inscriptions_a")
REPEATED = ("debut", "fin", "inscriptions_a")  # what moves with the week
NAMES = ("identifiant", "atelier")  # whose session it is: no form says that
FIELDS = tuple(name for name in COLUMNS if name not in NAMES)
MOST_WEEKS = 30
WEEK = timedelta(weeks=1)
ISO = "%Y-%m-%dT%H:%M"
FRENCH_MOMENT = "%d/%m/%Y %H:%M"


@dataclass(frozen=True)
class Edited:
    """What became of a form. *values* is what it shows now; *theirs* what others wrote meanwhile
    where both changed, *taken* the fields that were taken over from them. Saved when *ids* are.
    """

    values: Values
    wrongs: Sequence[Wrong] = ()
    theirs: Values = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    ids: Sequence[int] = ()


def shown(row: WorkshopSession) -> dict[str, str]:
    """The fields of *row* as a form shows them: moments as ``2027-01-12T14:00``, in Paris."""
    texts = entry_of(row).texts()
    return {name: _iso(texts[name]) if name in MOMENTS else texts[name] for name in FIELDS}


def copied(row: WorkshopSession) -> dict[str, str]:
    """A draft of the same, a week later; people may sign up from now on."""
    values = _later(shown(row), 1)
    return values | {"inscriptions_de": "", "etat": "brouillon"}


def change(
    session: Session, telling: Telling, member: StaffMember, session_id: int,
    was: Values, mine: Values, now: datetime,
) -> Edited:  # fmt: skip
    """Write *mine* unless somebody else wrote since *was*. Raises Refused, NotAllowed."""
    check(member, Right.SESSIONS)
    one(session, member, session_id)
    locking.hold(session, [session_id])
    row = one(session, member, session_id)
    session.refresh(row)
    if row.state == SessionState.CANCELLED:
        raise SessionCalledOff
    merged = meanwhile.merge(FIELDS, was, mine, shown(row))
    if merged.to_be_seen:
        return Edited(merged.values, theirs=merged.theirs, taken=merged.taken)
    names = {"identifiant": row.external_id, "atelier": row.workshop.external_id}
    return _write(session, telling, member, [names | dict(merged.values)], merged.values, now)


def create(
    session: Session, telling: Telling, member: StaffMember, like: WorkshopSession | None,
    mine: Values, weeks: int, now: datetime,
) -> Edited:  # fmt: skip
    """A new session each week, *weeks* in all; of the workshop of *like* where there is one."""
    check(member, Right.SESSIONS)
    if not 1 <= weeks <= MOST_WEEKS:
        values = {"most": MOST_WEEKS}
        return Edited(mine, [Wrong(1, "repeat", "console.wrong.repeat", values)])
    name = f"c-{secrets.token_hex(6)}"
    workshop = like.workshop.external_id if like else name
    sessions = [
        {"identifiant": f"{name}-{week + 1}", "atelier": workshop, **_later(mine, week)}
        for week in range(weeks)
    ]
    return _write(session, telling, member, sessions, mine, now)


def _write(
    session: Session, telling: Telling, member: StaffMember, sessions: Sequence[Values],
    values: Values, now: datetime,
) -> Edited:  # fmt: skip
    lines = [Line(number, dict(one)) for number, one in enumerate(sessions, start=1)]
    planned = planning.plan(session, telling.tables, member, lines, now)
    if planned.wrongs:
        return Edited(values, planned.wrongs)
    planning.write(session, telling, member, planned, now)
    return Edited(values, ids=planning.numbers(session, [one["identifiant"] for one in sessions]))


def _later(values: Values, weeks: int) -> dict[str, str]:
    """*values* so many weeks later, at the same hour in Paris; what is no moment stays."""
    moved = dict(values)
    for name in REPEATED:
        try:
            moment = datetime.strptime(moved.get(name, ""), ISO)  # noqa: DTZ007  (the clock of Paris)
        except ValueError:
            continue
        moved[name] = (moment + weeks * WEEK).strftime(ISO)
    return moved


def _iso(text: str) -> str:
    """*text* as a form takes it; what needs its offset, two hours a year, stays as it is."""
    try:
        return datetime.strptime(text, FRENCH_MOMENT).strftime(ISO)  # noqa: DTZ007
    except ValueError:
        return text
