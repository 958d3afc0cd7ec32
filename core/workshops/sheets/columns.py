"""The columns of the spreadsheet of sessions, and a session as one line of it: an Entry.

After the identifier, seven columns say what is offered (the workshop), the others when and where
(the session). Lines of one workshop need to describe it only once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.content.model import LAYERS
from core.workshops.model import Audience, SessionState, WorkshopKind, WorkshopSession
from core.workshops.sheets.moments import moment_text, write_moment
from core.workshops.sheets.spreadsheet import Cell

WORKSHOP_COLUMNS = (
    "atelier", "type", "titre", "description", "theme", "public", "organisateur",
)  # fmt: skip
COLUMNS = (
    "identifiant", *WORKSHOP_COLUMNS, "debut", "fin", "distance", "lieu", "adresse", "commune",
    "lien", "territoire", "langues", "places", "inscriptions_de", "inscriptions_a", "etat",
    "silence_libere",
)  # fmt: skip
OPTIONAL = ("silence_libere",)  # a file of before it was there stays good
MOST = {
    "identifiant": 64, "atelier": 64, "titre": 200, "description": 2000, "organisateur": 200,
    "lieu": 200, "adresse": 200, "lien": 500,
}  # fmt: skip
MOST_SEATS = 10_000
KINDS = {
    "atelier": WorkshopKind.WORKSHOP,
    "formation": WorkshopKind.TRAINING,
    "événement": WorkshopKind.EVENT,
}
AUDIENCES = {"parents": Audience.PARENTS, "enseignants": Audience.TEACHERS, "tous": Audience.ALL}
STATES = {
    "brouillon": SessionState.DRAFT,
    "ouvert": SessionState.OPEN,
    "annulé": SessionState.CANCELLED,
}
YES_NO = {"oui": True, "non": False}
# What Excel offers as a list in these columns.
CHOICES: Mapping[str, Sequence[str]] = {
    "type": tuple(KINDS), "public": tuple(AUDIENCES), "etat": tuple(STATES),
    "distance": tuple(YES_NO), "territoire": LAYERS, "silence_libere": tuple(YES_NO),
}  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """A session and its workshop as a line says them; *line* is 0 for one out of the database.

    Times are aware and in UTC; *opens_at* and *silence_releases* are None when an empty cell
    leaves them as they are.
    """

    line: int
    external_id: str
    workshop_id: str
    kind: WorkshopKind
    title: str
    description: str
    theme: str | None
    audience: Audience
    organizer: str
    starts_at: datetime
    ends_at: datetime
    remote: bool
    place: str
    street: str
    commune: str
    link: str | None
    territory: str
    languages: tuple[str, ...]
    seats: int
    opens_at: datetime | None
    closes_at: datetime
    state: SessionState
    silence_releases: bool | None

    def cells(self) -> dict[str, Cell]:
        """The line that says this."""
        return {
            "identifiant": self.external_id,
            "atelier": self.workshop_id,
            "type": _name(KINDS, self.kind),
            "titre": self.title,
            "description": self.description,
            "theme": self.theme,
            "public": _name(AUDIENCES, self.audience),
            "organisateur": self.organizer,
            "debut": write_moment(self.starts_at),
            "fin": write_moment(self.ends_at),
            "distance": _name(YES_NO, self.remote),
            "lieu": self.place,
            "adresse": self.street,
            "commune": self.commune,
            "lien": self.link,
            "territoire": self.territory,
            "langues": ", ".join(self.languages),
            "places": self.seats,
            "inscriptions_de": write_moment(self.opens_at) if self.opens_at else None,
            "inscriptions_a": write_moment(self.closes_at),
            "etat": _name(STATES, self.state),
            "silence_libere": _name(YES_NO, bool(self.silence_releases)),
        }

    def texts(self) -> dict[str, str]:
        """The cells as people read them."""
        return {
            name: moment_text(cell) if isinstance(cell, datetime) else str(cell or "")
            for name, cell in self.cells().items()
        }


def entry_of(row: WorkshopSession) -> Entry:
    workshop = row.workshop
    return Entry(
        line=0,
        external_id=row.external_id,
        workshop_id=workshop.external_id,
        kind=WorkshopKind(workshop.kind),
        title=workshop.title,
        description=workshop.description,
        theme=workshop.theme,
        audience=Audience(workshop.audience),
        organizer=workshop.organizer,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        remote=row.remote,
        place=row.place,
        street=row.street,
        commune=row.commune,
        link=row.link,
        territory=row.territory,
        languages=tuple(row.languages),
        seats=row.seats,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        state=SessionState(row.state),
        silence_releases=row.silence_releases,
    )


def _name[T](names: Mapping[str, T], value: T) -> str:
    return next(name for name, one in names.items() if one == value)
