"""To whom: a value that is checked, kept as JSON and written by staff as a few words.

Each criterion that is given narrows it; of the values of one criterion any will do.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Self

from core.content.model import LAYERS
from core.content.tables import Tables
from core.languages import LANGUAGES
from core.messages import Kind
from core.people.consent import plain
from core.people.contacts import Role
from core.places import distance, where
from core.workshops.model import SignUpState
from core.workshops.reach import Reach
from core.workshops.sheets.lines import find_commune
from core.workshops.themes import THEMES

FARTHEST_KM = 200
LONGEST_SCHOOL = 80
# Each criterion as staff write it, and the values it may have; None: any that the tables know.
WORDS: Mapping[str, tuple[str, Mapping[str, str] | None]] = {
    "territoire": ("territories", {one: one for one in LAYERS}),
    "role": (
        "roles",
        {
            "parent": Role.PARENT, "parents": Role.PARENT,
            "enseignant": Role.TEACHER, "enseignants": Role.TEACHER,
            "equipe": Role.STAFF,
        },
    ),
    "langue": ("languages", {one: one for one in LANGUAGES}),
    "theme": ("themes", {one: one for one in THEMES}),
    "inscrits": (
        "states",
        {
            "confirme": SignUpState.CONFIRMED, "confirmes": SignUpState.CONFIRMED,
            "en attente": SignUpState.WAITING, "attente": SignUpState.WAITING,
            "present": SignUpState.ATTENDED, "presents": SignUpState.ATTENDED,
            "absent": SignUpState.ABSENT, "absents": SignUpState.ABSENT,
            "excuse": SignUpState.EXCUSED, "excuses": SignUpState.EXCUSED,
            "annule": SignUpState.CANCELLED, "annules": SignUpState.CANCELLED,
        },
    ),
    "ecole": ("schools", None),
    "commune": ("communes", None),
}  # fmt: skip
CHANNELS = {"telegram": Kind.CHAT, "sms": Kind.SMS}


class BadAudience(ValueError):
    """What staff wrote is no audience: *at* is the criterion, *key* the sentence that says why."""

    def __init__(self, at: str, key: str, **values: object) -> None:
        super().__init__(key)
        self.at, self.key, self.values = at, key, values


@dataclass(frozen=True)
class Audience:
    """*states* are those of a sign-up: for *session*, else for a session about one of *themes*,
    else for any. Without them *session* means everybody who did not give their place back.

    *schools* are collèges or schools that people named with their wishes, and *communes* where
    they signed up for a session, want to be told of one, or teach, up to *km* away. *kind* is the
    only screen that it may go to.

    *reach* is the territory that its author may write to (core.broadcasts.authors), "" for all: who
    lives or has signed up there; and *college* the one of it, "" for all: who signed up for its
    sessions or named it with their wishes. No staff write them, and nothing that they write takes
    them away.
    """

    territories: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    schools: tuple[str, ...] = ()
    communes: tuple[str, ...] = ()
    km: int = 0
    session: int | None = None
    kind: Kind | None = None
    reach: str = ""
    college: str = ""

    @property
    def is_everybody(self) -> bool:
        """Everybody whom its author may write to."""
        return self == Audience().bounded(self.bound)

    @property
    def bound(self) -> Reach:
        """What it reaches at most."""
        return Reach(self.reach, self.college)

    def bounded(self, bound: Reach) -> Self:
        """The same within *bound*, and no other."""
        return replace(self, reach=bound.territory, college=bound.college)

    def as_json(self) -> dict[str, object]:
        """Only what narrows it."""
        return {name: _plain(value) for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> Self:
        """What ``as_json`` made. Raises TypeError when it did not."""
        known = {one.name for one in fields(cls)}
        read = {
            name: tuple(one) if isinstance(one, list) else one
            for name, one in value.items()
            if name in known
        }
        if "kind" in read:
            read["kind"] = Kind(str(read["kind"]))
        return cls(**read)  # type: ignore[arg-type]


@dataclass
class _Reading:
    """The criteria that were read so far."""

    tables: Tables
    found: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, name: str, written: object) -> None:
        into, known = WORDS[name]
        values = [self._one(name, str(one), known) for one in _listed(name, written)]
        self.found[into] = tuple(dict.fromkeys(values))

    def _one(self, name: str, text: str, known: Mapping[str, str] | None) -> str:
        if known is not None:
            value = known.get(text) or known.get(plain(text))
            if value is None:
                raise BadAudience(
                    name, "broadcasts.unknown_value", found=text, known=", ".join(known)
                )
            return value
        if name == "commune":
            commune = find_commune(self.tables, text)
            if commune is None:
                raise BadAudience(name, "broadcasts.unknown_commune", found=text)
            return commune.name
        return school(self.tables, text)


def read(written: Mapping[str, object], tables: Tables) -> Audience:
    """The audience that staff wrote, under the names of WORDS. Raises BadAudience.

    ``tout le monde`` stands alone: everybody is never reached by leaving out a line.
    """
    reading = _Reading(tables)
    session = km = 0
    kind = None
    for name, value in written.items():
        match name:
            case "seance":
                session = _number(name, value, 999_999_999)
            case "rayon_km":
                km = _number(name, value, FARTHEST_KM)
            case "canal":
                kind = CHANNELS.get(str(value))
                if kind is None:
                    known = ", ".join(CHANNELS)
                    raise BadAudience(name, "broadcasts.unknown_value", found=value, known=known)
            case _ if name in WORDS:
                reading.read(name, value)
            case _:
                known = ", ".join([*WORDS, "seance", "rayon_km", "canal"])
                raise BadAudience(name, "broadcasts.unknown_criterion", found=name, known=known)
    if km and "communes" not in reading.found:
        raise BadAudience("rayon_km", "broadcasts.radius_alone")
    found = Audience(km=km, session=session or None, kind=kind)
    return replace(found, **reading.found)  # type: ignore[arg-type]


def written(audience: Audience) -> dict[str, list[str]]:
    """*audience* as staff write it: what ``read`` reads as the same, but for its reach."""
    found = {}
    for name, (into, known) in WORDS.items():
        values = getattr(audience, into)
        ours = words_of(name)
        found[name] = [ours[one] for one in ours if one in values] if known else list(values)
    channels = {kind: name for name, kind in CHANNELS.items()}
    found["canal"] = [channels[audience.kind]] if audience.kind else []
    found["seance"] = [str(audience.session)] if audience.session else []
    found["rayon_km"] = [str(audience.km)] if audience.km else []
    return found


def words_of(name: str) -> dict[str, str]:
    """What each value of the criterion *name* is called first, in the order of WORDS."""
    found: dict[str, str] = {}
    for word, value in (WORDS[name][1] or {}).items():
        found.setdefault(value, word)
    return found


def school(tables: Tables, text: str) -> str:
    """*text* as the table of collèges spells it; else as it is. Raises BadAudience."""
    named = [one.name for one in tables.colleges if plain(text) in map(plain, one.names)]
    if not 2 <= len(text) <= LONGEST_SCHOOL:
        raise BadAudience("ecole", "broadcasts.unknown_school", found=text[:LONGEST_SCHOOL])
    return named[0] if len(named) == 1 else text


def within(tables: Tables, names: tuple[str, ...], km: int) -> list[str]:
    """The communes *names* and all that are up to *km* away from one of them, sorted."""
    centres = [tables.by_commune[name] for name in names if name in tables.by_commune]
    near = {
        one.name
        for one in (tables.communes if km else ())
        if any(distance(where(centre), where(one)) <= km for centre in centres)
    }
    return sorted(near | set(names))


def _listed(name: str, written: object) -> list[object]:
    values = written if isinstance(written, list) else [written]
    if not values or any(isinstance(one, dict | list) or one in (None, "") for one in values):
        raise BadAudience(name, "broadcasts.empty_criterion", found=name)
    return values


def _number(name: str, written: object, most: int) -> int:
    text = str(written)
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise BadAudience(name, "broadcasts.not_a_number", found=text[:20], most=most)
    return int(text)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
