"""Builders for what is offered: a workshop with one session, a line of the spreadsheet, a place."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from core.content.tables import Tables, read_tables
from core.people.contacts import Address, meet
from core.places import where
from core.texts import Texts
from core.workshops.model import (
    Audience,
    SessionState,
    SignUp,
    SignUpState,
    Workshop,
    WorkshopKind,
    WorkshopSession,
)
from core.workshops.sheets.columns import COLUMNS
from core.workshops.sheets.spreadsheet import Line
from tests.world import NOON, ROOT, texts_of, the_library

WEEK = timedelta(weeks=1)
A_LINE = {
    "identifiant": "ent-1", "atelier": "ent", "type": "atelier", "titre": "L'ENT sans stress",
    "description": "On vient avec son téléphone.", "theme": "ent", "public": "parents",
    "organisateur": "Collège Jean-Moulin", "debut": "12/01/2027 14:00", "fin": "12/01/2027 16:00",
    "distance": "non", "lieu": "Salle des fêtes", "adresse": "1 place de la Mairie",
    "commune": "Latillé", "lien": "", "territoire": "vienne", "langues": "fr, ar", "places": "12",
    "inscriptions_de": "01/11/2026 08:00", "inscriptions_a": "11/01/2027 20:00", "etat": "ouvert",
    "silence_libere": "non",
}  # fmt: skip


@lru_cache(maxsize=1)
def the_tables() -> Tables:
    tables, problems = read_tables(ROOT / "content")
    assert not problems
    return tables


def the_texts() -> Texts:
    return texts_of(the_library())


def a_line(number: int = 2, **changes: object) -> Line:
    return Line(number, {name: (A_LINE | changes)[name] for name in COLUMNS})


def a_session(
    session,
    name: str = "ent-1",
    starts_at: datetime = NOON + WEEK,
    hours: float = 2,
    commune: str = "Latillé",
    kind: WorkshopKind = WorkshopKind.WORKSHOP,
    audience: Audience = Audience.PARENTS,
    theme: str | None = "ent",
    title: str = "L'ENT sans stress",
    demo: bool = False,
    **more: object,
) -> WorkshopSession:
    """A session of a workshop of its own, open from yesterday until it begins."""
    remote = bool(more.get("remote"))
    place = None if remote else the_tables().by_commune.get(commune)
    latitude, longitude = where(place) if place else (None, None)
    values = {
        "external_id": name,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=hours),
        "place": "" if remote else "Salle des fêtes",
        "street": "",
        "commune": "" if remote else commune,
        "latitude": latitude,
        "longitude": longitude,
        "territory": place.territory if place else "vienne",
        "languages": ["fr"],
        "seats": 12,
        "opens_at": NOON - timedelta(days=1),
        "closes_at": starts_at,
        "state": SessionState.OPEN,
        "revision": 0,
    } | more
    workshop = Workshop(
        external_id=f"atelier-{name}", kind=kind, title=title, theme=theme, audience=audience,
        description="On vient avec son téléphone.", organizer="Équipe TNE", demo=demo,
    )  # fmt: skip
    row = WorkshopSession(workshop=workshop, **values)
    session.add(row)
    session.flush()
    return row


def somebody(session, vault, number: int = 1, channel: str = "sms", **contact: object) -> Address:
    """Someone of a fictional number; *contact* sets their language, role, territory."""
    address = meet(session, vault, channel, f"+336399800{number:02}", NOON)
    for key, value in contact.items():
        setattr(address.contact, key, value)
    return address


def signed_up(
    session,
    address: Address,
    row: WorkshopSession,
    size: int = 1,
    state: SignUpState = SignUpState.CONFIRMED,
) -> SignUp:
    sign_up = SignUp(
        session=row, contact_id=address.contact_id, address=address, size=size, state=state,
        created_at=NOON, changed_at=NOON, consent="1",
        waiting_since=NOON if state is SignUpState.WAITING else None,
        settled_at=NOON if state is SignUpState.CONFIRMED else None,
    )  # fmt: skip
    session.add(sign_up)
    session.flush()
    return sign_up


def at(day: str, hour: int = 12, minute: int = 0) -> datetime:
    """*day* as YYYY-MM-DD, the hour in UTC."""
    year, month, date = map(int, day.split("-"))
    return datetime(year, month, date, hour, minute, tzinfo=UTC)
