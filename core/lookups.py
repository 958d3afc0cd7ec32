"""Answers that come from the tables: is this collège a pilot, what is near this commune."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date

from core import sms
from core.answers import Asked, Listener
from core.content.model import Words
from core.content.tables import AgendaEvent, Call, College, Tables
from core.messages import Kind
from core.places import NEAR_KM, Near, kind_asked, nearest, nearest_commune, where
from core.wording import Wording

SMS_SEGMENTS = 2


@dataclass(frozen=True)
class Found:
    """The case of the question that applies, and how its words are filled in.

    *lists* holds what is shortened until an SMS fits: the lines of the only field of that
    name, best first.
    """

    case: str
    fields: Mapping[str, str]
    lists: tuple[str, Sequence[str]] | None = None


@dataclass(frozen=True)
class Desk:
    """What a lookup needs to know."""

    tables: Tables
    wording: Wording
    listener: Listener
    today: date


def look_up(name: str, desk: Desk, asked: Asked) -> Found | None:
    """What the tables say to *asked*; None when it names nothing to look up."""
    return LOOKUP[name](desk, asked)


def fill(words: Words, found: Found, kind: Kind) -> str:
    """The text of the case that was found, cut to two SMS when that is its way."""
    said = words.cases[found.case]
    if kind is Kind.CHAT:
        lines = "\n".join(f"• {line}" for line in found.lists[1]) if found.lists else ""
        extra = {found.lists[0]: lines} if found.lists else {}
        return said.answer.format(**found.fields, **extra)
    if not found.lists:
        return said.sms.format(**found.fields)
    field, entries = found.lists
    for count in range(len(entries), 0, -1):
        text = said.sms.format(**found.fields, **{field: " ; ".join(entries[:count])})
        if sms.size(sms.spell(text)).segments <= SMS_SEGMENTS:
            return text
    return text


def _pilot_college(desk: Desk, asked: Asked) -> Found | None:
    colleges = [one for one in desk.tables.colleges if one.name in asked.colleges]
    named = [one for one in colleges if not asked.communes or one.commune in asked.communes]
    if named or colleges:
        return _one_college((named or colleges)[0])
    if not asked.communes:
        return None
    commune = asked.communes[0]
    pilots = [one for one in desk.tables.colleges if one.pilot and one.commune == commune]
    if len(pilots) == 1:
        return _one_college(pilots[0])
    case = "several" if pilots else "none_in_commune"
    names = ", ".join(one.name for one in pilots)
    return Found(case, {"college": names, "commune": commune, "colleges": names})


def _one_college(college: College) -> Found:
    case = "pilot" if college.pilot else "not_pilot"
    return Found(
        case, {"college": college.name, "commune": college.commune, "colleges": college.name}
    )


def _places_near(desk: Desk, asked: Asked) -> Found | None:
    if asked.location is None and not asked.communes:
        return None
    commune = desk.tables.by_commune.get(asked.communes[0]) if asked.communes else None
    if commune is None and asked.location is None:
        return Found("unknown_commune", {"commune": asked.communes[0], "places": ""})
    point = where(commune) if commune else asked.location
    assert point is not None
    places = nearest(desk.tables, point, kind_asked(asked.text)) or nearest(desk.tables, point)
    if not places:
        return None
    named = commune or nearest_commune(desk.tables, point)
    case = "found" if places[0].km <= NEAR_KM else "far"
    return Found(case, {"commune": named.name}, ("places", [_place(desk, near) for near in places]))


def _place(desk: Desk, near: Near) -> str:
    place = near.place
    away = ""
    if near.km > NEAR_KM:
        km = round(near.km)
        away = " (" + desk.wording.say("place.away", desk.listener.language, km=km) + ")"
    town = "" if place.commune.casefold() in place.name.casefold() else place.commune
    parts = (
        (place.name, town, place.phone or place.web)
        if desk.listener.kind is Kind.SMS
        else (place.name, place.address, town, place.phone, place.web)
    )
    return ", ".join(part for part in parts if part) + away


def _agenda(desk: Desk, asked: Asked) -> Found | None:
    ours = [one for one in desk.tables.agenda if _concerns(one.territory, desk.listener)]
    coming = sorted((one for one in ours if one.ends >= desk.today), key=lambda one: one.starts)
    if coming:
        return Found("upcoming", {}, ("events", [_event(desk, one) for one in coming[:5]]))
    past = sorted(ours, key=lambda one: one.starts, reverse=True)
    if not past:
        return None
    return Found("past", {}, ("events", [_event(desk, one) for one in past[:6]]))


def _event(desk: Desk, event: AgendaEvent) -> str:
    day = _day(desk, event.starts)
    if event.ends != event.starts:
        day += " – " + _day(desk, event.ends)
    return f"{day} : {event.title}" + (f" ({event.place})" if event.place else "")


def _calls(desk: Desk, asked: Asked) -> Found | None:
    ours = [one for one in desk.tables.calls if _concerns(one.territory, desk.listener)]
    current = [one for one in ours if one.opens <= desk.today <= one.closes]
    if current:
        return Found("open", {}, ("calls", [_call(desk, one) for one in current]))
    past = sorted(ours, key=lambda one: one.closes, reverse=True)
    if not past:
        return None
    return Found("closed", {}, ("calls", [_call(desk, one) for one in past[:3]]))


def _call(desk: Desk, call: Call) -> str:
    return f"{call.title} : {_day(desk, call.opens)} – {_day(desk, call.closes)}"


def _concerns(territory: str, listener: Listener) -> bool:
    return listener.territory in (None, "national", territory)


def _day(desk: Desk, day: date) -> str:
    size = "long" if desk.listener.kind is Kind.CHAT else "short"
    return format_date(day, size, locale=desk.listener.language)


LOOKUP: Mapping[str, Callable[[Desk, Asked], Found | None]] = {
    "pilot_college": _pilot_college,
    "places_near": _places_near,
    "agenda": _agenda,
    "calls": _calls,
}
