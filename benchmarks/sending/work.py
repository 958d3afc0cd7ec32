"""`python -m benchmarks.sending.work DATABASE KEYS API PACE`: a sender in a process of its own.

PACE is in messages a second; 0 is as many as can be. It ends with SIGTERM.
"""

import asyncio
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from bot import logs
from bot.channels.telegram import Telegram
from bot.sending.listening import listen
from bot.sending.sender import Sender
from core.db import make_engine, make_sessions
from core.files import Files
from core.outbox.alarm import ring_on_commit
from core.vault import Vault
from tests.peers.telegram_emulator import TOKEN


async def main(url: str, keys: Path, api_url: str, pace: float) -> None:
    sessions = make_sessions(make_engine(url))
    channel = Telegram(TOKEN, api_url)
    channel.pace = pace
    sender = Sender(
        sessions, Vault.read(keys), {"telegram": channel}, Files({}, {}), {},
        lambda: datetime.now(UTC),
    )  # fmt: skip
    ring_on_commit(sessions, sender.wake)
    tasks = [
        asyncio.create_task(sender.run()), asyncio.create_task(listen(url, sender.wake))
    ]  # fmt: skip
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    print("sending", flush=True)
    await stop.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await channel.close()


if __name__ == "__main__":
    logs.configure("ERROR")
    url, keys, api_url, pace = sys.argv[1:]
    asyncio.run(main(url, Path(keys), api_url, float(pace)))
