"""The way to Rasa: one question in, one Answer out, or an honest failure."""

import httpx

from core.answers import Answer, Listener


class UnderstandingError(Exception):
    """Rasa is down, slow, or answered nothing usable; the message says which."""


class Understanding:
    """Rasa's REST channel at *url*, given *timeout* seconds in all.

    On an internal error Rasa answers 200 with ``[]``: a failure like the others.
    """

    def __init__(self, url: str, timeout: float) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout)

    async def ask(self, sender: str, text: str, listener: Listener) -> Answer:
        """*sender* is the contact's uid. Raises UnderstandingError.

        Text that begins with ``/`` would be taken for an intent: it is refused (ValueError).
        """
        if text.lstrip().startswith("/"):
            raise ValueError("text beginning with / never goes to Rasa")
        body = {"sender": sender, "message": text, "metadata": listener.as_json()}
        try:
            response = await self._client.post("/webhooks/rest/webhook", json=body)
            response.raise_for_status()
            messages = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise UnderstandingError(type(error).__name__) from error
        for message in messages if isinstance(messages, list) else []:
            custom = message.get("custom") if isinstance(message, dict) else None
            if isinstance(custom, dict):
                try:
                    return Answer.from_json(custom)
                except (KeyError, TypeError, ValueError) as error:
                    raise UnderstandingError("not an answer") from error
        raise UnderstandingError("empty answer")

    async def ready(self) -> bool:
        """Whether Rasa answers at all."""
        try:
            return (await self._client.get("/webhooks/rest/")).is_success
        except httpx.HTTPError:
            return False

    async def close(self) -> None:
        await self._client.aclose()
