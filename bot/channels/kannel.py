"""SMS through Kannel (1.4): ``sendsms`` out; one URL in for messages, one for reports.

Kannel's own configuration, with the two URLs, is in docs/sms.md. Codes: Kannel user guide,
"sendsms" replies and delivery report masks.
"""

import hmac
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

import httpx
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.base import Doors, Refused, Sent, TryLater, Uncertain, Unreachable
from bot.channels.sms_text import written
from core import sms
from core.messages import Incoming, Kind, Outgoing
from core.people.phones import NotANumber, e164

log = logging.getLogger(__name__)
RECEIVE = "/sms/kannel/receive"
REPORT = "/sms/kannel/report"
# Delivery report types: 1 delivered to the phone, 2 not delivered, 16 rejected by the
# operator. 4 and 8 only say that it is on its way.
ARRIVED, NOT_DELIVERED, REJECTED = 1, 2, 16
REPORT_MASK = ARRIVED | NOT_DELIVERED | REJECTED
# As ``max-messages`` in docs/sms.md: Kannel cuts what is longer, and says nothing.
NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Kannel:
    """*sendsms_url* is smsbox's; *callback_url* is ours, as Kannel can reach it.

    *key* is the secret that our two URLs ask for; *timeout* is how many seconds smsbox may
    take to answer.
    """

    name = "sms"
    kind = Kind.SMS
    pace = 0.0

    def __init__(
        self,
        sendsms_url: str,
        user: str,
        password: str,
        sender: str,
        callback_url: str,
        key: str,
        timeout: float = 15,
    ) -> None:
        self._url = sendsms_url
        self._account = {"Username": user, "Password": password, "From": sender}
        self._report_url = f"{callback_url.rstrip('/')}{REPORT}?{urlencode({'key': key})}"
        self._key = key
        # Connections are not kept: one that smsbox has just closed would look like a message
        # that may have left.
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout, connect=5),
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

    def routes(self) -> Sequence[BaseRoute]:
        return [Route(RECEIVE, self._receive), Route(REPORT, self._report)]

    async def typing(self, address: str) -> None:
        """A phone shows nothing of the kind."""

    async def send(self, outgoing: Outgoing) -> Sent:
        text = written(outgoing)
        size = sms.size(text)
        if size.segments > sms.MOST_SEGMENTS:
            raise Refused("too long for SMS")
        fields = self._account | {
            "To": outgoing.address,
            # Without coding 2, characters outside GSM-7 are silently sent as "?".
            "Coding": "2" if size.unicode else "0",
            "DLR-Mask": str(REPORT_MASK),
            "DLR-URL": f"{self._report_url}&id={outgoing.delivery_id}&type=%d",
        }
        # A POST with X-Kannel headers (Kannel refuses forms) keeps the number, the words and
        # the password out of every access log.
        headers = {f"X-Kannel-{name}".encode(): value.encode() for name, value in fields.items()}
        headers[b"Content-Type"] = b"text/plain; charset=UTF-8"
        try:
            response = await self._client.post(self._url, headers=headers, content=text.encode())
        except NEVER_LEFT as error:
            raise TryLater(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise Uncertain(type(error).__name__) from error
        _refuse(response)
        # Kannel gives no reference: reports name the delivery.
        return Sent(str(outgoing.delivery_id), size.segments)

    async def _receive(self, request: Request) -> Response:
        if not self._knows(request):
            return PlainTextResponse("wrong key", status_code=403)
        query = request.query_params
        if not query.get("from") or not query.get("id") or "text" not in query:
            return PlainTextResponse("from, id and text are needed", status_code=400)
        if len(query["id"]) > 100 or not query["id"].isprintable():
            return PlainTextResponse("id is not one of Kannel's", status_code=400)
        try:
            address = e164(query["from"])
        except NotANumber:
            # Nobody to answer. Refused, Kannel would ask again and again.
            log.info("sms: sender is no phone number, left aside")
            return PlainTextResponse("")
        assert self._doors is not None
        await self._doors.receive(
            Incoming(
                channel=self.name,
                address=address,
                provider_id=query["id"],
                received_at=datetime.now(UTC),
                text=query["text"],
            )
        )
        # An empty body: Kannel would send anything else back as an SMS.
        return PlainTextResponse("")

    async def _report(self, request: Request) -> Response:
        if not self._knows(request):
            return PlainTextResponse("wrong key", status_code=403)
        query = request.query_params
        row, code = query.get("id", ""), query.get("type", "")
        if not (row.isdecimal() and code.isdecimal() and len(row) < 16 and len(code) < 4):
            return PlainTextResponse("id and type are numbers", status_code=400)
        assert self._doors is not None
        if int(code) in (ARRIVED, NOT_DELIVERED, REJECTED):
            await self._doors.report(self.name, int(row), int(code) == ARRIVED)
        return PlainTextResponse("")

    def _knows(self, request: Request) -> bool:
        given = request.query_params.get("key", "")
        return hmac.compare_digest(given.encode(), self._key.encode())


def _refuse(response: httpx.Response) -> None:
    """202 is taken (0: Accepted, 3: Queued for later); 4xx is our fault; 503 is a full queue."""
    if response.status_code == 202:
        return
    reason = f"kannel: {response.status_code}"
    if response.status_code == 400 and "number(s)" in response.text.casefold():
        raise Unreachable(reason)
    raise Refused(reason) if response.status_code in (400, 404, 415) else TryLater(reason)
