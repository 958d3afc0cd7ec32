"""Logs: what happened, never to whom nor in which words."""

import logging

# These write addresses of requests (a token, a phone number in a query), or a line a minute.
QUIET = ("httpx", "httpcore", "uvicorn.access", "asyncio", "apscheduler")


def configure(level: str) -> None:
    """One line an event on standard error."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # At ERROR it quotes whole answers that it could not read.
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
