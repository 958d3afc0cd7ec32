"""Today."""

from bot.console.pages import Ask, Page, Reply, Show
from core.console import today
from core.console.members import Right


def show(ask: Ask) -> Reply:
    seen = today.look(ask.session, ask.member, ask.now)
    return Show("today", {"today": seen, "understands": ask.understands})


PAGES = (Page("", Right.LOOK, show, asks_rasa=True),)
