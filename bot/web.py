"""The web side of the bot process: the channels' routes, and whether all is well."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from bot.app import App, Role
from bot.console.web import Console
from bot.waking import wake


def make_web(app: App, role: Role = Role.ALL) -> Starlette:
    """Routes of the channels and of the console, ``/health`` for us, ``/ready`` for Rasa too."""

    async def health(request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    async def ready(request: Request) -> JSONResponse:
        understands = await app.understanding.ready()
        return JSONResponse({"understanding": understands}, 200 if understands else 503)

    @contextlib.asynccontextmanager
    async def lifespan(web: Starlette) -> AsyncIterator[None]:
        async with app.running(role):
            waking = asyncio.create_task(wake(app))
            yield
            waking.cancel()
            await asyncio.gather(waking, return_exceptions=True)

    routes = [Route("/health", health), Route("/ready", ready)]
    for channel in app.channels.values():
        routes.extend(channel.routes())  # type: ignore[arg-type]
    routes.extend(Console(app.house).routes())  # type: ignore[arg-type]
    return Starlette(routes=routes, lifespan=lifespan)
