"""Every page of the console, and the right that each needs (tests/console walks them all)."""

from bot.console import day, people, sessions, sheets, team, writing

PAGES = (*day.PAGES, *sheets.PAGES, *writing.PAGES, *sessions.PAGES, *people.PAGES, *team.PAGES)
