"""`python -m benchmarks.sending.plain DATABASE KEYS API`: what one would write in an afternoon.

python-telegram-bot without a rate limiter (AIORateLimiter off), one message after the other, and
a commit for each.
"""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from telegram.ext import Application

from core.db import make_engine, make_sessions
from core.outbox.delivery import Delivery, State
from core.people.contacts import Address
from core.vault import Vault
from tests.peers.telegram_emulator import TOKEN


async def main(url: str, keys: Path, api_url: str) -> None:
    sessions, vault = make_sessions(make_engine(url)), Vault.read(keys)
    application = Application.builder().token(TOKEN).base_url(api_url).build()
    with sessions.begin() as session:
        query = select(Delivery.id, Address).join(Delivery.address).order_by(Delivery.id)
        rows = [(row_id, address.reveal(vault)) for row_id, address in session.execute(query)]
    print("sending", flush=True)
    async with application.bot:
        for row_id, chat in rows:
            with sessions.begin() as session:
                row = session.get_one(Delivery, row_id)
                message = await application.bot.send_message(int(chat), row.text)
                row.state, row.sent_at = State.SENT, datetime.now(UTC)
                row.provider_id = str(message.message_id)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3]))
