"""What one account has claimed and not sent yet: in the order in which it leaves."""

import heapq
import math
from dataclasses import dataclass, field

from core.messages import Outgoing


@dataclass(order=True)
class Claimed:
    """A row of the outbox, ready; the lower *lane* leaves first, then the lower *place*."""

    lane: int
    place: int
    lease: str = field(compare=False)
    outgoing: Outgoing = field(compare=False)
    until: float = field(default=math.inf, compare=False)  # loop seconds: it leaves before


class Waiting:
    """Claimed rows; empty, it is false."""

    def __init__(self) -> None:
        self._rows: list[Claimed] = []

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def next(self) -> Claimed:
        """The one that leaves first. Raises IndexError when nothing waits."""
        return self._rows[0]

    def how_many(self, lane: int) -> int:
        """How many of them leave in *lane* or before it."""
        return sum(one.lane <= lane for one in self._rows)

    def add(self, claimed: Claimed) -> None:
        heapq.heappush(self._rows, claimed)

    def pop(self) -> Claimed:
        return heapq.heappop(self._rows)

    def pop_late(self, now: float) -> list[Claimed]:
        """Those that should have left before *now*, loop seconds."""
        late = [one for one in self._rows if one.until <= now]
        self._rows = [one for one in self._rows if one.until > now]
        heapq.heapify(self._rows)
        return late

    def pop_all(self) -> list[Claimed]:
        rest, self._rows = self._rows, []
        return rest
