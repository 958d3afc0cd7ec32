"""Lines of the spreadsheet of sessions read into Entries, with all that is wrong with them."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel import Locale

from core.content.model import LAYERS, NATIONAL
from core.content.tables import Commune, Tables
from core.daytime import PARIS, paris_day
from core.languages import FRENCH
from core.people.consent import plain
from core.workshops.sheets.columns import (
    AUDIENCES,
    KINDS,
    MOST,
    MOST_SEATS,
    STATES,
    WORKSHOP_COLUMNS,
    YES_NO,
    Entry,
)
from core.workshops.sheets.moments import BadMoment, moment_text, read_moment
from core.workshops.sheets.spreadsheet import EXCEL_ERRORS, Cell, Line, Wrong, tidy
from core.workshops.themes import THEMES


def read_entries(lines: Sequence[Line], tables: Tables) -> tuple[list[Entry], list[Wrong]]:
    """Every line that can be read, and everything that is wrong with the others."""
    entries, wrongs = [], []
    for line in _completed(lines):
        reader = _Reader(line, tables)
        entry = reader.entry()
        wrongs += reader.wrongs
        if entry is not None:
            entries.append(entry)
    return entries, wrongs + _twice(lines) + _described_otherwise(entries)


def _completed(lines: Iterable[Line]) -> Iterable[Line]:
    """Lines with what they leave out about their workshop taken from the first that says it."""
    said: dict[tuple[str, str], Cell] = {}
    for line in lines:
        cells = dict(line.cells)
        cells["atelier"] = cells.get("atelier") or cells.get("identifiant")
        workshop = str(cells["atelier"])
        for name in WORKSHOP_COLUMNS:
            if cells.get(name) in (None, ""):
                cells[name] = said.get((workshop, name))
            else:
                said.setdefault((workshop, name), cells[name])
        yield Line(line.number, cells)


def _twice(lines: Iterable[Line]) -> list[Wrong]:
    first: dict[str, int] = {}
    wrongs = []
    for line in lines:
        name = tidy(str(line.cells.get("identifiant") or ""))
        if name and first.setdefault(name, line.number) != line.number:
            wrongs.append(
                Wrong(line.number, "identifiant", "sheet.id_twice", {"line": first[name]})
            )
    return wrongs


def _described_otherwise(entries: Iterable[Entry]) -> list[Wrong]:
    first: dict[str, Entry] = {}
    wrongs = []
    for entry in entries:
        other = first.setdefault(entry.workshop_id, entry)
        ours, theirs = entry.texts(), other.texts()
        wrongs += [
            Wrong(entry.line, name, "sheet.described_otherwise",
                  {"id": entry.workshop_id, "line": other.line})
            for name in WORKSHOP_COLUMNS
            if ours[name] != theirs[name]
        ]  # fmt: skip
    return wrongs


class _Reader:
    """Reads the cells of one line, and keeps what is wrong with them."""

    def __init__(self, line: Line, tables: Tables) -> None:
        self._line = line
        self._tables = tables
        self.wrongs: list[Wrong] = []

    def entry(self) -> Entry | None:
        """The whole line; None when something is wrong with it."""
        starts = self._moment("debut")
        ends = self._moment("fin", day=paris_day(starts) if starts else None)
        opens = self._moment("inscriptions_de", needed=False)
        closes = self._moment("inscriptions_a", needed=False) or starts
        self._order(starts, ends, opens, closes)
        remote = bool(self._one_of("distance", YES_NO, otherwise=False))
        territory = self._one_of("territoire", {name: name for name in LAYERS})
        place, street, commune = self._where(remote, territory)
        values: dict[str, Any] = {
            "external_id": self._text("identifiant", needed=True),
            "workshop_id": self._text("atelier", needed=True),
            "kind": self._one_of("type", KINDS),
            "title": self._text("titre", needed=True),
            "description": self._text("description"),
            "theme": self._theme(),
            "audience": self._one_of("public", AUDIENCES),
            "organizer": self._text("organisateur", needed=True),
            "starts_at": starts,
            "ends_at": ends,
            "remote": remote,
            "place": place,
            "street": street,
            "commune": commune,
            "link": self._link(),
            "territory": territory,
            "languages": self._languages(),
            "seats": self._seats(),
            "opens_at": opens,
            "closes_at": closes,
            "state": self._one_of("etat", STATES),
            "silence_releases": self._yes_no("silence_libere"),
        }
        return None if self.wrongs else Entry(line=self._line.number, **values)

    def _wrong(self, column: str, key: str, **values: object) -> None:
        self.wrongs.append(Wrong(self._line.number, column, key, values))

    def _text(self, column: str, needed: bool = False) -> str:
        cell = self._line.cells.get(column)
        text = tidy("" if cell is None else str(cell))
        if column != "description":
            text = " ".join(text.split())
        if not text and needed:
            self._wrong(column, "sheet.empty")
        elif text in EXCEL_ERRORS:
            self._wrong(column, "sheet.excel_error", found=text)
        elif len(text) > MOST.get(column, len(text)):
            self._wrong(column, "sheet.text_long", found=len(text), most=MOST[column])
        return text

    def _one_of[T](
        self, column: str, names: Mapping[str, T], otherwise: T | None = None
    ) -> T | None:
        """What *names* says of the cell, however it is accented or agrees ("ouverte")."""
        cell = self._line.cells.get(column)
        text = {True: "oui", False: "non"}[cell] if isinstance(cell, bool) else self._text(column)
        if not text and otherwise is not None:
            return otherwise
        for name, value in names.items():
            if stem(text) == stem(name):
                return value
        key = "sheet.unknown_word" if text else "sheet.empty_choice"
        self._wrong(column, key, found=text, known=", ".join(names))
        return None

    def _yes_no(self, column: str) -> bool | None:
        """None when the cell is empty."""
        empty = self._line.cells.get(column) in (None, "")
        return None if empty else self._one_of(column, YES_NO)

    def _moment(self, column: str, needed: bool = True, day: date | None = None) -> datetime | None:
        cell = self._line.cells.get(column)
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            if needed:
                self._wrong(column, "sheet.empty")
            return None
        try:
            moment = read_moment(cell, day)
        except (BadMoment, OverflowError) as error:
            key = error.key if isinstance(error, BadMoment) else "sheet.bad_moment"
            self._wrong(column, key, found=_shown(cell))
            return None
        here = moment.astimezone(PARIS)
        if column == "debut" and (here.hour, here.minute) == (0, 0):
            # Excel writes midnight for a day without an hour, and no workshop begins then.
            self._wrong(column, "sheet.no_hour", found=_shown(cell))
        return moment

    def _order(
        self, starts: datetime | None, ends: datetime | None,
        opens: datetime | None, closes: datetime | None,
    ) -> None:  # fmt: skip
        if starts and ends and ends <= starts:
            self._wrong("fin", "sheet.ends_early")
        if ends and closes and closes > ends:
            self._wrong("inscriptions_a", "sheet.closes_late")
        if opens and closes and closes <= opens:
            self._wrong("inscriptions_a", "sheet.closes_early")

    def _seats(self) -> int:
        text = self._text("places", needed=True)
        if not text:
            return 0
        if not (text.isdecimal() and 0 < int(text) <= MOST_SEATS):
            self._wrong("places", "sheet.bad_seats", found=text[:40], most=MOST_SEATS)
            return 0
        return int(text)

    def _theme(self) -> str | None:
        text = self._text("theme")
        if not text:
            return None
        name = plain(text).replace(" ", "_")
        if name not in THEMES:
            self._wrong("theme", "sheet.unknown_word", found=text, known=", ".join(THEMES))
        return name

    def _link(self) -> str | None:
        text = self._text("lien")
        if text and (not text.startswith(("https://", "http://")) or " " in text):
            self._wrong("lien", "sheet.bad_link", found=text[:80])
        return text or None

    def _languages(self) -> tuple[str, ...]:
        """Codes or French names, with commas: "fr, arabe"; French when nothing is said."""
        text = self._text("langues")
        known = _language_names()
        found = []
        for name in text.replace(";", ",").replace("/", ",").split(","):
            if not name.strip():
                continue
            code = known.get(plain(name))
            if code is None:
                self._wrong("langues", "sheet.unknown_language", found=name.strip())
            else:
                found.append(code)
        return tuple(dict.fromkeys(found)) or (FRENCH,)

    def _where(self, remote: bool, territory: str | None) -> tuple[str, str, str]:
        """Place, street and commune; all empty for a remote session."""
        place = self._text("lieu", needed=not remote)
        street = self._text("adresse")
        commune = self._text("commune", needed=not remote)
        if remote:
            given = {"lieu": place, "adresse": street, "commune": commune}
            for column in (name for name, text in given.items() if text):
                self._wrong(column, "sheet.remote_place")
            return "", "", ""
        return place, street, self._commune(commune, territory) if commune else ""

    def _commune(self, text: str, territory: str | None) -> str:
        """The name as the table of communes writes it; elsewhere than in ours, as it is given."""
        commune = find_commune(self._tables, text)
        if commune is None and territory != NATIONAL:
            near = communes_like(self._tables, text)
            key = "sheet.commune_near" if near else "sheet.unknown_commune"
            self._wrong("commune", key, found=text, near=", ".join(near))
        elif commune and territory not in (None, NATIONAL, commune.territory):
            self._wrong(
                "commune", "sheet.other_territory", found=commune.name, where=commune.territory
            )
        return commune.name if commune else text[:100]


def find_commune(tables: Tables, name: str) -> Commune | None:
    """The commune of that name or alias, however it is accented or shortened ("St-Benoît")."""
    if name in tables.by_commune:
        return tables.by_commune[name]
    for commune in tables.communes:
        if _saints(name) in map(_saints, (commune.name, *commune.aliases)):
            return commune
    return None


def communes_like(tables: Tables, name: str) -> list[str]:
    """At most three communes that *name*, which is none, may be meant for; the likeliest first."""
    names = {plain(one.name): one.name for one in tables.communes}
    return [names[one] for one in difflib.get_close_matches(plain(name), names, n=3, cutoff=0.6)]


def _saints(name: str) -> str:
    short = {"saint": "st", "sainte": "ste"}
    return " ".join(short.get(word, word) for word in plain(name).split())


def stem(word: str) -> str:
    """*word* however it is accented or agrees: "ouverte" is "ouvert"."""
    return plain(word).rstrip("es")


@lru_cache(maxsize=1)
def _language_names() -> dict[str, str]:
    """Codes by French name, and by themselves."""
    names = {code: name for code, name in Locale.parse(FRENCH).languages.items() if code.isalpha()}
    return {plain(name): code for code, name in names.items()} | {code: code for code in names}


def _shown(cell: Cell) -> str:
    return moment_text(cell) if isinstance(cell, datetime) else str(cell)[:40]
