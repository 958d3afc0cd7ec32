"""When the next message of one account may leave.

Never more than *most* in any one second, as the provider counts them: a message counts from the
moment that we know it arrived. Spreading them evenly would not do, for two that are held up on
the way and then arrive together would be one too many.
"""

import asyncio
from collections import deque
from dataclasses import dataclass

SECOND = 1.0
# What an answer that takes longer than this says of when the message arrived: no more than that
# it left. Telegram takes 50 to 100 ms, nearly all of it after the message has arrived.
ON_ITS_WAY = 0.02


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
            self._departures.append(departure)
            while len(self._departures) > self._most:
                self._departures.popleft()
        return departure

    def _opens_at(self) -> float:
        if not self.a_second or len(self._departures) < self._most:
            return self._held_until
        nth_last = self._departures[-self._most]
        return max(self._held_until, nth_last.counts_from + self._period)


def arrived(departure: Departure) -> None:
    """The provider answered: the message is there."""
    departure.arrived = _now()


def _now() -> float:
    return asyncio.get_running_loop().time()
