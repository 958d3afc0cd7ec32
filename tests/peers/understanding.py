"""Rasa's REST channel, played: for tests that are about the way, not the understanding."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.answers import Answer, Outcome
from core.messages import Bubble, Choice
from tests.peers.web import listen, port_of, serving

ANSWER = Answer(
    (
        Bubble(
            "Pour l'ENT, l'établissement redonne le mot de passe : demandez au secrétariat.",
            (Choice("Autre question", "menu"), Choice("Parler à quelqu'un", "human")),
        ),
    ),
    Outcome.ANSWERED,
    "ent_mot_de_passe",
    0.93,
)


class StubRasa:
    """Answers every message with *answer*; *asked* is what it was asked."""

    def __init__(self, answer: Answer = ANSWER) -> None:
        self.answer = answer
        self.asked: list[dict[str, Any]] = []
        self.url = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator["StubRasa"]:
        routes = [
            Route("/webhooks/rest/webhook", self._webhook, methods=["POST"]),
            Route("/webhooks/rest/", self._ready),
        ]
        listener = listen()
        self.url = f"http://127.0.0.1:{port_of(listener)}"
        async with serving(Starlette(routes=routes), [listener]):
            yield self

    async def _webhook(self, request: Request) -> Response:
        body = await request.json()
        self.asked.append(body)
        reply = {"recipient_id": body["sender"], "custom": self.answer.as_json()}
        return JSONResponse([reply])

    async def _ready(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"})
