"""OVHcloud's API (1.0): JSON, signed with three keys and OVH's own clock.

The signature is the one of github.com/ovh/python-ovh, and the tests hold it to that.
"""

import hashlib
import json
import re
import time
from collections.abc import Awaitable, Callable, Mapping

import httpx

from bot.channels.base import TryLater, Uncertain


class OvhApi:
    """*send* makes a request (SmsGateway's); *url* ends in ``/1.0``."""

    def __init__(
        self,
        send: Callable[..., Awaitable[httpx.Response]],
        url: str,
        application: str,
        secret: str,
        consumer: str,
    ) -> None:
        self._send = send
        self._url = url.rstrip("/")
        self._application, self._secret, self._consumer = application, secret, consumer
        self._ahead: int | None = None

    async def ask(
        self, method: str, path: str, content: Mapping[str, object] | None = None
    ) -> httpx.Response:
        """OVH's answer, whatever it says. Raises TryLater or Uncertain without one."""
        if self._ahead is None:
            self._ahead = await self._clock_difference()
        now = str(int(time.time()) + self._ahead)
        url = self._url + path
        text = "" if content is None else json.dumps(content, separators=(",", ":"))
        headers = {
            "Content-Type": "application/json",
            "X-Ovh-Application": self._application,
            "X-Ovh-Consumer": self._consumer,
            "X-Ovh-Timestamp": now,
            "X-Ovh-Signature": signature(self._secret, self._consumer, method, url, text, now),
        }
        return await self._send(method, url, headers=headers, content=text)

    def forget_clock(self) -> None:
        """Ask for OVH's time again before the next request."""
        self._ahead = None

    async def _clock_difference(self) -> int:
        """Seconds that OVH's clock is ahead of ours. Raises TryLater."""
        try:
            answer = (await self._send("GET", f"{self._url}/auth/time")).text.strip()
        except Uncertain as error:
            raise TryLater(error.reason) from error
        if not re.fullmatch("[0-9]{1,12}", answer):
            raise TryLater("ovh: no time")
        return int(answer) - int(time.time())


def signature(secret: str, consumer: str, method: str, url: str, content: str, now: str) -> str:
    """``$1$`` and the SHA-1 of all that is asked; *now* is in seconds, by OVH's clock."""
    signed = "+".join((secret, consumer, method, url, content, now))
    return "$1$" + hashlib.sha1(signed.encode()).hexdigest()  # noqa: S324  (OVH's choice)
