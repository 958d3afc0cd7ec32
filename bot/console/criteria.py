"""What an audience may be asked for, as a form and a page call it."""

from collections.abc import Callable, Mapping, Sequence

from core.broadcasts import audience
from core.broadcasts.audience import Audience
from core.broadcasts.model import Broadcast
from core.console.cast_fields import CRITERIA, TICKED
from core.people.contacts import Role

LABELS = {
    "territoire": "console.cast.of.territory",
    "role": "console.cast.of.role",
    "langue": "console.cast.of.language",
    "theme": "console.cast.of.theme",
    "inscrits": "console.cast.of.states",
    "ecole": "console.cast.of.schools",
    "commune": "console.cast.of.communes",
    "seance": "console.cast.of.session",
    "rayon_km": "console.cast.of.km",
    "canal": "console.cast.of.channel",
}
ROLES = {
    Role.PARENT.value: "broadcasts.parents",
    Role.TEACHER.value: "broadcasts.teachers",
    Role.STAFF.value: "console.cast.staff",
}
KEYS: Mapping[str, Callable[[str], str]] = {
    "territoire": lambda value: f"console.territory.{value}",
    "role": lambda value: ROLES[value],
    "inscrits": lambda value: f"console.sign_up.{value}",
}

# A word of the file, and the key of what it is called: "" of what is called the same everywhere.
Named = tuple[str, str]


def choices() -> Mapping[str, Sequence[Named]]:
    """What may be ticked in each list."""
    return {
        name: [(word, _key(name, value)) for value, word in audience.words_of(name).items()]
        for name in TICKED
    }


def described(row: Broadcast) -> Sequence[tuple[str, Sequence[Named]]]:
    """Each criterion of *row* with its values."""
    written, known = audience.written(Audience.from_json(row.audience)), choices()
    called = {name: dict(words) for name, words in known.items()}
    return [
        (name, [(word, called.get(name, {}).get(word, "")) for word in written[name]])
        for name in CRITERIA
        if written[name]
    ]


def _key(name: str, value: str) -> str:
    return KEYS[name](value) if name in KEYS else ""
