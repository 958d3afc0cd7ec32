"""A session that is opened because people wished for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from core.daytime import PARIS, next_daytime
from core.people.consent import plain
from core.workshops.model import Audience, SessionState, Workshop, WorkshopSession
from core.workshops.search import interest
from core.workshops.search.interest import Telling
from core.workshops.sheets import importing
from core.workshops.sheets.columns import COLUMNS, WORKSHOP_COLUMNS, entry_of
from core.workshops.sheets.lines import find_commune
from core.workshops.sheets.moments import BadMoment, read_moment, write_moment
from core.workshops.sheets.spreadsheet import Cell, Line, Wrong
from core.workshops.wishes.inviting import invite

LONGEST_NAME = 45  # with a day and an hour behind it, an identifier


@dataclass(frozen=True)
class Planned:
    """What staff decide, as they write it: moments like "12/01/2027 14:00", *ends* or only "16:00".

    *reserved* is for how long only those who are invited may sign up.
    """

    theme: str
    title: str
    organizer: str
    starts: str
    ends: str
    place: str
    commune: str
    seats: int
    reserved: timedelta


@dataclass(frozen=True)
class Opened:
    """What became of it. *number* is the session's; *new* is false when it was there already.

    *wrongs* say why nothing was written, and are then all there is.
    """

    number: int = 0
    new: bool = True
    invited: int = 0
    told: int = 0
    wrongs: tuple[Wrong, ...] = ()


def open_session(session: Session, telling: Telling, planned: Planned, now: datetime) -> Opened:
    """Open the session, and invite those whose wishes it fits; everybody else comes later.

    It opens to all once *reserved* is over, counted from when people may be told (by day); who
    wants to be told of such sessions is told then. Asked for again, the same session (workshop and
    beginning) stays as it is, and those are invited who fit it since.
    """
    try:
        starts_at = read_moment(planned.starts)
    except BadMoment as error:
        return Opened(wrongs=(Wrong(0, "debut", error.key, {"found": planned.starts}),))
    opens_at = next_daytime(now).replace(second=0, microsecond=0) + planned.reserved
    if starts_at <= now:
        return Opened(wrongs=(Wrong(0, "debut", "sheet.past"),))
    if starts_at <= opens_at:
        return Opened(wrongs=(Wrong(0, "inscriptions_de", "wishes.opens_late"),))
    workshop = _workshop(session, planned.title)
    known = _known(session, workshop, starts_at) if workshop else None
    if known is not None:
        new = invite(session, telling, known.id, planned.theme, now)
        return Opened(known.id, new=False, invited=len(new))
    name = workshop.external_id if workshop else _new_name(session, planned)
    line = _line(planned, workshop, name, starts_at, opens_at, telling)
    plan = importing.plan(session, telling.tables, [line], now)
    if plan.wrongs:
        return Opened(wrongs=plan.wrongs)
    (number,) = importing.apply(session, telling.tables, plan, now).opened
    invited = invite(session, telling, number, planned.theme, now)
    return Opened(
        number, invited=len(invited), told=interest.opened(session, telling, [number], now)
    )


def _workshop(session: Session, title: str) -> Workshop | None:
    """The workshop of that title that teachers may come to, the newest of several."""
    query = (
        select(Workshop)
        .options(joinedload(Workshop.sessions))
        .where(Workshop.audience.in_([Audience.TEACHERS, Audience.ALL]))
        .order_by(Workshop.id.desc())
    )
    rows = session.scalars(query).unique()
    return next((row for row in rows if plain(row.title) == plain(title)), None)


def _known(session: Session, workshop: Workshop, starts_at: datetime) -> WorkshopSession | None:
    query = select(WorkshopSession).where(
        WorkshopSession.workshop_id == workshop.id,
        WorkshopSession.starts_at == starts_at,
        WorkshopSession.state != SessionState.CANCELLED,
    )
    return session.scalars(query).first()


def _new_name(session: Session, planned: Planned) -> str:
    """An identifier for a new workshop that no other has."""
    base = f"souhaits-{plain(planned.title).replace(' ', '-').replace('/', '-')}"[:LONGEST_NAME]
    taken = set(session.scalars(select(Workshop.external_id)))
    names = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(name for name in names if name not in taken)


def _line(
    planned: Planned,
    workshop: Workshop | None,
    name: str,
    starts_at: datetime,
    opens_at: datetime,
    telling: Telling,
) -> Line:
    """The line of a spreadsheet that says it: what is wrong with one is wrong with this."""
    commune = find_commune(telling.tables, planned.commune)
    cells: dict[str, Cell] = dict.fromkeys(COLUMNS)
    cells |= {
        "identifiant": f"{name[:LONGEST_NAME]}-{starts_at.astimezone(PARIS):%Y%m%d-%H%M}",
        "atelier": name,
        "type": "formation",
        "titre": planned.title,
        "theme": planned.theme,
        "public": "enseignants",
        "organisateur": planned.organizer,
        "debut": planned.starts,
        "fin": planned.ends,
        "lieu": planned.place,
        "commune": planned.commune,
        "territoire": commune.territory if commune else None,
        "places": str(planned.seats),
        "inscriptions_de": write_moment(opens_at),
        "etat": "ouvert",
    }
    return Line(0, cells | _described(workshop))


def _described(workshop: Workshop | None) -> dict[str, Cell]:
    """What a workshop that exists is said to be: another session of it changes nothing."""
    if workshop is None or not workshop.sessions:
        return {}
    cells = entry_of(workshop.sessions[0]).cells()
    return {name: cells[name] for name in WORKSHOP_COLUMNS}
