"""A seat for somebody who left no number: given, or passed to the next."""

from bot.console.pages import Ask, GoTo, Page, Reply
from core.console import calling
from core.console.members import Right


def give(ask: Ask) -> Reply:
    number, sign_up = ask.path["id"], ask.path["sign_up"]
    calling.give(ask.session, ask.member, number, sign_up, ask.now)
    return GoTo(f"/sessions/{number}", "seat_given")


def pass_over(ask: Ask) -> Reply:
    number, sign_up = ask.path["id"], ask.path["sign_up"]
    calling.pass_over(ask.session, ask.member, ask.house.notices, number, sign_up, ask.now)
    return GoTo(f"/sessions/{number}", "passed_over")


PAGES = (
    Page("/sessions/{id:int}/sign-ups/{sign_up:int}/give-seat", Right.PEOPLE, give, "POST"),
    Page("/sessions/{id:int}/sign-ups/{sign_up:int}/pass-over", Right.PEOPLE, pass_over, "POST"),
)
