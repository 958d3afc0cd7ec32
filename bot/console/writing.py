"""Creating, copying and editing a session, in one form."""

from collections.abc import Mapping

from bot.console.pages import Ask, GoTo, Page, Reply, Show
from core.console import editing, listing
from core.console.editing import FIELDS, Edited
from core.console.members import Right
from core.content.model import LAYERS
from core.workshops.model import SessionState, WorkshopSession
from core.workshops.sheets.columns import AUDIENCES, KINDS, STATES
from core.workshops.themes import THEMES

DRAFT, OPEN = (name for name, one in STATES.items() if one is not SessionState.CANCELLED)
EMPTY = dict.fromkeys(FIELDS, "") | {
    "type": next(iter(KINDS)), "public": next(iter(AUDIENCES)), "distance": "non", "langues": "fr",
    "places": "12", "etat": DRAFT, "silence_libere": "non",
}  # fmt: skip


def ask_new(ask: Ask) -> Reply:
    like = _like(ask)
    values = editing.copied(like) if like else EMPTY | _at_home(ask)
    return _form(ask, Edited(values), like)


def create(ask: Ask) -> Reply:
    weeks = ask.form.get("repeat", "1").strip()
    edited = editing.create(
        ask.session, ask.house.telling(), ask.member, _like(ask), _written(ask.form),
        int(weeks) if weeks.isdecimal() and len(weeks) < 4 else 0, ask.now,
    )  # fmt: skip
    if not edited.ids:
        return _form(ask, edited, _like(ask))
    return GoTo(f"/sessions/{edited.ids[0]}", "created", len(edited.ids))


def ask_change(ask: Ask) -> Reply:
    row = listing.one(ask.session, ask.member, ask.path["id"])
    return _form(ask, Edited(editing.shown(row)), row=row)


def change(ask: Ask) -> Reply:
    number = ask.path["id"]
    was = {name: ask.form.get(f"was.{name}", "") for name in FIELDS}
    edited = editing.change(
        ask.session, ask.house.telling(), ask.member, number, was, _written(ask.form), ask.now
    )
    if edited.ids:
        return GoTo(f"/sessions/{number}", "saved")
    return _form(ask, edited, row=listing.one(ask.session, ask.member, number))


def _form(
    ask: Ask, edited: Edited, like: WorkshopSession | None = None,
    row: WorkshopSession | None = None,
) -> Reply:  # fmt: skip
    """*was* is what the database says now: what is sent next is compared to that."""
    told = edited.theirs or edited.taken
    values = {
        "values": edited.values,
        "was": editing.shown(row) if row else {},
        "wrongs": [one for one in edited.wrongs if one.line == 1],
        "others": [one for one in edited.wrongs if one.line > 1],
        "theirs": edited.theirs,
        "taken": edited.taken,
        "row": row,
        "like": like,
        "choices": _choices(ask),
        "repeat": ask.form.get("repeat", "1"),
    }
    return Show("session_form", values, 409 if told else 422 if edited.wrongs else 200)


def _at_home(ask: Ask) -> dict[str, str]:
    """What a session of theirs has in common with the others."""
    reach = ask.member.reach
    theirs = {"territoire": reach.territory}
    for one in ask.house.tables().colleges:
        if (one.territory, one.name) == (reach.territory, reach.college):
            theirs |= {"organisateur": one.name, "lieu": one.name, "commune": one.commune}
    return theirs


def _choices(ask: Ask) -> Mapping[str, list[tuple[str, str]]]:
    """The values of each list, with the key of what they are called.

    "" of a theme, which people call the same.
    """
    territories = [one for one in LAYERS if ask.member.reaches(one)]
    return {
        "type": [(name, f"console.kind.{one}") for name, one in KINDS.items()],
        "public": [(name, f"console.audience.{one}") for name, one in AUDIENCES.items()],
        "distance": [("non", "console.no"), ("oui", "console.yes")],
        "territoire": [(one, f"console.territory.{one}") for one in territories],
        "theme": [("", "console.no_theme"), *((one, "") for one in THEMES)],
        "silence_libere": [("non", "console.no"), ("oui", "console.yes")],
        "etat": [(DRAFT, "console.state.draft"), (OPEN, "console.state.open")],
    }


def _written(form: Mapping[str, str]) -> dict[str, str]:
    return {name: form.get(name, "") for name in FIELDS}


def _like(ask: Ask) -> WorkshopSession | None:
    """The session that the new one is made after. Raises NoSuchSession."""
    number = ask.query.get("like", "")
    if not (number.isdecimal() and len(number) <= 9):
        return None
    return listing.one(ask.session, ask.member, int(number))


PAGES = (
    Page("/sessions/new", Right.SESSIONS, ask_new),
    Page("/sessions/new", Right.SESSIONS, create, "POST"),
    Page("/sessions/{id:int}/edit", Right.SESSIONS, ask_change),
    Page("/sessions/{id:int}/edit", Right.SESSIONS, change, "POST"),
)
