"""``wishes``: what teachers wish and when they are free, in numbers; a session opened from it."""

import argparse
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path

from bot.cli.desk import AddCommand, Desk
from bot.cli.offer import tables, telling
from bot.cli.sheets import write
from core.answers import Listener
from core.content.model import TERRITORIES
from core.daytime import paris_day
from core.languages import FRENCH
from core.texts import Texts
from core.workshops.sheets.spreadsheet import Cell
from core.workshops.themes import THEMES
from core.workshops.wishes import matrix
from core.workshops.wishes.halfdays import HALF_DAYS
from core.workshops.wishes.matrix import Chosen, Counts
from core.workshops.wishes.opening import Opened, Planned, open_session
from core.workshops.wishes.wish_words import WishWords

WEEKS = timedelta(weeks=8)
RESERVED_HOURS = 48


class Names:
    """Themes and half-days as staff read them."""

    def __init__(self, texts: Texts) -> None:
        self._words = WishWords(texts, Listener(language=FRENCH))

    @cached_property
    def themes(self) -> Mapping[str, str]:
        return self._words.themes

    @cached_property
    def half_days(self) -> Mapping[str, str]:
        return self._words.half_days


def add(command: AddCommand, desk: Desk) -> None:
    wishes = command("wishes", lambda desk, options: int(options.act(desk, options) or 0))
    wishes.set_defaults(act=_matrix, college=None, territory=None, csv=None)
    actions = wishes.add_subparsers(metavar="ACTION")

    def action(name: str, act: object) -> argparse.ArgumentParser:
        one = actions.add_parser(name, help=desk.say(f"cli.wishes.{name}"))
        one.set_defaults(act=act)
        return one

    counting, dates = action("matrix", _matrix), action("dates", _dates)
    opening = action("open", _open)
    counting.add_argument("--csv", type=Path, metavar="FILE", help=desk.say("cli.wishes.csv"))
    for one in (dates, opening):
        theme = desk.say("cli.wishes.theme")
        one.add_argument("theme", choices=THEMES, metavar="THEME", help=theme)
    for one in (counting, dates):
        one.add_argument("--college", metavar="NAME", help=desk.say("cli.wishes.college"))
        one.add_argument("--territory", choices=TERRITORIES, help=desk.say("cli.wishes.territory"))
    for name in ("from", "to"):
        dates.add_argument(
            f"--{name}", dest=f"{name}_day", type=date.fromisoformat, metavar="AAAA-MM-JJ",
            help=desk.say(f"cli.wishes.{name}"),
        )  # fmt: skip
    for name in ("starts", "ends", "place", "commune"):
        opening.add_argument(f"--{name}", required=True, help=desk.say(f"cli.wishes.{name}"))
    opening.add_argument(
        "--seats", required=True, type=int, metavar="N", help=desk.say("cli.wishes.seats")
    )
    opening.add_argument(
        "--reserved-hours", type=int, default=RESERVED_HOURS, metavar="N",
        help=desk.say("cli.wishes.reserved"),
    )  # fmt: skip
    opening.add_argument("--title", help=desk.say("cli.wishes.title"))
    opening.add_argument(
        "--organizer", default=desk.say("wishes.organizer"), help=desk.say("cli.wishes.organizer")
    )


def _matrix(desk: Desk, options: argparse.Namespace) -> None:
    """Themes by half-days, and how many people each collège has; with --csv, all of it."""
    chosen = Chosen(options.college, options.territory)
    known, names, now = tables(desk), Names(telling(desk).texts), datetime.now(UTC)
    with desk.transaction() as session:
        counts = matrix.of_all(session, known, chosen, now)
        colleges = matrix.by_college(session, known, chosen, now)
    if options.csv is not None:
        _write(desk, options.csv, {desk.say("wishes.all"): counts, **colleges}, names)
    elif counts.people:
        for line in _table(counts, names):
            print(line)
        print()
        for name, one in colleges.items():
            print(f"{one.people:4}  {name or desk.say('wishes.no_college')}")
    desk.tell("wishes.count", count=counts.people)


