"""Who did what: looked through, and taken out as a file."""

from dataclasses import asdict
from datetime import date
from functools import partial
from urllib.parse import urlencode

from bot.console.pages import Ask, Give, Page, Reply, Show
from bot.console.words import Words
from core.console import log
from core.console.log import Wanted
from core.console.members import Right
from core.daytime import PARIS
from core.workshops.sheets.spreadsheet import as_csv

COLUMNS = ("quand", "qui", "action", "sur", "details")
LONGEST = 64  # characters of an actor or an action
SHORT = 8  # of the name of a contact: enough to tell one from another


def find(ask: Ask) -> Reply:
    wanted = _wanted(ask)
    found = log.find(ask.session, ask.member, wanted)
    kept = {name: str(value) for name, value in asdict(wanted).items() if value and name != "page"}
    actions = {one: did(ask.words, one) for one in found.actions}
    values = {
        "found": found, "wanted": wanted, "kept": kept, "query": urlencode(kept),
        "actions": sorted(actions.items(), key=lambda pair: pair[1].casefold()),
        "did": partial(did, ask.words), "called": partial(called, ask.words),
    }  # fmt: skip
    return Show("log_list" if ask.piece else "log", values)


def export(ask: Ask) -> Reply:
    entries = log.export(ask.session, ask.member, _wanted(ask))
    rows = [
        (one.at.astimezone(PARIS).strftime("%Y-%m-%d %H:%M:%S"), called(ask.words, one.who),
         did(ask.words, one.action), called(ask.words, one.about), one.details)
        for one in entries
    ]  # fmt: skip
    return Give("journal.csv", as_csv(COLUMNS, rows), "text/csv; charset=utf-8")


def did(words: Words, action: str) -> str:
    """What *action* is called; itself when the code knows it no longer."""
    key = f"console.did.{action}"
    return words.t(key) if words.wording.has(key) else action


def called(words: Words, name: str) -> str:
    """An actor or a subject: of members the name they have; else what it is, and its number."""
    kind, colon, rest = name.partition(":")
    key = f"console.log.of.{kind}" if colon else f"console.log.who.{kind}"
    if not words.wording.has(key):
        return name
    return words.t(key, name=rest[:SHORT] if kind == "contact" else rest)


def _wanted(ask: Ask) -> Wanted:
    """What the address says wrongly is as if it did not."""
    asked = ask.query.get
    return Wanted(
        asked("actor", "")[:LONGEST], asked("action", "")[:LONGEST], _day(asked("since", "")),
        _day(asked("until", "")), ask.page,
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
