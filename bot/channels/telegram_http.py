"""How python-telegram-bot speaks HTTP here: by aiohttp, which takes a third of the processor time.

The library's own way (httpx) spends most of what a message costs us; see
docs/decisions/0011-outbox.md for figures.
"""

from typing import Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from yarl import URL

CONNECTING = 5.0  # seconds


class AiohttpRequest(BaseRequest):
    """At most *at_once* connections; *timeout* is how many seconds an answer may take."""

    def __init__(self, at_once: int, timeout: float) -> None:
        self._at_once = at_once
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        return self._timeout

    async def initialize(self) -> None:
        """Nothing to do: what is needed is made with the first request."""

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Raises TimedOut or NetworkError, whose cause says whether anything was sent."""
        seconds = read_timeout if isinstance(read_timeout, int | float) else self._timeout
        timeout = aiohttp.ClientTimeout(
            total=None, connect=seconds, sock_connect=CONNECTING, sock_read=seconds
        )
        try:
            async with self._open(url).request(
                method, url, data=_body(request_data), timeout=timeout
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from error

    def _open(self, url: str) -> aiohttp.ClientSession:
        """Made when it is first used, for it belongs to the loop that runs then.

        Only where there is a proxy is aiohttp told to look for one (``trust_env``): it does so in
        two threads for each request.
        """
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._at_once),
                headers={"User-Agent": self.USER_AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=_has_proxy(URL(url)),
            )
        return self._session


def never_left(fault: BaseException) -> bool:
    """Whether nothing was sent, for there was no connection."""
    return isinstance(fault, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)


def _has_proxy(url: URL) -> bool:
    """Whether the environment names one for *url*: HTTPS_PROXY and the like, NO_PROXY."""
    return url.scheme in getproxies() and not proxy_bypass(url.host or "")


def _body(data: RequestData | None) -> aiohttp.FormData | aiohttp.BytesPayload | None:
    if data is None:
        return None
    files = data.multipart_data
    if not files:
        plain = data.url_encoded_parameters().encode()
        return aiohttp.BytesPayload(plain, content_type="application/x-www-form-urlencoded")
    form = aiohttp.FormData()
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, media_type) in files.items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form
