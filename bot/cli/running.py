"""``run`` the assistant, and what it needs before: ``prepare``, ``migrate``, ``keys``."""

import argparse

import uvicorn

from bot.app import build
from bot.cli.desk import AddCommand, Desk
from bot.cli.sessions import load_demo
from bot.migrate import upgrade
from bot.web import make_web
from core.vault import make_keyring


def add(command: AddCommand, desk: Desk) -> None:
    command("run", _run)
    command("prepare", _prepare)
    command("migrate", _migrate)
    command("keys", _keys)


def _run(desk: Desk, options: argparse.Namespace) -> None:
    settings = desk.settings
    web = make_web(build(settings))
    uvicorn.run(
        web,
        host=settings.listen_host,
        port=settings.listen_port,
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=5,
    )


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
