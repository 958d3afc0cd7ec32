"""The console's routes: who is there, may they, and what the page replies."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.console import calendar, cookies, guard
from bot.console.assets import Assets
from bot.console.entrance import Entrance
from bot.console.forms import Posted, read
from bot.console.house import House
from bot.console.pages import PREFIX, Ask, Give, GoTo, Page, Reply, Show
from bot.console.rooms import MENU, PAGES
from bot.console.words import Templates, Words
from core.console import members, visits
from core.console.members import NotAllowed, Nowhere, StaffMember
from core.workshops.booking.refusals import NoSuchSession, NotSignedUp, Refused

LARGEST = 2**31 - 1  # of a number that the database knows
# What a page may say of what was just done: ``console.said.X``.
SAID = (
    "saved", "created", "cancelled", "imported", "marked", "absent", "given_back", "removed",
    "added", "added_waiting", "moved", "moved_waiting", "feed_revoked", "merged", "erased",
    "last_administrator",
)  # fmt: skip


class NotSignedIn(Exception):
    """Nobody is, or no longer."""


class Forged(Exception):
    """The form is not one that this visit was shown."""


class Console:
    """Everything under ``/console``."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._templates = Templates()
        self._assets = Assets()
        self._entrance = Entrance(house, self.show)

    def routes(self) -> list[BaseRoute]:
        pages = [
            Route(PREFIX + page.path, self._endpoint(page), methods=[page.method]) for page in PAGES
        ]
        nowhere = Route(f"{PREFIX}/{{rest:path}}", self._nowhere)
        feed = calendar.feed(self._house)
        return [*pages, *self._entrance.routes(), feed, self._assets.mount(PREFIX), nowhere]

    def _endpoint(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            posted = Posted({})
            if page.method == "POST":
                if not guard.is_from_us(request.headers):
                    return self._trouble(request, "forged", 403)
                posted = await read(request)
            rasa = await self._house.understands() if page.asks_rasa else None
            return await asyncio.to_thread(self._answer, page, request, posted, rasa)

        return endpoint

    def _answer(self, page: Page, request: Request, posted: Posted, rasa: bool | None) -> Response:
        try:
            return self._in_one_transaction(page, request, posted, rasa)
        except NotSignedIn:
            return self._trouble(request, "signed_out", 401)
        except Forged:
            return self._trouble(request, "forged", 403)
        except NotAllowed:
            return self._trouble(request, "not_allowed", 403)
        except (Nowhere, NoSuchSession, NotSignedUp):
            return self._trouble(request, "nowhere", 404)
        except Refused as refusal:
            return self._trouble(request, f"refused.{type(refusal).__name__}", 409)

    def _in_one_transaction(
        self, page: Page, request: Request, posted: Posted, rasa: bool | None
    ) -> Response:
        house, now = self._house, self._house.clock()
        token = cookies.visit_of(request, self._secure(request))
        with house.sessions.begin() as session:
            member = visits.current(session, house.vault, token, now) if token else None
            if member is None:
                raise NotSignedIn
            if page.method == "POST":
                given = posted.fields.get("csrf", "")
                if not visits.is_ours(house.vault, token, given):
                    raise Forged
            members.check(member, page.needs)
            if any(number > LARGEST for number in request.path_params.values()):
                raise Nowhere
            ask = Ask(
                session, member, now, house, request.path_params, request.query_params,
                posted.fields, posted.upload, "hx-request" in request.headers, rasa,
                cookies.language_of(request),
            )  # fmt: skip
            reply = page.do(ask)
            return self._reply(request, reply, member, token)

    def _reply(self, request: Request, reply: Reply, member: StaffMember, token: str) -> Response:
        secure = self._secure(request)
        match reply:
            case Show():
                known = {
                    "member": member,
                    "csrf": visits.forms_token(self._house.vault, token),
                    "said": _said(request),
                }
                return self.show(request, reply.template, known | dict(reply.values), reply.status)
            case GoTo():
                said = {"said": reply.said, "count": reply.count} if reply.said else {}
                there = PREFIX + reply.path + (f"?{urlencode(said)}" if said else "")
                return guard.harden(RedirectResponse(there, 303), secure)
            case Give():
                disposition = {"Content-Disposition": f'attachment; filename="{reply.name}"'}
                given = Response(reply.content, 200, disposition, reply.media_type)
                return guard.harden(given, secure)

    def show(
        self, request: Request, template: str, values: Mapping[str, object], status: int = 200
    ) -> Response:
        """A page; also to nobody who is signed in."""
        language = cookies.language_of(request)
        words = Words(self._house.words, self._house.people, language)
        known: dict[str, object] = {
            "member": None, "csrf": "", "said": None, "assets": self._assets.version,
            "here": request.url.path, "menu": MENU, "now": self._now(),
        }  # fmt: skip
        page = self._templates.fill(template, words, known | dict(values))
        return guard.harden(HTMLResponse(page, status), self._secure(request))

    def _trouble(self, request: Request, why: str, status: int) -> Response:
        response = self.show(request, "trouble", {"why": why}, status)
        if "hx-request" in request.headers:
            response.headers["HX-Refresh"] = "true"  # no piece of a page says why
        return response

    async def _nowhere(self, request: Request) -> Response:
        return self._trouble(request, "nowhere", 404)

    def _secure(self, request: Request) -> bool:
        return cookies.is_secure(request, self._house.settings.public_url)

    def _now(self) -> datetime:
        return self._house.clock()


def _said(request: Request) -> tuple[str, int] | None:
    """What was just done, as the address says; anybody may write one, so only what is known."""
    said, count = request.query_params.get("said", ""), request.query_params.get("count", "0")
    if said not in SAID or not (count.isdecimal() and len(count) <= 6):
        return None
    return said, int(count)
