"""Today."""

from collections.abc import Sequence

from bot.console.pages import Ask, Page, Reply, Show
from core.console import calling, today
from core.console.calling import Call
from core.console.members import Right


def show(ask: Ask) -> Reply:
    seen = today.look(ask.session, ask.member, ask.now)
    calls: Sequence[Call] = ()
    if ask.member.may(Right.PEOPLE):
        calls = calling.to_call(ask.session, ask.member, ask.house.vault, ask.now)
    return Show("today", {"today": seen, "calls": calls, "understands": ask.understands})


PAGES = (Page("", Right.LOOK, show, asks_rasa=True),)
