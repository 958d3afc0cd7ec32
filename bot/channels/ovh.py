"""SMS through OVHcloud's API (1.0): signed JSON out; two URLs of ours, with our key, in.

What to set at OVH is in docs/sms.md. What the two URLs are called
with is documented in pieces only: github.com/ovh/docs/issues/1496.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

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
from bot.channels.ovh_api import OvhApi
from bot.channels.sms_gateway import SmsGateway, busy, fields_of, spelled
from core.messages import Outgoing

RECEIVE = "/sms/ovh/receive"
REPORT = "/sms/ovh/report"
# OVH publishes no limit; this one is ours.
PACE = 10.0
# Our mark on a message, by which a report finds its delivery: OVH reports name its own ids.
TAG = "tne-"
# How a message ended, by OVH's fine code (ptt); 1, 2, 3 and 6 tell nothing final.
ENDED = {4: True} | dict.fromkeys(
    (5, 8, 20, 21, 23, 24, 25, 26, 27, 28, 29, 33, 39, 73, 74, 76, 202), False
)
NOTHING_FINAL = (1, 2, 3, 6)
# The same by its coarse code (dlr), for fine codes that we do not know.
ENDED_COARSELY = {1: True, 2: False, 16: False}


class Ovh(SmsGateway):
    """*service* is the SMS account (``sms-ab12345-1``); the keys are those of createToken.

    *sender* is what people see: a number or a name that OVH has accepted. Empty, OVH lends a
    short number that can be answered for two days.
    """

    def __init__(
        self,
        service: str,
        application: str,
        secret: str,
        consumer: str,
        sender: str,
        callback_url: str,
        key: str,
        api_url: str = "https://eu.api.ovh.com/1.0",
        timeout: float = 15,
        pace: float = PACE,
    ) -> None:
        super().__init__(callback_url, key, pace, timeout)
        self._api = OvhApi(self._ask, api_url, application, secret, consumer)
        self._service = f"/sms/{service}"
        self._sender: dict[str, object] = (
            {"sender": sender} if sender else {"senderForResponse": True}
        )

    def routes(self) -> Sequence[BaseRoute]:
        methods = ["GET", "POST"]
        return [
            Route(RECEIVE, self._received, methods=methods),
            Route(REPORT, self._reported, methods=methods),
        ]

    async def send(self, outgoing: Outgoing) -> Sent:
        text, size = spelled(outgoing)
        job = self._sender | {
            "receivers": [outgoing.address],
            "message": text,
            "charset": "UTF-8",
            "coding": "8bit" if size.unicode else "7bit",
            # Nothing of ours is an advertisement; people stop it by writing STOP to us.
            "noStopClause": True,
            "priority": "high",
            "tag": f"{TAG}{outgoing.delivery_id}",
        }
        response = await self._api.ask("POST", f"{self._service}/jobs", job)
        self._refuse(response)
        report = fields_of(response)
        if report.get("invalidReceivers"):
            raise Unreachable("ovh: invalid receiver")
        match report.get("ids"):
            case [int() as reference, *_]:
                return Sent(str(reference), size.segments)
            case []:
                raise Refused("ovh: nothing sent")
        raise Uncertain("ovh: answer not understood")

    async def check(self) -> None:
        try:
            response = await self._api.ask("GET", self._service)
        except DeliveryError as error:
            raise Unwell("setup.ovh.away", reason=error.reason) from error
        if response.status_code in (400, 401, 403):
            raise Unwell("setup.ovh.keys")
        if response.status_code == 404:
            raise Unwell("setup.ovh.service")
        account = fields_of(response)
        if not response.is_success:
            raise Unwell("setup.ovh.away", reason=str(response.status_code))
        if account.get("status") != "enable":
            raise Unwell("setup.ovh.disabled")
        if not account.get("creditsLeft"):
            raise Unwell("setup.ovh.credits")

    def _refuse(self, response: httpx.Response) -> None:
        """The message's fault is 400, 409 or 413; anything else is ours or OVH's."""
        if response.is_success:
            return
        reason = f"ovh: {response.status_code}"
        if response.status_code == 429:
            raise busy(response, reason)
        if "errorCode" in fields_of(response):
            # OVH's door, not its SMS service: keys, rights, or a clock that was set since.
            self._api.forget_clock()
            raise TryLater(reason)
        raise Refused(reason) if response.status_code in (400, 409, 413) else TryLater(reason)

    async def _received(self, request: Request) -> Response:
        fields = await self._fields(request)
        if "message" not in fields:
            raise HTTPException(400, "id, senderid and message are needed")
        await self._receive_from(
            fields.get("senderid", ""), fields.get("id", ""), fields["message"]
        )
        return PlainTextResponse("")

    async def _reported(self, request: Request) -> Response:
        fields = await self._fields(request)
        reference = fields.get("id", "")
        if not re.fullmatch("[0-9]{1,18}", reference):
            raise HTTPException(400, "id is not one of OVH's")
        arrived = ended(fields)
        if arrived is not None and (row := await self._delivery(reference)):
            await self._report(row, arrived)
        return PlainTextResponse("")

    async def _delivery(self, reference: str) -> int | None:
        """The delivery that OVH calls *reference*; None when it is none of ours.

        OVH is asked, for its reports do not name it, and what we sent may have left from
        another process. Raises HTTPException (503) when it does not answer.
        """
        try:
            response = await self._api.ask("GET", f"{self._service}/outgoing/{reference}")
        except DeliveryError:
            raise HTTPException(503, "not now") from None
        if response.status_code == 404:
            return None
        if not response.is_success:
            raise HTTPException(503, "not now")
        tag = str(fields_of(response).get("tag"))
        match = re.fullmatch(f"{TAG}([0-9]{{1,15}})", tag)
        return int(match[1]) if match else None

    async def _fields(self, request: Request) -> dict[str, str]:
        """What OVH says, in the query or in a form. Raises HTTPException (403) to strangers."""
        self._refuse_strangers(request)
        posted = dict(await webhooks.form(request)) if request.method == "POST" else {}
        return dict(request.query_params) | posted


def ended(report: Mapping[str, Any]) -> bool | None:
    """Whether the message arrived; None while that is not known.

    ``ptt`` is the fine code; the coarse one is called ``dlr`` or ``description``.
    Raises HTTPException (400) when there is neither.
    """
    fine = _number(report.get("ptt", ""))
    coarse = _number(report.get("dlr", "")) or _number(report.get("description", ""))
    if fine is None and coarse is None:
        raise HTTPException(400, "ptt or dlr is a number")
    if fine in ENDED:
        return ENDED[fine]
    return None if fine in NOTHING_FINAL else ENDED_COARSELY.get(coarse or 0)


def _number(raw: str) -> int | None:
    return int(raw) if re.fullmatch("[0-9]{1,5}", raw) else None
