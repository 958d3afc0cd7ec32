"""Waiting for something to become true: never for longer than needed, never for ever."""

import asyncio
import socket
import time
from collections.abc import Callable

PATIENCE = 60.0
EVERY = 0.02


async def until[T](condition: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """The first true value of *condition*. Raises AssertionError naming *what* never came."""
    ends = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < ends, f"waited {patience:.0f} s in vain for {what}"
        await asyncio.sleep(EVERY)


def until_now[T](condition: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """The same without a loop, for fixtures that start programs."""
    ends = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < ends, f"waited {patience:.0f} s in vain for {what}"
        time.sleep(EVERY)


def free_port() -> int:
    """A loopback port that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def two_free_ports() -> int:
    """The first of two such ports, one after the other."""
    while listening((port := free_port()) + 1):
        pass
    return port


def listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
