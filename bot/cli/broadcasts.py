"""``broadcast``: one message to many people, from a file; ``staff``: who is of the team.

The file is described in docs/broadcasts.md. What is printed names nobody; the list to phone back
does, and is its owner's alone.
"""

import argparse
import getpass
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.building import KINDS, paces
from bot.cli.desk import AddCommand, Desk
from bot.cli.offer import tables
from bot.cli.sheets import write
from core.broadcasts import agreeing, deciding, preview, report, testing, written
from core.broadcasts.deciding import Refused
from core.broadcasts.means import Means
from core.broadcasts.model import OVER, Broadcast, BroadcastState
from core.broadcasts.staffwords import StaffWords
from core.broadcasts.team import Team
from core.content.load import load
from core.content.yamlfile import Problem, read_yaml
from core.messages import Kind
from core.people import contacts
from core.people.phones import NotANumber, e164
from core.team.staffgroup import CHANNEL
from core.texts import Texts
from core.vault import Vault
from core.wording import STAFF, Wording

Act = Callable[[Desk, argparse.Namespace], int | None]


def add(command: AddCommand, desk: Desk) -> None:
    group = command("broadcast", _do)
    actions = group.add_subparsers(required=True, metavar="ACTION")

    def action(name: str, act: Act, numbered: bool = True) -> argparse.ArgumentParser:
        help_ = desk.say(f"cli.broadcast.{name}")
        one = actions.add_parser(name, help=help_, description=help_)
        one.set_defaults(act=act)
        if numbered:
            help_ = desk.say("cli.broadcast.number")
            one.add_argument("number", type=int, metavar="N", help=help_)
        return one

    new = action("new", _new, numbered=False)
    new.add_argument("file", type=Path, metavar="FILE", help=desk.say("cli.broadcast.file"))
    listing = action("list", _list, numbered=False)
    listing.add_argument("--all", action="store_true", help=desk.say("cli.broadcast.all"))
    action("show", _show)
    action("preview", _preview)
    testing_ = action("test", _test)
    testing_.add_argument("--to", required=True, metavar="06…", help=desk.say("cli.broadcast.to"))
    action("confirm", _confirm)
    action("pause", _decide(deciding.pause, "broadcasts.now_paused"))
    action("resume", _decide(deciding.resume, "broadcasts.now_resumed"))
    action("cancel", _cancel)
    reporting = action("report", _report)
    reporting.add_argument(
        "--phone-list", type=Path, metavar="FILE", help=desk.say("cli.broadcast.phone_list")
    )


def actor() -> str:
    """Who is at the keyboard, for the audit log: the name of the login that the shell gives."""
    return f"cli:{getpass.getuser()}"[:64]


def means(desk: Desk) -> Means:
    """As the bot has them (bot.building), but that content is only read when it is needed."""
    settings = desk.settings
    vault, known = Vault.read(settings.keys_file), tables(desk)
    texts = Texts(lambda: load(settings.content_dir), Wording(settings.locale_dir))
    group = settings.telegram_staff_group
    return Means(
        texts, vault, lambda: known, KINDS, paces(settings), settings.sms_price,
        settings.broadcast_second_at, vault.index(group, CHANNEL) if group else "",
    )  # fmt: skip


def _do(desk: Desk, options: argparse.Namespace) -> int:
    try:
        return int(options.act(desk, options) or 0)
    except Refused as refusal:
        raise desk.refuse(refusal.key, **refusal.values) from None


def _new(desk: Desk, options: argparse.Namespace) -> int:
    """Keep the broadcast that the file says, and show what it would do; 1 when it has mistakes."""
    path: Path = options.file
    if not path.is_file():
        raise desk.refuse("broadcasts.no_file", path=path)
    file = read_yaml(path, path.parent)
    if isinstance(file, Problem):
        return _show_problems(desk, path, [file])
    ours, now = means(desk), datetime.now(UTC)
    with desk.transaction() as session:
        with session.no_autoflush:
            broadcast, problems = written.read(session, ours, file, path.parent, actor(), now)
        if problems:
            session.expunge_all()
            return _show_problems(desk, path, problems)
        deciding.create(session, broadcast, now)
        _print_preview(desk, session, ours, broadcast, now)
        desk.tell("broadcasts.kept", number=broadcast.id)
    return 0


