"""``ask``: one question, a file of questions, or whole conversations."""

import argparse
import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from tqdm import tqdm

from bot import ask, ask_lines
from bot.cli.desk import AddCommand, Desk, Refusal


def add(command: AddCommand, desk: Desk) -> None:
    asking = command("ask", _ask)
    asking.add_argument("question", nargs="?", help=desk.say("cli.ask.question"))
    asking.add_argument("--batch", type=Path, metavar="FILE", help=desk.say("cli.ask.batch"))
    asking.add_argument(
        "--conversations", type=Path, metavar="FILE", help=desk.say("cli.ask.conversations")
    )
    asking.add_argument("--out", type=Path, metavar="FILE", help=desk.say("cli.ask.out"))
    asking.add_argument("--channel", choices=list(ask_lines.CHANNELS), default="telegram")
    asking.add_argument("--territory", choices=["vienne", "finistere"])


def _ask(desk: Desk, options: argparse.Namespace) -> int:
    given = [one for one in (options.question, options.batch, options.conversations) if one]
    if len(given) != 1 or (options.question is None and options.out is None):
        raise desk.refuse("ask.usage")
    try:
        if options.batch:
            asyncio.run(_ask_batch(desk, ask_lines.read_batch(options.batch), options.out))
        elif options.conversations:
            asyncio.run(
                _ask_conversations(
                    desk, ask_lines.read_conversations(options.conversations), options.out
                )
            )
        else:
            asyncio.run(_ask_one(desk, options))
    except ask_lines.BadLine as bad:
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
        raise desk.refuse("ask.not_running")
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
