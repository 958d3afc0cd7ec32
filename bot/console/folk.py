"""People: who they are, one of them, two made one, a file of their data, and being forgotten."""

from dataclasses import replace

from bot.console.pages import Ask, Give, GoTo, Page, Reply, Show
from bot.console.sessions import LONGEST_SEARCH
from core.answers import Listener
from core.console import folk, persons
from core.console.members import Nowhere, Right
from core.console.persons import SamePerson
from core.people.phones import NotANumber
from core.workshops.themes import THEMES
from core.workshops.wishes import matrix
from core.workshops.wishes.halfdays import HALF_DAYS
from core.workshops.wishes.matrix import Chosen
from core.workshops.wishes.wish_words import WishWords

ERASES = ("EFFACER", "ERASE")  # what is typed to do it
LONGEST_NUMBER = 30
MOST_COLLEGES = 50


def find(ask: Ask) -> Reply:
    words = ask.query.get("words", "")[:LONGEST_SEARCH]
    found = folk.find(ask.session, ask.member, ask.house.vault, words, ask.page)
    return Show("people", {"found": found, "words": words, "wrong": "", "by_number": False})


def find_number(ask: Ask) -> Reply:
    """Posted, so that a number is in no address and in no log."""
    number, wrong = ask.form.get("number", "")[:LONGEST_NUMBER], ""
    found = folk.Found((), 0)
    try:
        found = folk.find_number(
            ask.session, ask.member, ask.house.vault, ask.house.sms, number, ask.now
        )
    except NotANumber:
        wrong = "console.folk.wrong.number"
    values = {"found": found, "words": "", "wrong": wrong, "by_number": not wrong}
    return Show("people", values, 422 if wrong else 200)


def show(ask: Ask) -> Reply:
    return _person(ask)


def show_number(ask: Ask) -> Reply:
    """Shown once, on this very page."""
    vault = ask.house.vault
    numbers = persons.number(ask.session, ask.member, vault, ask.path["person"], ask.now)
    return _person(ask, numbers)


def export(ask: Ask) -> Reply:
    person = ask.path["person"]
    content = persons.export(ask.session, ask.member, ask.house.vault, person, ask.now)
    return Give(f"donnees-{person}.json", content, "application/json")


def ask_merge(ask: Ask) -> Reply:
    other = ask.query.get("other", "").strip()
    return _merge(ask, other) if other else _merge_with_none(ask)


def merge(ask: Ask) -> Reply:
    other = ask.form.get("other", "")
    if not _is_number(other) or ask.form.get("sure") != "yes":
        return _merge(ask, other, "console.folk.wrong.sure", 422)
    try:
        stays = persons.merge(
            ask.session, ask.member, ask.house.notices, ask.path["person"], int(other), ask.now
        )
    except SamePerson:
        return _merge(ask, other)
    return GoTo(f"/people/{stays}", "merged")


def ask_erase(ask: Ask) -> Reply:
    return _erase(ask)


def erase(ask: Ask) -> Reply:
    if ask.form.get("typed", "").strip().upper() not in ERASES:
        return _erase(ask, "console.folk.wrong.typed", 422)
    persons.erase(
        ask.session, ask.member, ask.house.notices, ask.path["person"], ask.house.erased, ask.now
    )
    return GoTo("/people", "erased")


def wishes(ask: Ask) -> Reply:
    """How many teachers want which theme when: numbers, and nobody."""
    tables, reach = ask.house.tables(), ask.member.reach
    theirs = Chosen(reach.college or None, reach.territory or None)
    colleges = matrix.by_college(ask.session, tables, theirs, ask.now)
    chosen = replace(theirs, college=theirs.college or ask.query.get("college") or None)
    counts = matrix.of_all(ask.session, tables, chosen, ask.now)
    words = WishWords(ask.house.telling().texts, Listener(language=ask.language))
    values = {
        "counts": counts,
        "colleges": list(colleges.items())[:MOST_COLLEGES],
        "chosen": chosen,
        "themes": [one for one in THEMES if counts.themes[one]],
        "half_days": [(one, words.half_days[one]) for one in HALF_DAYS],
    }
    return Show("wishes", values)


def _person(ask: Ask, numbers: list[tuple[str, str]] | None = None) -> Reply:
    file = persons.look(ask.session, ask.member, ask.house.vault, ask.path["person"], ask.now)
    words = WishWords(ask.house.telling().texts, Listener(language=ask.language))
    return Show("person", {"file": file, "numbers": numbers, "half_days": words.half_days})


def _merge_with_none(ask: Ask, wrong: str = "", status: int = 200) -> Reply:
    contact = folk.one(ask.session, ask.member, ask.path["person"])
    person = folk.as_person(ask.session, ask.member, ask.house.vault, contact)
    return Show("merge", {"person": person, "two": None, "wrong": wrong}, status)


def _merge(ask: Ask, other: str, wrong: str = "", status: int = 200) -> Reply:
    if not _is_number(other):
        return _merge_with_none(ask, "console.folk.wrong.other", 422)
    try:
        two = persons.both(
            ask.session, ask.member, ask.house.vault, ask.path["person"], int(other), ask.now
        )
    except SamePerson:
        return _merge_with_none(ask, "console.folk.wrong.same", 422)
    except Nowhere:
        return _merge_with_none(ask, "console.folk.wrong.other", 404)
    values = {"person": two[0].person, "two": two, "wrong": wrong}
    return Show("merge", values, status)


def _erase(ask: Ask, wrong: str = "", status: int = 200) -> Reply:
    contact = folk.one(ask.session, ask.member, ask.path["person"])
    person = folk.as_person(ask.session, ask.member, ask.house.vault, contact)
    values = {"person": person, "wrong": wrong, "word": ERASES[ask.language == "en"]}
    return Show("erase", values, status)


def _is_number(text: str) -> bool:
    return text.isdecimal() and text.isascii() and len(text) <= 9


PAGES = (
    Page("/people", Right.PEOPLE, find),
    Page("/people/number", Right.PEOPLE, find_number, "POST"),
    Page("/people/wishes", Right.PEOPLE, wishes),
    Page("/people/{person:int}", Right.PEOPLE, show),
    Page("/people/{person:int}/number", Right.NUMBERS, show_number, "POST"),
    Page("/people/{person:int}/export", Right.NUMBERS, export, "POST"),
    Page("/people/{person:int}/merge", Right.PEOPLE, ask_merge),
    Page("/people/{person:int}/merge", Right.PEOPLE, merge, "POST"),
    Page("/people/{person:int}/erase", Right.PEOPLE, ask_erase),
    Page("/people/{person:int}/erase", Right.PEOPLE, erase, "POST"),
)
