"""Signing somebody up by hand, moving a sign-up to another session, and a note on it."""

from typing import Any

from bot.console.pages import Ask, GoTo, Page, Reply, Show
from bot.console.sessions import LONGEST_SEARCH
from core.console import adding, listing, people
from core.console.adding import AlreadySignedUp, Caller, Full
from core.console.listing import Shown, Wanted
from core.console.members import Right
from core.languages import FRENCH, LANGUAGES
from core.people.phones import NotANumber
from core.workshops.model import SessionState, SignUpState
from core.workshops.signing.form import MOST_PEOPLE


def ask_who(ask: Ask) -> Reply:
    return _form(ask)


def add(ask: Ask) -> Reply:
    form = ask.form
    people_ = form.get("people", "")
    caller = Caller(
        form.get("name", ""), form.get("phone", ""),
        form["language"] if form.get("language") in LANGUAGES else FRENCH,
        int(people_) if people_.isdecimal() and len(people_) == 1 else 0,
    )  # fmt: skip
    if form.get("agreed") != "yes":
        return _form(ask, "agreed")
    number = ask.path["id"]
    try:
        # In a part of its own: whoever was met only to be refused is not kept.
        with ask.session.begin_nested():
            placed = adding.add(
                ask.session, ask.member, ask.house.notices, ask.house.vault, ask.house.sms,
                number, caller, ask.now,
            )  # fmt: skip
    except NotANumber:
        return _form(ask, "phone")
    except ValueError:
        return _form(ask, "name")
    except AlreadySignedUp:
        return _form(ask, "already", 409)
    return GoTo(f"/sessions/{number}", _said("added", placed.state))


def ask_where(ask: Ask) -> Reply:
    return _targets(ask)


def move(ask: Ask) -> Reply:
    number, sign_up = ask.path["id"], ask.path["sign_up"]
    target = ask.form.get("target", "")
    if not (target.isdecimal() and len(target) <= 9):
        return _targets(ask, "target", 422)
    try:
        placed = adding.move(
            ask.session, ask.member, ask.house.notices, ask.house.vault, number, sign_up,
            int(target), ask.form.get("wait") == "yes", ask.now,
        )  # fmt: skip
    except Full:
        row = listing.one(ask.session, ask.member, int(target))
        return _targets(ask, "full", 409, listing.with_figures(ask.session, [row])[0])
    except AlreadySignedUp:
        return _targets(ask, "already", 409)
    return GoTo(f"/sessions/{target}", _said("moved", placed.state))


def ask_note(ask: Ask) -> Reply:
    return Show("note", _of(ask) | {"most": people.LONGEST_NOTE})


def write_note(ask: Ask) -> Reply:
    number, sign_up = ask.path["id"], ask.path["sign_up"]
    text = ask.form.get("note", "")
    people.write_note(ask.session, ask.member, ask.house.vault, number, sign_up, text, ask.now)
    return GoTo(f"/sessions/{number}", "saved")


def _form(ask: Ask, wrong: str = "", status: int = 422) -> Reply:
    row = listing.one(ask.session, ask.member, ask.path["id"])
    (seen,) = listing.with_figures(ask.session, [row])
    known = {"name": "", "phone": "", "language": FRENCH, "people": "1", "agreed": ""}
    values = {
        "one": seen,
        "wrong": wrong,
        "form": known | dict(ask.form),
        "languages": LANGUAGES,
        "most": MOST_PEOPLE,
    }
    return Show("add", values, status if wrong else 200)


def _targets(ask: Ask, wrong: str = "", status: int = 200, full: Shown | None = None) -> Reply:
    """The other dates of the same workshop, or what was looked for."""
    known = _of(ask)
    words = ask.query.get("words", "")[:LONGEST_SEARCH]
    row = known["one"].row
    wanted = Wanted(words or row.workshop.title, state=SessionState.OPEN)
    found = listing.find(ask.session, ask.member, wanted, ask.now)
    values = known | {
        "words": words,
        "targets": [
            one
            for one in found.shown
            if one.row.id != row.id and one.row.opens_at <= ask.now < one.row.closes_at
        ],
        "wrong": wrong,
        "full": full,
    }
    return Show("move", values, status)


def _of(ask: Ask) -> dict[str, Any]:
    number, sign_up = ask.path["id"], ask.path["sign_up"]
    who = people.find(ask.session, ask.member, ask.house.vault, number, sign_up)
    row = listing.one(ask.session, ask.member, number)
    return {"who": who, "one": listing.with_figures(ask.session, [row])[0]}


def _said(what: str, state: SignUpState) -> str:
    return f"{what}_waiting" if state is SignUpState.WAITING else what


SIGN_UP = "/sessions/{id:int}/sign-ups/{sign_up:int}"
PAGES = (
    Page("/sessions/{id:int}/add", Right.PEOPLE, ask_who),
    Page("/sessions/{id:int}/add", Right.PEOPLE, add, "POST"),
    Page(f"{SIGN_UP}/move", Right.PEOPLE, ask_where),
    Page(f"{SIGN_UP}/move", Right.PEOPLE, move, "POST"),
    Page(f"{SIGN_UP}/note", Right.PEOPLE, ask_note),
    Page(f"{SIGN_UP}/note", Right.PEOPLE, write_note, "POST"),
)
