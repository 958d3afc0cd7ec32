"""``sessions``: what is offered, in and out of spreadsheets; posters; a set for demonstrations."""

import argparse
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from bot.cli import silence
from bot.cli.desk import AddCommand, Desk
from bot.cli.offer import tables, telling
from bot.cli.sheets import read, show, write
from bot.poster import poster_of
from core.daytime import PARIS
from core.workshops.booking.seating import taken, waiting
from core.workshops.model import SessionState, WorkshopSession
from core.workshops.search import interest
from core.workshops.sheets import demo, importing
from core.workshops.sheets.columns import CHOICES, COLUMNS, OPTIONAL
from core.workshops.sheets.importing import Plan
from core.workshops.sheets.spreadsheet import Cell, UnreadableSheet

EXAMPLE_IN = timedelta(weeks=4)


def add(command: AddCommand, desk: Desk) -> None:
    sessions = command("sessions", lambda desk, options: int(options.act(desk, options) or 0))
    sessions.set_defaults(act=_list)
    actions = sessions.add_subparsers(metavar="ACTION")

    def action(name: str, act: object) -> argparse.ArgumentParser:
        one = actions.add_parser(name, help=desk.say(f"cli.sessions.{name}"))
        one.set_defaults(act=act)
        return one

    importing_, exporting = action("import", _import), action("export", _export)
    for one in (importing_, exporting, action("template", _template)):
        one.add_argument("file", type=Path, metavar="FILE", help=desk.say("cli.sessions.file"))
    importing_.add_argument("--yes", action="store_true", help=desk.say("cli.sessions.yes"))
    poster = action("poster", _poster)
    poster.add_argument("number", type=int, metavar="N", help=desk.say("cli.sessions.number"))
    poster.add_argument("--out", type=Path, metavar="FILE", help=desk.say("cli.sessions.out"))
    action("demo", _demo)
    phoning = action("silent", silence.silent)
    phoning.add_argument(
        "number", type=int, nargs="?", metavar="N", help=desk.say("cli.sessions.number")
    )
    choosing = action("silence", silence.silence)
    choosing.add_argument("number", type=int, metavar="N", help=desk.say("cli.sessions.number"))
    choosing.add_argument("releases", choices=silence.WORDS, help=desk.say("cli.sessions.releases"))


def _list(desk: Desk, options: argparse.Namespace) -> None:
    """What is still to come, with its numbers."""
    with desk.transaction() as session:
        query = (
            select(WorkshopSession)
            .options(joinedload(WorkshopSession.workshop))
            .where(WorkshopSession.ends_at > datetime.now(UTC))
            .order_by(WorkshopSession.starts_at, WorkshopSession.id)
        )
        rows = session.scalars(query).all()
        ids = [row.id for row in rows]
        seated, queue = taken(session, ids), waiting(session, ids)
        for row in rows:
            print(
                desk.say(
                    "sessions.line",
                    number=row.id,
                    when=f"{row.starts_at.astimezone(PARIS):%d/%m/%Y %H:%M}",
                    state=desk.say(STATES[SessionState(row.state)]),
                    taken=seated[row.id],
                    seats=row.seats,
                    waiting=queue[row.id],
                    title=row.workshop.title,
                    where=row.commune or desk.say("sessions.remote"),
                )
            )
    desk.tell("sessions.count", count=len(rows))


def _import(desk: Desk, options: argparse.Namespace) -> int:
    """Say what would be created, changed and left; with --yes, do it; 1 when something is wrong."""
    known = tables(desk)
    now = datetime.now(UTC)
    try:
        lines = read(desk, options.file, COLUMNS, OPTIONAL)
    except UnreadableSheet as error:
        return show(desk, options.file, error.wrongs)
    with desk.transaction() as session:
        plan = importing.plan(session, known, lines, now)
        if plan.wrongs:
            return show(desk, options.file, plan.wrongs)
        _tell_plan(desk, plan)
        if not options.yes:
            desk.tell("sessions.dry")
            return 0
        applied = importing.apply(session, known, plan, now)
        told = 0
        if applied.opened:
            told = interest.opened(session, telling(desk), applied.opened, now)
    desk.tell("sessions.written", created=len(plan.created), changed=len(plan.changed))
    if told:
        desk.tell("sessions.told", count=told)
    return 0


