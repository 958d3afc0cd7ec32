"""Who did what: looked through, and taken out as a file."""

from dataclasses import asdict
from datetime import date
from urllib.parse import urlencode

from bot.console.knowledge import number
from bot.console.pages import Ask, Give, Page, Reply, Show
from core.console import log
from core.console.log import Wanted
from core.console.members import Right
from core.daytime import PARIS
from core.workshops.sheets.spreadsheet import as_csv

COLUMNS = ("quand", "qui", "action", "sur", "details")
LONGEST = 64  # characters of an actor or an action


def find(ask: Ask) -> Reply:
    wanted = _wanted(ask)
    found = log.find(ask.session, ask.member, wanted)
    kept = {name: str(value) for name, value in asdict(wanted).items() if value and name != "page"}
    values = {"found": found, "wanted": wanted, "kept": kept, "query": urlencode(kept)}
    return Show("log_list" if ask.piece else "log", values)


def export(ask: Ask) -> Reply:
    entries = log.export(ask.session, ask.member, _wanted(ask))
    rows = [
        (one.at.astimezone(PARIS).strftime("%Y-%m-%d %H:%M:%S"), one.who, one.action, one.about,
         one.details)
        for one in entries
    ]  # fmt: skip
    return Give("journal.csv", as_csv(COLUMNS, rows), "text/csv; charset=utf-8")


def _wanted(ask: Ask) -> Wanted:
    """What the address says wrongly is as if it did not."""
    asked = ask.query.get
    return Wanted(
        asked("actor", "")[:LONGEST], asked("action", "")[:LONGEST], _day(asked("since", "")),
        _day(asked("until", "")), number(asked("page", "")),
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


PAGES = (
    Page("/audit", Right.AUDIT, find),
    Page("/audit/export.csv", Right.AUDIT, export),
)
