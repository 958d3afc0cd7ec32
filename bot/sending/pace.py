"""When the next message of one account may leave: evenly, and never too many in any one second.

A provider counts messages as they arrive. So a message counts from the moment that we know it to
be there, and the one that would be too many waits until a second after that; spreading them evenly
would not be enough, for two that are held up on the way may arrive together.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

SECOND = 1.0
# A message is taken to be there when it was answered, or after so long without an answer. So a
# provider that answers in 80 ms gets 28 messages a second where it allows 30, and never 31.
ON_ITS_WAY = 2.0
# How far behind an even spread we may be, and catch up.
BEHIND = 0.1


@dataclass
class Departure:
    """One message that left at *at*, and is known at the other side at *arrived*; loop seconds."""

    at: float
    arrived: float | None = None

    @property
    def counts_from(self) -> float:
        latest = self.at + ON_ITS_WAY
        return latest if self.arrived is None else min(self.arrived, latest)


class Pace:
    """*a_second* messages a second, 0 for as many as can be; below 1 one in so many seconds."""

    def __init__(self, a_second: float) -> None:
        self._departures: deque[Departure] = deque()
        self._held_until = 0.0
        self._slot = 0.0
        self.change(a_second)

    def change(self, a_second: float) -> None:
        """What left already still counts."""
        self.a_second = a_second
        self._most = max(1, int(a_second))
        self._period = SECOND if a_second >= 1 or not a_second else SECOND / a_second

    def hold(self, seconds: float) -> None:
        """Nothing leaves before *seconds* have passed."""
        self._held_until = max(self._held_until, _now() + seconds)

    async def opens(self) -> None:
        """Return when a message may leave."""
        while (wait := self._opens_at() - _now()) > 0:
            await asyncio.sleep(wait)

    def leaves(self) -> Departure:
        """A message leaves now; tell the departure when it has arrived."""
        departure = Departure(_now())
        if self.a_second:
            self._slot = max(self._slot + self._period / self._most, departure.at - BEHIND)
            self._departures.append(departure)
            while len(self._departures) > self._most:
                self._departures.popleft()
        return departure

    def _opens_at(self) -> float:
        if not self.a_second or not self._departures:
            return self._held_until
        opens = max(self._held_until, self._slot + self._period / self._most)
        if len(self._departures) < self._most:
            return opens
        return max(opens, self._departures[-self._most].counts_from + self._period)


def arrived(departure: Departure) -> None:
    """The provider answered: the message is there."""
    departure.arrived = _now()


def _now() -> float:
    return asyncio.get_running_loop().time()
