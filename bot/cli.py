"""The command line: ``python -m bot COMMAND``. Sentences are in the staff catalogue."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import uvicorn
from tqdm import tqdm

from bot import ask, logs
from bot.app import build
from bot.migrate import upgrade
from bot.web import make_web
from core.content.check import check
from core.content.compile import compile_rasa
from core.content.load import ContentError, load
from core.content.yamlfile import Problem
from core.languages import FRENCH
from core.settings import SettingError, Settings
from core.vault import VaultError, make_keyring
from core.wording import STAFF, Wording

BUILD = Path("build/rasa")
DOMAIN = Path("domain.yml")


class Refusal(Exception):
    """The command stops with this sentence, already in the reader's language."""


class Desk:
    """What every command needs: the settings, and sentences for staff."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._wording = Wording(settings.locale_dir, STAFF)

    def say(self, key: str, **values: object) -> str:
        return self._wording.say(key, FRENCH, **values)

    def tell(self, key: str, **values: object) -> None:
        print(self.say(key, **values), file=sys.stderr)

    def refuse(self, key: str, **values: object) -> Refusal:
        return Refusal(self.say(key, **values))

    def show(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            where = f"{self.settings.content_dir / problem.file}:{problem.line}"
            print(f"{where}: {self.say(problem.key, **problem.values)}")


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

    command("run", _run)
    command("prepare", _prepare)
    command("migrate", _migrate)
    command("keys", _keys)
    content = command("content", _content)
    content.add_argument("what", choices=["check", "compile"], help=desk.say("cli.content.what"))
    asking = command("ask", _ask)
    asking.add_argument("question", nargs="?", help=desk.say("cli.ask.question"))
    asking.add_argument("--batch", type=Path, metavar="FILE", help=desk.say("cli.ask.batch"))
    asking.add_argument(
        "--conversations", type=Path, metavar="FILE", help=desk.say("cli.ask.conversations")
    )
    asking.add_argument("--out", type=Path, metavar="FILE", help=desk.say("cli.ask.out"))
    asking.add_argument("--channel", choices=list(ask.CHANNELS), default="telegram")
    asking.add_argument("--territory", choices=["vienne", "finistere"])
    return parser


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


def _migrate(desk: Desk, options: argparse.Namespace) -> None:
    upgrade(desk.settings.database_url)
    desk.tell("migrate.done")


def _keys(desk: Desk, options: argparse.Namespace) -> None:
    try:
        make_keyring(desk.settings.keys_file)
    except FileExistsError:
        raise desk.refuse("keys.exist", path=desk.settings.keys_file) from None
    desk.tell("keys.made", path=desk.settings.keys_file)


def _content(desk: Desk, options: argparse.Namespace) -> int:
    root = desk.settings.content_dir
    if options.what == "check":
        problems = check(root)
        desk.show(problems)
        if problems:
            desk.tell("check.count", count=len(problems))
            return 1
        desk.tell("check.ok", count=len(load(root).questions))
        return 0
    changed = compile_rasa(load(root), DOMAIN, BUILD)
    desk.tell("compile.changed" if changed else "compile.same")
    return 0


def _ask(desk: Desk, options: argparse.Namespace) -> int:
    given = [one for one in (options.question, options.batch, options.conversations) if one]
    if len(given) != 1 or (options.question is None and options.out is None):
        raise desk.refuse("ask.usage")
    try:
        if options.batch:
            asyncio.run(_ask_batch(desk, ask.read_batch(options.batch), options.out))
        elif options.conversations:
            asyncio.run(
                _ask_conversations(desk, ask.read_conversations(options.conversations), options.out)
            )
        else:
            asyncio.run(_ask_one(desk, options))
    except ask.BadLine as bad:
        path = options.batch or options.conversations
        raise Refusal(f"{path}:{bad.line}: {desk.say(bad.key, **bad.values)}") from None
    except OSError as error:
        raise desk.refuse("ask.no_file", path=error.filename, why=error.strerror) from None
    return 0


async def _ask_one(desk: Desk, options: argparse.Namespace) -> None:
    async def do(player: ask.Player) -> None:
        person = await player.person(options.channel, options.territory)
        turn = await player.say(person, options.question)
        for reply in turn.replies:
            print(reply.text)
            for number, choice in enumerate(reply.choices, start=1):
                print(f"  {number} {choice.label}")
            print()

    await _with_player(desk, do)


async def _ask_batch(desk: Desk, lines: list[dict[str, Any]], out: Path) -> None:
    async def do(player: ask.Player) -> None:
        with tqdm(total=len(lines), unit="q") as bar:
            await _write(ask.answer_batch(player, lines, bar.update), out)

    await _with_player(desk, do)


async def _ask_conversations(desk: Desk, conversations: list[dict[str, Any]], out: Path) -> None:
    async def play(player: ask.Player) -> AsyncIterator[dict[str, object]]:
        for conversation in tqdm(conversations, unit="conv"):
            yield await ask.play_conversation(player, conversation)

    async def do(player: ask.Player) -> None:
        await _write(play(player), out)

    await _with_player(desk, do)


async def _with_player(desk: Desk, do: Callable[[ask.Player], Awaitable[None]]) -> None:
    player = ask.Player(desk.settings)
    if not await player.app.understanding.ready():
        await player.app.close()
        raise desk.refuse("ask.not_running", url=desk.settings.rasa_url)
    async with player:
        await do(player)


async def _write(results: AsyncIterator[dict[str, object]], out: Path) -> None:
    """All or nothing: *out* appears when the last line is there."""
    with tempfile.NamedTemporaryFile(
        "w", dir=out.parent, prefix=f".{out.name}.", delete=False, encoding="utf-8"
    ) as file:
        partial = Path(file.name)
        try:
            async for result in results:
                file.write(json.dumps(result, ensure_ascii=False) + "\n")
        except BaseException:
            partial.unlink()
            raise
    partial.chmod(0o644)
    partial.replace(out)
