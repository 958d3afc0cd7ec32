"""The roll of a session as a spreadsheet: who is expected, and who came; out, filled in, and back.

It names people: what is written with it is for the host alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from core.people.consent import plain
from core.vault import Vault
from core.workshops.attendance.attendance import ROLL, mark
from core.workshops.booking import locking, room
from core.workshops.booking.refusals import NotStarted
from core.workshops.model import NAME, SignUp, SignUpState
from core.workshops.sheets.lines import stem
from core.workshops.sheets.spreadsheet import Cell, Line, Wrong, tidy
from core.workshops.signing.form import Said

NUMBER, PRESENCE = "inscription", "présence"
COLUMNS = (NUMBER, "noms", "adultes", "enfants", "établissement", "courriel", PRESENCE)
# An empty cell: nobody said yet.
WORDS = {
    "présent": SignUpState.ATTENDED,
    "absent": SignUpState.ABSENT,
    "excusé": SignUpState.EXCUSED,
}
CHOICES: Mapping[str, Sequence[str]] = {PRESENCE: tuple(WORDS)}
LONGEST_NUMBER = 9  # fits any database's integer


@dataclass(frozen=True)
class Mark:
    """What a line of the roll changes."""

    sign_up_id: int
    before: SignUpState
    after: SignUpState


@dataclass(frozen=True)
class Plan:
    """What reading the roll would do; nothing at all when something is wrong."""

    marks: tuple[Mark, ...] = ()
    same: int = 0
    wrongs: tuple[Wrong, ...] = ()


def rows(session: Session, vault: Vault, session_id: int) -> list[list[Cell]]:
    """A line for each sign-up with a seat, by name. Raises VaultError."""
    query = (
        select(SignUp)
        .options(selectinload(SignUp.attendees))
        .where(SignUp.session_id == session_id, SignUp.state.in_(ROLL))
        .order_by(SignUp.id)
    )
    lines = [_cells(row, vault) for row in session.scalars(query)]
    return sorted(lines, key=lambda cells: plain(str(cells[1])))


def word(state: str) -> str:
    """What the column says for *state*; "" while nobody said whether they came."""
    return next((name for name, one in WORDS.items() if one == state), "")


def plan(session: Session, session_id: int, lines: Sequence[Line], now: datetime) -> Plan:
    """What *lines* would change, and all that is wrong with them; the session is locked.

    Raises NoSuchSession, NotStarted.
    """
    locking.hold(session, [session_id])
    if now < room.look(session, session_id).starts_at:
        raise NotStarted
    query = select(SignUp.id, SignUp.state).where(SignUp.session_id == session_id)
    states = {number: SignUpState(state) for number, state in session.execute(query)}
    marks, same, wrongs, seen = [], 0, [], dict[int, int]()
    for line in lines:
        read = _read(line, states, seen)
        if isinstance(read, Wrong):
            wrongs.append(read)
        elif read is None or read.before == read.after:
            same += 1
        else:
            marks.append(read)
    return Plan(wrongs=tuple(wrongs)) if wrongs else Plan(tuple(marks), same)


def apply(session: Session, plan: Plan, now: datetime) -> None:
    """Write what *plan* (of the same transaction) says. ValueError when something is wrong."""
    if plan.wrongs:
        raise ValueError("nothing is written while something is wrong")
    for one in plan.marks:
        mark(session, one.sign_up_id, one.after, now)


def _cells(row: SignUp, vault: Vault) -> list[Cell]:
    """Once the names are forgotten, three months later, how many came is not known by age."""
    said = Said.opened(row.details, vault) if row.details else Said()
    opened = (vault.open(one.name, NAME) for one in row.attendees)
    names = said.name or ", ".join(name for name in opened if name)
    children = sum(one.child for one in row.attendees)
    adults, young = (len(row.attendees) - children, children) if row.attendees else (None, None)
    return [row.id, names, adults, young, said.school, said.email, word(row.state)]


def _read(
    line: Line, states: Mapping[int, SignUpState], seen: dict[int, int]
) -> Mark | Wrong | None:
    """What *line* says; None when it says nothing yet. *seen* is where each number stood."""
    text = _text(line, NUMBER)
    if not (text.isdecimal() and len(text) <= LONGEST_NUMBER):
        return Wrong(line.number, NUMBER, "roll.no_number", {"found": text[:40]})
    number = int(text)
    if number not in states:
        return Wrong(line.number, NUMBER, "roll.unknown", {"number": number})
    if seen.setdefault(number, line.number) != line.number:
        return Wrong(line.number, NUMBER, "roll.twice", {"line": seen[number]})
    said = _text(line, PRESENCE)
    if not said:
        return None
    after = next((one for name, one in WORDS.items() if stem(said) == stem(name)), None)
    if after is None:
        known = ", ".join(WORDS)
        return Wrong(line.number, PRESENCE, "sheet.unknown_word",
                     {"found": said[:40], "known": known})  # fmt: skip
    if states[number] not in ROLL:
        return Wrong(line.number, PRESENCE, "roll.no_seat", {"number": number})
    return Mark(number, states[number], after)


def _text(line: Line, column: str) -> str:
    cell = line.cells.get(column)
    return tidy("" if cell is None else str(cell))
