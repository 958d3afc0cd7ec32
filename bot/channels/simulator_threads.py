"""What the simulator's phones have on their screens, and the streams that keep them live.

Everything is in memory and bounded: a phone that comes back gets the last messages again,
a restart forgets them all.
"""

import asyncio
import contextlib
import json
import signal
import threading
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from types import FrameType

KEPT = 100
MOST_PERSONS = 1000
MOST_STREAMS = 100
# Seconds between two signs of life on a silent stream.
KEEP_ALIVE = 15.0
# Milliseconds a browser waits before it comes back.
COME_BACK = 1000


class Thread:
    """One person's screen: the last ``KEPT`` messages, each under its number."""

    def __init__(self) -> None:
        self.watchers = 0
        self.changed = asyncio.Event()
        self._kept: deque[tuple[int, str]] = deque(maxlen=KEPT)
        self._count = 0
        self._typing = 0

    def add(self, message: dict[str, object]) -> None:
        """Keep *message* and show it; whoever was typing has finished."""
        self._count, self._typing = self._count + 1, 0
        self._kept.append((self._count, json.dumps(message)))
        self.wake()

    def type(self) -> None:
        """Show that an answer is being written; this is not kept."""
        self._count += 1
        self._typing = self._count
        self.wake()

    def wake(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    def after(self, seen: int) -> tuple[int, list[str]]:
        """The newest number, and in server-sent form what came after number *seen*."""
        news = [f"data: {data}\n\n" for number, data in self._kept if number > seen]
        if self._typing > seen:
            news.append("event: typing\ndata: {}\n\n")
        return self._count, news


class Threads:
    """The screens of one phone model, the least recently used forgotten first."""

    def __init__(self) -> None:
        self._threads: OrderedDict[str, Thread] = OrderedDict()
        self._closed = False

    def open(self) -> None:
        self._closed = False

    def close(self) -> None:
        """End every stream now, and every later one at once."""
        self._closed = True
        for thread in self._threads.values():
            thread.wake()

    @property
    def full(self) -> bool:
        return sum(thread.watchers for thread in self._threads.values()) >= MOST_STREAMS

    def of(self, person: str) -> Thread:
        if person not in self._threads:
            self._make_room()
            self._threads[person] = Thread()
        self._threads.move_to_end(person)
        return self._threads[person]

    def _make_room(self) -> None:
        if len(self._threads) >= MOST_PERSONS:
            unwatched = (name for name, thread in self._threads.items() if not thread.watchers)
            del self._threads[next(unwatched)]

    async def stream(self, person: str) -> AsyncIterator[str]:
        """Server-sent events: what *person*'s screen shows, then all that comes, until close.

        A reader too slow for ``KEPT`` messages misses the oldest and never holds up a sender.
        """
        thread, seen = self.of(person), 0
        thread.watchers += 1
        try:
            yield f"retry: {COME_BACK}\n\n"
            while not self._closed:
                changed = thread.changed
                seen, news = thread.after(seen)
                for one in news:
                    yield one
                try:
                    async with asyncio.timeout(KEEP_ALIVE):
                        await changed.wait()
                except TimeoutError:
                    yield ":\n\n"
        finally:
            thread.watchers -= 1


def when_told_to_end(call: Callable[[], None]) -> contextlib.ExitStack:
    """Have *call* run in this loop at SIGINT or SIGTERM; closing the result undoes it.

    uvicorn waits for open responses before it lets an application stop: a stream that only
    ``stop`` ends would hold it up. Its own handler still runs, after ours.
    """
    undo = contextlib.ExitStack()
    if threading.current_thread() is threading.main_thread():
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            _go_first(number, lambda: loop.call_soon_threadsafe(call), undo)
    return undo


def _go_first(
    number: signal.Signals, call: Callable[[], object], undo: contextlib.ExitStack
) -> None:
    before = signal.getsignal(number)
    if not callable(before):
        return
    theirs = before

    def ours(received: int, frame: FrameType | None) -> None:
        call()
        theirs(received, frame)

    def give_back() -> None:
        if signal.getsignal(number) is ours:
            signal.signal(number, theirs)

    signal.signal(number, ours)
    undo.callback(give_back)
