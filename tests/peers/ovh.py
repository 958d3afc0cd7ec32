"""OVHcloud's SMS API, played after its schema (eu.api.ovh.com/1.0/sms.json).

It checks signatures as python-ovh makes them; what its callbacks are called with is told in
github.com/ovh/docs/issues/1496.
"""

import hashlib
import itertools
import time
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels.ovh import RECEIVE, REPORT
from tests.peers.provider import Provider

SERVICE = "sms-ab12345-1"
APPLICATION, SECRET, CONSUMER = "ovh-application", "ovh-secret", "ovh-consumer"
KEY = "ovh key+of/a=test"
TOLERATES = 60


class PlayedOvh(Provider):
    """*ahead* is how many seconds its clock differs from ours."""

    def __init__(self, ours: str) -> None:
        super().__init__(ours)
        self.ahead = 0
        self.account: dict[str, Any] = {"name": SERVICE, "status": "enable", "creditsLeft": 100}
        self.headers: list[dict[str, str]] = []
        self._ids = itertools.count(27_814_656)

    @property
    def api_url(self) -> str:
        return f"{self.url}/1.0"

    def routes(self) -> Sequence[BaseRoute]:
        service = f"/1.0/sms/{SERVICE}"
        return [
            Route("/1.0/auth/time", self._time, methods=["GET"]),
            Route(service, self._account, methods=["GET"]),
            Route(f"{service}/jobs", self._jobs, methods=["POST"]),
            Route(service + "/outgoing/{id:int}", self._outgoing, methods=["GET"]),
        ]

    async def writes(self, phone: str, text: str, **more: str) -> httpx.Response:
        fields = {
            "id": str(next(self._ids)), "senderid": phone, "message": text,
            "shortcode": "38069", "tag": "tne-41", "keyword": "ovh",
        } | more  # fmt: skip
        return await self.call("POST", f"{self.ours}{RECEIVE}", data=fields, params={"key": KEY})

    async def reports(self, reference: object, **fields: str) -> httpx.Response:
        query = {"key": KEY, "id": str(reference), "date": "2026-11-26 10:00:00"} | fields
        return await self.call("GET", f"{self.ours}{REPORT}", params=query)

    async def _time(self, request: Request) -> Response:
        return PlainTextResponse(str(self._now()))

    async def _account(self, request: Request) -> Response:
        return await self._stranger(request) or await self.fault() or JSONResponse(self.account)

    async def _jobs(self, request: Request) -> Response:
        refused = await self._stranger(request) or await self.fault()
        if refused:
            return refused
        job = await request.json()
        valid = [one for one in job["receivers"] if one.startswith("+33")]
        ids = [next(self._ids) for _ in valid]
        self.sent.extend(job | {"id": reference} for reference in ids)
        return JSONResponse(
            {
                "totalCreditsRemoved": len(valid), "ids": ids, "validReceivers": valid,
                "invalidReceivers": [one for one in job["receivers"] if one not in valid],
            }
        )  # fmt: skip

    async def _outgoing(self, request: Request) -> Response:
        refused = await self._stranger(request) or await self.fault()
        if refused:
            return refused
        for one in self.sent:
            if one["id"] == request.path_params["id"]:
                return JSONResponse({"id": one["id"], "tag": one["tag"], "ptt": 3})
        return JSONResponse({"message": "The requested object does not exist"}, 404)

    async def _stranger(self, request: Request) -> Response | None:
        """The refusal of a request that is not signed as OVH wants."""
        headers = dict(request.headers)
        self.headers.append(headers)
        if headers.get("x-ovh-application") != APPLICATION:
            return _refusal(403, "INVALID_KEY")
        if headers.get("x-ovh-consumer") != CONSUMER:
            return _refusal(403, "NOT_CREDENTIAL")
        now = headers.get("x-ovh-timestamp", "0")
        url = f"{self.url}{urlsplit(str(request.url)).path}"
        body = (await request.body()).decode()
        signed = f"{SECRET}+{CONSUMER}+{request.method}+{url}+{body}+{now}"
        right = "$1$" + hashlib.sha1(signed.encode()).hexdigest()
        if headers.get("x-ovh-signature") != right or abs(int(now) - self._now()) > TOLERATES:
            return _refusal(400, "INVALID_SIGNATURE")
        return None

    def _now(self) -> int:
        return int(time.time()) + self.ahead


def _refusal(status: int, code: str) -> Response:
    return JSONResponse({"errorCode": code, "message": code, "httpCode": str(status)}, status)
