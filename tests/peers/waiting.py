"""Waiting for something to become true: never for longer than needed, never for ever."""

import asyncio
import contextlib
import random
import socket
import time
from collections.abc import Callable

PATIENCE = 60.0
EVERY = 0.02
PORTS = 10_000, 32_000


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
    return free_ports(1)


def two_free_ports() -> int:
    """The first of two such ports, one after the other."""
    return free_ports(2)


def free_ports(count: int) -> int:
    """The first of *count* ports in a row that nobody uses.

    From below those that the kernel gives to outgoing connections: one of the many that tests
    open could otherwise take it before our program does.
    """
    while True:
        first = random.randrange(*PORTS)
        with contextlib.ExitStack() as probes, contextlib.suppress(OSError):
            for port in range(first, first + count):
                probes.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return first


def listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
