"""Hears from PostgreSQL that another process wrote into the outbox."""

import asyncio
import logging
from collections.abc import Callable

import psycopg
from sqlalchemy import make_url

from core.outbox.alarm import CHANNEL, heard

log = logging.getLogger(__name__)
AGAIN_AFTER = 5.0


async def listen(database_url: str, wake: Callable[[str], None]) -> None:
    """Call *wake* with the channel, until cancelled; on SQLite there is nobody to hear."""
    url = make_url(database_url)
    if url.get_backend_name() != "postgresql":
        return
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(address, autocommit=True) as here:
                await here.execute(f"LISTEN {CHANNEL}")
                async for notice in here.notifies():
                    if (channel := heard(notice.payload)) is not None:
                        wake(channel)
        except psycopg.Error as error:
            log.warning("outbox: nothing heard (%s); again soon", type(error).__name__)
        await asyncio.sleep(AGAIN_AFTER)
