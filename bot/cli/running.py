"""``run`` the assistant, and what it needs before: ``prepare``, ``migrate``, ``keys``."""

import argparse
import asyncio
import signal

import uvicorn

from bot.app import App, Role
from bot.building import build
from bot.cli.desk import AddCommand, Desk
from bot.cli.sessions import load_demo
from bot.migrate import upgrade
from bot.web import make_web
from core.db import make_engine, make_sessions
from core.people.resealing import SEALED, reseal
from core.vault import Vault, add_key, make_keyring


def add(command: AddCommand, desk: Desk) -> None:
    run = command("run", _run)
    run.add_argument(
        "--role", type=Role, choices=list(Role), default=Role.ALL, help=desk.say("cli.run.role")
    )
    command("prepare", _prepare)
    command("migrate", _migrate)
    room = command("keys", _keys)
    actions = room.add_subparsers(dest="what", metavar="ACTION")
    for name, do in (("rotate", _rotate), ("reseal", _reseal)):
        action = actions.add_parser(name, help=desk.say(f"cli.keys.{name}"))
        action.set_defaults(do=do)


def _run(desk: Desk, options: argparse.Namespace) -> None:
    settings, role = desk.settings, options.role
    if role is not Role.ALL and settings.database_url.startswith("sqlite"):
        raise desk.refuse("run.sqlite", role=role)
    if role in (Role.SENDER, Role.CLOCK):
        asyncio.run(_work(build(settings), role))
        return
    uvicorn.run(
        make_web(build(settings), role),
        host=settings.listen_host,
        port=settings.listen_port,
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
    )


async def _work(app: App, role: Role) -> None:
    """Until the process is told to stop: nothing listens, for nobody calls."""
    stop = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    async with app.running(role):
        await stop.wait()


def _prepare(desk: Desk, options: argparse.Namespace) -> None:
    """All that a first start of the demonstration needs, and a later one has already."""
    if not desk.settings.keys_file.exists():
        make_keyring(desk.settings.keys_file)
        desk.tell("keys.made", path=desk.settings.keys_file)
    upgrade(desk.settings.database_url)
    if desk.settings.demo:
        load_demo(desk)


def _migrate(desk: Desk, options: argparse.Namespace) -> None:
    upgrade(desk.settings.database_url)
    desk.tell("migrate.done")


def _keys(desk: Desk, options: argparse.Namespace) -> None:
    try:
        make_keyring(desk.settings.keys_file)
    except FileExistsError:
        raise desk.refuse("keys.exist", path=desk.settings.keys_file) from None
    desk.tell("keys.made", path=desk.settings.keys_file)


def _rotate(desk: Desk, options: argparse.Namespace) -> None:
    name = add_key(desk.settings.keys_file)
    desk.tell("keys.rotated", name=name, path=desk.settings.keys_file)


def _reseal(desk: Desk, options: argparse.Namespace) -> int:
    """In short transactions: the assistant goes on meanwhile."""
    vault, engine = Vault.read(desk.settings.keys_file), make_engine(desk.settings.database_url)
    sessions, resealed, lost = make_sessions(engine), 0, 0
    for column in SEALED:
        after: int | None = 0
        while after is not None:
            with sessions.begin() as session:
                done, unread, after = reseal(session, vault, column, after)
            resealed, lost = resealed + done, lost + unread
    engine.dispose()
    desk.tell("keys.resealed", count=resealed)
    if lost:
        desk.tell("keys.lost", count=lost)
    return 1 if lost else 0
