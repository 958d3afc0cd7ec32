"""The way to Rasa: one question in, one Answer out, or an honest failure."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp

from core.answers import Answer, Listener

KEPT_OPEN = 4.0  # seconds; Rasa's server closes what is idle for five


class UnderstandingError(Exception):
    """Rasa is down, slow, or answered nothing usable; the message says which."""


class WrittenAddress:
    """Call it for the address in *file*, as ``nlu/serve.py`` wrote it last; "" when there is none.

    The file is read again only when it changed: each question asks.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._read_at: tuple[int, int] | None = None
        self._url = ""

    def __call__(self) -> str:
        try:
            state = self._file.stat()
            now = state.st_ino, state.st_mtime_ns
            if now != self._read_at:
                self._url = self._file.read_text(encoding="utf-8").strip()
                self._read_at = now
        except FileNotFoundError:
            return ""
        return self._url


class Understanding:
    """Rasa's REST channel at the address that *where* gives, with *timeout* seconds in all.

    On an internal error Rasa answers 200 with ``[]``: a failure like the others.
    """

    def __init__(self, where: Callable[[], str], timeout: float) -> None:
        self._where = where
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._client: aiohttp.ClientSession | None = None

    async def ask(self, sender: str, text: str, listener: Listener) -> Answer:
        """*sender* is the contact's uid. Raises UnderstandingError.

        Text that begins with ``/`` would be taken for an intent: it is refused (ValueError).
        """
        if text.lstrip().startswith("/"):
            raise ValueError("text beginning with / never goes to Rasa")
        messages = await self._post(
            {"sender": sender, "message": text, "metadata": listener.as_json()}
        )
        for message in messages if isinstance(messages, list) else []:
            custom = message.get("custom") if isinstance(message, dict) else None
            if isinstance(custom, dict):
                try:
                    return Answer.from_json(custom)
                except (KeyError, TypeError, ValueError) as error:
                    raise UnderstandingError("not an answer") from error
        raise UnderstandingError("empty answer")

    async def forget(self, sender: str) -> None:
        """Rasa forgets the conversation of *sender* (nlu/recent_conversations.py).

        Raises UnderstandingError when it may not have.
        """
        await self._post({"sender": sender, "message": "/restart"})

    async def ready(self) -> bool:
        """Whether Rasa answers at all."""
        try:
            async with self._open().get(f"{self._url()}/webhooks/rest/") as response:
                return response.ok
        except (aiohttp.ClientError, TimeoutError, UnderstandingError):
            return False

    async def _post(self, body: dict[str, Any]) -> Any:
        """What Rasa's REST channel says to *body*. Raises UnderstandingError."""
        url = f"{self._url()}/webhooks/rest/webhook"
        try:
            async with self._open().post(url, json=body, raise_for_status=True) as response:
                return await response.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise UnderstandingError(type(error).__name__) from error

    def _open(self) -> aiohttp.ClientSession:
        """Made when it is first used, for it belongs to the loop that runs then."""
        if self._client is None:
            self._client = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(keepalive_timeout=KEPT_OPEN),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=self._timeout,
            )
        return self._client

    def _url(self) -> str:
        url = self._where()
        if not url:
            raise UnderstandingError("not started")
        return url

    async def close(self) -> None:
        if self._client is not None:
            await self._client.close()
            self._client = None
