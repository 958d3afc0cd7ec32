"""Every page of the console, the right that each needs (tests/console walks them all), the menu."""

from bot.console import (
    adding,
    calendar,
    day,
    folk,
    people,
    results,
    sessions,
    sheets,
    team,
    writing,
)
from core.console.members import Right

PAGES = (
    *day.PAGES, *sheets.PAGES, *writing.PAGES, *sessions.PAGES, *people.PAGES, *adding.PAGES,
    *calendar.PAGES, *results.PAGES, *folk.PAGES,
    *team.PAGES,
)  # fmt: skip
# Where the menu leads, what it is called there, and who sees it.
MENU = (
    ("", "console.today", Right.LOOK),
    ("/sessions", "console.sessions", Right.LOOK),
    ("/people", "console.folk", Right.PEOPLE),
    ("/results", "console.results", Right.LOOK),
    ("/team", "console.team", Right.TEAM),
)