def _list(desk: Desk, options: argparse.Namespace) -> None:
    """Those that something may still become of; with --all, all of them."""
    words = _words(desk)
    with desk.transaction() as session:
        query = select(Broadcast).order_by(Broadcast.id)
        if not options.all:
            query = query.where(Broadcast.state.not_in(OVER))
        rows = session.scalars(query).all()
        for row in rows:
            print(words.line(row))
    desk.tell("broadcasts.count", count=len(rows))


def _show(desk: Desk, options: argparse.Namespace) -> None:
    """What was written, as it was."""
    words = _words(desk)
    with desk.transaction() as session:
        row = deciding.find(session, options.number)
        print(words.line(row))
        print(desk.say("broadcasts.by", author=row.author, confirmer=row.confirmer or "—"))
        for language, text in row.texts.items():
            print(f"[{language}] {text}")
        for labels in row.buttons:
            print("[ " + " / ".join(labels.values()) + " ]")


def _preview(desk: Desk, options: argparse.Namespace) -> None:
    ours, now = means(desk), datetime.now(UTC)
    with desk.transaction() as session:
        row = deciding.find(session, options.number)
        _print_preview(desk, session, ours, row, now)


def _test(desk: Desk, options: argparse.Namespace) -> None:
    """Send it to one number, that of somebody who wrote to us."""
    vault, now = Vault.read(desk.settings.keys_file), datetime.now(UTC)
    try:
        number = e164(options.to)
    except NotANumber:
        raise desk.refuse("broadcasts.bad_number") from None
    channel = next(name for name, kind in KINDS.items() if kind is Kind.SMS)
    with desk.transaction() as session:
        row = deciding.find(session, options.number)
        address = contacts.find(session, vault, channel, number)
        if address is None:
            raise desk.refuse("broadcasts.stranger")
        testing.send(session, row, address, actor(), now)
    desk.tell("broadcasts.tested")


def _confirm(desk: Desk, options: argparse.Namespace) -> None:
    team = Team(means(desk), _words(desk))
    with desk.transaction() as session:
        state, _ = agreeing.confirm(session, team, options.number, actor(), datetime.now(UTC))
    waits = state is BroadcastState.WAITING
    desk.tell("broadcasts.asked" if waits else "broadcasts.confirmed", number=options.number)


def _decide(act: Callable[[Session, int, str, datetime], None], key: str) -> Act:
    def do(desk: Desk, options: argparse.Namespace) -> None:
        with desk.transaction() as session:
            act(session, options.number, actor(), datetime.now(UTC))
        desk.tell(key, number=options.number)

    return do


def _cancel(desk: Desk, options: argparse.Namespace) -> None:
    with desk.transaction() as session:
        left = deciding.cancel(session, options.number, actor(), datetime.now(UTC))
    desk.tell("broadcasts.now_cancelled", number=options.number, count=left)


def _report(desk: Desk, options: argparse.Namespace) -> None:
    words = _words(desk)
    with desk.transaction() as session:
        row = deciding.find(session, options.number)
        for line in words.report(row, report.report(session, row)):
            print(line)
        if options.phone_list is not None:
            people = report.unreached(session, means(desk), row, actor(), datetime.now(UTC))
            rows = words.rows(people)
            write(desk, options.phone_list, words.columns(), rows, title="Rappels", private=True)
            desk.tell("broadcasts.listed", count=len(people), path=options.phone_list)


def _print_preview(
    desk: Desk, session: Session, ours: Means, row: Broadcast, now: datetime
) -> None:
    words, seen = _words(desk), preview.preview(session, ours, row, now)
    print(words.line(row))
    for line in words.preview(row, seen):
        print(line)
    for one in seen.examples:
        print(f"\n{words.example(one)}")


def _show_problems(desk: Desk, path: Path, problems: list[Problem]) -> int:
    for problem in problems:
        print(f"{path}:{problem.line}: {desk.say(problem.key, **problem.values)}")
    desk.tell("sessions.nothing_written", count=len(problems))
    return 1


def _words(desk: Desk) -> StaffWords:
    return StaffWords(Wording(desk.settings.locale_dir, STAFF), KINDS)
