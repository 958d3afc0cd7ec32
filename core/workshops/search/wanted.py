"""What somebody looks for: out of the words that were understood, and kept in a choice.

Only what the words say, or the contact is known by; what is not said excludes nothing.
"""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Self
from urllib.parse import parse_qs, urlencode

from babel import Locale

from core.answers import Asked
from core.daytime import paris_day
from core.languages import LANGUAGES
from core.people.consent import plain
from core.people.contacts import Role
from core.workshops.model import Audience, WorkshopKind
from core.workshops.search.days import Span, spans, weekdays
from core.workshops.themes import THEMES

# How people name each kind, in our six languages; compared word by word with consent.plain.
KIND_WORDS = {
    WorkshopKind.WORKSHOP: {
        "atelier", "ateliers", "workshop", "workshops", "taller", "talleres", "oficina", "oficinas",
        "atolye", "atolyeler", "atolyesi", "atolyeleri", "ورشة", "ورشات", "الورشات", "ورش",
    },
    WorkshopKind.TRAINING: {
        "formation", "formations", "training", "trainings", "formacion", "formaciones",
        "formacao", "formacoes", "egitim", "egitimler", "egitimi", "تكوين", "تكوينات", "دورة",
        "دورات",
    },
    WorkshopKind.EVENT: {
        "evenement", "evenements", "event", "events", "evento", "eventos", "etkinlik",
        "etkinlikler", "فعالية", "فعاليات",
    },
}  # fmt: skip
AUDIENCE_WORDS = {
    Audience.PARENTS: {
        "parent", "parents", "famille", "familles", "families", "padres", "familias", "pais",
        "veli", "veliler", "aileler", "اولياء", "الاولياء", "الاباء", "للاباء",
    },
    Audience.TEACHERS: {
        "enseignant", "enseignants", "enseignante", "enseignantes", "profs", "professeurs",
        "teachers", "docentes", "profesores", "professores", "ogretmen", "ogretmenler",
        "المعلمين", "للمعلمين", "الاساتذة",
    },
}  # fmt: skip
AUDIENCE_OF = {Role.PARENT: Audience.PARENTS, Role.TEACHER: Audience.TEACHERS}
TIMES = ("morning", "afternoon", "evening")


@dataclass(frozen=True)
class Wanted:
    """*location* is (latitude, longitude), known to a kilometre; *weekdays* count from Monday, 0.

    *spans* are the days that suit (any of them); *times* those of TIMES. Empty: anything will do.
    """

    audience: Audience | None = None
    communes: tuple[str, ...] = ()
    location: tuple[float, float] | None = None
    territory: str | None = None
    themes: tuple[str, ...] = ()
    kind: WorkshopKind | None = None
    spans: tuple[Span, ...] = ()
    weekdays: frozenset[int] = frozenset()
    times: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    @property
    def names_a_time(self) -> bool:
        return bool(self.spans or self.weekdays or self.times)

    @property
    def is_narrow(self) -> bool:
        """Whether something was named that sessions differ in."""
        return bool(self.names_a_time or self.communes or self.location or self.themes)

    def at_any_time(self) -> Self:
        """The same, whenever it is."""
        return replace(self, spans=(), weekdays=frozenset(), times=())

    def encoded(self) -> str:
        """As a text of a few dozen characters, for a choice; ``decoded`` reads it."""
        values = {
            "a": [self.audience] if self.audience else [],
            "c": self.communes,
            "l": ["{},{}".format(*self.location)] if self.location else [],
            "t": [self.territory] if self.territory else [],
            "s": self.themes,
            "k": [self.kind] if self.kind else [],
            "d": [f"{first},{last}" for first, last in self.spans],
            "w": sorted(self.weekdays),
            "h": self.times,
            "g": self.languages,
        }
        return urlencode(values, doseq=True)

    @classmethod
    def decoded(cls, text: str) -> Self:
        """Raises ValueError when *text* is not what ``encoded`` makes."""
        values = parse_qs(text)

        def several(key: str) -> tuple[str, ...]:
            return tuple(values.get(key, ()))

        def one(key: str) -> str | None:
            return next(iter(several(key)), None)

        latitude, longitude = (one("l") or "0,0").split(",")
        return cls(
            audience=Audience(value) if (value := one("a")) else None,
            communes=several("c"),
            location=(float(latitude), float(longitude)) if one("l") else None,
            territory=one("t"),
            themes=several("s"),
            kind=WorkshopKind(value) if (value := one("k")) else None,
            spans=tuple(_span(value) for value in several("d")),
            weekdays=frozenset(map(int, several("w"))),
            times=several("h"),
            languages=several("g"),
        )


def wanted(asked: Asked, role: str | None, territory: str | None, now: datetime) -> Wanted:
    """What *asked* looks for, said by a contact of that *role* and *territory*. *now* is aware."""
    words = set(plain(f"{asked.text} {asked.reading}").split())
    kind = next((kind for kind, names in KIND_WORDS.items() if words & names), None)
    return Wanted(
        audience=_audience(words, kind, role),
        communes=asked.communes,
        location=_about(asked.location),
        territory=territory,
        themes=tuple(name for name in asked.details.get("theme", ()) if name in THEMES),
        kind=kind,
        spans=spans(asked.details, asked.text, paris_day(now)),
        weekdays=weekdays(asked.details),
        times=tuple(name for name in asked.details.get("time_of_day", ()) if name in TIMES),
        languages=_languages(plain(asked.text)),
    )


def _audience(words: set[str], kind: WorkshopKind | None, role: str | None) -> Audience | None:
    """For whom: as said, else for those like them; who asks for trainings may be of any role."""
    said = [audience for audience, names in AUDIENCE_WORDS.items() if words & names]
    if len(said) == 1:
        return said[0]
    known = AUDIENCE_OF.get(Role(role)) if role else None
    return None if kind is WorkshopKind.TRAINING and known is Audience.PARENTS else known


def _about(location: tuple[float, float] | None) -> tuple[float, float] | None:
    """To a kilometre: it is written into choices, which are kept, and nearer is nobody's need."""
    return location and (round(location[0], 2), round(location[1], 2))


def _languages(text: str) -> tuple[str, ...]:
    """The languages that the host should speak: "en arabe", "in Turkish", "بالعربية"."""
    return tuple(code for code, pattern in _spoken().items() if pattern.search(text))


@lru_cache(maxsize=1)
def _spoken() -> dict[str, re.Pattern[str]]:
    patterns = {}
    for code in LANGUAGES:
        names = {one: plain(Locale.parse(one).languages[code]) for one in LANGUAGES}
        after = "|".join(re.escape(names[one]) for one in ("fr", "en", "es", "pt"))
        alone = re.escape(names["tr"])
        patterns[code] = re.compile(
            rf"\b(?:en|in|em)\s(?:{after})\b|\b{alone}\b|\bب{re.escape(names['ar'])}\b"
        )
    return patterns


def _span(text: str) -> Span:
    first, last = map(date.fromisoformat, text.split(","))
    return Span(first, last)
