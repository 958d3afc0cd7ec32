"""The command line: ``python -m bot COMMAND``. Sentences are in the staff catalogue."""

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

from bot import logs
from bot.cli import (
    asking,
    attendance,
    broadcasts,
    check,
    console,
    content,
    handoffs,
    questions,
    running,
    sessions,
    staff,
    wishes,
)
from bot.cli.desk import Desk, Refusal
from core.content.load import ContentError
from core.settings import SettingError, Settings
from core.vault import VaultError


def main(arguments: list[str]) -> int:
    """Run one command; 0 when it did what was asked, 1 when it found fault, 2 when refused."""
    try:
        settings = Settings.read(os.environ)
        desk = Desk(settings)
        options = _parser(desk).parse_args(arguments)
        logs.configure(settings.log_level if options.command == "run" else "ERROR")
        return int(options.do(desk, options) or 0)
    except (Refusal, SettingError, VaultError) as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except ContentError as error:
        desk.show(error.problems)
        return 1


def _parser(desk: Desk) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description=desk.say("cli.about"))
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, do: Callable[[Desk, Any], int | None]) -> argparse.ArgumentParser:
        help_ = desk.say(f"cli.{name}")
        one = commands.add_parser(name, help=help_, description=help_)
        one.set_defaults(do=do)
        return one

    rooms = (
        running,
        check,
        content,
        asking,
        handoffs,
        questions,
        sessions,
        wishes,
        attendance,
        broadcasts,
        staff,
        console,
    )
    for room in rooms:
        room.add(command, desk)
    return parser
