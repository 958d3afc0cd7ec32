"""A member's calendar: its secret address, and what a calendar program gets there."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.console import cookies, guard
from bot.console.house import House
from bot.console.pages import PREFIX, Ask, GoTo, Page, Reply, Show
from bot.console.words import Words
from core.console import feeds
from core.console.listing import Shown
from core.console.members import Right, StaffMember
from core.languages import FRENCH
from core.workshops.calendar import PRODUCT
from core.workshops.model import SessionState

FEED = f"{PREFIX}/feed/{{token}}.ics"
TYPE = "text/calendar; charset=utf-8"
READ_AGAIN = timedelta(hours=1)


def show(ask: Ask) -> Reply:
    return _page(ask)


def make(ask: Ask) -> Reply:
    """The address is shown once, on this very page: it is nowhere else."""
    return _page(ask, feeds.make(ask.session, ask.house.vault, ask.member, ask.now))


def revoke(ask: Ask) -> Reply:
    feeds.revoke(ask.session, ask.member, ask.now)
    return GoTo("/feed", "feed_revoked")


def feed(house: House) -> Route:
    """What calendar programs read, without signing in: whoever knows the address may."""

    async def give(request: Request) -> Response:
        content = await asyncio.to_thread(_read, house, request.path_params["token"])
        secure = cookies.is_secure(request, house.settings.public_url)
        if content is None:
            return guard.harden(PlainTextResponse("", 404), secure)
        return guard.harden(Response(content, media_type=TYPE), secure)

    return Route(FEED, give, methods=["GET"])


def _page(ask: Ask, secret: str = "") -> Reply:
    address = webcal = ""
    if secret:
        address = ask.house.settings.own_url + FEED.format(token=secret)
        webcal = address.replace(f"{urlsplit(address).scheme}:", "webcal:", 1)
    made_at = feeds.made_at(ask.session, ask.member)
    return Show("feed", {"made_at": made_at, "address": address, "webcal": webcal})


def _read(house: House, token: str) -> bytes | None:
    now = house.clock()
    with house.sessions.begin() as session:
        member = feeds.whose(session, house.vault, token)
        if member is None:
            return None
        found = feeds.sessions(session, member, now)
        # Who reads it is not there to choose a language.
        words = Words(house.words, house.people, FRENCH)
        return _calendar(words, member, found, house.settings.own_url + PREFIX, now)


def _calendar(
    words: Words, member: StaffMember, found: Sequence[Shown], console: str, now: datetime
) -> bytes:
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", PRODUCT)
    calendar.add("method", "PUBLISH")
    reach = member.reach
    where = "" if reach.everywhere else words.t(f"console.territory.{reach.territory}")
    name = words.t("console.feed.name", territory=reach.college or where).strip()
    calendar.add("x-wr-calname", name)
    calendar.add("x-published-ttl", READ_AGAIN)
    for one in found:
        calendar.add_component(_event(words, one, console, now))
    written: bytes = calendar.to_ical()
    return written


def _event(words: Words, one: Shown, console: str, now: datetime) -> Event:
    """How many are expected, and nobody's name."""
    row, figures = one.row, one.figures
    off = row.state == SessionState.CANCELLED
    address = f"{console}/sessions/{row.id}"
    counts = words.t(
        "console.feed.counts", taken=words.number(figures.taken), seats=words.number(row.seats),
        waiting=words.number(figures.waiting),
    )  # fmt: skip
    place = ", ".join(filter(None, (row.place, row.street, row.commune)))
    event = Event()
    event.add("uid", f"session-{row.id}@tne-assistant")
    event.add("sequence", row.revision + off)
    event.add("dtstamp", now)
    event.add("dtstart", row.starts_at)
    event.add("dtend", row.ends_at)
    event.add("summary", row.workshop.title)
    event.add("location", words.t("console.remote") if row.remote else place)
    event.add("description", f"{counts}\n{address}" if not off else address)
    event.add("status", "CANCELLED" if off else "CONFIRMED")
    event.add("url", address)
    return event


PAGES = (
    Page("/feed", Right.LOOK, show),
    Page("/feed", Right.LOOK, make, "POST"),
    Page("/feed/revoke", Right.LOOK, revoke, "POST"),
)
