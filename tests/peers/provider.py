"""What the played SMS providers share: a port, faults on demand, and a way to call us."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute

from tests.peers.waiting import until
from tests.peers.web import listen, port_of, serving


class Provider:
    """*ours* is our web address, as the provider knows it."""

    def __init__(self, ours: str) -> None:
        self.ours = ours
        self.sent: list[dict[str, Any]] = []
        self.faults: list[Response | None] = []
        self.listener = listen()
        self.url = f"http://127.0.0.1:{port_of(self.listener)}"
        self._free = asyncio.Event()
        self._read = 0

    def routes(self) -> Sequence[BaseRoute]:
        raise NotImplementedError

    def fail(self, status: int | None, body: Any = "", **headers: str) -> None:
        """The next message is answered with *status* and *body*; None: it is never answered."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        make = PlainTextResponse if isinstance(body, str) else JSONResponse
        self.faults.append(None if status is None else make(body, status, given))

    async def fault(self) -> Response | None:
        """What goes wrong with this message, if anything does."""
        if not self.faults:
            return None
        fault = self.faults.pop(0)
        if fault is None:
            await self._free.wait()
            return PlainTextResponse("", 500)
        return fault

    async def next(self) -> dict[str, Any]:
        """The next message that was taken and the test has not looked at."""
        await until(lambda: len(self.sent) > self._read, "a message at the provider")
        self._read += 1
        return self.sent[self._read - 1]

    async def call(self, method: str, url: str, **request: Any) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False) as client:
            return await client.request(method, url, **request)

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator["Provider"]:
        async with serving(Starlette(routes=list(self.routes())), [self.listener]):
            yield self
            self._free.set()
