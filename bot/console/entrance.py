"""Signing in with a link that is good once, signing out, and choosing the language.

Opening the link signs nobody in: Telegram itself opens links, to show what is behind them. The
button on the page does.
"""

import asyncio
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.channels import webhooks
from bot.console import cookies, guard
from bot.console.forms import read
from bot.console.house import House
from bot.console.pages import PREFIX
from core import audit
from core.console import links, visits
from core.console.entering import ENTRANCE
from core.console.links import Purpose, TooManyLinks
from core.languages import FRENCH

MOST, WITHIN = 10, 600.0  # tries of one address, in seconds
MOST_OF_ALL = 200

ShowPage = Callable[..., Response]


class Entrance:
    """*show* makes a page of a template."""

    def __init__(self, house: House, show: ShowPage) -> None:
        self._house = house
        self._show = show
        self._tries = guard.Limit(MOST, WITHIN)
        self._all_tries = guard.Limit(MOST_OF_ALL, WITHIN)

    def routes(self) -> list[Route]:
        demo = [Route(f"{PREFIX}/demo", self._demo, methods=["POST"])]
        return [
            *(demo if self._house.settings.demo else []),
            Route(f"{ENTRANCE}{{secret}}", self._door, methods=["GET"]),
            Route(f"{ENTRANCE}{{secret}}", self._enter, methods=["POST"]),
            Route(f"{PREFIX}/leave", self._leave, methods=["POST"]),
            Route(f"{PREFIX}/language", self._language, methods=["POST"]),
        ]

    async def _demo(self, request: Request) -> Response:
        """From the page with the telephones, on one's own machine: in as the administrator."""
        here = webhooks.is_loopback(request.headers.get("host", ""))
        if not (here and guard.is_from_us(request.headers)):
            return self._show(request, "trouble", {"why": "forged"}, 403)
        try:
            secret = await asyncio.to_thread(self._first_link)
        except TooManyLinks:
            return self._show(request, "trouble", {"why": "too_often"}, 429)
        return guard.harden(RedirectResponse(ENTRANCE + secret, 303), secure=False)

    def _first_link(self) -> str:
        house, now = self._house, self._house.clock()
        name = house.words.say("console.role.administrator", FRENCH)
        with house.sessions.begin() as session:
            return links.for_first_administrator(session, house.vault, name, audit.ASSISTANT, now)

    async def _door(self, request: Request) -> Response:
        return self._show(request, "enter", {})

    async def _enter(self, request: Request) -> Response:
        if not guard.is_from_us(request.headers):
            return self._show(request, "trouble", {"why": "forged"}, 403)
        who, now = request.client.host if request.client else "", time.monotonic()
        if not (self._tries.allows(who, now) and self._all_tries.allows("", now)):
            return self._show(request, "trouble", {"why": "too_often"}, 429)
        return await asyncio.to_thread(self._sign_in, request)

    def _sign_in(self, request: Request) -> Response:
        house, now, secure = self._house, self._house.clock(), self._secure(request)
        with house.sessions.begin() as session:
            secret = request.path_params["secret"]
            member = links.use(session, house.vault, secret, Purpose.ENTER, now)
            if member is None:
                return self._show(request, "trouble", {"why": "link_over"}, 403)
            visits.end(session, house.vault, cookies.visit_of(request, secure))
            token = visits.begin(session, house.vault, member, now)
            audit.record(session, member.actor, "console.entered", member.actor, now)
        response = RedirectResponse(PREFIX, 303)
        cookies.give_visit(response, token, secure)
        return guard.harden(response, secure)

    async def _leave(self, request: Request) -> Response:
        secure, vault = self._secure(request), self._house.vault
        token, posted = cookies.visit_of(request, secure), await read(request)
        ours = visits.is_ours(vault, token, posted.fields.get("csrf", ""))
        if not (guard.is_from_us(request.headers) and ours):
            return self._show(request, "trouble", {"why": "forged"}, 403)
        await asyncio.to_thread(self._end, token)
        response = self._show(request, "trouble", {"why": "left"})
        cookies.take_visit(response, secure)
        return response

    def _end(self, token: str) -> None:
        with self._house.sessions.begin() as session:
            visits.end(session, self._house.vault, token)

    async def _language(self, request: Request) -> Response:
        posted, secure = await read(request), self._secure(request)
        language = posted.fields.get("language", "")
        if not guard.is_from_us(request.headers) or language not in cookies.LANGUAGES:
            return self._show(request, "trouble", {"why": "forged"}, 403)
        # Only the path: where the form was, on this very host.
        back = urlsplit(request.headers.get("referer", "")).path
        response = RedirectResponse(back if back.startswith(PREFIX) else PREFIX, 303)
        cookies.give_language(response, language, secure)
        return guard.harden(response, secure)

    def _secure(self, request: Request) -> bool:
        return cookies.is_secure(request, self._house.settings.public_url)
