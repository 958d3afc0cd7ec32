"""Who came to a session, noted by tapping, and seats given back."""

from bot.console.pages import Ask, GoTo, Page, Reply, Show
from core.console import listing, people
from core.console.members import Right
from core.workshops.booking.refusals import NotSignedUp
from core.workshops.model import SignUpState

MARKS = (SignUpState.ATTENDED, SignUpState.ABSENT, SignUpState.EXCUSED)


def mark(ask: Ask) -> Reply:
    """One tap; only its line is drawn anew where the browser can do that."""
    number, sign_up, state = ask.path["id"], ask.path["sign_up"], ask.form.get("state", "")
    if state not in set(MARKS):
        raise NotSignedUp
    people.mark(ask.session, ask.member, number, sign_up, SignUpState(state), ask.now)
    if not ask.piece:
        return GoTo(f"/sessions/{number}", "marked")
    who = people.find(ask.session, ask.member, ask.house.vault, number, sign_up)
    row = listing.one(ask.session, ask.member, number)
    (seen,) = listing.with_figures(ask.session, [row])
    return Show("sign_up", {"who": who, "one": seen})


def mark_absent(ask: Ask) -> Reply:
    number = ask.path["id"]
    count = people.mark_absent(ask.session, ask.member, number, ask.now)
    return GoTo(f"/sessions/{number}", "absent", count)


def give_back(ask: Ask) -> Reply:
    number, sign_up = ask.path["id"], ask.path["sign_up"]
    people.give_back(ask.session, ask.member, ask.house.notices, number, sign_up, ask.now)
    return GoTo(f"/sessions/{number}", "given_back")


PAGES = (
    Page("/sessions/{id:int}/sign-ups/{sign_up:int}/mark", Right.PEOPLE, mark, "POST"),
    Page("/sessions/{id:int}/sign-ups/{sign_up:int}/give-back", Right.PEOPLE, give_back, "POST"),
    Page("/sessions/{id:int}/absent", Right.PEOPLE, mark_absent, "POST"),
)
