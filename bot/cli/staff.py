"""``staff``: who may broadcast from Telegram. Nobody's name is known here."""

import argparse
from datetime import UTC, datetime

from sqlalchemy import select

from bot.cli.broadcasts import actor
from bot.cli.desk import AddCommand, Desk
from core.daytime import PARIS
from core.people.contacts import Contact, Role
from core.team import members
from core.vault import Vault


def add(command: AddCommand, desk: Desk) -> None:
    group = command("staff", lambda desk, options: int(options.act(desk, options) or 0))
    group.set_defaults(act=_list)
    actions = group.add_subparsers(metavar="ACTION")
    adding = actions.add_parser("add", help=desk.say("cli.staff.add"))
    adding.set_defaults(act=_add)
    removing = actions.add_parser("remove", help=desk.say("cli.staff.remove"))
    removing.set_defaults(act=_remove)
    removing.add_argument("uid", metavar="UID", help=desk.say("cli.staff.uid"))


def _add(desk: Desk, options: argparse.Namespace) -> None:
    """Print a code, good once, which somebody types on Telegram."""
    vault = Vault.read(desk.settings.keys_file)
    with desk.transaction() as session:
        code = members.make_code(session, vault, actor(), datetime.now(UTC))
    print(code)
    desk.tell("staff.code", code=code)


def _list(desk: Desk, options: argparse.Namespace) -> None:
    with desk.transaction() as session:
        query = select(Contact).where(Contact.role == Role.STAFF).order_by(Contact.id)
        rows = session.scalars(query).all()
        for row in rows:
            seen = f"{row.seen_at.astimezone(PARIS):%d/%m/%Y}"
            print(desk.say("staff.line", uid=row.uid, seen=seen))
    desk.tell("staff.count", count=len(rows))


def _remove(desk: Desk, options: argparse.Namespace) -> None:
    with desk.transaction() as session:
        if not members.leave(session, options.uid, actor(), datetime.now(UTC)):
            raise desk.refuse("staff.unknown", uid=options.uid)
    desk.tell("staff.removed")
