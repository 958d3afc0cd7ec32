"""Rasa as it can be: down, slow, silent, or talking nonsense."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.understanding import Understanding, UnderstandingError, WrittenAddress
from core.answers import Answer, Listener, Outcome
from core.messages import Bubble
from tests.peers.understanding import StubRasa
from tests.peers.waiting import free_port
from tests.peers.web import listen, port_of, serving

GOOD = Answer((Bubble("oui"),), Outcome.ANSWERED, "q", 0.9)


@asynccontextmanager
async def rasa(handler: Callable[[Request], Awaitable[Response]]) -> AsyncIterator[Understanding]:
    listener = listen()
    web = Starlette(routes=[Route("/webhooks/rest/webhook", handler, methods=["POST"])])
    async with serving(web, [listener]):
        understanding = at(f"http://127.0.0.1:{port_of(listener)}")
        yield understanding
        await understanding.close()


def at(url: str) -> Understanding:
    return Understanding(lambda: url, timeout=0.5)


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


async def test_the_next_question_goes_where_the_file_says_now(tmp_path):
    file = tmp_path / "rasa.url"
    understanding = Understanding(WrittenAddress(file), timeout=0.5)
    with pytest.raises(UnderstandingError, match="not started"):
        await understanding.ask("x", "bonjour", Listener())
    assert not await understanding.ready()
    for id_ in ("old", "new"):
        answer = replace(GOOD, question_id=id_)
        async with StubRasa(answer).running() as there:
            partial = tmp_path / "partial"
            partial.write_text(there.url + "\n")
            partial.replace(file)
            assert await understanding.ready()
            assert await understanding.ask("x", "bonjour", Listener()) == answer
    await understanding.close()


async def test_a_rasa_that_is_down_is_a_failure_and_its_return_is_noticed():
    understanding = at(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(UnderstandingError):
        await understanding.ask("x", "bonjour", Listener())
    assert not await understanding.ready()
    await understanding.close()


@pytest.mark.parametrize("text", ["/restart", " /x", "\t/session_start"])
async def test_an_intent_is_never_sent_as_text(text):
    async with rasa(says([{"custom": GOOD.as_json()}])) as understanding:
        with pytest.raises(ValueError, match="never"):
            await understanding.ask("x", text, Listener())


async def test_a_conversation_is_forgotten_by_restarting_it():
    async with StubRasa().running() as rasa:
        understanding = Understanding(lambda: rasa.url, 5)
        await understanding.forget("u1")
        await understanding.close()
    assert rasa.asked == [{"sender": "u1", "message": "/restart"}]


async def test_a_rasa_that_is_down_has_not_forgotten():
    understanding = Understanding(lambda: "", 5)
    with pytest.raises(UnderstandingError):
        await understanding.forget("u1")
    await understanding.close()
