"""What SMS gateways have in common: letters, one request out, messages and reports in.

A gateway says how its provider wants to be asked, and reads how it answers. They share one
name: whoever changes provider keeps every conversation.
"""

import logging
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.channels import webhooks
from bot.channels.base import Busy, Doors, Refused, TryLater, Uncertain
from bot.channels.sms_text import written
from core import sms
from core.messages import Incoming, Kind, Outgoing
from core.people.phones import NotANumber, e164

log = logging.getLogger(__name__)
# No request was made: nobody there, or an address that is none.
NEVER_LEFT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)
# When a provider asks to wait and does not say how long.
WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)


class SmsGateway:
    """*callback_url* is ours, as the provider reaches it; *key* is the secret of our URLs there.

    *pace* is in messages a second; *timeout* is how many seconds the provider may take to answer.
    """

    name = "sms"
    kind = Kind.SMS

    def __init__(self, callback_url: str, key: str, pace: float, timeout: float) -> None:
        self.pace = pace
        self._ours = callback_url.rstrip("/")
        self._key = key
        # Connections are not kept: one that the other side has just closed would look like a
        # message that may have left.
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=min(5, timeout)),
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=0),
            trust_env=False,
        )
        self._doors: Doors | None = None

    async def start(self, doors: Doors) -> None:
        self._doors = doors

    async def stop(self) -> None:
        """Nothing to do: the web server stops asking us."""

    async def close(self) -> None:
        """Let go of the connections: nothing can be sent any more."""
        await self._client.aclose()

    async def typing(self, address: str) -> None:
        """A phone shows nothing of the kind."""

    async def _ask(self, method: str, url: str, **request: Any) -> httpx.Response:
        """The provider's answer, whatever it says. Raises TryLater or Uncertain without one."""
        try:
            return await self._client.request(method, url, **request)
        except NEVER_LEFT as error:
            raise TryLater(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise Uncertain(type(error).__name__) from error

    async def _receive_from(self, sender: str, provider_id: str, text: str) -> None:
        """Keep what *sender* wrote. Raises HTTPException (400) when nobody can have sent this."""
        if not sender or not 0 < len(provider_id) <= 100 or not provider_id.isprintable():
            raise HTTPException(400, "a sender and the reference of a message are needed")
        try:
            address = e164(sender)
        except NotANumber:
            # Nobody to answer. Refused, it would come again and again.
            log.info("sms: sender is no phone number, left aside")
            return
        assert self._doors is not None
        await self._doors.receive(
            Incoming(
                channel=self.name,
                address=address,
                provider_id=provider_id,
                received_at=datetime.now(UTC),
                text=text,
            )
        )

    async def _report(self, delivery_id: int, arrived: bool, gone: bool = False) -> None:
        """*gone*: nobody can be reached there."""
        assert self._doors is not None
        await self._doors.report(self.name, delivery_id, arrived, gone)

    def _refuse_strangers(self, request: Request) -> None:
        """Raises HTTPException (403) when the URL does not carry our key."""
        if not webhooks.same(request.query_params.get("key", ""), self._key):
            raise HTTPException(403, "wrong key")


def spelled(outgoing: Outgoing) -> tuple[str, sms.Size]:
    """*outgoing* as it travels. Raises Refused for more parts than gateways take."""
    text = written(outgoing)
    size = sms.size(text)
    if size.segments > sms.MOST_SEGMENTS:
        raise Refused("too long for SMS")
    return text, size


def delivery_of(raw: str) -> int:
    """The delivery that we named to the provider. Raises HTTPException (400)."""
    if not re.fullmatch("[0-9]{1,15}", raw):
        raise HTTPException(400, "not one of our messages")
    return int(raw)


def busy(response: httpx.Response, reason: str) -> Busy:
    """The provider's own wish to wait, in ``Retry-After`` (seconds)."""
    asked = response.headers.get("retry-after", "")
    wait = timedelta(seconds=int(asked)) if re.fullmatch("[0-9]{1,6}", asked) else WAIT
    return Busy(reason, min(wait, LONGEST_WAIT))


def fields_of(response: httpx.Response) -> dict[str, Any]:
    """The JSON object that the provider answered; empty when it is none."""
    try:
        value = response.json()
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
