"""One at a time for each person, in the order of asking."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field


@dataclass
class _Queue:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class Turns:
    """``async with turns.of(key)``: waits while another holds the same key.

    A key costs memory only while somebody holds it or waits for it.
    """

    def __init__(self) -> None:
        self._queues: dict[int, _Queue] = {}

    @contextlib.asynccontextmanager
    async def of(self, key: int) -> AsyncIterator[None]:
        queue = self._queues.setdefault(key, _Queue())
        queue.users += 1
        try:
            async with queue.lock:
                yield
        finally:
            queue.users -= 1
            if not queue.users:
                del self._queues[key]
