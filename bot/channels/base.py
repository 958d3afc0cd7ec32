"""What a channel is. Adding one is adding a file that fulfils ``Channel``, and a line in
``bot.building``; ``tests/channels/test_contract.py`` runs over every one of them.

Errors carry the decision: the sender looks at their class, never at a provider's codes.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, runtime_checkable

from starlette.routing import BaseRoute

from core.messages import Incoming, Kind, Outgoing


class DeliveryError(Exception):
    """Sending failed. *reason* is short and holds neither address nor words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TryLater(DeliveryError):
    """A fault on the way: try again, with growing waits."""


class Busy(DeliveryError):
    """The provider asks to wait *retry_after*; waiting uses up no attempt."""

    def __init__(self, reason: str, retry_after: timedelta) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Refused(DeliveryError):
    """This message will never be taken."""


class Unreachable(Refused):
    """Nor will any other: the person blocked us, or the number does not exist."""


class Uncertain(DeliveryError):
    """The request left and no answer came: it may have arrived."""


class Unwell(Exception):
    """A channel cannot do its work: *key* is the staff's sentence that says so and what to do.

    *values* fill it, and hold no secret.
    """

    def __init__(self, key: str, **values: str) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class NotFetched(Exception):
    """A file that was sent to us cannot be had. *reason* is short and holds no address."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Sent:
    """The provider took it. *segments* counts SMS parts, None elsewhere."""

    provider_id: str
    segments: int | None = None


@dataclass(frozen=True)
class Doors:
    """What a channel calls when something comes in.

    *receive* keeps the message, then answers it in the background; it returns False when the
    same message came before. *report* takes a delivery report (delivery id, did it arrive, and if
    not: because nobody can be reached there);
    False when no such delivery was made on this channel.
    """

    receive: Callable[[Incoming], Awaitable[bool]]
    report: Callable[[str, int, bool, bool], Awaitable[bool]]


class Channel(Protocol):
    """*name* is stored with addresses and never changes; *kind* says how to word things.

    *pace* is how many messages a second its account may send; 0 for as many as can be.
    """

    name: str
    kind: Kind
    pace: float

    async def start(self, doors: Doors) -> None:
        """Begin to receive. Routes may be called from now on."""

    async def stop(self) -> None:
        """Stop receiving; what was received is kept, and can still be sent to."""

    async def close(self) -> None:
        """Let go of all connections: nothing can be sent any more."""

    def routes(self) -> Sequence[BaseRoute]:
        """Web routes this channel needs, if any."""

    async def typing(self, address: str) -> None:
        """Show that an answer is being prepared. Never raises."""

    async def send(self, outgoing: Outgoing) -> Sent:
        """Hand one message to the provider. Raises DeliveryError."""

    async def check(self) -> None:
        """Whether the account is set up right, started or not; sends nothing. Raises Unwell."""


@runtime_checkable
class Edits(Protocol):
    """A channel that can change what it has sent."""

    async def edit(self, provider_id: str, outgoing: Outgoing) -> None:
        """Let the message *provider_id* say *outgoing* instead. Raises DeliveryError."""


@runtime_checkable
class Fetches(Protocol):
    """A channel on which people can send files."""

    async def fetch(self, reference: str) -> bytes:
        """What is in the file that came in as *reference*. Raises NotFetched."""
