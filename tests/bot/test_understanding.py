"""Rasa as it can be: down, slow, silent, or talking nonsense."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.understanding import Understanding, UnderstandingError
from core.answers import Answer, Listener, Outcome
from core.messages import Bubble
from tests.peers.waiting import free_port
from tests.peers.web import listen, port_of, serving

GOOD = Answer((Bubble("oui"),), Outcome.ANSWERED, "q", 0.9)


@asynccontextmanager
async def rasa(handler: Callable[[Request], Awaitable[Response]]) -> AsyncIterator[Understanding]:
    listener = listen()
    web = Starlette(routes=[Route("/webhooks/rest/webhook", handler, methods=["POST"])])
    async with serving(web, [listener]):
        understanding = Understanding(f"http://127.0.0.1:{port_of(listener)}", timeout=0.5)
        yield understanding
        await understanding.close()


def says(body: object, status: int = 200) -> Callable[[Request], Awaitable[Response]]:
    async def handler(request: Request) -> Response:
        return JSONResponse(body, status)

    return handler


async def slow(request: Request) -> Response:
    await asyncio.sleep(3)
    return JSONResponse([{"custom": GOOD.as_json()}])


async def nonsense(request: Request) -> Response:
    return PlainTextResponse("<html>")


async def test_an_answer_comes_through():
    async with rasa(says([{"recipient_id": "x", "custom": GOOD.as_json()}])) as understanding:
        assert await understanding.ask("x", "bonjour", Listener()) == GOOD


@pytest.mark.parametrize(
    "handler",
    [
        says([]),  # what Rasa answers to an internal error
        says([{"text": "no custom"}]),
        says([{"custom": {"bubbles": "x"}}]),
        says([{"custom": {**GOOD.as_json(), "outcome": "unheard of"}}]),
        says({"not": "a list"}),
        says(None),
        says([{"custom": GOOD.as_json()}], 500),
        nonsense,
        slow,
    ],
)
async def test_anything_else_is_a_failure_of_understanding(handler):
    async with rasa(handler) as understanding:
        with pytest.raises(UnderstandingError):
            await understanding.ask("x", "bonjour", Listener())


async def test_a_rasa_that_is_down_is_a_failure_and_its_return_is_noticed():
    understanding = Understanding(f"http://127.0.0.1:{free_port()}", timeout=0.5)
    with pytest.raises(UnderstandingError):
        await understanding.ask("x", "bonjour", Listener())
    assert not await understanding.ready()
    await understanding.close()


@pytest.mark.parametrize("text", ["/restart", " /x", "\t/session_start"])
async def test_an_intent_is_never_sent_as_text(text):
    async with rasa(says([{"custom": GOOD.as_json()}])) as understanding:
        with pytest.raises(ValueError, match="never"):
            await understanding.ask("x", text, Listener())
