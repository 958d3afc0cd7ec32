"""``attendance``: the code of the day, the roll out and in, who did not come, Sofia-FMO.

What is printed names nobody; the files do, and are their owner's alone.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.cli.desk import AddCommand, Desk, Refusal
from bot.cli.sheets import read, show, write
from bot.poster import door_of
from core.vault import Vault
from core.workshops.attendance import attendance
from core.workshops.booking.refusals import (
    NoSuchSession,
    NotOver,
    NotStarted,
    Refused,
    SessionCalledOff,
    SessionOver,
)
from core.workshops.model import SignUpState, WorkshopSession
from core.workshops.sheets import roll, sofia
from core.workshops.sheets.spreadsheet import UnreadableSheet

WHY = {
    NoSuchSession: "sessions.unknown",
    SessionCalledOff: "attendance.called_off",
    SessionOver: "attendance.no_code",
    NotStarted: "attendance.not_started",
    NotOver: "attendance.not_over",
}
OURS = {"sheet.no_header": "roll.no_header"}  # the other names the template of sessions
ROLL, SOFIA = "Présences", "Inscriptions"  # the sheets in Excel


def add(command: AddCommand, desk: Desk) -> None:
    group = command("attendance", lambda desk, options: int(options.act(desk, options) or 0))
    actions = group.add_subparsers(required=True, metavar="ACTION")

    def action(
        name: str, act: Callable[[Desk, argparse.Namespace], int | None], numbered: bool = True
    ) -> argparse.ArgumentParser:
        help_ = desk.say(f"cli.attendance.{name}")
        one = actions.add_parser(name, help=help_, description=help_)
        one.set_defaults(act=act)
        if numbered:
            one.add_argument("number", type=int, metavar="N", help=desk.say("cli.sessions.number"))
        return one

    code, listing, reading = action("code", _code), action("list", _list), action("read", _read)
    absent, exporting = action("absent", _absent), action("sofia", _sofia, numbered=False)
    code.add_argument("--out", type=Path, metavar="FILE", help=desk.say("cli.attendance.out"))
    for one in (listing, reading, exporting):
        one.add_argument("file", type=Path, metavar="FILE", help=desk.say("cli.sessions.file"))
    for one in (reading, absent):
        one.add_argument("--yes", action="store_true", help=desk.say("cli.sessions.yes"))
    exporting.add_argument(
        "--session", type=int, action="append", metavar="N", help=desk.say("cli.attendance.session")
    )


def _code(desk: Desk, options: argparse.Namespace) -> None:
    """Print the code of the day; with a way in, draw the page for the door too."""
    from bot.poster_page import draw  # a second to import, which other commands need not wait for

    settings = desk.settings
    with desk.transaction() as session:
        try:
            code = attendance.code_of_the_day(session, options.number, datetime.now(UTC))
        except Refused as refusal:
            raise _refuse(desk, refusal, options.number) from None
        page = door_of(session.get_one(WorkshopSession, options.number), code, settings)
    print(code)
    if not settings.telegram_bot_name and not settings.sms_number:
        desk.tell("attendance.no_way_in")
        return
    path = options.out or Path(f"presence-{options.number}.pdf")
    try:
        path.write_bytes(draw(page))
    except OSError as error:
        raise desk.refuse("sessions.not_written", path=path, why=error.strerror) from None
    desk.tell("attendance.page", path=path)


def _list(desk: Desk, options: argparse.Namespace) -> None:
    vault = Vault.read(desk.settings.keys_file)
    with desk.transaction() as session:
        if session.get(WorkshopSession, options.number) is None:
            raise _refuse(desk, NoSuchSession(), options.number)
        rows = roll.rows(session, vault, options.number)
    write(desk, options.file, roll.COLUMNS, rows, roll.CHOICES, ROLL, private=True)
    desk.tell("attendance.listed", count=len(rows), path=options.file)


def _read(desk: Desk, options: argparse.Namespace) -> int:
    """Say what the filled-in roll changes; with --yes, do it; 1 when something is wrong."""
    try:
        lines = read(desk, options.file, roll.COLUMNS)
    except UnreadableSheet as error:
        ours = [replace(one, key=OURS.get(one.key, one.key)) for one in error.wrongs]
        return show(desk, options.file, ours)
    now = datetime.now(UTC)
    with desk.transaction() as session:
        try:
            plan = roll.plan(session, options.number, lines, now)
        except Refused as refusal:
            raise _refuse(desk, refusal, options.number) from None
        if plan.wrongs:
            return show(desk, options.file, plan.wrongs)
        for one in plan.marks:
            before = roll.word(one.before) or desk.say("attendance.expected")
            after = roll.word(one.after)
            print(desk.say("attendance.mark", number=one.sign_up_id, before=before, after=after))
        desk.tell("attendance.plan", count=len(plan.marks), same=plan.same)
        if options.yes:
            roll.apply(session, plan, now)
    desk.tell("attendance.written" if options.yes else "sessions.dry")
    return 0


def _absent(desk: Desk, options: argparse.Namespace) -> None:
    """How many of whom nobody said anything; with --yes, they were absent."""
    now = datetime.now(UTC)
    with desk.transaction() as session:
        try:
            still = attendance.expected(session, options.number, now)
        except Refused as refusal:
            raise _refuse(desk, refusal, options.number) from None
        for row in still:
            print(
                desk.say(
                    "attendance.mark",
                    number=row.id,
                    before=desk.say("attendance.expected"),
                    after=roll.word(SignUpState.ABSENT),
                )
            )
        desk.tell("attendance.still", count=len(still))
        if options.yes:
            attendance.mark_absent(session, options.number, now)
    desk.tell("attendance.written" if options.yes else "sessions.dry")


def _sofia(desk: Desk, options: argparse.Namespace) -> None:
    vault = Vault.read(desk.settings.keys_file)
    with desk.transaction() as session:
        for number in options.session or ():
            if session.get(WorkshopSession, number) is None:
                raise _refuse(desk, NoSuchSession(), number)
        rows = sofia.rows(session, vault, options.session)
    write(desk, options.file, sofia.COLUMNS, rows, title=SOFIA, private=True)
    desk.tell("attendance.sofia", count=len(rows), path=options.file)


def _refuse(desk: Desk, refusal: Refused, number: int) -> Refusal:
    return desk.refuse(WHY[type(refusal)], number=number)
