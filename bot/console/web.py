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
from bot.console.pages import PREFIX, Ask, Give, GoTo, Nothing, Page, Reply, Show, Slow
from bot.console.rooms import MENU, PAGES
from bot.console.words import Templates, Words
from core.console import members, visits
from core.console.members import NotAllowed, Nowhere, StaffMember
from core.content.rewriting import NoSuchQuestion
from core.workshops.booking.refusals import NoSuchSession, NotSignedUp, Refused

LARGEST = 2**31 - 1  # of a number that the database knows
# What a page may say of what was just done: ``console.said.X``.
SAID = (
    "saved", "created", "cancelled", "imported", "marked", "absent", "given_back", "removed",
    "seat_given", "passed_over", "added", "added_waiting", "moved", "moved_waiting",
    "feed_revoked", "merged", "erased", "last_administrator",
    "taken", "answered", "closed", "drafted", "dismissed", "edited", "published", "signed",
    "not_signed", "publishing", "publishing_already",
    "cast_kept", "cast_confirmed", "cast_asked", "cast_refused", "cast_tested", "cast_night",
    "cast_pause", "cast_resume", "cast_cancel",
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
            done = self._in_one_transaction(page, page.do, request, posted, rasa)
            while isinstance(done, Slow):
                done = self._in_one_transaction(page, _after(done), request, posted, rasa)
            return done
        except NotSignedIn:
            return self._trouble(request, "signed_out", 401)
        except Forged:
            return self._trouble(request, "forged", 403)
        except NotAllowed:
            return self._trouble(request, "not_allowed", 403)
        except (Nowhere, NoSuchSession, NotSignedUp, NoSuchQuestion):
            return self._trouble(request, "nowhere", 404)
        except Refused as refusal:
            return self._trouble(request, f"refused.{type(refusal).__name__}", 409)

    def _in_one_transaction(
        self, page: Page, do: Callable[[Ask], Reply], request: Request, posted: Posted,
        rasa: bool | None,
    ) -> Response | Slow:  # fmt: skip
        house, now = self._house, self._house.clock()
        token = cookies.visit_of(request, self._secure(request))
        with house.sessions.begin() as session:
            member = None
            if token:
                member = visits.current(session, house.vault, token, now, not page.polls)
            if member is None:
                raise NotSignedIn
            if page.method == "POST":
                given = posted.fields.get("csrf", "")
                if not visits.is_ours(house.vault, token, given):
                    raise Forged
            members.check(member, page.needs)
            numbers = {k: v for k, v in request.path_params.items() if isinstance(v, int)}
            names = {k: v for k, v in request.path_params.items() if isinstance(v, str)}
            if any(number > LARGEST for number in numbers.values()):
                raise Nowhere
            ask = Ask(
                session, member, now, house, numbers, request.query_params, posted.fields,
                posted.upload, "hx-request" in request.headers, rasa, names,
                cookies.language_of(request),
            )  # fmt: skip
            reply = do(ask)
            if isinstance(reply, Slow):
                return reply
            return self._reply(request, reply, member, token)

    def _reply(
        self, request: Request, reply: Show | GoTo | Give | Nothing, member: StaffMember, token: str
    ) -> Response:
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
            case Nothing():
                return guard.harden(Response(status_code=204), secure)
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


def _after(slow: Slow) -> Callable[[Ask], Reply]:
    """Its work, done now, and what is to be made of it."""
    result = slow.work()
    return lambda ask: slow.then(ask, result)


def _said(request: Request) -> tuple[str, int] | None:
    """What was just done, as the address says; anybody may write one, so only what is known."""
    said, count = request.query_params.get("said", ""), request.query_params.get("count", "0")
    if said not in SAID or not (count.isdecimal() and len(count) <= 6):
        return None
    return said, int(count)
