"""A broadcast as the fields of a form, and back.

The fields are called as in the file of docs/broadcasts.md, with a dot between a field and its
language or criterion: ``texte.ar``, ``public.commune``. What a member may not reach is no criterion
but a bound (core.broadcasts.audience.Audience.bound), which no form carries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.broadcasts import audience, authors, recurring
from core.broadcasts.audience import WORDS, Audience, BadAudience
from core.broadcasts.checking import Fault
from core.broadcasts.means import Means
from core.broadcasts.model import MOST_BUTTONS, Broadcast, BroadcastState
from core.console.listing import one as one_session
from core.console.meanwhile import Values
from core.console.members import Right, StaffMember, check
from core.languages import FRENCH, LANGUAGES
from core.workshops.booking.refusals import NoSuchSession
from core.workshops.model import WorkshopSession
from core.workshops.phrases import cut
from core.workshops.sheets.moments import BadMoment, read_moment, write_moment
from core.workshops.sheets.spreadsheet import Wrong, tidy

CRITERIA = (*WORDS, "seance", "rayon_km", "canal")
TICKED = ("territoire", "role", "langue", "theme", "inscrits")  # the rest is typed
BUTTONS = range(MOST_BUTTONS)
FIELDS = (
    "titre",
    *(f"public.{name}" for name in CRITERIA),
    *(f"texte.{language}" for language in LANGUAGES),
    "seance",
    "inscription",
    *(f"bouton.{place}.{language}" for place in BUTTONS for language in LANGUAGES),
    "quand",
    "repetition",
    "fois",
)
YES = "1"
ISO = "%Y-%m-%dT%H:%M"
LONGEST_TITLE = 60
# What is said otherwise of a form than of a file.
WORDED = {
    "broadcasts.quiet": "console.cast.wrong.quiet",
    "broadcasts.needs_session": "console.cast.wrong.needs_session",
    "broadcasts.sign_up_alone": "console.cast.wrong.sign_up_alone",
    "broadcasts.too_many_segments": "console.cast.wrong.segments",
    "broadcasts.not_urgent": "console.cast.wrong.not_urgent",
    "broadcasts.bad_rule": "console.cast.wrong.rule",
}
# Decided anew when the time is.
OF_THE_TIME = ("start_at", "rrule")


@dataclass(frozen=True)
class Read:
    """What a form says: *row* is kept nowhere, and nothing in it is checked but what could not be
    read."""

    row: Broadcast
    wrongs: Sequence[Wrong]


def shown(row: Broadcast) -> dict[str, str]:
    """The fields of *row* as a form shows them."""
    public = audience.written(Audience.from_json(row.audience))
    values = dict.fromkeys(FIELDS, "") | {
        "titre": row.title,
        "seance": str(row.session_id or ""),
        "inscription": YES if row.sign_up else "",
        "quand": _moment(row.start_at),
    }
    for name, written in public.items():
        values[f"public.{name}"] = ("," if name in TICKED else "\n").join(written)
    values |= {f"texte.{language}": text for language, text in row.texts.items()}
    for place, labels in enumerate(row.buttons):
        values |= {f"bouton.{place}.{language}": label for language, label in labels.items()}
    often, times = recurring.chosen(row.rrule) or (row.rrule, "")
    values |= {"repetition": often, "fois": times}
    return {name: values[name] for name in FIELDS}


def read(
    session: Session, means: Means, member: StaffMember, mine: Values, now: datetime,
    like: Broadcast | None = None,
) -> Read:  # fmt: skip
    """What *mine* says, kept nowhere: a change of *like*, or something new. Raises NotAllowed."""
    check(member, Right.BROADCASTS)
    wrongs: list[Wrong] = []
    reach = authors.reach_in(like) if like else member.reach
    texts = {one: tidy(mine[f"texte.{one}"]) for one in LANGUAGES}
    about = _session(session, member, mine, "seance", wrongs)
    row = Broadcast(
        author=like.author if like else member.actor, state=BroadcastState.DRAFT,
        title=" ".join(tidy(mine["titre"]).split()) or _first_line(texts[FRENCH]),
        audience=_audience(session, means, member, mine, wrongs).bounded(reach).as_json(),
        texts={one: text for one, text in texts.items() if text or one == FRENCH},
        buttons=_buttons(mine), session_id=about.id if about else None, session=about,
        sign_up=mine["inscription"] == YES, start_at=_when(mine, wrongs), rrule=_rule(mine),
        waits=False, urgent="", file_name="", file_type="", occurrence=0, excluded={}, asking="",
        created_at=now, changed_at=now,
    )  # fmt: skip
    if like is not None:
        row.file_name, row.file_type, row.file = like.file_name, like.file_type, like.file
        if all(getattr(row, name) == getattr(like, name) for name in OF_THE_TIME):
            row.waits, row.urgent, row.confirmed_at = like.waits, like.urgent, like.confirmed_at
    return Read(row, wrongs)


def worded(fault: Fault) -> Wrong:
    """*fault* at the field of the form that it is about."""
    first, *rest = fault.at
    if first in ("texte", "boutons"):
        name = "texte" if first == "texte" else "bouton"
        places = [0] if first == "boutons" and not rest else []
        whole = [name, *places, *rest]
        at = ".".join(map(str, whole if isinstance(whole[-1], str) and rest else [*whole, FRENCH]))
    else:
        at = {"urgent": "quand"}.get(str(first), str(first))
    return Wrong(1, at, WORDED.get(fault.key, fault.key), fault.values)


def _audience(
    session: Session, means: Means, member: StaffMember, mine: Values, wrongs: list[Wrong]
) -> Audience:
    written: dict[str, object] = {}
    for name in CRITERIA:
        text = mine[f"public.{name}"]
        parts = text.split("," if name in TICKED else "\n")
        values = [one for part in parts if (one := " ".join(tidy(part).split()))]
        if values:
            written[name] = values if name in WORDS else values[0]
    try:
        found = audience.read(written, means.tables())
    except BadAudience as error:
        wrongs.append(Wrong(1, f"public.{error.at}", error.key, error.values))
        return Audience()
    _session(session, member, mine, "public.seance", wrongs)
    return found


def _session(
    session: Session, member: StaffMember, mine: Values, name: str, wrongs: list[Wrong]
) -> WorkshopSession | None:
    text = mine[name].strip()
    if not text:
        return None
    try:
        if not (text.isdecimal() and len(text) <= 9):
            raise NoSuchSession
        return one_session(session, member, int(text))
    except NoSuchSession:
        wrongs.append(Wrong(1, name, "console.cast.wrong.session"))
        return None


def _buttons(mine: Values) -> list[dict[str, str]]:
    """Those that say something in any language, in their order."""
    written = (
        {one: label for one in LANGUAGES if (label := tidy(mine[f"bouton.{place}.{one}"]))}
        for place in BUTTONS
    )
    return [labels for labels in written if labels]


def _when(mine: Mapping[str, str], wrongs: list[Wrong]) -> datetime | None:
    text = mine["quand"].strip()
    try:
        return read_moment(text) if text else None
    except BadMoment as error:
        wrongs.append(Wrong(1, "quand", error.key, {"found": text[:40]}))
        return None


def _rule(mine: Values) -> str:
    chosen, count = mine["repetition"].strip(), mine["fois"].strip()
    return recurring.rule_of(chosen, count) if chosen in recurring.RULES else chosen


def _moment(moment: datetime | None) -> str:
    """As a form takes it; what needs its offset, two hours a year, as text."""
    if moment is None:
        return ""
    written = write_moment(moment)
    return written if isinstance(written, str) else written.strftime(ISO)


def _first_line(text: str) -> str:
    return cut(text.partition("\n")[0], LONGEST_TITLE)
