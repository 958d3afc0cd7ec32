"""SMS through Kannel (1.4): ``sendsms`` out; one URL in for messages, one for reports.

Kannel's own configuration, with the two URLs, is in docs/sms.md. Codes: Kannel user guide,
"sendsms" replies and delivery report masks.
"""

import re
from collections.abc import Sequence
from urllib.parse import urlencode

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.base import DeliveryError, Refused, Sent, TryLater, Unreachable, Unwell
from bot.channels.sms_gateway import SmsGateway, delivery_of, spelled
from core.messages import Outgoing

RECEIVE = "/sms/kannel/receive"
REPORT = "/sms/kannel/report"
# Delivery report types: 1 delivered to the phone, 2 not delivered, 16 rejected by the
# operator. 4 and 8 only say that it is on its way.
ARRIVED, NOT_DELIVERED, REJECTED = 1, 2, 16
REPORT_MASK = ARRIVED | NOT_DELIVERED | REJECTED
# Messages a second that an operator commonly takes by SMPP.
PACE = 10.0


class Kannel(SmsGateway):
    """*sendsms_url* is smsbox's; the rest is as in SmsGateway."""

    def __init__(
        self,
        sendsms_url: str,
        user: str,
        password: str,
        sender: str,
        callback_url: str,
        key: str,
        timeout: float = 15,
        pace: float = PACE,
    ) -> None:
        super().__init__(callback_url, key, pace, timeout)
        self._url = sendsms_url
        self._account = {"Username": user, "Password": password, "From": sender}
        self._report_url = f"{self._ours}{REPORT}?{urlencode({'key': key})}"

    def routes(self) -> Sequence[BaseRoute]:
        return [Route(RECEIVE, self._received), Route(REPORT, self._reported)]

    async def send(self, outgoing: Outgoing) -> Sent:
        text, size = spelled(outgoing)
        fields = self._account | {
            "To": outgoing.address,
            # Without coding 2, characters outside GSM-7 are silently sent as "?".
            "Coding": "2" if size.unicode else "0",
            "DLR-Mask": str(REPORT_MASK),
            "DLR-URL": f"{self._report_url}&id={outgoing.delivery_id}&type=%d",
        }
        _refuse(await self._sendsms(fields, text))
        # Kannel gives no reference: reports name the delivery.
        return Sent(str(outgoing.delivery_id), size.segments)

    async def check(self) -> None:
        """Ask for a message to nobody: Kannel looks at the password first."""
        try:
            response = await self._sendsms(self._account, "")
        except DeliveryError as error:
            raise Unwell("setup.kannel.away", reason=error.reason) from error
        if response.status_code == 403:
            raise Unwell("setup.kannel.password")
        if response.status_code != 400:
            raise Unwell("setup.kannel.away", reason=str(response.status_code))

    async def _sendsms(self, fields: dict[str, str], text: str) -> httpx.Response:
        # A POST with X-Kannel headers (Kannel refuses forms) keeps the number, the words and
        # the password out of every access log.
        headers = {f"X-Kannel-{name}".encode(): value.encode() for name, value in fields.items()}
        headers[b"Content-Type"] = b"text/plain; charset=UTF-8"
        return await self._ask("POST", self._url, headers=headers, content=text.encode())

    async def _received(self, request: Request) -> Response:
        self._refuse_strangers(request)
        query = request.query_params
        if "text" not in query:
            raise HTTPException(400, "from, id and text are needed")
        await self._receive_from(query.get("from", ""), query.get("id", ""), query["text"])
        # An empty body: Kannel would send anything else back as an SMS.
        return PlainTextResponse("")

    async def _reported(self, request: Request) -> Response:
        self._refuse_strangers(request)
        row = delivery_of(request.query_params.get("id", ""))
        code = request.query_params.get("type", "")
        if not re.fullmatch("[0-9]{1,3}", code):
            raise HTTPException(400, "type is a number")
        if int(code) in (ARRIVED, NOT_DELIVERED, REJECTED):
            await self._report(row, int(code) == ARRIVED)
        return PlainTextResponse("")


def _refuse(response: httpx.Response) -> None:
    """202 is taken (0: Accepted, 3: Queued for later); 4xx is our fault; 503 is a full queue."""
    if response.status_code == 202:
        return
    reason = f"kannel: {response.status_code}"
    if response.status_code == 400 and "number(s)" in response.text.casefold():
        raise Unreachable(reason)
    raise Refused(reason) if response.status_code in (400, 404, 415) else TryLater(reason)