def _export(desk: Desk, options: argparse.Namespace) -> None:
    with desk.transaction() as session:
        rows = list(importing.rows(session))
    write(desk, options.file, COLUMNS, rows, CHOICES)
    desk.tell("sessions.exported", count=len(rows), path=options.file)


def _template(desk: Desk, options: argparse.Namespace) -> None:
    write(desk, options.file, COLUMNS, [_example(desk, datetime.now(UTC))], CHOICES)
    desk.tell("sessions.template", path=options.file)


def _poster(desk: Desk, options: argparse.Namespace) -> None:
    from bot.poster_page import draw  # a second to import, which other commands need not wait for

    settings = desk.settings
    if not settings.telegram_bot_name and not settings.sms_number:
        raise desk.refuse("sessions.no_way_in")
    path = options.out or Path(f"affiche-{options.number}.pdf")
    with desk.transaction() as session:
        row = session.get(WorkshopSession, options.number)
        if row is None:
            raise desk.refuse("sessions.unknown", number=options.number)
        if row.state == SessionState.CANCELLED or row.is_over(datetime.now(UTC)):
            raise desk.refuse("sessions.no_poster", number=options.number)
        drawn = draw(poster_of(row, settings))
    try:
        path.write_bytes(drawn)
    except OSError as error:
        raise desk.refuse("sessions.not_written", path=path, why=error.strerror) from None
    desk.tell("sessions.poster", path=path)


def _demo(desk: Desk, options: argparse.Namespace) -> int:
    return load_demo(desk)


def load_demo(desk: Desk) -> int:
    """Create what is missing of the demonstration's sessions; 1 when its file is wrong."""
    root = desk.settings.content_dir
    try:
        with desk.transaction() as session:
            applied = demo.load(session, tables(desk), root, datetime.now(UTC))
    except UnreadableSheet as error:
        return show(desk, root / demo.FILE, error.wrongs)
    desk.tell("sessions.demo", count=len(applied.opened))
    return 0


STATES = {
    SessionState.DRAFT: "sessions.draft",
    SessionState.OPEN: "sessions.open",
    SessionState.CANCELLED: "sessions.cancelled",
}


def _example(desk: Desk, now: datetime) -> list[Cell]:
    """A line that shows how to fill in the others; a comment, for its first cell begins with #."""
    day = f"{(now + EXAMPLE_IN).astimezone(PARIS):%d/%m/%Y}"
    cells: dict[str, Cell] = {
        "identifiant": "# ent-latille-1", "atelier": "ent-parents", "type": "atelier",
        "titre": "L'ENT sans stress", "description": desk.say("sessions.example"),
        "theme": "ent", "public": "parents", "organisateur": "Collège de …",
        "debut": f"{day} 14:00", "fin": f"{day} 16:00", "distance": "non",
        "lieu": "Salle des fêtes", "adresse": "1 place de la Mairie", "commune": "Latillé",
        "territoire": "vienne", "langues": "fr, ar", "places": 12, "etat": "brouillon",
    }  # fmt: skip
    return [cells.get(name) for name in COLUMNS]


def _tell_plan(desk: Desk, plan: Plan) -> None:
    for entry in plan.created:
        when = f"{entry.starts_at.astimezone(PARIS):%d/%m/%Y %H:%M}"
        print(desk.say("sessions.new", id=entry.external_id, when=when, title=entry.title))
    for change in plan.changed:
        print(desk.say("sessions.changed", id=change.entry.external_id))
        for column, before, after in change.cells:
            print(desk.say("sessions.cell", column=column, before=before, after=after))
    desk.tell("sessions.plan", created=len(plan.created), changed=len(plan.changed), same=plan.same)
