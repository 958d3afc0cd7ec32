"""A gateway for development: what would be sent is printed, and nobody's phone rings.

It receives nothing; to write as a person there is the simulator.
"""

from collections.abc import Sequence

from starlette.routing import BaseRoute

from bot.channels.base import Sent
from bot.channels.sms_gateway import SmsGateway, spelled
from core.messages import Outgoing

SHOWN_DIGITS = 2


class Console(SmsGateway):
    """Takes everything, at once, and reports it as arrived."""

    def __init__(self, pace: float = 0) -> None:
        super().__init__("", "", pace, timeout=1)

    def routes(self) -> Sequence[BaseRoute]:
        return ()

    async def send(self, outgoing: Outgoing) -> Sent:
        text, size = spelled(outgoing)
        print(f"SMS {masked(outgoing.address)} ({size.segments}): {text}", flush=True)
        if self._doors is not None:
            await self._report(outgoing.delivery_id, True)
        return Sent(f"console:{outgoing.delivery_id}", size.segments)

    async def check(self) -> None:
        """Nothing can be wrong with it."""


def masked(address: str) -> str:
    """*address* with its last digits only: even here nobody's number is shown."""
    hidden = max(len(address) - SHOWN_DIGITS, 0)
    return "•" * hidden + address[hidden:]
