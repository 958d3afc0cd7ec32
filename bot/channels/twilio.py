"""SMS through Twilio's REST API (2010-04-01): one POST out; two signed POSTs in.

What to set at Twilio is in docs/sms.md. Codes: twilio.com/docs/api/errors. Signature:
twilio.com/docs/usage/webhooks/webhooks-security.
"""

import base64
import hmac
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

import httpx
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels import webhooks
from bot.channels.base import (
    DeliveryError,
    Refused,
    Sent,
    TryLater,
    Uncertain,
    Unreachable,
    Unwell,
)
from bot.channels.sms_gateway import SmsGateway, busy, delivery_of, fields_of, spelled
from core.messages import Outgoing

RECEIVE = "/sms/twilio/receive"
REPORT = "/sms/twilio/report"
PROOF = "X-Twilio-Signature"
# Twilio wants its own language back; empty, it says nothing to the person.
NOTHING_TO_SAY = "<?xml version='1.0' encoding='UTF-8'?><Response/>"
# What a number outside North America sends; Twilio makes more of them wait in its own queue.
PACE = 10.0
# A sender that begins so is a messaging service: a pool of numbers.
SERVICE = "MG"
# Nobody will ever read an SMS there: no such number, no mobile, or they wrote STOP to Twilio.
NOBODY = {21211, 21214, 21217, 21610, 21614, 30004, 30005, 30006}
# Our account or our sender is not right: nothing that the message can help.
NOT_SET_UP = {20003, 21212, 21603, 21606, 21659, 21660, 21661, 21703, 21705, 30001, 30002}
FINAL = {"delivered": True, "undelivered": False, "failed": False}


class Twilio(SmsGateway):
    """*account* is the account's SID, *token* its main token: with it Twilio signs.

    *sender* is one of our numbers in E.164, or the SID of a messaging service.
    """

    def __init__(
        self,
        account: str,
        token: str,
        sender: str,
        callback_url: str,
        api_url: str = "https://api.twilio.com",
        timeout: float = 15,
        pace: float = PACE,
    ) -> None:
        super().__init__(callback_url, "", pace, timeout)
        self._account_url = f"{api_url.rstrip('/')}/2010-04-01/Accounts/{account}"
        self._auth = (account, token)
        self._token = token
        self._from = {"MessagingServiceSid" if sender.startswith(SERVICE) else "From": sender}

    def routes(self) -> Sequence[BaseRoute]:
        return [
            Route(RECEIVE, self._received, methods=["POST"]),
            Route(REPORT, self._reported, methods=["POST"]),
        ]

    async def send(self, outgoing: Outgoing) -> Sent:
        text, size = spelled(outgoing)
        fields = self._from | {
            "To": outgoing.address,
            "Body": text,
            "StatusCallback": f"{self._ours}{REPORT}?id={outgoing.delivery_id}",
        }
        url = f"{self._account_url}/Messages.json"
        response = await self._ask("POST", url, data=fields, auth=self._auth)
        _refuse(response)
        reference = fields_of(response).get("sid")
        if not isinstance(reference, str):
            raise Uncertain("twilio: answer not understood")
        return Sent(reference[:100], size.segments)

    async def check(self) -> None:
        try:
            response = await self._ask("GET", f"{self._account_url}.json", auth=self._auth)
        except DeliveryError as error:
            raise Unwell("setup.twilio.away", reason=error.reason) from error
        if response.status_code in (401, 403, 404):
            raise Unwell("setup.twilio.account")
        if not response.is_success:
            raise Unwell("setup.twilio.away", reason=str(response.status_code))
        if fields_of(response).get("status") != "active":
            raise Unwell("setup.twilio.suspended")

    async def _received(self, request: Request) -> Response:
        fields = await self._signed(request)
        if "Body" not in fields:
            raise HTTPException(400, "From, MessageSid and Body are needed")
        await self._receive_from(
            fields.get("From", ""), fields.get("MessageSid", ""), fields["Body"]
        )
        return PlainTextResponse(NOTHING_TO_SAY, media_type="text/xml")

    async def _reported(self, request: Request) -> Response:
        fields = await self._signed(request)
        row = delivery_of(request.query_params.get("id", ""))
        arrived = FINAL.get(fields.get("MessageStatus", ""))
        if arrived is not None:
            await self._report(row, arrived, fields.get("ErrorCode", "") in map(str, NOBODY))
        return PlainTextResponse("")

    async def _signed(self, request: Request) -> dict[str, str]:
        """What Twilio posted. Raises HTTPException (403) when it was not Twilio.

        It signs the address that it was told, which a proxy in front of us may have changed.
        """
        fields = await webhooks.form(request)
        query = request.scope["query_string"].decode("latin-1")
        url = f"{self._ours}{request.scope['path']}{'?' if query else ''}{query}"
        given = request.headers.get(PROOF, "")
        right = [signature(one, fields, self._token) for one in spellings(url)]
        if not any(webhooks.same(given, one) for one in right):
            raise HTTPException(403, "wrong signature")
        return dict(fields)


def signature(url: str, fields: Iterable[tuple[str, str]], token: str) -> str:
    """HMAC-SHA1, in base64, of *url* and after it every name and value in order."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.digest(token.encode(), signed.encode(errors="replace"), "sha1")
    return base64.b64encode(digest).decode()


def spellings(url: str) -> tuple[str, str]:
    """*url* without its port and with it: Twilio's servers do not agree on which they sign."""
    parts = urlsplit(url)
    name, _, port = parts.netloc.partition(":")
    port = port or ("443" if parts.scheme == "https" else "80")
    without, with_ = (parts._replace(netloc=one).geturl() for one in (name, f"{name}:{port}"))
    return without, with_


def _refuse(response: httpx.Response) -> None:
    """201 is taken. An error's code says whose fault it is; its words may hold the number."""
    if response.is_success:
        return
    code = fields_of(response).get("code")
    code = code if isinstance(code, int) else 0
    reason = f"twilio: {response.status_code} {code}".removesuffix(" 0")
    if response.status_code == 429:
        raise busy(response, reason)
    if code in NOBODY:
        raise Unreachable(reason)
    if response.status_code == 400 and code not in NOT_SET_UP:
        raise Refused(reason)
    raise TryLater(reason)
