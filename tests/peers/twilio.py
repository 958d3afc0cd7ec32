"""Twilio, played after its documentation; it signs with Twilio's own library.

twilio.com/docs/messaging/api/message-resource, .../guides/webhook-request, .../api/errors.
"""

import base64
import uuid
from collections.abc import Sequence
from urllib.parse import parse_qsl

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from twilio.request_validator import RequestValidator

from bot.channels.twilio import PROOF, RECEIVE
from tests.peers.provider import Provider

ACCOUNT = "AC" + "0a" * 16
TOKEN = "twilio-token-of-a-test"
NUMBER = "+33639980098"


class PlayedTwilio(Provider):
    """*signs* is the token that it signs with; *status* is the account's."""

    signs = TOKEN
    status = "active"

    def routes(self) -> Sequence[BaseRoute]:
        account = f"/2010-04-01/Accounts/{ACCOUNT}"
        return [
            Route(f"{account}/Messages.json", self._messages, methods=["POST"]),
            Route(f"{account}.json", self._account, methods=["GET"]),
        ]

    async def writes(self, phone: str, text: str, **more: str) -> httpx.Response:
        """*phone* writes to our number."""
        fields = {
            "ToCountry": "FR", "SmsMessageSid": "SM1", "NumMedia": "0", "SmsStatus": "received",
            "MessageSid": f"SM{uuid.uuid4().hex}", "AccountSid": ACCOUNT, "From": phone,
            "To": NUMBER, "Body": text, "NumSegments": "1", "ApiVersion": "2010-04-01",
        } | more  # fmt: skip
        return await self.posts(f"{self.ours}{RECEIVE}", fields)

    async def reports(self, message: dict[str, str], status: str, **more: str) -> httpx.Response:
        """What became of *message*, to the address that came with it."""
        fields = {
            "MessageSid": message["sid"], "MessageStatus": status, "AccountSid": ACCOUNT,
            "From": NUMBER, "To": message["To"], "ApiVersion": "2010-04-01",
        } | more  # fmt: skip
        return await self.posts(message["StatusCallback"], fields)

    async def posts(self, url: str, fields: dict[str, str], signed_url: str = "") -> httpx.Response:
        proof = RequestValidator(self.signs).compute_signature(signed_url or url, fields)
        return await self.call("POST", url, data=fields, headers={PROOF: proof})

    async def _messages(self, request: Request) -> Response:
        if not self._knows(request):
            return JSONResponse({"code": 20003, "message": "Authenticate", "status": 401}, 401)
        if fault := await self.fault():
            return fault
        fields = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        for name, code in (("To", 21604), ("Body", 21602), ("StatusCallback", 21609)):
            if not fields.get(name):
                return JSONResponse({"code": code, "message": name, "status": 400}, 400)
        if not fields.get("From") and not fields.get("MessagingServiceSid"):
            return JSONResponse({"code": 21603, "message": "From", "status": 400}, 400)
        sid = f"SM{uuid.uuid4().hex}"
        self.sent.append(fields | {"sid": sid})
        return JSONResponse({"sid": sid, "status": "queued", "error_code": None}, 201)

    async def _account(self, request: Request) -> Response:
        if not self._knows(request):
            return JSONResponse({"code": 20003, "message": "Authenticate", "status": 401}, 401)
        return await self.fault() or JSONResponse({"sid": ACCOUNT, "status": self.status})

    def _knows(self, request: Request) -> bool:
        right = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        return request.headers.get("authorization") == f"Basic {right}"
