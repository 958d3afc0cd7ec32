"""Every page of the console, the right that each needs (tests/console walks them all), the menu."""

from bot.console import (
    adding,
    broadcasts,
    calendar,
    calling,
    composing,
    content,
    conversations,
    day,
    folk,
    knowledge,
    log,
    people,
    results,
    sessions,
    sheets,
    team,
    training,
    translations,
    writing,
)
from core.console.members import Right

PAGES = (
    *day.PAGES, *sheets.PAGES, *writing.PAGES, *sessions.PAGES, *people.PAGES, *adding.PAGES,
    *calling.PAGES, *calendar.PAGES, *composing.PAGES, *broadcasts.PAGES, *conversations.PAGES,
    *knowledge.PAGES, *content.PAGES, *translations.PAGES, *training.PAGES, *results.PAGES,
    *folk.PAGES, *team.PAGES, *log.PAGES,
)  # fmt: skip
# Where the menu leads, what it is called there, and who sees it.
MENU = (
    ("", "console.today", Right.LOOK),
    ("/sessions", "console.sessions", Right.LOOK),
    ("/broadcasts", "console.casts", Right.BROADCASTS),
    ("/conversations", "console.conversations", Right.CONVERSATIONS),
    ("/knowledge", "console.knowledge", Right.KNOWLEDGE),
    ("/people", "console.folk", Right.PEOPLE),
    ("/results", "console.results", Right.LOOK),
    ("/team", "console.team", Right.TEAM),
    ("/audit", "console.log", Right.AUDIT),
)
