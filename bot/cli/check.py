"""``check``: whether everything is in place, one line a thing, and what to do about the rest."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Iterator
from functools import partial

from bot import checks
from bot.building import configured_channels
from bot.channels.base import Unwell
from bot.cli.desk import AddCommand, Desk
from core.settings import Settings

# A thing to check: its name in the catalogue (``cli.check.NAME``), and how.
Check = tuple[str, Callable[[], Awaitable[None]]]


def add(command: AddCommand, desk: Desk) -> None:
    command("check", _check)


def _check(desk: Desk, options: argparse.Namespace) -> int:
    wrong = asyncio.run(_look(desk))
    if wrong:
        desk.tell("setup.count", count=wrong)
        return 1
    desk.tell("setup.done")
    return 0


async def _look(desk: Desk) -> int:
    """Print how each thing is; how many are not well."""
    settings = desk.settings
    wrong = 0
    for what, check in _shared(settings):
        wrong += await _one(desk, what, check)
    channels = configured_channels(settings)
    for channel in channels:
        wrong += await _one(desk, channel.name, channel.check)
        await channel.close()
    if not channels:
        wrong += await _one(desk, "channels", _none)
    if _one_process_only(settings):
        print(desk.say("setup.one_process"))
    return wrong


def _shared(settings: Settings) -> Iterator[Check]:
    for what, check in (
        ("content", checks.content),
        ("database", checks.database),
        ("keys", checks.keys),
    ):
        yield what, partial(asyncio.to_thread, check, settings)
    yield "understanding", partial(checks.understanding, settings)


async def _one(desk: Desk, what: str, check: Callable[[], Awaitable[None]]) -> bool:
    """Whether *what* is wrong; a line says so."""
    name = desk.say(f"cli.check.{what}")
    try:
        await check()
    except Unwell as problem:
        why = desk.say(problem.key, **problem.values)
        print(desk.say("setup.wrong", what=name, why=why), flush=True)
        return True
    print(desk.say("setup.well", what=name), flush=True)
    return False


async def _none() -> None:
    raise Unwell("setup.no_channel")


def _one_process_only(settings: Settings) -> bool:
    """A database for several processes, and a Telegram that only one of them can ask."""
    several = not settings.database_url.startswith("sqlite")
    return several and bool(settings.telegram_token) and not settings.public_url
