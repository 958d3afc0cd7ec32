"""The list of sessions, one of them, its poster, and cancelling it."""

from bot.console.pages import Ask, Give, GoTo, Page, Reply, Show
from bot.poster import poster_of
from core.console import calling_off, listing, people
from core.console.listing import Wanted, When
from core.console.members import Right
from core.content.model import LAYERS
from core.workshops.booking.refusals import SessionCalledOff, SessionOver
from core.workshops.model import SessionState

PDF = "application/pdf"
LONGEST_SEARCH = 100


def find(ask: Ask) -> Reply:
    wanted = _wanted(ask)
    found = listing.find(ask.session, ask.member, wanted, ask.now)
    values = {"found": found, "wanted": wanted, "states": SessionState, "territories": LAYERS}
    return Show("session_list" if ask.piece else "sessions", values)


def show(ask: Ask) -> Reply:
    row = listing.one(ask.session, ask.member, ask.path["id"])
    (seen,) = listing.with_figures(ask.session, [row])
    words = ask.query.get("words", "")[:LONGEST_SEARCH]
    who = None
    if ask.member.may(Right.PEOPLE):
        who = people.everybody(ask.session, ask.member, ask.house.vault, row.id, words)
    values = {"one": seen, "people": who, "words": words, "has_poster": _has_poster(ask)}
    return Show("session", values)


def poster(ask: Ask) -> Reply:
    from bot.poster_page import draw  # a second to import, which other pages need not wait for

    row = listing.one(ask.session, ask.member, ask.path["id"])
    if row.state == SessionState.CANCELLED:
        raise SessionCalledOff
    if row.is_over(ask.now) or not _has_poster(ask):
        raise SessionOver
    return Give(f"affiche-{row.id}.pdf", draw(poster_of(row, ask.house.settings)), PDF)


def ask_to_cancel(ask: Ask) -> Reply:
    row = listing.one(ask.session, ask.member, ask.path["id"])
    (seen,) = listing.with_figures(ask.session, [row])
    told = calling_off.rehearse(ask.session, ask.house.notices, ask.member, row.id, ask.now)
    return Show("cancel", {"one": seen, "told": told})


def cancel(ask: Ask) -> Reply:
    number = ask.path["id"]
    told = calling_off.call_off(ask.session, ask.house.notices, ask.member, number, ask.now)
    return GoTo(f"/sessions/{number}", "cancelled", told)


def _wanted(ask: Ask) -> Wanted:
    """What the address asks for; what it says wrongly is as if it did not."""
    when, state = ask.query.get("when", ""), ask.query.get("state", "")
    territory = ask.query.get("territory", "")
    return Wanted(
        ask.query.get("words", "")[:LONGEST_SEARCH],
        When(when) if when in set(When) else When.COMING,
        state if state in set(SessionState) else "",
        territory if territory in LAYERS else "",
        ask.page,
    )


def _has_poster(ask: Ask) -> bool:
    """Whether there is a way in that it could show."""
    return bool(ask.house.settings.telegram_bot_name or ask.house.settings.sms_number)


PAGES = (
    Page("/sessions", Right.LOOK, find),
    Page("/sessions/{id:int}", Right.LOOK, show),
    Page("/sessions/{id:int}/poster.pdf", Right.LOOK, poster),
    Page("/sessions/{id:int}/cancel", Right.SESSIONS, ask_to_cancel),
    Page("/sessions/{id:int}/cancel", Right.SESSIONS, cancel, "POST"),
)
