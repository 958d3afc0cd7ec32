"""Every page of the console, the right that each needs (tests/console walks them all), the menu."""

from bot.console import conversations, day, people, sessions, sheets, team, writing
from core.console.members import Right

PAGES = (
    *day.PAGES, *sheets.PAGES, *writing.PAGES, *sessions.PAGES, *people.PAGES, *team.PAGES,
    *conversations.PAGES,
)  # fmt: skip
# Where the menu leads, what it is called there, and who sees it.
MENU = (
    ("", "console.today", Right.LOOK),
    ("/sessions", "console.sessions", Right.LOOK),
    ("/conversations", "console.conversations", Right.CONVERSATIONS),
    ("/team", "console.team", Right.TEAM),
)
