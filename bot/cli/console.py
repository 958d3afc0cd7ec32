"""``console-link``: a link that signs an administrator in; the first one is made by it."""

import argparse
import getpass
from datetime import UTC, datetime

from bot.cli.desk import AddCommand, Desk
from core import audit
from core.console import links, members
from core.console.entering import ENTRANCE
from core.console.links import Purpose, TooManyLinks
from core.vault import Vault


def add(command: AddCommand, desk: Desk) -> None:
    command("console-link", _link)


def _link(desk: Desk, options: argparse.Namespace) -> None:
    vault, now = Vault.read(desk.settings.keys_file), datetime.now(UTC)
    with desk.transaction() as session:
        member = members.first_administrator(session, desk.say("console.role.administrator"), now)
        try:
            secret = links.make(session, vault, member.contact_id, Purpose.ENTER, now)
        except TooManyLinks:
            raise desk.refuse("console.cli.often") from None
        actor = f"cli:{getpass.getuser()}"[:64]
        audit.record(session, actor, "console.link", member.actor, now)
    print(desk.settings.own_url + ENTRANCE + secret)
    desk.tell("console.cli.link")
