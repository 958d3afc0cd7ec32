"""Writing a broadcast: the form, and what it would be while somebody writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.console.broadcasts import shown
from bot.console.criteria import LABELS, choices
from bot.console.pages import Ask, GoTo, Page, Reply, Show
from core.broadcasts.attaching import File, attach
from core.broadcasts.audience import CHANNELS
from core.broadcasts.deciding import Refused
from core.broadcasts.means import Means
from core.broadcasts.model import Broadcast
from core.broadcasts.phones import Phone, drawn
from core.broadcasts.preview import Preview, preview
from core.broadcasts.recurring import MOST_TIMES
from core.console import cast_fields, casts, composing
from core.console.cast_fields import BUTTONS, FIELDS
from core.console.members import Right
from core.languages import FRENCH, LANGUAGES
from core.workshops.sheets.spreadsheet import Wrong

EMPTY = dict.fromkeys(FIELDS, "")


@dataclass(frozen=True)
class Live:
    """What is written, as it would be: on telephones by language, and for whom when *preview* is
    there; else *wrong* says why nobody can be counted."""

    phones: Mapping[str, Sequence[Phone]]
    preview: Preview | None
    wrong: Wrong | None


@dataclass(frozen=True)
class Form:
    """The state of the form: *mine* stands in it, *was* is what the database said."""

    mine: Mapping[str, str]
    was: Mapping[str, str] = field(default_factory=dict)
    wrongs: Sequence[Wrong] = ()
    theirs: Mapping[str, str] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()


def ask_new(ask: Ask) -> Reply:
    """An empty one; with ``?session=N`` to the people of that session, about it."""
    number = ask.query.get("session", "")
    known = casts.sessions(ask.session, ask.member, ask.now, [number])
    chosen = number in {str(one.id) for one in known}
    about = {"seance": number, "public.seance": number} if chosen else {}
    return _form(ask, Form(EMPTY | about))


def create(ask: Ask) -> Reply:
    mine = _written(ask.form)
    read = cast_fields.read(ask.session, _means(ask), ask.member, mine, ask.now)
    _attach(ask, read.row)
    wrongs = _wrongs(ask, read)
    if wrongs or _only_counts(ask):
        return _form(ask, Form(mine, wrongs=wrongs))
    row = composing.create(ask.session, _means(ask), ask.member, read.row, ask.now)
    return GoTo(f"/broadcasts/{row.id}", "cast_kept")


def ask_change(ask: Ask) -> Reply:
    number = ask.path["id"]
    try:
        row = composing.find(ask.session, ask.member, number)
    except Refused as refusal:
        return shown(ask, casts.one(ask.session, ask.member, number), refusal)
    values = cast_fields.shown(row)
    return _form(ask, Form(values, values), row)


def change(ask: Ask) -> Reply:
    number, mine, was = ask.path["id"], _written(ask.form), _was(ask.form)
    try:
        row = composing.find(ask.session, ask.member, number)
    except Refused as refusal:
        return shown(ask, casts.one(ask.session, ask.member, number), refusal)
    if _only_counts(ask):
        return _form(ask, Form(mine, was), row)
    merged = composing.merged(was, mine, row)
    if merged.to_be_seen:
        current = cast_fields.shown(row)
        return _form(ask, Form(merged.values, current, (), merged.theirs, merged.taken), row)
    read = cast_fields.read(ask.session, _means(ask), ask.member, merged.values, ask.now, row)
    _attach(ask, read.row)
    wrongs = _wrongs(ask, read)
    if wrongs:
        return _form(ask, Form(merged.values, was, wrongs), row)
    composing.change(ask.session, _means(ask), ask.member, row, read.row, ask.now)
    return GoTo(f"/broadcasts/{number}", "cast_kept")


def look(ask: Ask) -> Reply:
    """What is written so far: how many, and how it reads. Nothing is kept."""
    like = casts.one(ask.session, ask.member, ask.path["id"]) if "id" in ask.path else None
    live = _live(ask, _written(ask.form), like)
    return Show("broadcast_live", {"live": live, "tongues": LANGUAGES})


def _form(ask: Ask, form: Form, row: Broadcast | None = None) -> Reply:
    public = [form.mine["seance"], form.mine["public.seance"]]
    told = form.theirs or form.taken
    values = {
        "form": form, "row": row, "live": _live(ask, form.mine, row), "tongues": LANGUAGES,
        "sessions": casts.sessions(ask.session, ask.member, ask.now, public),
        "choices": choices(), "labels": LABELS, "channels": CHANNELS, "buttons": BUTTONS,
        "most_times": MOST_TIMES,
    }  # fmt: skip
    return Show("broadcast_form", values, 409 if told else 422 if form.wrongs else 200)


def _live(ask: Ask, mine: Mapping[str, str], like: Broadcast | None) -> Live:
    read = cast_fields.read(ask.session, _means(ask), ask.member, mine, ask.now, like)
    row, means = read.row, _means(ask)
    row.buttons = [{FRENCH: "…"} | labels for labels in row.buttons]
    at_whom = [one for one in read.wrongs if one.column.startswith("public.")]
    if at_whom:
        return Live(drawn(means, row), None, at_whom[0])
    return Live(drawn(means, row), preview(ask.session, means, row, ask.now), None)


def _wrongs(ask: Ask, read: cast_fields.Read) -> list[Wrong]:
    """What keeps it from being kept; a draft may have other faults, which its page shows."""
    if read.wrongs or _only_counts(ask):
        return list(read.wrongs)
    if ask.form.get("do") == "keep":
        return []
    return composing.wrongs_of(ask.session, _means(ask), read.row, ask.now)


def _attach(ask: Ask, row: Broadcast) -> None:
    if ask.upload is not None:
        attach(row, File(ask.upload.name, ask.upload.content))
    elif ask.form.get("without_file"):
        attach(row, None)


def _written(form: Mapping[str, str]) -> dict[str, str]:
    """What stands in the form, each list that is ticked as one field."""
    values = {name: form.get(name, "") for name in FIELDS}
    for name, words in choices().items():
        at = f"public.{name}"
        values[at] = ",".join(word for word, _ in words if form.get(f"{at}.{word}"))
    return values


def _was(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form[f"was.{name}"] for name in FIELDS if f"was.{name}" in form}


def _only_counts(ask: Ask) -> bool:
    return ask.form.get("do") == "count"


def _means(ask: Ask) -> Means:
    return ask.house.team.means


PAGES = (
    Page("/broadcasts/new", Right.BROADCASTS, ask_new),
    Page("/broadcasts/new", Right.BROADCASTS, create, "POST"),
    Page("/broadcasts/look", Right.BROADCASTS, look, "POST"),
    Page("/broadcasts/{id:int}/edit", Right.BROADCASTS, ask_change),
    Page("/broadcasts/{id:int}/edit", Right.BROADCASTS, change, "POST"),
    Page("/broadcasts/{id:int}/look", Right.BROADCASTS, look, "POST"),
)
