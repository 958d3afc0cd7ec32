"""The other side of a channel, for tests of the channel alone: it notes what comes in."""

from bot.channels.base import Doors
from core.messages import Incoming
from tests.peers.waiting import until


class Recorder:
    """*refuse* is raised once by the next ``receive``, as a database that is away would."""

    def __init__(self) -> None:
        self.incoming: list[Incoming] = []
        self.reports: list[tuple[str, int, bool]] = []
        self.refuse: Exception | None = None
        self.gone = False
        self._read = 0

    @property
    def doors(self) -> Doors:
        return Doors(self._receive, self._report)

    async def _receive(self, incoming: Incoming) -> bool:
        if self.refuse is not None:
            error, self.refuse = self.refuse, None
            raise error
        self.incoming.append(incoming)
        return True

    async def _report(self, channel: str, delivery_id: int, arrived: bool, gone: bool) -> bool:
        self.gone = gone
        self.reports.append((channel, delivery_id, arrived))
        return True

    async def next(self) -> Incoming:
        """The next thing that came in and was not looked at."""
        await until(lambda: len(self.incoming) > self._read, "something to come in")
        self._read += 1
        return self.incoming[self._read - 1]