def _dates(desk: Desk, options: argparse.Namespace) -> None:
    """The half-days that reach most people, with the dates they fall on."""
    now = datetime.now(UTC)
    first = options.from_day or paris_day(now) + timedelta(days=1)
    last = options.to_day or first + WEEKS
    if last < first:
        raise desk.refuse("wishes.no_days", first=first, last=last)
    chosen = Chosen(options.college, options.territory, reachable=True)
    names = Names(telling(desk).texts)
    with desk.transaction() as session:
        counts = matrix.of_all(session, tables(desk), chosen, now)
    for reach in matrix.best(counts, options.theme, first, last):
        days = ", ".join(f"{day:%d/%m}" for day in reach.dates)
        half = names.half_days[reach.half_day]
        print(desk.say("wishes.reach", people=reach.people, half_day=half, dates=days))
    desk.tell(
        "wishes.wanted", count=counts.themes[options.theme], theme=names.themes[options.theme]
    )
    desk.tell("wishes.holidays")


def _open(desk: Desk, options: argparse.Namespace) -> int:
    """Open a session and invite those whose wishes it fits; 1 when something is wrong with it."""
    if options.reserved_hours < 0:
        raise desk.refuse("wishes.bad_hours")
    how = telling(desk)
    theme = Names(how.texts).themes[options.theme]
    planned = Planned(
        theme=options.theme,
        title=options.title or desk.say("wishes.title", theme=theme),
        organizer=options.organizer,
        starts=options.starts,
        ends=options.ends,
        place=options.place,
        commune=options.commune,
        seats=options.seats,
        reserved=timedelta(hours=options.reserved_hours),
    )
    with desk.transaction() as session:
        opened = open_session(session, how, planned, datetime.now(UTC))
    if opened.wrongs:
        return _show(desk, opened)
    key = "wishes.opened" if opened.new else "wishes.known"
    print(desk.say(key, number=opened.number, invited=opened.invited))
    if opened.told:
        desk.tell("sessions.told", count=opened.told)
    return 0


def _show(desk: Desk, opened: Opened) -> int:
    for wrong in opened.wrongs:
        print(f"{wrong.column} : {desk.say(wrong.key, **wrong.values)}")
    desk.tell("sessions.nothing_written", count=len(opened.wrongs))
    return 1


def _table(counts: Counts, names: Names) -> Iterable[str]:
    """A line a theme that somebody wants, those that most want first."""
    width = max(len(names.themes[theme]) for theme in counts.themes)
    days = [_short(names.half_days[half]) for half in HALF_DAYS]
    yield "  ".join([" " * width, "    ", *days])
    for theme, people in counts.themes.most_common():
        cells = [counts.cells[theme, half] for half in HALF_DAYS]
        figures = [f"{cell or '·':>{len(day)}}" for cell, day in zip(cells, days, strict=True)]
        yield "  ".join([f"{names.themes[theme]:<{width}}", f"{people:4}", *figures])


def _short(name: str) -> str:
    """ "lundi matin" as "lun-ma"."""
    day, half = name.split(" ", 1)
    return f"{day[:3]}-{half[:2]}"


def _write(desk: Desk, path: Path, rows: Mapping[str, Counts], names: Names) -> None:
    """A line a collège and theme."""
    head = [desk.say(f"wishes.{name}") for name in ("college", "theme", "people")]
    lines: list[list[Cell]] = [
        [
            college or desk.say("wishes.no_college"), names.themes[theme], people,
            *(counts.cells[theme, half] for half in HALF_DAYS),
        ]
        for college, counts in rows.items()
        for theme, people in counts.themes.most_common()
    ]  # fmt: skip
    columns = [*head, *names.half_days.values()]
    write(desk, path, columns, lines, title=desk.say("wishes.sheet"))
    desk.tell("wishes.written", path=path)
