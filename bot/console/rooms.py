"""Every page of the console, the right that each needs (tests/console walks them all), the menu."""

from bot.console import day, people, sessions, sheets, team, writing
from core.console.members import Right

PAGES = (*day.PAGES, *sheets.PAGES, *writing.PAGES, *sessions.PAGES, *people.PAGES, *team.PAGES)
# Where the menu leads, what it is called there, and who sees it.
MENU = (
    ("", "console.today", Right.LOOK),
    ("/sessions", "console.sessions", Right.LOOK),
    ("/team", "console.team", Right.TEAM),
)
