"""``console-link``: a link that signs an administrator in; the first one is made by it."""

import argparse
import getpass
from datetime import UTC, datetime

from bot.cli.desk import AddCommand, Desk
from core.console import links
from core.console.entering import ENTRANCE
from core.console.links import TooManyLinks
from core.vault import Vault


def add(command: AddCommand, desk: Desk) -> None:
    command("console-link", _link)


def _link(desk: Desk, options: argparse.Namespace) -> None:
    vault, now = Vault.read(desk.settings.keys_file), datetime.now(UTC)
    name, actor = desk.say("console.role.administrator"), f"cli:{getpass.getuser()}"[:64]
    with desk.transaction() as session:
        try:
            secret = links.for_first_administrator(session, vault, name, actor, now)
        except TooManyLinks:
            raise desk.refuse("console.cli.often") from None
    print(desk.settings.own_url + ENTRANCE + secret)
    desk.tell("console.cli.link")
